/**
 * Where a kernel finds and leaves its numbers: byte addresses in its memory. What belongs to the potential lies at fixed
 * places, which are constants in the code. What belongs to a batch of atoms lies in a context, wherever that is; so
 * threads that share a memory have one each.
 */
import type { MtpPotential } from '../potential.ts';
import { type KernelPurpose, type NeighbourGroup, neighbourGroup } from './neighbour-group.ts';
import { type KernelPlan, planarBelow } from './plan.ts';
import { type Polynomial, polynomial } from './polynomial.ts';
import { BATCH, BATCH_BYTES, basisFunction, field, LINE_BYTES, trainee } from './records.ts';
import { type KernelTables, type Run, type RunTable, runBytes } from './run-tables.ts';

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
