/**
 * Derivatives of site energies by the parameters, by a WebAssembly kernel compiled for the potential's template. Bits
 * depend on the structure and the potential alone; agrees with `createPlainRows` to rounding.
 */

import { sharedMemory } from '../numerics/wasm-module.ts';
import type { NeighbourList } from '../structure/neighbour-list.ts';
import type { Structure } from '../structure/structure.ts';
import { compileKernel } from './kernel/compile.ts';
import { fillCoefficients, fillTemplate } from './kernel/fill.ts';
import { placer } from './kernel/layout.ts';
import { placeList } from './kernel/place-list.ts';
import { BATCH } from './kernel/records.ts';
import { checkAtoms, requireApart } from './pairs.ts';
import type { ParameterRows } from './parameter-rows.ts';
import { checkPotential, type MtpPotential, parameterCount, radialCount } from './potential.ts';

export interface CompiledRows extends ParameterRows {
  /** The kernel's WebAssembly module. */
  readonly module: Uint8Array<ArrayBuffer>;
}

/** Keeps its memory between calls. @throws InputError `bad-potential` */
export function createCompiledRows(potential: MtpPotential): CompiledRows {
  checkPotential(potential);
  const { speciesCount, maxDistanceA, template } = potential;
  const { plan, tables, layout, module, compiled } = compileKernel(potential, 'rows');
  const length = parameterCount(potential);
  // The kernel's rows are padded where the radial basis is odd.
  const rowLength = layout.gradientBytes / 8;
  const fixed = placer(layout.end);
  const context = fixed.place(layout.contextBytes);
  const rowsAt = fixed.place(8 * BATCH * rowLength);
  const memory = sharedMemory(fixed.end);
  const { rows: addRows } = new WebAssembly.Instance(compiled, { env: { memory } }).exports;
  fillTemplate(memory.buffer, template, plan, layout, tables);
  fillCoefficients(memory.buffer, template, layout, potential);
  const speciesAt = radialCount(potential);
  const momentsAt = speciesAt + speciesCount;
  const { scalars } = template;

  /** Takes the padding out of rows that the kernel wrote. */
  const dense = (padded: Float64Array, count: number): Float64Array => {
    if (rowLength === length) return padded;
    const rows = new Float64Array(count * length);
    const kept = potential.radialBasisSize;
    const labels = speciesAt / kept;
    for (let k = 0; k < count; k++) {
      for (let label = 0; label < labels; label++) {
        const from = k * rowLength + label * (kept + 1);
        rows.set(padded.subarray(from, from + kept), k * length + label * kept);
      }
    }
    return rows;
  };

  /** Runs the kernel batch by batch; `take` gets moments in lanes and the rows, with the radial parts added so far. */
  const run = (
    structure: Structure,
    list: NeighbourList,
    mode: 'each' | 'sum',
    take: (first: number, count: number, moments: Float64Array, rows: Float64Array) => void,
  ): void => {
    const atoms = structure.species.length;
    if (list.reachA < maxDistanceA || list.start.length !== atoms + 1) {
      throw new RangeError(`a list of reach ${list.reachA} Å does not serve a cutoff of ${maxDistanceA} Å`);
    }
    checkAtoms(structure, speciesCount);
    // Atoms at the same place have no direction between them, which only moments of rank 1 and more would show.
    if (Math.max(...plan.labelDegrees) === 0) requireApart(structure, list, maxDistanceA);
    const places = placeList(memory, layout, [context], fixed.end, list);
    new Float64Array(memory.buffer, places.positions, 3 * atoms).set(structure.positionsA);
    new Int32Array(memory.buffer, places.species, atoms).set(structure.species);
    const moments = new Float64Array(memory.buffer, context + layout.moments, BATCH * template.momentCount);
    const padded = new Float64Array(memory.buffer, rowsAt, BATCH * rowLength).fill(0);
    for (let first = 0; first < atoms; first += BATCH) {
      const count = Math.min(BATCH, atoms - first);
      addRows!(context, first, count, rowsAt, mode === 'each' ? 8 * rowLength : 0);
      let probe = 0;
      for (const moment of scalars) {
        for (let lane = BATCH * moment; lane < BATCH * moment + count; lane++) probe += 0 * moments[lane]!;
      }
      if (probe !== 0) requireApart(structure, list, maxDistanceA);
      take(first, count, moments, dense(padded, mode === 'each' ? count : 1));
      if (mode === 'each') padded.fill(0);
    }
  };

  const visit: ParameterRows['visit'] = (structure, list, use) => {
    run(structure, list, 'each', (first, count, moments, rows) => {
      for (let lane = 0; lane < count; lane++) {
        const row = length * lane;
        rows[row + speciesAt + structure.species[first + lane]!] = 1;
        for (let s = 0; s < scalars.length; s++) rows[row + momentsAt + s] = moments[BATCH * scalars[s]! + lane]!;
      }
      use(first, count, rows);
    });
  };

  const energyRow: ParameterRows['energyRow'] = (structure, list) => {
    const sum = new Float64Array(length);
    run(structure, list, 'sum', (first, count, moments, rows) => {
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
