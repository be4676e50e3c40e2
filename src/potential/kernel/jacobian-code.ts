/**
 * The part of a training kernel for all parameters: how energy, forces and virial change with each of them, the columns
 * of the Jacobian C, and the Gauss–Newton matrix CᵀWC summed over a block of configurations. Those of the linear
 * coefficients are in design-code.ts. A radial coefficient θ = (z_i, s, μ, n) changes the sums of its label by
 * G = Σ_{j of species s} φ_n X z^c, so the moments by what follows from them and the adjoints by ġ (moments.ts); then
 *   ∂d_ij/∂θ = d_ij with ġ for g, + for j of species s: φ'_n Q_μ u + (φ_n/r) times the tangential part of ∇Q_μ.
 */
import type { FunctionCode, ModuleWriter } from '../../numerics/wasm-module.ts';
import { countAddress, forEachLane } from './code.ts';
import { addVirial, beginColumn } from './context-virial.ts';
import { addGramOfBlocks, type ColumnSteps, writeSpeciesColumns, writeWeighed } from './design-code.ts';
import { writePolynomials } from './gradients.ts';
import type { KernelLayout } from './layout.ts';
import { lanes } from './moments.ts';
import { GROUP, QUANTITY_BYTES } from './neighbour-group.ts';
import { type KernelPlan, planarExponents } from './plan.ts';
import { BATCH_BYTES, field, trainee } from './records.ts';
import { clear, forEachBatch } from './training-batches.ts';

export interface TangentSteps {
  readonly expand: number;
  readonly multiply: number;
  readonly sweepBack: number;
  readonly contract: number;
}

const i32s = (count: number): 'i32'[] => new Array<'i32'>(count).fill('i32');

/** Adds `gaussNewton` (trainee, block). */
export function addGaussNewton(
  writer: ModuleWriter,
  plan: KernelPlan,
  layout: KernelLayout,
  steps: ColumnSteps & { readonly tangents: TangentSteps },
): void {
  const gather = writer.add('directions', i32s(5), [], (code) => writeDirections(code, plan, layout));
  const polynomials = writer.add('turnedDerivatives', i32s(2), [], (code) =>
    writePolynomials(code, plan, layout, layout.turned),
  );
  const direct = writer.add('directForceSums', i32s(5), [], (code) => writeDirectForceSums(code, layout));
  const towards = plan.labelDegrees.map((_, mu) =>
    writer.add(`towards${mu}`, i32s(2), [], (code) => writeDirection(code, plan, layout, mu)),
  );
  const radialColumns = writer.add('radialColumns', i32s(6), [], (code) =>
    writeRadialColumns(code, plan, layout, { ...steps, gather, polynomials, direct, towards }),
  );
  const columns = writer.add('jacobian', i32s(3), [], (code) => {
    const [own, configuration, stride] = [0, 1, 2];
    const [all, linear] = [code.local('i32'), code.local('i32')];
    code.get(own).memory('i32.load', trainee.columns).tee(all);
    clear(code, () => code.get(all).get(stride).i32(layout.all.paddedColumns).op('i32.mul', 'i32.add'));
    const radial = layout.all.columns - layout.linear.columns + 1;
    code.get(all).get(stride).i32(radial).op('i32.mul', 'i32.add').set(linear);
    writeSpeciesColumns(code, configuration, linear, stride);
    forEachBatch(code, layout, { own, configuration }, steps.batch, (context, first, count) => {
      code.get(context).get(first).get(count).get(all).get(stride).get(own).call(radialColumns);
      code.get(context).get(first).get(count).get(linear).get(stride).call(steps.batchColumns);
    });
    writeWeighed(code, { own, configuration, columns: all, stride }, layout.all, { byForce: true });
  });
  addGramOfBlocks(writer, 'gaussNewton', columns, layout.all);
}

/** Bytes from one monomial's sums to the next, and those of one φ_n. */
const SUM_BYTES = BATCH_BYTES;
const sumsBytes = ({ planarCount }: KernelPlan): number => 2 * planarCount * SUM_BYTES;

/** (context, groups, count, atom, into): G of one atom for every species and n, into the lane's place. */
function writeDirections(code: FunctionCode, plan: KernelPlan, layout: KernelLayout): void {
  const [context, groups, count, atom, into] = [0, 1, 2, 3, 4];
  const { group, coefficientBytes, speciesCount, radialBasisSize } = layout;
  const own = group.byCoefficients!;
  const i32 = (): number => code.local('i32');
  const [place, left, pairs, sums, at, n, m] = [i32(), i32(), i32(), i32(), i32(), i32(), i32()];
  const [phi, z, term] = [code.local('f64'), code.local('f64'), code.local('f64')];
  const change = (of: number, value: () => void): void => {
    code.get(at).get(at).memory('f64.load', of);
    value();
    code.op('f64.add').memory('f64.store', of);
  };
  code.get(context).memory('i32.load', field.species).get(atom).i32(2).op('i32.shl', 'i32.add').memory('i32.load', 0);
  code
    .i32(speciesCount * coefficientBytes)
    .op('i32.mul')
    .i32(layout.coefficients)
    .op('i32.add')
    .set(pairs);
  code.get(count).tee(left);
  code.when(() => {
    code.get(groups).set(place);
    code.repeatWhile(
      () => {
        for (let t = 0; t < GROUP; t++) {
          code
            .get(place)
            .memory('i32.load', group.coefficients + 4 * t)
            .get(pairs)
            .op('i32.sub');
          code
            .i32(coefficientBytes)
            .op('i32.div_u')
            .i32(radialBasisSize * sumsBytes(plan))
            .op('i32.mul');
          code.get(into).op('i32.add').set(sums);
          code
            .get(place)
            .memory('f64.load', group.z + 8 * t)
            .set(z);
          code.i32(0).set(n);
          code.repeatWhile(
            () => {
              code.get(place).get(n).i32(3).op('i32.shl', 'i32.add');
              code.memory('f64.load', own.basis + t * own.basisBytes).set(phi);
              code.get(sums).set(at).get(place).set(m);
              code.repeatWhile(
                () => {
                  code
                    .get(m)
                    .memory('f64.load', group.monomials + 8 * t)
                    .get(phi)
                    .op('f64.mul')
                    .set(term);
                  change(0, () => code.get(term));
                  change(plan.planarCount * SUM_BYTES, () => code.get(term).get(z).op('f64.mul'));
                  code.get(at).i32(SUM_BYTES).op('i32.add').set(at);
                },
                () => {
                  code.get(m).i32(QUANTITY_BYTES).op('i32.add').tee(m);
                  code
                    .get(place)
                    .i32(plan.planarCount * QUANTITY_BYTES)
                    .op('i32.add', 'i32.lt_u');
                },
              );
              code.get(sums).i32(sumsBytes(plan)).op('i32.add').set(sums);
            },
            () => code.get(n).i32(1).op('i32.add').tee(n).i32(radialBasisSize).op('i32.lt_u'),
          );
        }
        code.get(place).i32(group.bytes).op('i32.add').set(place);
      },
      () => code.get(left).i32(1).op('i32.sub').tee(left),
    );
  });
}

/** (context, sums): the change of the sums of one label, that of all others zero. */
function writeDirection(code: FunctionCode, plan: KernelPlan, { tangents }: KernelLayout, mu: number): void {
  const [context, sums] = [0, 1];
  const zero = code.local('v128');
  plan.labelDegrees.forEach((degree, label) => {
    for (const c of [0, 1]) {
      planarExponents(degree + 1 - c).forEach(([a, b], m) => {
        for (const h of lanes) {
          code.get(context);
          if (label === mu) {
            code.get(sums).memory('v128.load', (c * plan.planarCount + m) * SUM_BYTES + 16 * h);
          } else code.get(zero);
          code.memory('v128.store', tangents + BATCH_BYTES * plan.slotOf(label, a, b, c) + 16 * h);
        }
      });
    }
  });
}

/** (groups, count, pair, values, basis): adds φ'_n Q_μ and φ_n ∇Q_μ for the neighbours with this pair of species. */
function writeDirectForceSums(code: FunctionCode, { group }: KernelLayout): void {
  const [groups, count, pair, values, basis] = [0, 1, 2, 3, 4];
  const own = group.training!;
  const by = group.byCoefficients!;
  const [place, left, known] = [code.local('i32'), code.local('i32'), code.local('i32')];
  const phi = code.local('f64');
  code.get(groups).set(place).get(count).set(left);
  code.repeatWhile(
    () => {
      for (let t = 0; t < GROUP; t++) {
        code
          .get(place)
          .memory('i32.load', group.coefficients + 4 * t)
          .get(pair)
          .op('i32.eq');
        code.when(() => {
          code.get(place).get(values).op('i32.add').set(known);
          const add = (into: number, k: number): void => {
            code
              .get(place)
              .get(place)
              .memory('f64.load', into + 8 * t);
            code
              .get(phi)
              .get(known)
              .memory('f64.load', own.values + k * QUANTITY_BYTES + 8 * t);
            code.op('f64.mul', 'f64.add').memory('f64.store', into + 8 * t);
          };
          const ofBasis = (of: number): FunctionCode =>
            code
              .get(place)
              .get(basis)
              .op('i32.add')
              .memory('f64.load', by.basis + t * by.basisBytes + of)
              .set(phi);
          ofBasis(by.basisBytes / 2);
          add(group.along, 0);
          ofBasis(0);
          for (const axis of [0, 1, 2]) add(group.gradient + axis * QUANTITY_BYTES, 1 + axis);
        });
      }
      code.get(place).i32(group.bytes).op('i32.add').set(place);
    },
    () => code.get(left).i32(1).op('i32.sub').tee(left),
  );
}

interface RadialColumnSteps extends ColumnSteps {
  readonly tangents: TangentSteps;
  readonly gather: number;
  readonly direct: number;
  readonly towards: readonly number[];
}

/** (context, first, count, columns, stride, trainee): adds what the atoms of a batch give, for each radial coefficient. */
function writeRadialColumns(
  code: FunctionCode,
  plan: KernelPlan,
  layout: KernelLayout,
  steps: RadialColumnSteps,
): void {
  const [context, first, count, columns, stride, own] = [0, 1, 2, 3, 4, 5];
  const { speciesCount, radialBasisSize, coefficientBytes } = layout;
  const i32 = (): number => code.local('i32');
  const [directions, found, s, n, at, central, column, virial] = [
    i32(),
    i32(),
    i32(),
    i32(),
    i32(),
    i32(),
    i32(),
    i32(),
  ];
  const sum = code.local('f64');
  const speciesOf = (atom: number): FunctionCode =>
    code.get(context).memory('i32.load', field.species).get(atom).i32(2).op('i32.shl', 'i32.add').memory('i32.load', 0);
  code.get(own).memory('i32.load', trainee.directions).tee(directions);
  clear(code, () => code.get(directions).i32(layout.directionBytes).op('i32.add'));
  forEachLane(code, { context, first, count }, (lane, atom, groups) => {
    countAddress(code, context, lane).memory('i32.load', layout.counts).set(found);
    code.get(context).get(groups).get(found).get(atom).get(directions).get(lane).i32(3).op('i32.shl', 'i32.add');
    code.call(steps.gather);
  });
  const addColumn = (mu: number): void => {
    code.get(context).get(at).call(steps.towards[mu]!);
    for (const step of ['expand', 'multiply', 'sweepBack', 'contract'] as const) {
      code.get(context).call(steps.tangents[step]);
    }
    forEachLane(code, { context, first, count }, (lane, atom, groups) => {
      countAddress(code, context, lane).memory('i32.load', layout.counts).tee(found);
      code.when(() => {
        speciesOf(atom).i32(speciesCount).op('i32.mul').get(s).op('i32.add').tee(central);
        code.i32(plan.radialFunctions).op('i32.mul').i32(mu).op('i32.add').i32(radialBasisSize).op('i32.mul');
        code.get(n).op('i32.add').get(stride).op('i32.mul').get(columns).op('i32.add').set(column);
        // Energy: g · G
        code.get(context).get(lane).i32(3).op('i32.shl', 'i32.add').set(virial);
        code.f64(0).set(sum);
        for (const c of [0, 1]) {
          for (const [a, b] of planarExponents(plan.labelDegrees[mu]! + 1 - c)) {
            const slot = BATCH_BYTES * plan.slotOf(mu, a, b, c);
            code
              .get(sum)
              .get(virial)
              .memory('f64.load', layout.adjoints + slot);
            code
              .get(virial)
              .memory('f64.load', layout.tangents + slot)
              .op('f64.mul', 'f64.add')
              .set(sum);
          }
        }
        code.get(column).get(column).memory('f64.load', 0).get(sum).op('f64.add').memory('f64.store', 0);
        beginColumn(code, context, column);
        code.get(context).get(lane).call(steps.polynomials);
        code.get(groups).get(found).call(steps.clearSums);
        for (const ofLabel of steps.ofLabels) code.get(context).get(groups).get(found).call(ofLabel);
        code.get(groups).get(found);
        code.get(central).i32(coefficientBytes).op('i32.mul').i32(layout.coefficients).op('i32.add');
        code
          .i32(4 * mu * QUANTITY_BYTES)
          .get(n)
          .i32(3)
          .op('i32.shl')
          .call(steps.direct);
        code.get(context).get(atom).get(groups).get(found).call(steps.forces);
        addVirial(code, context, column, virial);
      });
    });
  };
  code.i32(0).set(s).get(directions).set(at);
  code.repeatWhile(
    () => {
      code.i32(0).set(n);
      code.repeatWhile(
        () => {
          for (const mu of plan.labelDegrees.keys()) addColumn(mu);
          code.get(at).i32(sumsBytes(plan)).op('i32.add').set(at);
        },
        () => code.get(n).i32(1).op('i32.add').tee(n).i32(radialBasisSize).op('i32.lt_u'),
      );
    },
    () => code.get(s).i32(1).op('i32.add').tee(s).i32(speciesCount).op('i32.lt_u'),
  );
}
