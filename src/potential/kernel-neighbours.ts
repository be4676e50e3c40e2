/** The part of a kernel that turns the neighbours of an atom into rows: distance and direction, radial functions, monomials. */
import type { FunctionCode } from '../numerics/wasm-module.ts';
import { field, type KernelLayout, NEIGHBOUR_TILE } from './kernel-layout.ts';
import { type KernelPlan, monomialsBelow } from './kernel-plan.ts';

/** (atom, base) → number of neighbours within the cutoff; writes distance, direction, index and species of each. */
export function writeGather(code: FunctionCode, layout: KernelLayout): void {
  const [atom, base] = [0, 1];
  const i32 = (): number => code.local('i32');
  const f64 = (): number => code.local('f64');
  const [entry, end, row, found, other, own] = [i32(), i32(), i32(), i32(), i32(), i32()];
  const [x, y, z, dx, dy, dz, r] = [f64(), f64(), f64(), f64(), f64(), f64(), f64()];
  const header = (field: number): FunctionCode => code.i32(layout.header).memory('i32.load', field);
  const scaled = (index: number, bytes: number): FunctionCode => code.get(index).i32(bytes).op('i32.mul');
  header(field.positions);
  scaled(atom, 24).op('i32.add').tee(own).memory('f64.load', 0).set(x);
  code.get(own).memory('f64.load', 8).set(y).get(own).memory('f64.load', 16).set(z);
  header(field.start);
  scaled(atom, 4).op('i32.add').tee(own).memory('i32.load', 0).set(entry).get(own).memory('i32.load', 4).set(end);
  code.get(base).set(row).i32(0).set(found);
  code
    .get(entry)
    .get(end)
    .op('i32.lt_u')
    .when(() => {
      code.repeatWhile(
        () => {
          header(field.neighbours);
          scaled(entry, 4).op('i32.add').memory('i32.load', 0).set(other);
          header(field.shifts);
          scaled(entry, 24).op('i32.add').set(own);
          const difference = (axis: number, centre: number, out: number): void => {
            header(field.positions);
            scaled(other, 24)
              .op('i32.add')
              .memory('f64.load', 8 * axis);
            code
              .get(own)
              .memory('f64.load', 8 * axis)
              .op('f64.add')
              .get(centre)
              .op('f64.sub')
              .set(out);
          };
          difference(0, x, dx);
          difference(1, y, dy);
          difference(2, z, dz);
          code
            .get(dx)
            .get(dx)
            .op('f64.mul')
            .get(dy)
            .get(dy)
            .op('f64.mul', 'f64.add')
            .get(dz)
            .get(dz)
            .op('f64.mul', 'f64.add', 'f64.sqrt')
            .set(r);
          code
            .get(r)
            .f64(layout.cutoffA)
            .op('f64.ge', 'i32.eqz')
            .when(() => {
              const unit = (component: number, offset: number): FunctionCode =>
                code.get(row).get(component).get(r).op('f64.div').memory('f64.store', offset);
              unit(dx, layout.unit);
              unit(dy, layout.unit + 8);
              unit(dz, layout.unit + 16);
              code.get(row).get(r).memory('f64.store', layout.distance);
              code.get(row).get(other).memory('i32.store', layout.other);
              code.get(row).i32(layout.rowBytes).op('i32.add').set(row);
              code.get(found).i32(1).op('i32.add').set(found);
            });
        },
        () => code.get(entry).i32(1).op('i32.add').tee(entry).get(end).op('i32.lt_u'),
      );
    });
  code.get(found);
}

/** (atom, base, count): f_μ and f'_μ of every neighbour; rows that fill up the last tile get zeros. */
export function writeRadial(code: FunctionCode, layout: KernelLayout): void {
  const [atom, base, count] = [0, 1, 2];
  const i32 = (): number => code.local('i32');
  const f64 = (): number => code.local('f64');
  const [row, left, coefficients, ofAtom] = [i32(), i32(), i32(), i32()];
  const [r, xi, d, smooth, smoothSlope, before, beforeSlope, now, nowSlope, next] = [
    f64(),
    f64(),
    f64(),
    f64(),
    f64(),
    f64(),
    f64(),
    f64(),
    f64(),
    f64(),
  ];
  const factor = code.local('v128');
  const pairs = layout.radialPairs;
  const values = Array.from({ length: pairs }, () => code.local('v128'));
  const slopes = Array.from({ length: pairs }, () => code.local('v128'));
  const { cutoffA, minDistanceA, radialBasisSize } = layout;
  const perXi = 2 / (cutoffA - minDistanceA);
  const header = (field: number): FunctionCode => code.i32(layout.header).memory('i32.load', field);
  header(field.species).get(atom).i32(2).op('i32.shl', 'i32.add').memory('i32.load', 0);
  code
    .i32(layout.speciesCount * layout.coefficientBytes)
    .op('i32.mul')
    .i32(layout.coefficients)
    .op('i32.add')
    .set(ofAtom);
  code.get(base).set(row).get(count).set(left);
  const addTerm = (n: number, value: () => void, slope: () => void): void => {
    const each = (sums: readonly number[], of: () => void): void => {
      of();
      code.op('f64x2.splat').set(factor);
      for (let q = 0; q < pairs; q++) {
        if (n > 0) code.get(sums[q]!);
        code
          .get(factor)
          .get(coefficients)
          .memory('v128.load', 8 * n * layout.paddedLabels + 16 * q)
          .op('f64x2.mul');
        if (n > 0) code.op('f64x2.add');
        code.set(sums[q]!);
      }
    };
    each(values, value);
    each(slopes, slope);
  };
  code.repeatWhile(
    () => {
      header(field.species)
        .get(row)
        .memory('i32.load', layout.other)
        .i32(2)
        .op('i32.shl', 'i32.add')
        .memory('i32.load', 0);
      code.i32(layout.coefficientBytes).op('i32.mul').get(ofAtom).op('i32.add').set(coefficients);
      code.get(row).memory('f64.load', layout.distance).tee(r);
      code
        .f64(2)
        .op('f64.mul')
        .f64(minDistanceA + cutoffA)
        .op('f64.sub')
        .f64(cutoffA - minDistanceA)
        .op('f64.div')
        .set(xi);
      code.get(r).f64(cutoffA).op('f64.sub').tee(d).get(d).op('f64.mul').set(smooth);
      code.f64(2).get(d).op('f64.mul').set(smoothSlope);
      code.f64(1).set(before).f64(0).set(beforeSlope).get(xi).set(now).f64(1).set(nowSlope);
      addTerm(
        0,
        () => code.get(smooth),
        () => code.get(smoothSlope),
      );
      for (let n = 1; n < radialBasisSize; n++) {
        addTerm(
          n,
          () => code.get(now).get(smooth).op('f64.mul'),
          () =>
            code
              .get(nowSlope)
              .f64(perXi)
              .op('f64.mul')
              .get(smooth)
              .op('f64.mul')
              .get(now)
              .get(smoothSlope)
              .op('f64.mul', 'f64.add'),
        );
        if (n + 1 === radialBasisSize) break;
        code.f64(2).get(xi).op('f64.mul').get(now).op('f64.mul').get(before).op('f64.sub').set(next);
        code
          .get(xi)
          .get(nowSlope)
          .op('f64.mul')
          .get(now)
          .op('f64.add')
          .f64(2)
          .op('f64.mul')
          .get(beforeSlope)
          .op('f64.sub');
        code.get(nowSlope).set(beforeSlope).set(nowSlope);
        code.get(now).set(before).get(next).set(now);
      }
      for (let q = 0; q < pairs; q++) {
        code
          .get(row)
          .get(values[q]!)
          .memory('v128.store', layout.radial + 16 * q);
        code
          .get(row)
          .get(slopes[q]!)
          .memory('v128.store', layout.radialSlopes + 16 * q);
      }
      code.get(row).i32(layout.rowBytes).op('i32.add').set(row);
    },
    () => code.get(left).i32(1).op('i32.sub').tee(left),
  );
}

/** (base, count): the monomials of every neighbour; zeros in the rows that fill up the last tile. */
export function writeMonomials(code: FunctionCode, plan: KernelPlan, layout: KernelLayout): void {
  const [base, count] = [0, 1];
  const row = code.local('i32');
  const left = code.local('i32');
  const [x, y, z] = [code.local('v128'), code.local('v128'), code.local('v128')];
  const stepToNext = (): FunctionCode => code.get(row).i32(layout.rowBytes).op('i32.add').set(row);
  code.get(base).set(row).get(count).set(left);
  code.repeatWhile(
    () => {
      for (const [axis, component] of [x, y, z].entries()) {
        code
          .get(row)
          .memory('v128.load64_splat', layout.unit + 8 * axis)
          .set(component);
      }
      code.get(row).f64(1).memory('f64.store', 0);
      for (let degree = 1; degree <= plan.highestDegree; degree++) {
        const here = monomialsBelow(degree);
        const below = monomialsBelow(degree - 1);
        const runs = [
          { from: below, to: here, length: here - below, factor: x },
          { from: here - degree, to: 2 * here - below, length: degree, factor: y },
          { from: here - 1, to: 2 * here - below + degree, length: 1, factor: z },
        ];
        // The second lane of a run's odd end is written over by the run that follows.
        for (const { from, to, length, factor } of runs) {
          for (let k = 0; k < length; k += 2) {
            code
              .get(row)
              .get(row)
              .memory('v128.load', 8 * (from + k))
              .get(factor)
              .op('f64x2.mul')
              .memory('v128.store', 8 * (to + k));
          }
        }
      }
      code
        .get(row)
        .f64(0)
        .memory('f64.store', 8 * plan.monomialCount);
      stepToNext();
    },
    () => code.get(left).i32(1).op('i32.sub').tee(left),
  );
  // Rows of nothing up to the end of the last tile.
  const remainder = code.local('i32');
  code.get(count).i32(0).set(remainder).set(left);
  code.repeatWhile(
    () => code.get(remainder).i32(NEIGHBOUR_TILE).op('i32.add').set(remainder),
    () => code.get(remainder).get(count).op('i32.lt_u'),
  );
  const zero = code.local('v128');
  code
    .get(left)
    .get(remainder)
    .op('i32.lt_u')
    .when(() => {
      code.repeatWhile(
        () => {
          for (let at = 0; at < layout.other; at += 16) code.get(row).get(zero).memory('v128.store', at);
          stepToNext();
        },
        () => code.get(left).i32(1).op('i32.add').tee(left).get(remainder).op('i32.lt_u'),
      );
    });
}
