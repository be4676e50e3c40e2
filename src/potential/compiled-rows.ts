/**
 * Derivatives of site energies by the parameters, by a WebAssembly kernel compiled for the potential's template. Bits
 * depend on the structure and the potential alone; agrees with `createPlainRows` to rounding.
 */
import type { NeighbourList } from '../structure/neighbour-list.ts';
import type { Structure } from '../structure/structure.ts';
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
import { checkAtoms, mostNeighbours, requireApart } from './pairs.ts';
import type { ParameterRows } from './parameter-rows.ts';
import { checkPotential, type MtpPotential, parameterCount, radialCount } from './potential.ts';
import { rowModule } from './row-kernel.ts';

const PAGE_BYTES = 65536;
/** Arrays begin at multiples of a cache line. */
const LINE_BYTES = 64;

export interface CompiledRows extends ParameterRows {
  /** The kernel's WebAssembly module. */
  readonly module: Uint8Array<ArrayBuffer>;
}

/** Keeps its memory between calls. @throws InputError `bad-potential` */
export function createCompiledRows(potential: MtpPotential): CompiledRows {
  checkPotential(potential);
  const { speciesCount, maxDistanceA, template } = potential;
  const plan = kernelPlan(template);
  const tables = kernelTables(template, potential.momentCoefficients);
  const layout = kernelLayout(potential, plan, tables);
  const length = parameterCount(potential);
  const rowsAt = layout.end;
  const end = rowsAt + 8 * BATCH * length;
  const module = rowModule(plan, layout, { rows: rowsAt, scaling: potential.scaling });
  const memory = new WebAssembly.Memory({ initial: Math.ceil(end / PAGE_BYTES) });
  const { batch } = new WebAssembly.Instance(new WebAssembly.Module(module), { env: { memory } }).exports;
  fillKernelMemory(memory.buffer, potential, layout, tables);
  const speciesAt = radialCount(potential);
  const momentsAt = speciesAt + speciesCount;
  const { scalars } = template;

  /** Runs the kernel batch by batch; `take` gets moments in lanes and the rows, zeros at first, with radial parts added. */
  const run = (
    structure: Structure,
    list: NeighbourList,
    bytesPerRow: number,
    take: (first: number, count: number, moments: Float64Array, rows: Float64Array) => void,
  ): void => {
    const atoms = structure.species.length;
    if (list.reachA < maxDistanceA || list.start.length !== atoms + 1) {
      throw new RangeError(`a list of reach ${list.reachA} Å does not serve a cutoff of ${maxDistanceA} Å`);
    }
    checkAtoms(structure, speciesCount);
    // Atoms at the same place have no direction between them, which only moments of rank 1 and more would show.
    if (plan.highestDegree === 0) requireApart(structure, list, maxDistanceA);
    placeConfiguration(memory, layout, end, structure, list);
    const moments = new Float64Array(memory.buffer, layout.moments, BATCH * template.momentCount);
    const rows = new Float64Array(memory.buffer, rowsAt, BATCH * length).fill(0);
    for (let first = 0; first < atoms; first += BATCH) {
      const count = Math.min(BATCH, atoms - first);
      batch!(first, count, bytesPerRow);
      let probe = 0;
      for (const moment of scalars) {
        for (let lane = BATCH * moment; lane < BATCH * moment + count; lane++) probe += 0 * moments[lane]!;
      }
      if (probe !== 0) requireApart(structure, list, maxDistanceA);
      take(first, count, moments, rows);
    }
  };

  const visit: ParameterRows['visit'] = (structure, list, use) => {
    run(structure, list, 8 * length, (first, count, moments, rows) => {
      for (let lane = 0; lane < count; lane++) {
        const row = length * lane;
        rows[row + speciesAt + structure.species[first + lane]!] = 1;
        for (let s = 0; s < scalars.length; s++) rows[row + momentsAt + s] = moments[BATCH * scalars[s]! + lane]!;
      }
      use(first, count, rows);
      rows.fill(0);
    });
  };

  const energyRow: ParameterRows['energyRow'] = (structure, list) => {
    const sum = new Float64Array(length);
    run(structure, list, 0, (first, count, moments, rows) => {
      for (let lane = 0; lane < count; lane++) {
        const species = speciesAt + structure.species[first + lane]!;
        sum[species] = sum[species]! + 1;
      }
      for (let s = 0; s < scalars.length; s++) {
        const from = BATCH * scalars[s]!;
        for (let lane = from; lane < from + count; lane++) sum[momentsAt + s] = sum[momentsAt + s]! + moments[lane]!;
      }
      // Radial parts add up over the batches.
      if (first + count === structure.species.length) sum.set(rows.subarray(0, speciesAt));
    });
    return sum;
  };
  return { length, visit, energyRow, module };
}

/** Copies the configuration into the kernel's memory, from `end` on, behind what belongs to the potential. */
function placeConfiguration(
  memory: WebAssembly.Memory,
  layout: KernelLayout,
  end: number,
  { species, positionsA }: Structure,
  list: NeighbourList,
): void {
  const { start, atom, shiftA } = list;
  const atoms = species.length;
  const entries = start[atoms]!;
  let next = Math.ceil(end / LINE_BYTES) * LINE_BYTES;
  const place = (bytes: number): number => {
    const at = next;
    next = Math.ceil((next + bytes) / LINE_BYTES) * LINE_BYTES;
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
  const recordsAt = place(bytesPerAtom * BATCH);
  const missing = Math.ceil(next / PAGE_BYTES) - memory.buffer.byteLength / PAGE_BYTES;
  if (missing > 0) memory.grow(missing);
  const { buffer } = memory;
  const header = new Uint32Array(buffer, layout.header, field.virial / 4);
  header[field.positions / 4] = positionsAt;
  header[field.species / 4] = speciesAt;
  header[field.start / 4] = startAt;
  header[field.neighbours / 4] = neighboursAt;
  header[field.shifts / 4] = shiftsAt;
  header[field.records / 4] = recordsAt;
  header[field.bytesPerAtom / 4] = bytesPerAtom;
  new Float64Array(buffer, positionsAt, 3 * atoms).set(positionsA);
  new Int32Array(buffer, speciesAt, atoms).set(species);
  new Int32Array(buffer, startAt, atoms + 1).set(start.subarray(0, atoms + 1));
  new Int32Array(buffer, neighboursAt, entries).set(atom.subarray(0, entries));
  new Float64Array(buffer, shiftsAt, 3 * entries).set(shiftA.subarray(0, 3 * entries));
}
