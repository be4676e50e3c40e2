/**
 * The part of a training kernel for the linear coefficients: energy, forces and virial are sums of what each species and
 * each basis function gives by itself, the columns of a design matrix C with rows {energy, 3N forces, 9 virial}. Its
 * normal equations CᵀWC are summed over a block of configurations. The labels are one more column, so the right side is
 * a row of the same matrix.
 */
import type { FunctionCode, ModuleWriter } from '../../numerics/wasm-module.ts';
import { type BatchSteps, countAddress, forEachLane } from './code.ts';
import { addVirial, beginColumn } from './context-virial.ts';
import { writeClearedForceSums, writeForceSumsOfLabel } from './gradients.ts';
import type { DesignShape, KernelLayout } from './layout.ts';
import { lanes, writeAdjointsFrom } from './moments.ts';
import type { KernelPlan } from './plan.ts';
import { basisFunction, designBlock, trainee, training } from './records.ts';
import { clear, forEachBatch } from './training-batches.ts';

/** Products of columns are added up in tiles of so many by so many; the padded number of columns is a multiple of both. */
const TILE = { rows: 4, columns: 3 } as const;

/** Steps of columns that others use, too. */
export interface ColumnSteps extends BatchSteps {
  readonly clearSums: number;
  /** One for each label. */
  readonly ofLabels: readonly number[];
  /** (context, first, count, columns, stride). */
  readonly batchColumns: number;
}

/** Adds `normalEquations` (trainee, block) of the linear coefficients, and returns its steps. */
export function addNormalEquations(
  writer: ModuleWriter,
  plan: KernelPlan,
  layout: KernelLayout,
  steps: BatchSteps,
): ColumnSteps {
  const sweep = writer.add('sweepFrom', ['i32', 'i32', 'i32'], [], (code) => writeAdjointsFrom(code, layout));
  const clearSums = writer.add('clearForceSums', ['i32', 'i32'], [], (code) => writeClearedForceSums(code, layout));
  const ofLabels = plan.labelDegrees.map((_, mu) =>
    writer.add(`forceSums${mu}`, ['i32', 'i32', 'i32'], [], (code) => writeForceSumsOfLabel(code, plan, layout, mu)),
  );
  const batchColumns = writer.add('batchColumns', ['i32', 'i32', 'i32', 'i32', 'i32'], [], (code) =>
    writeBatchColumns(code, layout, { ...steps, sweep, clearSums, ofLabels }),
  );
  const columns = writer.add('columns', ['i32', 'i32', 'i32'], [], (code) =>
    writeColumns(code, layout, steps.batch, batchColumns),
  );
  addGramOfBlocks(writer, 'normalEquations', columns, layout.linear);
  return { ...steps, clearSums, ofLabels, batchColumns };
}

/** Adds `name` (trainee, block): CᵀWC of a block's configurations, their columns by the function `columns`. */
export function addGramOfBlocks(writer: ModuleWriter, name: string, columns: number, shape: DesignShape): void {
  const gram = writer.add(`${name}Gram`, ['i32', 'i32', 'i32', 'i32'], [], (code) => writeGram(code, shape));
  writer.add(name, ['i32', 'i32'], [], (code) => {
    const [own, which] = [0, 1];
    const i32 = (): number => code.local('i32');
    const [block, configuration, end, stride] = [i32(), i32(), i32(), i32()];
    const ofOwn = (of: number): FunctionCode => code.get(own).memory('i32.load', of);
    const record = (of: number): FunctionCode => {
      code.get(block).memory('i32.load', of).i32(training.bytes).op('i32.mul');
      return ofOwn(trainee.configurations).op('i32.add');
    };
    ofOwn(shape.blocks).get(which).i32(designBlock.bytes).op('i32.mul', 'i32.add').set(block);
    code.get(block).memory('i32.load', designBlock.matrix);
    clear(code, () => code.get(block).memory('i32.load', designBlock.matrix).i32(shape.matrixBytes).op('i32.add'));
    record(designBlock.first).set(configuration);
    record(designBlock.end).set(end);
    code.repeatWhile(
      () => {
        // Rows: energy, forces, virial, made even.
        code.get(configuration).memory('i32.load', training.atoms).i32(3).op('i32.mul').i32(11).op('i32.add');
        code.i32(-2).op('i32.and').i32(3).op('i32.shl').set(stride);
        code.get(own).get(configuration).get(stride).call(columns);
        code.get(own).get(configuration).get(stride).get(block).memory('i32.load', designBlock.matrix).call(gram);
      },
      () => code.get(configuration).i32(training.bytes).op('i32.add').tee(configuration).get(end).op('i32.lt_u'),
    );
  });
}

/** (trainee, configuration, stride): fills the columns, and the same times the weights of the rows. */
function writeColumns(code: FunctionCode, layout: KernelLayout, batch: number, batchColumns: number): void {
  const [own, configuration, stride] = [0, 1, 2];
  const i32 = (): number => code.local('i32');
  const [columns, from, to, end] = [i32(), i32(), i32(), i32()];
  const ofOwn = (of: number): FunctionCode => code.get(own).memory('i32.load', of);
  const atoms = (): FunctionCode => code.get(configuration).memory('i32.load', training.atoms);
  const allColumns = (): FunctionCode => code.get(stride).i32(layout.linear.paddedColumns).op('i32.mul');
  ofOwn(trainee.columns).tee(columns);
  clear(code, () => {
    allColumns();
    return code.get(columns).op('i32.add');
  });
  writeSpeciesColumns(code, configuration, columns, stride);
  forEachBatch(code, layout, { own, configuration }, batch, (context, first, count) => {
    code.get(context).get(first).get(count).get(columns).get(stride).call(batchColumns);
  });
  // Labels, the last column.
  code
    .get(columns)
    .get(stride)
    .i32(layout.linear.columns - 1)
    .op('i32.mul', 'i32.add')
    .set(to);
  code.get(to).get(configuration).memory('f64.load', training.energy).memory('f64.store', 0);
  code.get(configuration).memory('i32.load', training.forces).set(from);
  code.get(from);
  atoms().i32(24).op('i32.mul', 'i32.add').set(end);
  const copyNext = (source: () => FunctionCode): void => {
    code.get(to).i32(8).op('i32.add').tee(to);
    source().memory('f64.store', 0);
  };
  code.repeatWhile(
    () => copyNext(() => code.get(from).memory('f64.load', 0)),
    () => code.get(from).i32(8).op('i32.add').tee(from).get(end).op('i32.lt_u'),
  );
  for (let k = 0; k < 9; k++) {
    copyNext(() => code.get(configuration).memory('f64.load', training.labelledVirial + 8 * k));
  }
  writeWeighed(code, { own, configuration, columns, stride }, layout.linear, { byForce: false });
}

/** How many atoms there are of each species: the energy's rows of their columns. */
export function writeSpeciesColumns(code: FunctionCode, configuration: number, columns: number, stride: number): void {
  const [at, to, end] = [code.local('i32'), code.local('i32'), code.local('i32')];
  code.get(configuration).memory('i32.load', training.species).tee(at);
  code.get(configuration).memory('i32.load', training.atoms).i32(2).op('i32.shl', 'i32.add').set(end);
  code.repeatWhile(
    () => {
      code.get(at).memory('i32.load', 0).get(stride).op('i32.mul').get(columns).op('i32.add').tee(to);
      code.get(to).memory('f64.load', 0).f64(1).op('f64.add').memory('f64.store', 0);
    },
    () => code.get(at).i32(4).op('i32.add').tee(at).get(end).op('i32.lt_u'),
  );
}

/** Writes the columns times the weights of their rows beside them. */
export function writeWeighed(
  code: FunctionCode,
  places: { readonly own: number; readonly configuration: number; readonly columns: number; readonly stride: number },
  shape: DesignShape,
  { byForce }: { readonly byForce: boolean },
): void {
  const { own, configuration, columns, stride } = places;
  const i32 = (): number => code.local('i32');
  const [from, to, end, left, atomWeight] = [i32(), i32(), i32(), i32(), i32()];
  const weight = code.local('f64');
  const atoms = (): FunctionCode => code.get(configuration).memory('i32.load', training.atoms);
  code.get(own).memory('i32.load', trainee.weighed).set(to);
  code.get(columns).tee(from).get(stride).i32(shape.paddedColumns).op('i32.mul', 'i32.add').set(end);
  const copyWeighed = (): void => {
    code.get(to).get(from).memory('f64.load', 0).get(weight).op('f64.mul').memory('f64.store', 0);
    code.get(to).i32(8).op('i32.add').set(to).get(from).i32(8).op('i32.add').set(from);
  };
  const weigh = (of: number, count: () => FunctionCode): void => {
    code.get(configuration).memory('f64.load', of).set(weight);
    count().set(left);
    code.repeatWhile(copyWeighed, () => code.get(left).i32(1).op('i32.sub').tee(left));
  };
  code.repeatWhile(
    () => {
      weigh(training.energyWeight, () => code.i32(1));
      if (byForce) {
        code.get(configuration).memory('i32.load', training.atomWeights).set(atomWeight);
        atoms().set(left);
        code.repeatWhile(
          () => {
            code.get(configuration).memory('f64.load', training.forceWeight);
            code.get(atomWeight).memory('f64.load', 0).op('f64.mul').set(weight);
            for (let axis = 0; axis < 3; axis++) copyWeighed();
            code.get(atomWeight).i32(8).op('i32.add').set(atomWeight);
          },
          () => code.get(left).i32(1).op('i32.sub').tee(left),
        );
      } else weigh(training.forceWeight, () => atoms().i32(3).op('i32.mul'));
      // What makes the rows even is zero, whatever the weight.
      weigh(training.stressWeight, () => {
        code.get(stride).i32(3).op('i32.shr_u').i32(1).op('i32.sub');
        return atoms().i32(3).op('i32.mul', 'i32.sub');
      });
    },
    () => code.get(from).get(end).op('i32.lt_u'),
  );
}

interface BatchColumnSteps extends BatchSteps {
  readonly sweep: number;
  readonly clearSums: number;
  readonly ofLabels: readonly number[];
}

/** (context, first, count, columns, stride): adds what the atoms of a batch give, for each basis function. */
function writeBatchColumns(code: FunctionCode, layout: KernelLayout, steps: BatchColumnSteps): void {
  const [context, first, count, columns, stride] = [0, 1, 2, 3, 4];
  const i32 = (): number => code.local('i32');
  const [at, column, slot, labels, found, virial] = [i32(), i32(), i32(), i32(), i32(), i32()];
  const sum = code.local('v128');
  code.get(context).i32(layout.adjoints).op('i32.add');
  clear(code, () =>
    code
      .get(context)
      .i32(2 * layout.adjoints - layout.moments)
      .op('i32.add'),
  );
  code.i32(layout.basisFunctions).set(at);
  const record = (of: number): FunctionCode => code.get(at).memory('i32.load', of);
  code.repeatWhile(
    () => {
      record(basisFunction.column).get(stride).op('i32.mul').get(columns).op('i32.add').set(column);
      record(basisFunction.slot).get(context).op('i32.add').set(slot);
      record(basisFunction.labels).set(labels);
      for (const h of lanes) {
        if (h > 0) code.get(sum);
        code.get(slot).memory('v128.load', layout.moments + 16 * h);
        if (h > 0) code.op('f64x2.add');
        code.set(sum);
        code
          .get(slot)
          .f64(1)
          .op('f64x2.splat')
          .memory('v128.store', layout.adjoints + 16 * h);
      }
      code.get(column).get(column).memory('f64.load', 0);
      code.get(sum).extractLane(0).get(sum).extractLane(1).op('f64.add', 'f64.add').memory('f64.store', 0);
      code.get(context);
      record(basisFunction.run);
      record(basisFunction.runs).call(steps.sweep);
      code.get(context).call(steps.contract);
      beginColumn(code, context, column);
      forEachLane(code, { context, first, count }, (lane, atom, groups) => {
        countAddress(code, context, lane).memory('i32.load', layout.counts).tee(found);
        code.when(() => {
          code.get(context).get(lane).call(steps.polynomials);
          code.get(groups).get(found).call(steps.clearSums);
          steps.ofLabels.forEach((ofLabel, mu) => {
            code
              .get(labels)
              .i32(1 << mu)
              .op('i32.and');
            code.when(() => code.get(context).get(groups).get(found).call(ofLabel));
          });
          code.get(context).get(atom).get(groups).get(found).call(steps.forces);
        });
      });
      addVirial(code, context, column, virial);
    },
    () =>
      code
        .get(at)
        .i32(basisFunction.bytes)
        .op('i32.add')
        .tee(at)
        .i32(layout.basisFunctions + basisFunction.bytes * layout.scalarCount)
        .op('i32.lt_u'),
  );
}

/** (trainee, configuration, stride, matrix): adds CᵀWC, lower triangle and what is beside it in the tiles. */
function writeGram(code: FunctionCode, { paddedColumns }: DesignShape): void {
  const [own, , stride, matrix] = [0, 1, 2, 3];
  const i32 = (): number => code.local('i32');
  const [i, j, a, b, left, into] = [i32(), i32(), i32(), i32(), i32(), i32()];
  const zero = code.local('v128');
  const { rows, columns } = TILE;
  const sums = Array.from({ length: rows * columns }, () => code.local('v128'));
  const held = Array.from({ length: columns }, () => code.local('v128'));
  const passing = code.local('v128');
  // Addresses of the columns of a tile, which stay at a fixed distance from each other.
  const aBases = Array.from({ length: rows }, i32);
  const bBases = Array.from({ length: columns }, i32);
  const base = (of: number, index: number): FunctionCode =>
    code.get(own).memory('i32.load', of).get(index).get(stride).op('i32.mul', 'i32.add');
  code.repeatWhile(
    () => {
      code.i32(0).set(j);
      code.repeatWhile(
        () => {
          for (const sum of sums) code.get(zero).set(sum);
          base(trainee.weighed, i).set(a);
          base(trainee.columns, j).set(b);
          aBases.forEach((each, k) => {
            code.get(a).get(stride).i32(k).op('i32.mul', 'i32.add').set(each);
          });
          bBases.forEach((each, k) => {
            code.get(b).get(stride).i32(k).op('i32.mul', 'i32.add').set(each);
          });
          code.get(stride).i32(4).op('i32.shr_u').set(left);
          code.repeatWhile(
            () => {
              bBases.forEach((each, k) => {
                code.get(each).memory('v128.load', 0).set(held[k]!);
              });
              aBases.forEach((each, r) => {
                code.get(each).memory('v128.load', 0).set(passing);
                held.forEach((value, c) => {
                  const sum = sums[r * columns + c]!;
                  code.get(sum).get(passing).get(value).op('f64x2.mul', 'f64x2.add').set(sum);
                });
              });
              for (const each of [...aBases, ...bBases]) code.get(each).i32(16).op('i32.add').set(each);
            },
            () => code.get(left).i32(1).op('i32.sub').tee(left),
          );
          code.get(i).i32(paddedColumns).op('i32.mul').get(j).op('i32.add').i32(3).op('i32.shl').get(matrix);
          code.op('i32.add').set(into);
          for (let r = 0; r < rows; r++) {
            for (let c = 0; c < columns; c++) {
              const at = 8 * (r * paddedColumns + c);
              const sum = sums[r * columns + c]!;
              code.get(into).get(into).memory('f64.load', at);
              code.get(sum).extractLane(0).get(sum).extractLane(1).op('f64.add', 'f64.add').memory('f64.store', at);
            }
          }
        },
        () => code.get(j).i32(columns).op('i32.add').tee(j).get(i).i32(rows).op('i32.add', 'i32.lt_u'),
      );
    },
    () => code.get(i).i32(rows).op('i32.add').tee(i).i32(paddedColumns).op('i32.lt_u'),
  );
}
