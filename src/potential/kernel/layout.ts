/**
 * Where a kernel finds and leaves its numbers: byte addresses in its memory. What belongs to the potential lies at fixed
 * places, which are constants in the code. What belongs to a batch of atoms lies in a context, wherever that is; so
 * threads that share a memory have one each.
 */
import type { MtpPotential } from '../potential.ts';
import type { MtpTemplate } from '../template.ts';
import { type KernelPurpose, type NeighbourGroup, neighbourGroup } from './neighbour-group.ts';
import { type KernelPlan, planarBelow } from './plan.ts';
import { type Polynomial, polynomial } from './polynomial.ts';

/** Atoms whose moments are multiplied together, two a register. */
export const BATCH_SHIFT = 3;
export const BATCH = 1 << BATCH_SHIFT;
export const BATCH_BYTES = 8 * BATCH;
/** Arrays begin at multiples of a cache line. */
export const LINE_BYTES = 64;

/** First fields of a context: 32-bit addresses of arrays, and the virial (9 doubles). */
export const field = {
  positions: 0,
  species: 4,
  start: 8,
  neighbours: 12,
  shifts: 16,
  forces: 20,
  siteEnergies: 24,
  /** Groups of neighbours, and how many bytes of them there are for each atom of a batch. */
  groups: 28,
  bytesPerAtom: 32,
  /** Table of the blocks of atoms, and their number. */
  blocks: 36,
  blockCount: 40,
  chunkCount: 44,
  atoms: 120,
  virial: 48,
  bytes: 128,
} as const;

/**
 * A block of atoms, from first to before end, and where its forces and virial go. All atoms have a place among its
 * forces, but only the chunks of atoms that it marks as touched (a byte each) are made use of.
 */
export const block = {
  first: 0,
  end: 4,
  forces: 8,
  touched: 12,
  virial: 16,
  bytes: 128,
} as const;

/** A labelled configuration: its atoms and neighbours, its labels and weights, and what a training kernel finds for it. */
export const training = {
  atoms: 0,
  positions: 4,
  species: 8,
  start: 12,
  neighbours: 16,
  shifts: 20,
  /** Labelled forces, and the weight of each atom's. */
  forces: 24,
  atomWeights: 28,
  /** Gradient of the loss: radial coefficients as in the table of those, species, moments. */
  gradient: 32,
  energy: 40,
  energyWeight: 48,
  forceWeight: 56,
  stressWeight: 64,
  labelledVirial: 72,
  /** Loss, ∂L/∂E and ∂L/∂S. */
  loss: 144,
  energyFactor: 152,
  virial: 160,
  bytes: 256,
} as const;

/** What a thread needs to work on a labelled configuration: contexts and groups for all its batches, and scratch. */
export const trainee = {
  configurations: 0,
  contexts: 4,
  groups: 8,
  bytesPerAtom: 12,
  forces: 16,
  siteEnergies: 20,
  /** For the normal equations: blocks of configurations; the design matrix of one, and that times the weights. */
  designBlocks: 24,
  columns: 28,
  weighed: 32,
  /** The same for all parameters; and sums of φ_n over the neighbours of each species. */
  jacobianBlocks: 36,
  directions: 40,
  bytes: 64,
} as const;

/** Columns of a design matrix are padded to a multiple of this. */
const COLUMN_MULTIPLE = 12;

/** A design matrix: its columns, padded, and where a trainee has its blocks. */
export interface DesignShape {
  readonly columns: number;
  readonly paddedColumns: number;
  readonly matrixBytes: number;
  readonly blocks: typeof trainee.designBlocks | typeof trainee.jacobianBlocks;
}

function designShape(columns: number, blocks: DesignShape['blocks']): DesignShape {
  const paddedColumns = COLUMN_MULTIPLE * Math.ceil(columns / COLUMN_MULTIPLE);
  return { columns, paddedColumns, matrixBytes: 8 * paddedColumns * paddedColumns, blocks };
}

/** A block of configurations, from first to before end, whose normal equations are added up. */
export const designBlock = {
  first: 0,
  end: 4,
  matrix: 8,
  bytes: 16,
} as const;

/** A basis function: its slot, as an offset; its column; its labels, as bits; the runs of adjoints that come after its own. */
export const basisFunction = {
  slot: 0,
  column: 4,
  labels: 8,
  run: 12,
  runs: 16,
  bytes: 32,
} as const;

/** Atoms of a chunk; blocks end where chunks do. */
export const CHUNK = BATCH;
export const CHUNK_BYTES = 24 * CHUNK;

/** A sum of products: value[target] = Σ weight · value[left] · value[right]. */
export interface Run {
  readonly target: number;
  readonly entries: [left: number, right: number, weight: number][];
}

/** A run in memory: its head, then {left, right} for each term of weight 1, then {left, right, weight} for the others. */
export const run = {
  target: 0,
  ones: 4,
  weighted: 8,
  bytes: 16,
} as const;

const isOne = ([, , weight]: Run['entries'][number]): boolean => weight === 1;
const runBytes = ({ entries }: Run): number =>
  run.bytes + 8 * entries.filter(isOne).length + 16 * entries.filter((e) => !isOne(e)).length;

export interface RunTable {
  readonly at: number;
  readonly count: number;
}

export interface KernelLayout {
  readonly cutoffA: number;
  readonly minDistanceA: number;
  readonly radialBasisSize: number;
  readonly speciesCount: number;
  readonly group: NeighbourGroup;
  /** Absolute. Radial coefficients by pair of species, then n, then label; each pair has `coefficientBytes`. */
  readonly coefficients: number;
  readonly coefficientBytes: number;
  readonly speciesCoefficients: number;
  readonly scaling: number;
  readonly expansions: number;
  readonly expansionCount: number;
  readonly products: RunTable;
  readonly adjointRuns: RunTable;
  /** Slot of each basis function, as an offset; its coefficient; and for each slot the sum of those it stands for. */
  readonly scalars: number;
  readonly scalarCount: number;
  readonly momentCoefficients: number;
  readonly slotCoefficients: number;
  /** First byte behind all that belongs to the potential. */
  readonly end: number;
  /** Within a context. */
  readonly counts: number;
  readonly energies: number;
  readonly moments: number;
  readonly adjoints: number;
  /** A and B of each label: A + zB multiplies f_μ in the energy's dependence on a neighbour. */
  readonly polynomials: readonly (readonly [Polynomial, Polynomial])[];
  /** Change of the moments in a direction, and of their adjoints. */
  readonly tangents: number;
  readonly turned: number;
  /** A and B of each label where their derivatives are not needed. */
  readonly valuePolynomials: readonly (readonly [number, number])[];
  readonly contextBytes: number;
  /** Within a gradient. */
  readonly speciesGradient: number;
  readonly momentGradient: number;
  readonly gradientBytes: number;
  readonly basisFunctions: number;
  /** Design matrices of the linear coefficients (species, basis functions) with the labels, and of all parameters. */
  readonly linear: DesignShape;
  readonly all: DesignShape;
  /** Bytes of the directions of a trainee. */
  readonly directionBytes: number;
}

export interface KernelTables {
  readonly products: readonly Run[];
  readonly adjoints: readonly Run[];
}

/**
 * Products by target, in the order in which targets are complete; and for each slot, last first, the products that it
 * is in. A template may number its moments and mix the products of several as it likes, so long as no moment is read
 * before it is complete.
 */
export function kernelTables({ products }: MtpTemplate, plan: KernelPlan): KernelTables {
  const complete = new Map<number, Run>();
  const usedIn = Array.from({ length: plan.slotCount }, (): Run['entries'] => []);
  for (let t = 0; t < products.length; t += 4) {
    const [left, right, weight, target] = products.subarray(t, t + 4) as unknown as [number, number, number, number];
    const known = complete.get(target) ?? { target, entries: [] };
    known.entries.push([left, right, weight]);
    complete.delete(target);
    complete.set(target, known);
    usedIn[left]!.push([target, right, left === right ? 2 * weight : weight]);
    if (left !== right) usedIn[right]!.push([target, left, weight]);
  }
  const sums = Array.from({ length: plan.slotCount }, (_, slot) => slot).filter((slot) => !complete.has(slot));
  const backwards = [...sums, ...complete.keys()].reverse();
  const adjoints = backwards.map((target) => ({ target, entries: usedIn[target]! }));
  return { products: [...complete.values()], adjoints };
}

/** Gives out places one after another, each at the beginning of a cache line. */
export function placer(from: number): { place(bytes: number): number; readonly end: number } {
  let next = from;
  return {
    place(bytes) {
      const at = next;
      next = Math.ceil((next + bytes) / LINE_BYTES) * LINE_BYTES;
      return at;
    },
    get end() {
      return next;
    },
  };
}

/** What a kernel is written for. */
export type KernelShape = Pick<
  MtpPotential,
  'template' | 'radialBasisSize' | 'speciesCount' | 'minDistanceA' | 'maxDistanceA'
>;

export function kernelLayout(
  shape: KernelShape,
  plan: KernelPlan,
  tables: KernelTables,
  purpose: KernelPurpose,
): KernelLayout {
  const { template, radialBasisSize, speciesCount } = shape;
  const evenBasisSize = radialBasisSize + (radialBasisSize & 1);
  const fixed = placer(LINE_BYTES);
  const coefficientBytes = 8 * evenBasisSize * plan.radialFunctions;
  const coefficients = fixed.place(coefficientBytes * speciesCount * speciesCount);
  const speciesCoefficients = fixed.place(8 * speciesCount);
  const scaling = fixed.place(8);
  const expansions = fixed.place(16 * plan.expansions.length);
  const runTable = (runs: readonly Run[]): RunTable => ({
    at: fixed.place(runs.reduce((sum, each) => sum + runBytes(each), 0)),
    count: runs.length,
  });
  const products = runTable(tables.products);
  const adjointRuns = runTable(tables.adjoints);
  const scalars = fixed.place(4 * template.scalars.length);
  const momentCoefficients = fixed.place(8 * template.scalars.length);
  const slotCoefficients = fixed.place(8 * plan.slotCount);
  const forTraining = purpose === 'training';
  const basisFunctions = fixed.place(forTraining ? basisFunction.bytes * template.scalars.length : 0);
  const linearCount = speciesCount + template.scalars.length;
  const radialCount = speciesCount * speciesCount * plan.radialFunctions * radialBasisSize;
  const own = placer(field.bytes);
  const counts = own.place(4 * BATCH);
  const energies = own.place(BATCH_BYTES);
  const moments = own.place(BATCH_BYTES * plan.slotCount);
  const adjoints = own.place(BATCH_BYTES * plan.slotCount);
  const polynomials = plan.labelDegrees.map(
    (degree) => [polynomial(degree, own.place), polynomial(degree - 1, own.place)] as const,
  );
  const forGradient = (bytes: number): number => (forTraining ? own.place(bytes) : 0);
  const tangents = forGradient(BATCH_BYTES * plan.slotCount);
  const turned = forGradient(BATCH_BYTES * plan.slotCount);
  const forRadial = (bytes: number): number => (purpose === 'forces' ? 0 : own.place(bytes));
  const valuePolynomials = plan.labelDegrees.map(
    (degree) => [forRadial(8 * planarBelow(degree + 1)), forRadial(8 * planarBelow(degree))] as const,
  );
  return {
    cutoffA: shape.maxDistanceA,
    minDistanceA: shape.minDistanceA,
    radialBasisSize,
    speciesCount,
    group: neighbourGroup(plan, purpose, evenBasisSize),
    coefficients,
    coefficientBytes,
    speciesCoefficients,
    scaling,
    expansions,
    expansionCount: plan.expansions.length,
    products,
    adjointRuns,
    scalars,
    scalarCount: template.scalars.length,
    momentCoefficients,
    slotCoefficients,
    end: fixed.end,
    counts,
    energies,
    moments,
    adjoints,
    polynomials,
    tangents,
    turned,
    valuePolynomials,
    contextBytes: own.end,
    speciesGradient: coefficientBytes * speciesCount * speciesCount,
    momentGradient: coefficientBytes * speciesCount * speciesCount + 8 * speciesCount,
    gradientBytes: coefficientBytes * speciesCount * speciesCount + 8 * (speciesCount + template.scalars.length),
    basisFunctions,
    linear: designShape(linearCount + 1, trainee.designBlocks),
    all: designShape(radialCount + linearCount, trainee.jacobianBlocks),
    directionBytes: speciesCount * radialBasisSize * 2 * plan.planarCount * BATCH_BYTES,
  };
}

/** Writes what belongs to the template into the memory. */
export function fillTemplate(
  buffer: ArrayBufferLike,
  { scalars }: MtpTemplate,
  plan: KernelPlan,
  layout: KernelLayout,
  tables: KernelTables,
): void {
  const doubles = new Float64Array(buffer);
  const integers = new Int32Array(buffer);
  plan.expansions.forEach(({ target, lower, alongX, alongY }, k) => {
    integers.set(
      [target, lower, alongX, alongY].map((slot) => slot * BATCH_BYTES),
      (layout.expansions + 16 * k) / 4,
    );
  });
  const write = (runs: readonly Run[], table: RunTable): void => {
    let at = table.at;
    for (const { target, entries } of runs) {
      const ones = entries.filter(isOne);
      const weighted = entries.filter((entry) => !isOne(entry));
      integers[(at + run.target) / 4] = target * BATCH_BYTES;
      integers[(at + run.ones) / 4] = ones.length;
      integers[(at + run.weighted) / 4] = weighted.length;
      at += run.bytes;
      for (const [left, right, weight] of [...ones, ...weighted]) {
        integers[at / 4] = left * BATCH_BYTES;
        integers[at / 4 + 1] = right * BATCH_BYTES;
        if (weight !== 1) doubles[at / 8 + 1] = weight;
        at += weight === 1 ? 8 : 16;
      }
    }
  };
  write(tables.products, layout.products);
  write(tables.adjoints, layout.adjointRuns);
  integers.set(
    scalars.map((slot) => slot * BATCH_BYTES),
    layout.scalars / 4,
  );
}

/** Writes the table of basis functions, those whose runs begin last first. */
export function fillBasisFunctions(
  buffer: ArrayBufferLike,
  { scalars, basic }: MtpTemplate,
  layout: KernelLayout,
  tables: KernelTables,
): void {
  const integers = new Int32Array(buffer);
  const place = new Map<number, { readonly at: number; readonly index: number }>();
  let at = layout.adjointRuns.at;
  tables.adjoints.forEach((each, index) => {
    place.set(each.target, { at, index });
    at += runBytes(each);
  });
  const labels = new Map<number, number>();
  for (let b = 0; b < basic.length / 4; b++) labels.set(b, 1 << basic[4 * b]!);
  for (const { target, entries } of tables.products) {
    labels.set(
      target,
      entries.reduce((bits, [left, right]) => bits | labels.get(left)! | labels.get(right)!, 0),
    );
  }
  const order = Array.from(scalars, (slot, s) => ({ slot, s })).sort(
    (one, other) => place.get(other.slot)!.index - place.get(one.slot)!.index || one.s - other.s,
  );
  order.forEach(({ slot, s }, k) => {
    const record = (layout.basisFunctions + k * basisFunction.bytes) / 4;
    const own = place.get(slot)!;
    integers[record + basisFunction.slot / 4] = slot * BATCH_BYTES;
    integers[record + basisFunction.column / 4] = layout.speciesCount + s;
    integers[record + basisFunction.labels / 4] = labels.get(slot)!;
    integers[record + basisFunction.run / 4] = own.at + runBytes(tables.adjoints[own.index]!);
    integers[record + basisFunction.runs / 4] = tables.adjoints.length - own.index - 1;
  });
}

/** Coefficients of a potential; the radial ones times its scaling. */
export interface KernelCoefficients {
  readonly scaling: number;
  readonly radialCoefficients: Float64Array;
  readonly speciesCoefficients: Float64Array;
  readonly momentCoefficients: Float64Array;
}

/** Writes a potential's coefficients into the memory. */
export function fillCoefficients(
  buffer: ArrayBufferLike,
  { scalars, radialFunctions }: MtpTemplate,
  layout: KernelLayout,
  { scaling, radialCoefficients, speciesCoefficients, momentCoefficients }: KernelCoefficients,
): void {
  const doubles = new Float64Array(buffer);
  const { radialBasisSize, speciesCount } = layout;
  for (let pair = 0; pair < speciesCount * speciesCount; pair++) {
    const ofPair = (layout.coefficients + pair * layout.coefficientBytes) / 8;
    for (let mu = 0; mu < radialFunctions; mu++) {
      for (let n = 0; n < radialBasisSize; n++) {
        doubles[ofPair + n * radialFunctions + mu] =
          scaling * radialCoefficients[(pair * radialFunctions + mu) * radialBasisSize + n]!;
      }
    }
  }
  doubles[layout.scaling / 8] = scaling;
  doubles.set(speciesCoefficients, layout.speciesCoefficients / 8);
  doubles.set(momentCoefficients, layout.momentCoefficients / 8);
  const ofSlots = (layout.adjoints - layout.moments) / BATCH_BYTES;
  const own = doubles.subarray(layout.slotCoefficients / 8, layout.slotCoefficients / 8 + ofSlots).fill(0);
  for (const [s, slot] of scalars.entries()) own[slot] = own[slot]! + momentCoefficients[s]!;
}
