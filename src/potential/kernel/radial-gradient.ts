/**
 * The part of a training kernel that goes back to the coefficients. With e = ∂L/∂E, the adjoints g of the moments and
 * their change ġ in the directions of tangents.ts, Q_μ the polynomial of g and Q'_μ that of ġ, the derivatives of
 *   e V_i + Σ_j w_ij·∂V_i/∂r_ij
 * by f_μ and f'_μ at neighbour j are e Q_μ + Q'_μ + u̇·∇Q_μ and s Q_μ; by c_μn they are these times φ_n and φ'_n.
 */
import type { FunctionCode } from '../../numerics/wasm-module.ts';
import type { KernelLayout } from './layout.ts';
import { forEachScalar, lanes } from './moments.ts';
import { GROUP, HALF_BYTES, HALVES, QUANTITY_BYTES } from './neighbour-group.ts';
import { type KernelPlan, planarExponents, planarIndex } from './plan.ts';
import { BATCH_BYTES, field, training } from './records.ts';

/** (context, lane): the polynomials of every label for one atom, from derivatives by its summed moments. */
export function writeValuePolynomials(
  code: FunctionCode,
  plan: KernelPlan,
  layout: KernelLayout,
  derivatives: number,
): void {
  const [context, lane] = [0, 1];
  const from = code.local('i32');
  code.get(context).get(lane).i32(3).op('i32.shl', 'i32.add').set(from);
  plan.labelDegrees.forEach((degree, mu) => {
    layout.valuePolynomials[mu]!.forEach((row, c) => {
      for (const [a, b] of planarExponents(degree + 1 - c)) {
        code.get(context);
        code.get(from).memory('f64.load', derivatives + BATCH_BYTES * plan.slotOf(mu, a, b, c));
        code.memory('f64.store', row + 8 * planarIndex(a, b));
      }
    });
  });
}

/** (context, groups, count): derivatives of a site energy by f_μ of each neighbour, Q_μ = A + zB, times the scaling. */
export function writeLabelValues(code: FunctionCode, plan: KernelPlan, layout: KernelLayout): void {
  const { group } = layout;
  writeLabelSums(code, plan, layout, (mu, place, half, [a, b]) => {
    code
      .get(place)
      .get(a)
      .get(b)
      .get(place)
      .memory('v128.load', group.z + half * HALF_BYTES)
      .op('f64x2.mul', 'f64x2.add');
    code.i32(0).memory('v128.load64_splat', layout.scaling).op('f64x2.mul');
    code.memory('v128.store', group.byCoefficients!.byValue + mu * QUANTITY_BYTES + half * HALF_BYTES);
  });
}

/** (context, groups, count, configuration): derivatives of the loss by f_μ and f'_μ of each neighbour. */
export function writeRadialDerivatives(code: FunctionCode, plan: KernelPlan, layout: KernelLayout): void {
  const configuration = 3;
  const { group } = layout;
  const [own, by] = [group.training!, group.byCoefficients!];
  const value = code.local('v128');
  writeLabelSums(code, plan, layout, (mu, place, half, [a, b]) => {
    const load = (of: number): FunctionCode => code.get(place).memory('v128.load', of + half * HALF_BYTES);
    const known = (k: number): FunctionCode => load(own.values + (4 * mu + k) * QUANTITY_BYTES);
    known(0).set(value);
    code.get(place);
    code.get(configuration).memory('v128.load64_splat', training.energyFactor).get(value).op('f64x2.mul');
    code.get(a).op('f64x2.add').get(b);
    load(group.z).op('f64x2.mul', 'f64x2.add');
    for (const axis of [0, 1, 2]) {
      known(1 + axis);
      load(own.turn + axis * QUANTITY_BYTES).op('f64x2.mul', 'f64x2.add');
    }
    code.memory('v128.store', by.byValue + mu * QUANTITY_BYTES + half * HALF_BYTES);
    code.get(place).get(value);
    load(own.stretch).op('f64x2.mul');
    code.memory('v128.store', by.bySlope + mu * QUANTITY_BYTES + half * HALF_BYTES);
  });
}

/** (context, groups, count, …): for each label and group the values of A and B, which `finish` gets for each half. */
function writeLabelSums(
  code: FunctionCode,
  plan: KernelPlan,
  layout: KernelLayout,
  finish: (mu: number, place: number, half: number, sums: readonly [number, number]) => void,
): void {
  const [context, groups, count] = [0, 1, 2];
  const { group } = layout;
  const i32 = (): number => code.local('i32');
  const v128 = (): number => code.local('v128');
  const [place, left, at, row, rest] = [i32(), i32(), i32(), i32(), i32()];
  const [zero, factor] = [v128(), v128()];
  const sums = [0, 1].map(() => HALVES.map(v128));
  const monomials = HALVES.map(v128);
  const loadMonomials = (of: number): void => {
    for (const half of HALVES) {
      code
        .get(at)
        .memory('v128.load', group.monomials + of + half * HALF_BYTES)
        .set(monomials[half]!);
    }
  };
  const addRow = (which: readonly number[], coefficients: number): void => {
    code.get(row).memory('v128.load64_splat', coefficients).set(factor);
    for (const half of HALVES) {
      code.get(which[half]!).get(factor).get(monomials[half]!).op('f64x2.mul', 'f64x2.add').set(which[half]!);
    }
  };
  plan.labelDegrees.forEach((degree, mu) => {
    const [rowA, rowB] = layout.valuePolynomials[mu]!;
    const [inBoth, inA] = [planarExponents(degree).length, planarExponents(degree + 1).length];
    code.get(groups).set(place).get(count).set(left);
    code.repeatWhile(
      () => {
        for (const which of sums) for (const half of HALVES) code.get(zero).set(which[half]!);
        code.get(context).set(row).get(place).set(at);
        if (inBoth > 0) {
          code.i32(inBoth).set(rest);
          code.repeatWhile(
            () => {
              loadMonomials(0);
              addRow(sums[0]!, rowA);
              addRow(sums[1]!, rowB);
              code.get(at).i32(QUANTITY_BYTES).op('i32.add').set(at).get(row).i32(8).op('i32.add').set(row);
            },
            () => code.get(rest).i32(1).op('i32.sub').tee(rest),
          );
        }
        for (let k = 0; k < inA - inBoth; k++) {
          loadMonomials(k * QUANTITY_BYTES);
          addRow(sums[0]!, rowA + 8 * k);
        }
        for (const half of HALVES) finish(mu, place, half, [sums[0]![half]!, sums[1]![half]!]);
        code.get(place).i32(group.bytes).op('i32.add').set(place);
      },
      () => code.get(left).i32(1).op('i32.sub').tee(left),
    );
  });
}

/** (groups, count, table): the same by the radial coefficients, added to a table of those; with or without f'_μ. */
export function writeRadialGradient(
  code: FunctionCode,
  plan: KernelPlan,
  layout: KernelLayout,
  { withSlopes }: { readonly withSlopes: boolean },
): void {
  const [groups, count, table] = [0, 1, 2];
  const { group, coefficients } = layout;
  const own = group.byCoefficients!;
  const [place, left, into] = [code.local('i32'), code.local('i32'), code.local('i32')];
  const [value, slope] = [code.local('v128'), code.local('v128')];
  const pairs = own.basisBytes / 32;
  const [basis, slopes] = [0, 1].map(() => Array.from({ length: pairs }, () => code.local('v128'))) as [
    number[],
    number[],
  ];
  code.get(groups).set(place).get(count).set(left);
  code.repeatWhile(
    () => {
      for (let t = 0; t < GROUP; t++) {
        code
          .get(place)
          .memory('i32.load', group.coefficients + 4 * t)
          .i32(coefficients)
          .op('i32.sub');
        code.get(table).op('i32.add').set(into);
        for (let q = 0; q < pairs; q++) {
          const of = own.basis + t * own.basisBytes + 16 * q;
          code.get(place).memory('v128.load', of).set(basis[q]!);
          if (!withSlopes) continue;
          code
            .get(place)
            .memory('v128.load', of + own.basisBytes / 2)
            .set(slopes[q]!);
        }
        for (let mu = 0; mu < plan.radialFunctions; mu++) {
          code
            .get(place)
            .memory('v128.load64_splat', own.byValue + mu * QUANTITY_BYTES + 8 * t)
            .set(value);
          if (withSlopes) {
            code
              .get(place)
              .memory('v128.load64_splat', own.bySlope + mu * QUANTITY_BYTES + 8 * t)
              .set(slope);
          }
          for (let q = 0; q < pairs; q++) {
            const of = 16 * (mu * pairs + q);
            code.get(into).get(into).memory('v128.load', of);
            code.get(basis[q]!).get(value).op('f64x2.mul', 'f64x2.add');
            if (withSlopes) code.get(slopes[q]!).get(slope).op('f64x2.mul', 'f64x2.add');
            code.memory('v128.store', of);
          }
        }
      }
      code.get(place).i32(group.bytes).op('i32.add').set(place);
    },
    () => code.get(left).i32(1).op('i32.sub').tee(left),
  );
}

/** (context, configuration): Σ over the atoms of e M + Ṁ for each basis function, added to the gradient. */
export function writeMomentGradient(code: FunctionCode, layout: KernelLayout): void {
  const configuration = 1;
  const { moments, tangents, momentGradient } = layout;
  const [factor, sum] = [code.local('v128'), code.local('v128')];
  const into = code.local('i32');
  code.get(configuration).memory('v128.load64_splat', training.energyFactor).set(factor);
  forEachScalar(code, layout, (slot, place) => {
    for (const h of lanes) {
      if (h > 0) code.get(sum);
      code
        .get(slot)
        .memory('v128.load', moments + 16 * h)
        .get(factor)
        .op('f64x2.mul');
      code
        .get(slot)
        .memory('v128.load', tangents + 16 * h)
        .op('f64x2.add');
      if (h > 0) code.op('f64x2.add');
      code.set(sum);
    }
    code.get(configuration).memory('i32.load', training.gradient).get(place).op('i32.add').tee(into);
    code.get(into).memory('f64.load', momentGradient);
    code.get(sum).extractLane(0).get(sum).extractLane(1).op('f64.add', 'f64.add').memory('f64.store', momentGradient);
  });
}

/** (context, first, count, configuration): e for the species of each atom, added to the gradient. */
export function writeSpeciesGradient(code: FunctionCode, { speciesGradient }: KernelLayout): void {
  const [context, first, count, configuration] = [0, 1, 2, 3];
  const [atom, into] = [code.local('i32'), code.local('i32')];
  code.get(first).set(atom).get(count).get(first).op('i32.add').set(count);
  code.repeatWhile(
    () => {
      code.get(context).memory('i32.load', field.species).get(atom).i32(2).op('i32.shl', 'i32.add');
      code.memory('i32.load', 0).i32(3).op('i32.shl');
      code.get(configuration).memory('i32.load', training.gradient).op('i32.add').tee(into);
      code.get(into).memory('f64.load', speciesGradient);
      code.get(configuration).memory('f64.load', training.energyFactor).op('f64.add');
      code.memory('f64.store', speciesGradient);
    },
    () => code.get(atom).i32(1).op('i32.add').tee(atom).get(count).op('i32.lt_u'),
  );
}
