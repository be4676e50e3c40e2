/**
 * What a fit asks of a training set, by a WebAssembly kernel compiled for the template: the loss with its gradient, and
 * the normal equations of the linear coefficients. Configurations are shared out to threads and their results added in
 * order, so that the bits are the same for any number of them. Agrees to rounding with the plain references, `loss.ts`
 * and `normal-equations.ts`.
 */
import { alone, type Crew } from '../numerics/crew.ts';
import { sharedMemory } from '../numerics/wasm-module.ts';
import { compileKernel } from './kernel/compile.ts';
import { fillBasisFunctions, fillCoefficients, fillTemplate } from './kernel/fill.ts';
import { type DesignShape, placer } from './kernel/layout.ts';
import { groupBytes } from './kernel/place-list.ts';
import { BATCH, designBlock, trainee, training } from './kernel/records.ts';
import type { LossFunction } from './loss.ts';
import type { NormalEquations, NormalEquationsSource } from './normal-equations.ts';
import { mostNeighbours } from './pairs.ts';
import { type MtpPotential, radialCount } from './potential.ts';
import { addRadialCurvature, addRadialPenalty } from './radial-penalty.ts';
import type { TrainingConfiguration } from './training-set.ts';

/** Configurations are divided into at most so many blocks for the normal equations. */
const MOST_BLOCKS = 32;

/** All matrices of a design together have at most so many bytes, unless one has. */
const MATRIX_BYTES = 512 * 1024 * 1024;

export interface CompiledTraining extends LossFunction, NormalEquationsSource {
  /** The kernel's WebAssembly module. */
  readonly module: Uint8Array<ArrayBuffer>;
  /** n×n: the loss's second derivatives by all parameters, but for those of what is fitted (Gauss–Newton). */
  gaussNewton(parameters: Float64Array, scaling: number): Float64Array;
  /** Nothing may be asked of it afterwards. */
  release(): void;
}

/** `model` gives template, cutoffs, basis size and species; its parameters are not used. */
export function createCompiledTraining(
  set: readonly TrainingConfiguration[],
  model: MtpPotential,
  crew: Crew = alone,
): CompiledTraining {
  const { template, speciesCount, radialBasisSize } = model;
  const { plan, tables, layout, module, compiled } = compileKernel(model, 'training');

  const next = placer(layout.end);
  const configurations = next.place(training.bytes * set.length);
  const places = set.map(({ atoms, list }) => ({
    positions: next.place(24 * atoms),
    species: next.place(4 * atoms),
    start: next.place(4 * (atoms + 1)),
    neighbours: next.place(4 * list.atom.length),
    images: next.place(4 * list.image.length),
    shifts: next.place(8 * list.imageShiftA.length),
    forces: next.place(24 * atoms),
    atomWeights: next.place(8 * atoms),
    gradient: next.place(layout.gradientBytes),
  }));
  const mostAtoms = Math.max(...set.map(({ atoms }) => atoms));
  const bytesPerAtom = groupBytes(layout, Math.max(...set.map(({ list }) => mostNeighbours(list))));
  const batches = Math.ceil(mostAtoms / BATCH);
  // Rows of the design matrix: energy, forces, virial, made even.
  const columnBytes = 8 * ((3 * mostAtoms + 11) & -2);
  const threads = Array.from({ length: crew.threads }, () => ({
    own: next.place(trainee.bytes),
    contexts: next.place(batches * layout.contextBytes),
    groups: next.place(batches * BATCH * bytesPerAtom),
    forces: next.place(24 * mostAtoms),
    siteEnergies: next.place(8 * mostAtoms),
    columns: next.place(columnBytes * layout.all.paddedColumns),
    weighed: next.place(columnBytes * layout.all.paddedColumns),
    directions: next.place(layout.directionBytes),
  }));
  const linear = placeBlocks(next, layout.linear, set.length);
  const all = placeBlocks(next, layout.all, set.length);
  const memory = sharedMemory(next.end);
  const { buffer } = memory;
  const integers = new Uint32Array(buffer);
  const doubles = new Float64Array(buffer);
  fillTemplate(buffer, template, plan, layout, tables);
  for (const { own, ...areas } of threads) {
    for (const [name, value] of Object.entries({
      ...areas,
      configurations,
      bytesPerAtom,
      designBlocks: linear.at,
      jacobianBlocks: all.at,
    })) {
      integers[(own + trainee[name as keyof typeof areas]) / 4] = value;
    }
  }
  set.forEach((configuration, k) => {
    const at = configurations + k * training.bytes;
    const { atoms, species, list } = configuration;
    const where = places[k]!;
    integers[(at + training.atoms) / 4] = atoms;
    for (const [name, value] of Object.entries(where))
      integers[(at + training[name as keyof typeof where]) / 4] = value;
    const { energyEv, energyWeight, forceWeight, stressWeight } = configuration;
    doubles[(at + training.energy) / 8] = energyEv;
    doubles[(at + training.energyWeight) / 8] = energyWeight;
    doubles[(at + training.forceWeight) / 8] = forceWeight;
    doubles[(at + training.stressWeight) / 8] = stressWeight;
    doubles.set(configuration.virialEv, (at + training.labelledVirial) / 8);
    doubles.set(configuration.positionsA, where.positions / 8);
    integers.set(species, where.species / 4);
    integers.set(list.start, where.start / 4);
    integers.set(list.atom, where.neighbours / 4);
    integers.set(list.image, where.images / 4);
    doubles.set(list.imageShiftA, where.shifts / 8);
    doubles.set(configuration.forcesEvA, where.forces / 8);
    doubles.set(configuration.atomWeights, where.atomWeights / 8);
  });
  for (const { at, matrices } of [linear, all]) {
    matrices.forEach((matrix, k) => {
      const record = (at + k * designBlock.bytes) / 4;
      integers[record + designBlock.first / 4] = Math.floor((k * set.length) / matrices.length);
      integers[record + designBlock.end / 4] = Math.floor(((k + 1) * set.length) / matrices.length);
      integers[record + designBlock.matrix / 4] = matrix;
    });
  }
  fillBasisFunctions(buffer, template, plan, layout, tables);
  const shift = crew.enlist(compiled, memory);
  const contexts = threads.map(({ own }) => own);
  const radial = radialCount(model);
  const rowLength = layout.coefficientBytes / 8 / template.radialFunctions;

  /** Adds a configuration's gradient, whose rows of radial coefficients are padded, to the whole. */
  const addPart = (gradient: Float64Array, part: number, scaling: number): void => {
    for (let row = 0; row < radial / radialBasisSize; row++) {
      const from = part / 8 + row * rowLength;
      for (let n = 0; n < radialBasisSize; n++) {
        const k = row * radialBasisSize + n;
        gradient[k] = gradient[k]! + scaling * doubles[from + n]!;
      }
    }
    const linear = (part + layout.speciesGradient) / 8;
    for (let k = radial; k < gradient.length; k++) gradient[k] = gradient[k]! + doubles[linear + k - radial]!;
  };

  const setParameters = (parameters: Float64Array, scaling: number): void =>
    fillCoefficients(buffer, template, layout, {
      scaling,
      radialCoefficients: parameters.subarray(0, radial),
      speciesCoefficients: parameters.subarray(radial, radial + speciesCount),
      momentCoefficients: parameters.subarray(radial + speciesCount),
    });

  return {
    module,
    release: () => shift.release(),
    evaluate(parameters, scaling, gradient) {
      setParameters(parameters, scaling);
      shift.run(gradient === undefined ? 'loss' : 'lossGradient', set.length, contexts);
      let sum = 0;
      gradient?.fill(0);
      for (let k = 0; k < set.length; k++) {
        sum += doubles[(configurations + k * training.bytes + training.loss) / 8]!;
        if (gradient !== undefined) addPart(gradient, places[k]!.gradient, scaling);
      }
      if (gradient !== undefined) for (let k = 0; k < gradient.length; k++) gradient[k] = gradient[k]! / set.length;
      return sum / set.length + addRadialPenalty(model, parameters, gradient);
    },
    assemble(parameters, scaling): NormalEquations {
      setParameters(parameters, scaling);
      shift.run('normalEquations', linear.matrices.length, contexts);
      const n = layout.linear.columns - 1;
      const sums = sumOfBlocks(doubles, layout.linear, linear.matrices);
      const matrix = new Float64Array(n * n);
      for (let i = 0; i < n; i++) matrix.set(sums.subarray((n + 1) * i, (n + 1) * i + n), n * i);
      return { matrix, rightSide: sums.slice((n + 1) * n, (n + 1) * n + n), scaling };
    },
    gaussNewton(parameters, scaling) {
      setParameters(parameters, scaling);
      shift.run('gaussNewton', all.matrices.length, contexts);
      const matrix = sumOfBlocks(doubles, layout.all, all.matrices);
      const n = layout.all.columns;
      // Columns are by the coefficients times the scaling.
      const factor = (k: number): number => (k < radial ? scaling : 1);
      for (let i = 0; i < n; i++) {
        const row = (2 / set.length) * factor(i);
        for (let j = 0; j < n; j++) matrix[n * i + j] = matrix[n * i + j]! * row * factor(j);
      }
      addRadialCurvature(model, parameters, matrix);
      return matrix;
    },
  };
}

/** Places of a table of blocks and of the matrix of each: as many as there is room for, whatever the threads. */
function placeBlocks(
  next: ReturnType<typeof placer>,
  { matrixBytes }: DesignShape,
  configurations: number,
): { readonly at: number; readonly matrices: readonly number[] } {
  const most = Math.max(1, Math.min(MOST_BLOCKS, Math.floor(MATRIX_BYTES / matrixBytes)));
  const blocks = Math.min(most, configurations);
  const at = next.place(designBlock.bytes * blocks);
  return { at, matrices: Array.from({ length: blocks }, () => next.place(matrixBytes)) };
}

/** The sum of the blocks' lower triangles in order, made symmetric and without the padding. */
function sumOfBlocks(doubles: Float64Array, shape: DesignShape, matrices: readonly number[]): Float64Array {
  const n = shape.columns;
  const sum = new Float64Array(n * n);
  for (const at of matrices) {
    for (let i = 0; i < n; i++) {
      const row = at / 8 + i * shape.paddedColumns;
      for (let j = 0; j <= i; j++) sum[n * i + j] = sum[n * i + j]! + doubles[row + j]!;
    }
  }
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) sum[n * j + i] = sum[n * i + j]!;
  return sum;
}
