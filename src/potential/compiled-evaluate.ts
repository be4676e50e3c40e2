/**
 * Energy, forces and virial by a WebAssembly kernel compiled for the potential's template. Bits depend on the structure
 * and the potential alone, as those of `evaluate.ts` do, which is the plain reference beside it; the two agree to rounding.
 */
import type { NeighbourList } from '../structure/neighbour-list.ts';
import type { Structure } from '../structure/structure.ts';
import { createEvaluator, type Evaluation, type Evaluator, emptyEvaluation } from './evaluate.ts';
import { kernelModule } from './kernel-code.ts';
import {
  BATCH,
  field,
  fillKernelMemory,
  type KernelLayout,
  kernelLayout,
  kernelTables,
  NEIGHBOUR_TILE,
} from './kernel-layout.ts';
import { kernelPlan } from './kernel-plan.ts';
import { checkAtoms, mostNeighbours } from './pairs.ts';
import { checkPotential, type MtpPotential } from './potential.ts';

const PAGE_BYTES = 65536;
/** Arrays begin at multiples of a cache line. */
const LINE_BYTES = 64;

export interface CompiledEvaluator extends Evaluator {
  /** The kernel's WebAssembly module. */
  readonly module: Uint8Array<ArrayBuffer>;
}

/** Keeps its memory between calls. @throws InputError `bad-potential` */
export function createCompiledEvaluator(potential: MtpPotential): CompiledEvaluator {
  checkPotential(potential);
  const plan = kernelPlan(potential.template);
  const tables = kernelTables(potential.template, potential.momentCoefficients);
  const layout = kernelLayout(potential, plan, tables);
  const module = kernelModule(plan, layout);
  const memory = new WebAssembly.Memory({ initial: Math.ceil(layout.end / PAGE_BYTES) });
  const { batch } = new WebAssembly.Instance(new WebAssembly.Module(module), { env: { memory } }).exports;
  fillKernelMemory(memory.buffer, potential, layout, tables);

  const evaluate = (structure: Structure, list: NeighbourList, out?: Evaluation): Evaluation => {
    const atoms = structure.species.length;
    if (list.reachA < potential.maxDistanceA || list.start.length !== atoms + 1) {
      throw new RangeError(`a list of reach ${list.reachA} Å does not serve a cutoff of ${potential.maxDistanceA} Å`);
    }
    checkAtoms(structure, potential.speciesCount);
    const forcesAt = placeConfiguration(memory, layout, structure, list);
    const result = out?.siteEnergiesEv.length === atoms ? out : emptyEvaluation(atoms);
    const energies = new Float64Array(memory.buffer, layout.energies, BATCH);
    let energyEv = 0;
    for (let first = 0; first < atoms; first += BATCH) {
      const count = Math.min(BATCH, atoms - first);
      batch!(first, count);
      for (let k = 0; k < count; k++) {
        const siteEv = potential.speciesCoefficients[structure.species[first + k]!]! + energies[k]!;
        result.siteEnergiesEv[first + k] = siteEv;
        energyEv += siteEv;
      }
    }
    result.energyEv = energyEv;
    result.forcesEvA.set(new Float64Array(memory.buffer, forcesAt, 3 * atoms));
    result.virialEv.set(new Float64Array(memory.buffer, layout.header + field.virial, 9));
    // The reference names the atoms at fault.
    if (!isAllFinite(result)) return createEvaluator(potential).evaluate(structure, list, result);
    return result;
  };
  return { evaluate, module };
}

/** Copies the configuration into the kernel's memory, behind what belongs to the potential. @returns where forces are */
function placeConfiguration(
  memory: WebAssembly.Memory,
  layout: KernelLayout,
  { species, positionsA }: Structure,
  list: NeighbourList,
): number {
  const { start, atom, shiftA } = list;
  const atoms = species.length;
  const entries = start[atoms]!;
  let end = layout.end;
  const place = (bytes: number): number => {
    const at = end;
    end = Math.ceil((end + bytes) / LINE_BYTES) * LINE_BYTES;
    return at;
  };
  const records = Math.ceil(mostNeighbours(list) / NEIGHBOUR_TILE) * NEIGHBOUR_TILE;
  // An odd number of lines, so that the batch's records do not fall on the same places of a cache.
  const bytesPerAtom = (Math.ceil((records * layout.rowBytes) / LINE_BYTES) | 1) * LINE_BYTES;
  const positionsAt = place(8 * 3 * atoms);
  const speciesAt = place(4 * atoms);
  const startAt = place(4 * (atoms + 1));
  const neighboursAt = place(4 * entries);
  const shiftsAt = place(8 * 3 * entries);
  const forcesAt = place(8 * 3 * atoms);
  const recordsAt = place(bytesPerAtom * BATCH);
  const missing = Math.ceil(end / PAGE_BYTES) - memory.buffer.byteLength / PAGE_BYTES;
  if (missing > 0) memory.grow(missing);
  const { buffer } = memory;
  const header = new Uint32Array(buffer, layout.header, field.virial / 4);
  header[field.positions / 4] = positionsAt;
  header[field.species / 4] = speciesAt;
  header[field.start / 4] = startAt;
  header[field.neighbours / 4] = neighboursAt;
  header[field.shifts / 4] = shiftsAt;
  header[field.forces / 4] = forcesAt;
  header[field.records / 4] = recordsAt;
  header[field.bytesPerAtom / 4] = bytesPerAtom;
  new Float64Array(buffer, positionsAt, 3 * atoms).set(positionsA);
  new Int32Array(buffer, speciesAt, atoms).set(species);
  new Int32Array(buffer, startAt, atoms + 1).set(start.subarray(0, atoms + 1));
  new Int32Array(buffer, neighboursAt, entries).set(atom.subarray(0, entries));
  new Float64Array(buffer, shiftsAt, 3 * entries).set(shiftA.subarray(0, 3 * entries));
  new Float64Array(buffer, forcesAt, 3 * atoms).fill(0);
  new Float64Array(buffer, layout.header + field.virial, 9).fill(0);
  return forcesAt;
}

const isAllFinite = ({ energyEv, forcesEvA, virialEv }: Evaluation): boolean =>
  Number.isFinite(energyEv) && forcesEvA.every(Number.isFinite) && virialEv.every(Number.isFinite);
