/**
 * Where a kernel finds and leaves its numbers: byte addresses in its memory. What belongs to the potential lies at fixed
 * places, which are constants in the code; what belongs to the configuration is found through the header.
 */

import { type KernelPlan, monomialsBelow } from './kernel-plan.ts';
import type { MtpPotential } from './potential.ts';
import type { MtpTemplate } from './template.ts';

/** Atoms whose moments are multiplied together, two a register. */
export const BATCH = 8;
/** Neighbours whose derivatives are computed together; their number is padded to a multiple. */
export const NEIGHBOUR_TILE = 3;

/** Places in the header: 32-bit addresses of arrays, and the virial (9 doubles). */
export const field = {
  positions: 0,
  species: 4,
  start: 8,
  neighbours: 12,
  shifts: 16,
  forces: 20,
  /** Records of neighbours, and how many bytes of them there are for each atom of a batch. */
  records: 24,
  bytesPerAtom: 28,
  virial: 32,
  bytes: 104,
} as const;

export interface KernelLayout {
  readonly header: number;
  readonly cutoffA: number;
  readonly minDistanceA: number;
  readonly radialBasisSize: number;
  readonly speciesCount: number;
  /** Labels, rounded up to pairs. */
  readonly radialPairs: number;
  readonly paddedLabels: number;
  readonly coefficients: number;
  /** Of one pair of species. */
  readonly coefficientBytes: number;
  readonly counts: number;
  readonly energies: number;
  readonly moments: number;
  readonly adjoints: number;
  /** Addresses of the rows Q, D_x, D_y, D_z of each label. */
  readonly rows: readonly (readonly number[])[];
  readonly productRuns: number;
  readonly productRunCount: number;
  readonly productEntries: number;
  readonly adjointRuns: number;
  readonly adjointRunCount: number;
  readonly adjointEntries: number;
  readonly scalarEntries: number;
  readonly scalarCount: number;
  /** Within the record of a neighbour; its monomials come first. */
  readonly radial: number;
  readonly radialSlopes: number;
  readonly unit: number;
  readonly distance: number;
  readonly other: number;
  readonly rowBytes: number;
  /** First byte behind all that belongs to the potential. */
  readonly end: number;
}

interface Run {
  readonly target: number;
  readonly start: number;
  readonly entries: [left: number, right: number, weight: number][];
}

export interface KernelTables {
  readonly products: readonly Run[];
  readonly adjoints: readonly Run[];
}

const even = (n: number): number => n + (n & 1);

/** Products by target, in the order of the template; and for each moment, last first, the products that it is in. */
export function kernelTables(
  { products, momentCount, scalars }: MtpTemplate,
  momentCoefficients: Float64Array,
): KernelTables {
  const runs: Run[] = [];
  const usedIn = Array.from({ length: momentCount }, (): Run['entries'] => []);
  for (let t = 0; t < products.length; t += 4) {
    const [left, right, weight, target] = products.subarray(t, t + 4) as unknown as [number, number, number, number];
    if (runs.at(-1)?.target !== target) runs.push({ target, start: 0, entries: [] });
    runs.at(-1)!.entries.push([left, right, weight]);
    usedIn[left]!.push([target, right, left === right ? 2 * weight : weight]);
    if (left !== right) usedIn[right]!.push([target, left, weight]);
  }
  const own = new Float64Array(momentCount);
  for (const [s, moment] of scalars.entries()) own[moment] = own[moment]! + momentCoefficients[s]!;
  const adjoints = usedIn.map((entries, target) => ({ target, start: own[target]!, entries })).reverse();
  return { products: runs, adjoints };
}

export function kernelLayout(potential: MtpPotential, plan: KernelPlan, tables: KernelTables): KernelLayout {
  const { template, radialBasisSize, speciesCount } = potential;
  let next = 64;
  const place = (bytes: number): number => {
    const at = next;
    next = Math.ceil((next + bytes) / 64) * 64;
    return at;
  };
  const entriesOf = (runs: readonly Run[]): number => runs.reduce((sum, { entries }) => sum + entries.length, 0);
  const paddedLabels = even(plan.radialFunctions);
  const coefficientBytes = 8 * radialBasisSize * paddedLabels;
  const header = place(field.bytes);
  const coefficients = place(coefficientBytes * speciesCount * speciesCount);
  const counts = place(4 * BATCH);
  const energies = place(8 * BATCH);
  const moments = place(8 * BATCH * plan.momentCount);
  const adjoints = place(8 * BATCH * plan.momentCount);
  const rows = plan.labelLengths.map((length) => {
    const degree = plan.exponents[length - 1]!.reduce((sum, e) => sum + e, 0);
    const lengths = [length, ...Array.from({ length: 3 }, () => monomialsBelow(degree))];
    return lengths.map((l) => place(8 * even(l)));
  });
  const productRuns = place(16 * tables.products.length);
  const productEntries = place(16 * entriesOf(tables.products));
  const adjointRuns = place(16 * tables.adjoints.length);
  const adjointEntries = place(16 * entriesOf(tables.adjoints));
  const scalarEntries = place(16 * template.scalars.length);
  const radial = 8 * even(plan.monomialCount + 1);
  const radialSlopes = radial + 8 * paddedLabels;
  const unit = radialSlopes + 8 * paddedLabels;
  const distance = unit + 24;
  const other = distance + 8;
  return {
    header,
    cutoffA: potential.maxDistanceA,
    minDistanceA: potential.minDistanceA,
    radialBasisSize,
    speciesCount,
    radialPairs: paddedLabels / 2,
    paddedLabels,
    coefficients,
    coefficientBytes,
    counts,
    energies,
    moments,
    adjoints,
    rows,
    productRuns,
    productRunCount: tables.products.length,
    productEntries,
    adjointRuns,
    adjointRunCount: tables.adjoints.length,
    adjointEntries,
    scalarEntries,
    scalarCount: template.scalars.length,
    radial,
    radialSlopes,
    unit,
    distance,
    other,
    rowBytes: other + 16,
    end: next,
  };
}

/** Writes what belongs to the potential into the memory. */
export function fillKernelMemory(
  buffer: ArrayBufferLike,
  potential: MtpPotential,
  layout: KernelLayout,
  tables: KernelTables,
): void {
  const { template, speciesCount, radialBasisSize, radialCoefficients, scaling, momentCoefficients } = potential;
  const doubles = new Float64Array(buffer);
  const integers = new Int32Array(buffer);
  const K = template.radialFunctions;
  for (let pair = 0; pair < speciesCount * speciesCount; pair++) {
    for (let mu = 0; mu < K; mu++) {
      for (let n = 0; n < radialBasisSize; n++) {
        const at = (layout.coefficients + pair * layout.coefficientBytes) / 8 + n * layout.paddedLabels + mu;
        doubles[at] = scaling * radialCoefficients[(pair * K + mu) * radialBasisSize + n]!;
      }
    }
  }
  const bytes = 8 * BATCH;
  const write = (runs: readonly Run[], runsAt: number, entriesAt: number): void => {
    let entry = entriesAt;
    runs.forEach(({ target, start, entries }, k) => {
      integers[(runsAt + 16 * k) / 4] = target * bytes;
      integers[(runsAt + 16 * k) / 4 + 1] = entries.length;
      doubles[(runsAt + 16 * k) / 8 + 1] = start;
      for (const [left, right, weight] of entries) {
        integers[entry / 4] = left * bytes;
        integers[entry / 4 + 1] = right * bytes;
        doubles[entry / 8 + 1] = weight;
        entry += 16;
      }
    });
  };
  write(tables.products, layout.productRuns, layout.productEntries);
  write(tables.adjoints, layout.adjointRuns, layout.adjointEntries);
  for (const [s, moment] of template.scalars.entries()) {
    integers[(layout.scalarEntries + 16 * s) / 4] = moment * bytes;
    doubles[(layout.scalarEntries + 16 * s) / 8 + 1] = momentCoefficients[s]!;
  }
}
