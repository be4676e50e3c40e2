/**
 * The exact state of an MD run as a bundle of arrays: step [1]; cellA [3,3] Å; positionsA [N,3] Å, unwrapped;
 * velocitiesAFs [N,3] Å/fs; thermostatPositions [M] and thermostatVelocitiesPerFs [M]; conservedReferenceEv [0 or 1];
 * and meanTotalEnergyEv [1], the mean over the second half of the segment that ended in this state.
 * Where the run was rescaled or its temperature ramped: externalWorkEv [1]. Under a barostat: barostatVelocitiesPerFs
 * [3,3], barostatChainPositions [L], barostatChainVelocitiesPerFs [L], and meanCellA [3,3] Å, over the same half.
 */
import type { MdState } from '../dynamics/state.ts';
import { type BundleEntry, doubles, integers, readBundle, writeBundle } from './array-bundle.ts';

/** @param meanCellA of the segment under a barostat */
export function writeState(
  state: MdState,
  meanTotalEnergyEv: number,
  meanCellA: Float64Array | null = null,
): Uint8Array {
  const atoms = state.positionsA.length / 3;
  const links = state.thermostat.positions.length;
  const reference = state.conservedReferenceEv === null ? [] : [state.conservedReferenceEv];
  return writeBundle({
    entries: [
      { name: 'step', shape: [1], unit: '1', data: Int32Array.of(state.step) },
      { name: 'cellA', shape: [3, 3], unit: 'Å', data: state.cellA },
      { name: 'positionsA', shape: [atoms, 3], unit: 'Å', data: state.positionsA },
      { name: 'velocitiesAFs', shape: [atoms, 3], unit: 'Å/fs', data: state.velocitiesAFs },
      { name: 'thermostatPositions', shape: [links], unit: '1', data: state.thermostat.positions },
      { name: 'thermostatVelocitiesPerFs', shape: [links], unit: '1/fs', data: state.thermostat.velocitiesPerFs },
      { name: 'conservedReferenceEv', shape: [reference.length], unit: 'eV', data: Float64Array.from(reference) },
      { name: 'meanTotalEnergyEv', shape: [1], unit: 'eV', data: Float64Array.of(meanTotalEnergyEv) },
      ...workEntries(state),
      ...barostatEntries(state, meanCellA),
    ],
    meta: {},
  });
}

const workEntries = ({ externalWorkEv }: MdState): BundleEntry[] =>
  externalWorkEv === undefined
    ? []
    : [{ name: 'externalWorkEv', shape: [1], unit: 'eV', data: Float64Array.of(externalWorkEv) }];

function barostatEntries({ barostat }: MdState, meanCellA: Float64Array | null): BundleEntry[] {
  if (barostat === undefined) return [];
  const { velocitiesPerFs, chain } = barostat;
  const links = chain.positions.length;
  return [
    { name: 'barostatVelocitiesPerFs', shape: [3, 3], unit: '1/fs', data: velocitiesPerFs },
    { name: 'barostatChainPositions', shape: [links], unit: '1', data: chain.positions },
    { name: 'barostatChainVelocitiesPerFs', shape: [links], unit: '1/fs', data: chain.velocitiesPerFs },
    ...(meanCellA === null ? [] : [{ name: 'meanCellA', shape: [3, 3], unit: 'Å', data: meanCellA }]),
  ];
}

/** @throws InputError `bad-bundle` where the bytes are not those of a state */
export function readState(
  bytes: Uint8Array,
  where: string,
): { state: MdState; meanTotalEnergyEv: number; meanCellA?: Float64Array } {
  const bundle = readBundle(bytes, where);
  const numbers = (name: string, shape: readonly number[]): Float64Array => doubles(bundle, name, where, shape);
  const lengthOf = (name: string): number => bundle.entries.find((entry) => entry.name === name)?.shape[0] ?? 0;
  const has = (name: string): boolean => bundle.entries.some((entry) => entry.name === name);
  const barostatLinks = lengthOf('barostatChainPositions');
  const atoms = lengthOf('positionsA');
  const links = lengthOf('thermostatPositions');
  const references = lengthOf('conservedReferenceEv') === 0 ? 0 : 1;
  return {
    state: {
      step: integers(bundle, 'step', where, [1])[0]!,
      cellA: numbers('cellA', [3, 3]),
      positionsA: numbers('positionsA', [atoms, 3]),
      velocitiesAFs: numbers('velocitiesAFs', [atoms, 3]),
      thermostat: {
        positions: numbers('thermostatPositions', [links]),
        velocitiesPerFs: numbers('thermostatVelocitiesPerFs', [links]),
      },
      conservedReferenceEv: numbers('conservedReferenceEv', [references])[0] ?? null,
      ...(has('externalWorkEv') ? { externalWorkEv: numbers('externalWorkEv', [1])[0]! } : {}),
      ...(has('barostatVelocitiesPerFs')
        ? {
            barostat: {
              velocitiesPerFs: numbers('barostatVelocitiesPerFs', [3, 3]),
              chain: {
                positions: numbers('barostatChainPositions', [barostatLinks]),
                velocitiesPerFs: numbers('barostatChainVelocitiesPerFs', [barostatLinks]),
              },
            },
          }
        : {}),
    },
    meanTotalEnergyEv: numbers('meanTotalEnergyEv', [1])[0]!,
    ...(has('meanCellA') ? { meanCellA: numbers('meanCellA', [3, 3]) } : {}),
  };
}
