/**
 * The part of a kernel that goes back from moments to positions. For a neighbour j the energy of the atom depends on
 * r_ij through G = Σ_μ f_μ(r) Q_μ(u), where Q_μ = A_μ(x, y) + z B_μ(x, y) has the derivatives by the summed moments for
 * coefficients. On the sphere any continuation of Q_μ off it will do, so
 *   dV/dr = Σ_μ f'_μ Q_μ u + (g − u (u·g))/r,   g = Σ_μ f_μ (∂_x A + z ∂_x B, ∂_y A + z ∂_y B, B).
 */
import type { FunctionCode } from '../../numerics/wasm-module.ts';
import type { KernelLayout } from './layout.ts';
import { GROUP, HALF_BYTES, HALVES, QUANTITY_BYTES } from './neighbour-group.ts';
import { forEachHalf } from './neighbours.ts';
import { type KernelPlan, planarExponents, planarIndex } from './plan.ts';
import type { Polynomial } from './polynomial.ts';
import { BATCH_BYTES, field } from './records.ts';

/** (context, lane): the polynomials of every label for one atom, from the derivatives by its summed moments. */
export function writePolynomials(
  code: FunctionCode,
  plan: KernelPlan,
  layout: KernelLayout,
  derivatives: number,
): void {
  const [context, lane] = [0, 1];
  const from = code.local('i32');
  const value = code.local('f64');
  code.get(context).get(lane).i32(3).op('i32.shl', 'i32.add').set(from);
  plan.labelDegrees.forEach((degree, mu) => {
    layout.polynomials[mu]!.forEach((polynomial, c) => {
      for (const [a, b] of planarExponents(degree + 1 - c)) {
        code
          .get(from)
          .memory('f64.load', derivatives + BATCH_BYTES * plan.slotOf(mu, a, b, c))
          .set(value);
        code
          .get(context)
          .get(value)
          .memory('f64.store', polynomial.value(planarIndex(a, b)));
        const derive = (exponent: number, into: number): void => {
          code.get(context).get(value);
          if (exponent > 1) code.f64(exponent).op('f64.mul');
          code.memory('f64.store', into);
        };
        if (a > 0) derive(a, polynomial.byX(planarIndex(a - 1, b)));
        if (b > 0) derive(b, polynomial.byY(planarIndex(a, b - 1)));
      }
    });
  });
}

/** Values and derivatives of one polynomial at the four neighbours of a group. */
class PolynomialSums {
  readonly value: readonly number[];
  readonly byX: readonly number[];
  readonly byY: readonly number[];
  readonly #code: FunctionCode;
  readonly #zero: number;
  readonly #monomials: readonly number[];
  readonly #factor: number;
  readonly #row: number;
  readonly #at: number;
  readonly #left: number;

  constructor(code: FunctionCode) {
    const halves = (): number[] => HALVES.map(() => code.local('v128'));
    this.#code = code;
    [this.value, this.byX, this.byY, this.#monomials] = [halves(), halves(), halves(), halves()];
    [this.#zero, this.#factor] = [code.local('v128'), code.local('v128')];
    [this.#row, this.#at, this.#left] = [code.local('i32'), code.local('i32'), code.local('i32')];
  }

  /** A short loop: the compiler moves the loads of straight code to its beginning, and spills them. */
  write(context: number, place: number, monomials: number, { at, derivatives, values }: Polynomial): void {
    const code = this.#code;
    for (const sums of [this.value, this.byX, this.byY]) for (const sum of sums) code.get(this.#zero).set(sum);
    code.get(place).set(this.#at).get(context).set(this.#row);
    if (derivatives > 0) {
      code.i32(derivatives).set(this.#left);
      code.repeatWhile(
        () => {
          this.#load(monomials);
          [this.value, this.byX, this.byY].forEach((sums, n) => {
            this.#add(sums, at + 8 * n);
          });
          code.get(this.#at).i32(QUANTITY_BYTES).op('i32.add').set(this.#at);
          code.get(this.#row).i32(24).op('i32.add').set(this.#row);
        },
        () => code.get(this.#left).i32(1).op('i32.sub').tee(this.#left),
      );
    }
    for (let k = 0; k < values - derivatives; k++) {
      this.#load(monomials + k * QUANTITY_BYTES);
      this.#add(this.value, at + 8 * k);
    }
  }

  #load(of: number): void {
    for (const half of HALVES) {
      this.#code
        .get(this.#at)
        .memory('v128.load', of + half * HALF_BYTES)
        .set(this.#monomials[half]!);
    }
  }

  #add(sums: readonly number[], coefficient: number): void {
    const code = this.#code;
    code.get(this.#row).memory('v128.load64_splat', coefficient).set(this.#factor);
    for (const half of HALVES) {
      code.get(sums[half]!).get(this.#factor).get(this.#monomials[half]!).op('f64x2.mul', 'f64x2.add').set(sums[half]!);
    }
  }
}

/** (context, groups, count): Σ_μ f'_μ Q_μ and g of every neighbour; one label after another. */
export function writeForceSums(code: FunctionCode, plan: KernelPlan, layout: KernelLayout): void {
  const write = forceSumsOfLabel(code, plan, layout);
  for (const mu of plan.labelDegrees.keys()) write(mu, { adds: mu > 0, keeps: layout.group.training !== null });
}

/** (context, groups, count): what one label adds to these. */
export function writeForceSumsOfLabel(code: FunctionCode, plan: KernelPlan, layout: KernelLayout, mu: number): void {
  forceSumsOfLabel(code, plan, layout)(mu, { adds: true, keeps: false });
}

/** (groups, count): zeros in their places. */
export function writeClearedForceSums(code: FunctionCode, { group }: KernelLayout): void {
  const zero = code.local('v128');
  forEachHalf(code, 0, 1, group.bytes, (at, place) => {
    for (const of of [group.along, ...[0, 1, 2].map((axis) => group.gradient + axis * QUANTITY_BYTES)]) {
      code.get(place).get(zero).memory('v128.store', at(of));
    }
  });
}

interface ForceSumsMode {
  /** Adds to what is there, instead of taking its place. */
  readonly adds: boolean;
  /** Keeps the label's own Q and its derivatives, for a gradient. */
  readonly keeps: boolean;
}

function forceSumsOfLabel(
  code: FunctionCode,
  plan: KernelPlan,
  layout: KernelLayout,
): (mu: number, mode: ForceSumsMode) => void {
  const [context, groups, count] = [0, 1, 2];
  const { group } = layout;
  const [place, left] = [code.local('i32'), code.local('i32')];
  const [sumA, sumB] = [new PolynomialSums(code), new PolynomialSums(code)];
  const [f, z] = [code.local('v128'), code.local('v128')];
  return (mu, { adds, keeps }) => {
    const degree = plan.labelDegrees[mu]!;
    const [ofA, ofB] = layout.polynomials[mu]!;
    code.get(groups).set(place).get(count).set(left);
    code.repeatWhile(
      () => {
        sumA.write(context, place, group.monomials, ofA);
        if (degree > 0 || keeps) sumB.write(context, place, group.monomials, ofB);
        for (const half of HALVES) {
          const at = (of: number): number => of + half * HALF_BYTES;
          const load = (of: number): FunctionCode => code.get(place).memory('v128.load', at(of));
          /** Adds f (one + z timesZ), of which either may be none, to what the labels before gave. */
          const addTo = (into: number, one: number | null, timesZ: number | null): void => {
            code.get(place);
            if (one === null) {
              if (!adds) code.f64(0).op('f64x2.splat').memory('v128.store', at(into));
              else load(into).memory('v128.store', at(into));
              return;
            }
            if (adds) load(into);
            code.get(f).get(one);
            if (timesZ !== null) code.get(timesZ).get(z).op('f64x2.mul', 'f64x2.add');
            code.op('f64x2.mul');
            if (adds) code.op('f64x2.add');
            code.memory('v128.store', at(into));
          };
          const from = (least: number, which: readonly number[]): number | null =>
            degree >= least ? which[half]! : null;
          load(group.z).set(z);
          if (keeps) {
            const parts = [
              [sumA.value, sumB.value],
              [sumA.byX, sumB.byX],
              [sumA.byY, sumB.byY],
              [sumB.value, null],
            ] as const;
            parts.forEach(([one, timesZ], k) => {
              code.get(place).get(one[half]!);
              if (timesZ !== null) code.get(timesZ[half]!).get(z).op('f64x2.mul', 'f64x2.add');
              code.memory('v128.store', at(group.training!.values + (4 * mu + k) * QUANTITY_BYTES));
            });
          }
          load(group.slopes + mu * QUANTITY_BYTES).set(f);
          addTo(group.along, sumA.value[half]!, from(1, sumB.value));
          load(group.radial + mu * QUANTITY_BYTES).set(f);
          addTo(group.gradient, from(1, sumA.byX), from(2, sumB.byX));
          addTo(group.gradient + QUANTITY_BYTES, from(1, sumA.byY), from(2, sumB.byY));
          addTo(group.gradient + 2 * QUANTITY_BYTES, from(1, sumB.value), null);
        }
        code.get(place).i32(group.bytes).op('i32.add').set(place);
      },
      () => code.get(left).i32(1).op('i32.sub').tee(left),
    );
  };
}

/** (context, atom, groups, count): derivatives by the neighbours' positions, added to forces and virial. */
export function writeForces(code: FunctionCode, layout: KernelLayout): void {
  const [context, atom, groups, count] = [0, 1, 2, 3];
  const { group } = layout;
  const v128 = (): number => code.local('v128');
  const [place, left, forces, other] = [code.local('i32'), code.local('i32'), code.local('i32'), code.local('i32')];
  const [along, per, d] = [v128(), v128(), v128()];
  const [unit, g] = [[0, 1, 2].map(v128), [0, 1, 2].map(v128)];
  const derivative = [0, 1, 2].map(() => HALVES.map(v128));
  const own = [0, 1, 2].map(v128);
  const virial = Array.from({ length: 9 }, v128);
  code.get(context).memory('i32.load', field.forces).set(forces);
  code.get(groups).set(place).get(count).set(left);
  code.repeatWhile(
    () => {
      for (const half of HALVES) {
        const load = (of: number): FunctionCode => code.get(place).memory('v128.load', of + half * HALF_BYTES);
        for (const axis of [0, 1, 2]) {
          load(group.x + axis * QUANTITY_BYTES).set(unit[axis]!);
          load(group.gradient + axis * QUANTITY_BYTES).set(g[axis]!);
        }
        load(group.perDistance).set(per);
        load(group.along);
        code.get(unit[0]!).get(g[0]!).op('f64x2.mul').get(unit[1]!).get(g[1]!).op('f64x2.mul', 'f64x2.add');
        code.get(unit[2]!).get(g[2]!).op('f64x2.mul', 'f64x2.add').get(per).op('f64x2.mul', 'f64x2.sub');
        code.set(along);
        for (const axis of [0, 1, 2]) {
          const out = derivative[axis]![half]!;
          code.get(along).get(unit[axis]!).op('f64x2.mul').get(g[axis]!).get(per).op('f64x2.mul', 'f64x2.add').tee(out);
          code.get(own[axis]!).op('f64x2.add').set(own[axis]!);
          load(group.distance).get(out).op('f64x2.mul').set(d);
          for (const beside of [0, 1, 2]) {
            const into = virial[3 * axis + beside]!;
            code.get(into).get(d).get(unit[beside]!).op('f64x2.mul', 'f64x2.sub').set(into);
          }
        }
      }
      for (let t = 0; t < GROUP; t++) {
        code
          .get(forces)
          .get(place)
          .memory('i32.load', group.atom + 4 * t)
          .i32(24)
          .op('i32.mul', 'i32.add')
          .set(other);
        for (const axis of [0, 1, 2]) {
          code
            .get(other)
            .get(other)
            .memory('f64.load', 8 * axis);
          code
            .get(derivative[axis]![t >> 1]!)
            .extractLane((t & 1) as 0 | 1)
            .op('f64.sub')
            .memory('f64.store', 8 * axis);
        }
      }
      code.get(place).i32(group.bytes).op('i32.add').set(place);
    },
    () => code.get(left).i32(1).op('i32.sub').tee(left),
  );
  const across = (pair: number): FunctionCode => code.get(pair).extractLane(0).get(pair).extractLane(1).op('f64.add');
  code.get(forces).get(atom).i32(24).op('i32.mul', 'i32.add').set(other);
  own.forEach((pair, axis) => {
    code
      .get(other)
      .get(other)
      .memory('f64.load', 8 * axis);
    across(pair)
      .op('f64.add')
      .memory('f64.store', 8 * axis);
  });
  virial.forEach((pair, at) => {
    code
      .get(context)
      .get(context)
      .memory('f64.load', field.virial + 8 * at);
    across(pair)
      .op('f64.add')
      .memory('f64.store', field.virial + 8 * at);
  });
}
