/** The part of a kernel that finds the neighbours of an atom and works out what depends on each of them alone. */
import type { FunctionCode } from '../../numerics/wasm-module.ts';
import type { KernelLayout } from './layout.ts';
import { type CoefficientGroup, GROUP, GROUP_SHIFT, HALF_BYTES, HALVES, QUANTITY_BYTES } from './neighbour-group.ts';
import { type KernelPlan, planarBelow, planarIndex } from './plan.ts';
import { field } from './records.ts';

/**
 * (context, atom, groups) → groups of neighbours within the cutoff: vector, squared distance, index, coefficients. Each
 * entry of the list is written to the next free place, and keeps it only if it is within: no branch to foresee wrongly.
 */
export function writeGather(code: FunctionCode, layout: KernelLayout): void {
  const [context, atom, groups] = [0, 1, 2];
  const { group, cutoffA } = layout;
  const i32 = (): number => code.local('i32');
  const f64 = (): number => code.local('f64');
  const [positions, species, neighbour, last, image, shifts, shift] = [i32(), i32(), i32(), i32(), i32(), i32(), i32()];
  const [place, lane, other, at, pairs] = [i32(), i32(), i32(), i32(), i32()];
  const [x, y, z, dx, dy, dz, r2] = [f64(), f64(), f64(), f64(), f64(), f64(), f64()];
  const cutoff2 = cutoffA * cutoffA;
  const fromContext = (of: number): FunctionCode => code.get(context).memory('i32.load', of);
  const scaled = (index: number, bytes: number): FunctionCode => code.get(index).i32(bytes).op('i32.mul');
  const coefficientsOf = (index: number): FunctionCode => {
    code.get(species).get(index).i32(2).op('i32.shl', 'i32.add').memory('i32.load', 0);
    return code.i32(layout.coefficientBytes).op('i32.mul').get(pairs).op('i32.add');
  };
  const write = (vector: readonly (() => FunctionCode)[], squared: () => FunctionCode, index: number): void => {
    vector.forEach((component, axis) => {
      code.get(place);
      component().memory('f64.store', group.x + axis * QUANTITY_BYTES);
    });
    code.get(place);
    squared().memory('f64.store', group.distance);
    // The places of 32-bit numbers are half as wide.
    code.get(place).get(lane).i32(2).op('i32.shl', 'i32.sub').tee(at).get(index).memory('i32.store', group.atom);
    code.get(at);
    coefficientsOf(index).memory('i32.store', group.coefficients);
  };
  /** Goes to the next place if the i32 on the stack is 1, and stays if it is 0. */
  const advance = (): void => {
    code.tee(at).i32(3).op('i32.shl').get(place).op('i32.add').set(place);
    code.get(lane).get(at).op('i32.add').tee(lane).i32(GROUP_SHIFT).op('i32.shr_u');
    code
      .i32(group.bytes - QUANTITY_BYTES)
      .op('i32.mul')
      .get(place)
      .op('i32.add')
      .set(place);
    code
      .get(lane)
      .i32(GROUP - 1)
      .op('i32.and')
      .set(lane);
  };
  fromContext(field.positions).tee(positions);
  scaled(atom, 24).op('i32.add').tee(at).memory('f64.load', 0).set(x);
  code.get(at).memory('f64.load', 8).set(y).get(at).memory('f64.load', 16).set(z);
  fromContext(field.species).set(species);
  code.i32(layout.coefficients).set(pairs);
  coefficientsOf(atom)
    .get(pairs)
    .op('i32.sub')
    .i32(layout.speciesCount)
    .op('i32.mul')
    .get(pairs)
    .op('i32.add')
    .set(pairs);
  fromContext(field.start);
  scaled(atom, 4).op('i32.add').tee(at).memory('i32.load', 0).set(other);
  fromContext(field.neighbours).get(other).i32(2).op('i32.shl', 'i32.add').set(neighbour);
  fromContext(field.neighbours).get(at).memory('i32.load', 4).i32(2).op('i32.shl', 'i32.add').set(last);
  fromContext(field.images).get(other).i32(2).op('i32.shl', 'i32.add').set(image);
  fromContext(field.shifts).set(shifts);
  code.get(groups).set(place);
  code.get(neighbour).get(last).op('i32.lt_u');
  code.when(() => {
    code.repeatWhile(
      () => {
        code.get(image).memory('i32.load', 0).i32(24).op('i32.mul').get(shifts).op('i32.add').set(shift);
        code.get(neighbour).memory('i32.load', 0).tee(other).i32(24).op('i32.mul').get(positions).op('i32.add').set(at);
        [
          [x, dx],
          [y, dy],
          [z, dz],
        ].forEach(([centre, out], axis) => {
          code
            .get(at)
            .memory('f64.load', 8 * axis)
            .get(shift)
            .memory('f64.load', 8 * axis);
          code.op('f64.add').get(centre!).op('f64.sub').set(out!);
        });
        code.get(dx).get(dx).op('f64.mul').get(dy).get(dy).op('f64.mul', 'f64.add');
        code.get(dz).get(dz).op('f64.mul', 'f64.add').set(r2);
        write(
          [dx, dy, dz].map((component) => () => code.get(component)),
          () => code.get(r2),
          other,
        );
        // What is no number stays, and shows in the result.
        code.get(r2).f64(cutoff2).op('f64.ge', 'i32.eqz');
        advance();
        code.get(image).i32(4).op('i32.add').set(image);
      },
      () => code.get(neighbour).i32(4).op('i32.add').tee(neighbour).get(last).op('i32.lt_u'),
    );
  });
  code.get(lane).when(() => {
    code.repeatWhile(
      () => {
        write(
          [0, 1, 2].map(() => () => code.f64(0)),
          () => code.f64(cutoff2),
          atom,
        );
        code.i32(1);
        advance();
      },
      () => code.get(lane),
    );
  });
  code.get(place).get(groups).op('i32.sub').i32(group.bytes).op('i32.div_u');
}

/** Repeats for each half of each group; the local `place` is at it. */
export function forEachHalf(
  code: FunctionCode,
  groups: number,
  count: number,
  bytes: number,
  body: (at: (of: number) => number, place: number, half: number) => void,
): void {
  const place = code.local('i32');
  const left = code.local('i32');
  code
    .get(count)
    .tee(left)
    .when(() => {
      code.get(groups).set(place);
      code.repeatWhile(
        () => {
          for (const half of HALVES) body((of) => of + half * HALF_BYTES, place, half);
          code.get(place).i32(bytes).op('i32.add').set(place);
        },
        () => code.get(left).i32(1).op('i32.sub').tee(left),
      );
    });
}

/**
 * (groups, count): unit vectors, distances, f_μ, f_μ z and f'_μ. With T_n and U_n the Chebyshev polynomials of
 * ξ = (2r − r_min − r_max)/(r_max − r_min), T'_n = n U_{n−1} and f_μ = (r − r_max)² Σ_n c_n T_n.
 */
export function writeRadial(code: FunctionCode, { radialFunctions }: KernelPlan, layout: KernelLayout): void {
  const { group, cutoffA, minDistanceA, radialBasisSize } = layout;
  const v128 = (): number => code.local('v128');
  const [first, second] = [code.local('i32'), code.local('i32')];
  const [r, per, z, twiceXi, d, value, slope, pair] = [v128(), v128(), v128(), v128(), v128(), v128(), v128(), v128()];
  const chebyshev = Array.from({ length: radialBasisSize }, v128);
  const slopes = Array.from({ length: radialBasisSize }, v128);
  const [before, now] = [v128(), v128()];
  const splat = (constant: number): FunctionCode => code.f64(constant).op('f64x2.splat');
  const perXi = 2 / (cutoffA - minDistanceA);
  forEachHalf(code, 0, 1, group.bytes, (at, place) => {
    code.get(place).get(place).memory('v128.load', at(group.distance)).op('f64x2.sqrt').tee(r);
    code.memory('v128.store', at(group.distance));
    code.get(place);
    splat(1).get(r).op('f64x2.div').tee(per).memory('v128.store', at(group.perDistance));
    for (const axis of [group.x, group.y, group.z]) {
      code.get(place).get(place).memory('v128.load', at(axis)).get(per).op('f64x2.mul');
      if (axis === group.z) code.tee(z);
      code.memory('v128.store', at(axis));
    }
    // 2ξ, T_n, and T'_n from U_{n−1}
    code.get(r).get(r).op('f64x2.add');
    splat(minDistanceA + cutoffA).op('f64x2.sub');
    splat(perXi).op('f64x2.mul').set(twiceXi);
    code.get(r);
    splat(cutoffA).op('f64x2.sub').set(d);
    splat(1).set(chebyshev[0]!);
    if (radialBasisSize > 1) {
      splat(0.5).get(twiceXi).op('f64x2.mul').set(chebyshev[1]!);
      splat(1).tee(slopes[1]!).set(before);
      code.get(twiceXi).set(now);
    }
    for (let n = 2; n < radialBasisSize; n++) {
      code
        .get(twiceXi)
        .get(chebyshev[n - 1]!)
        .op('f64x2.mul')
        .get(chebyshev[n - 2]!)
        .op('f64x2.sub')
        .set(chebyshev[n]!);
      splat(n).get(now).op('f64x2.mul').set(slopes[n]!);
      if (n + 1 === radialBasisSize) break;
      code.get(twiceXi).get(now).op('f64x2.mul').get(before).op('f64x2.sub');
      code.get(now).set(before).set(now);
    }
    const half = at(0) === 0 ? 0 : 1;
    if (group.byCoefficients !== null)
      writeBasis(code, group.byCoefficients, half, place, { d, perXi, chebyshev, slopes });
    code
      .get(place)
      .memory('i32.load', group.coefficients + 8 * half)
      .set(first);
    code
      .get(place)
      .memory('i32.load', group.coefficients + 8 * half + 4)
      .set(second);
    for (let mu = 0; mu < radialFunctions; mu++) {
      for (let n = 0; n < radialBasisSize; n++) {
        const offset = 8 * (n * radialFunctions + mu);
        code.get(second).get(first).memory('v128.load64_splat', offset).loadLane(1, offset).set(pair);
        if (n === 0) {
          code.get(pair).set(value);
          continue;
        }
        code.get(value).get(pair).get(chebyshev[n]!).op('f64x2.mul', 'f64x2.add').set(value);
        if (n > 1) code.get(slope);
        code.get(pair).get(slopes[n]!).op('f64x2.mul');
        if (n > 1) code.op('f64x2.add');
        code.set(slope);
      }
      const of = (from: number): number => at(from + mu * QUANTITY_BYTES);
      // f' = 2(r − r_max) Σ c T + (r − r_max)² Σ c T' dξ/dr
      code.get(place).get(d).get(value).op('f64x2.mul').tee(value).get(value).op('f64x2.add');
      if (radialBasisSize > 1) {
        code.get(d).get(d).op('f64x2.mul');
        splat(perXi).op('f64x2.mul').get(slope).op('f64x2.mul', 'f64x2.add');
      }
      code.memory('v128.store', of(group.slopes));
      code.get(place).get(d).get(value).op('f64x2.mul').tee(value).memory('v128.store', of(group.radial));
      code.get(place).get(value).get(z).op('f64x2.mul').memory('v128.store', of(group.radialZ));
    }
  });
}

/** φ_n = (r − r_max)² T_n, then φ'_n, of each neighbour by itself. */
function writeBasis(
  code: FunctionCode,
  { basis, basisBytes }: CoefficientGroup,
  half: number,
  place: number,
  radial: { d: number; perXi: number; chebyshev: readonly number[]; slopes: readonly number[] },
): void {
  const { d, perXi, chebyshev, slopes } = radial;
  const v128 = (): number => code.local('v128');
  const [smooth, smoothSlope, scaled] = [v128(), v128(), v128()];
  const pair = [v128(), v128()];
  code.get(d).get(d).op('f64x2.mul').tee(smooth).f64(perXi).op('f64x2.splat', 'f64x2.mul').set(scaled);
  code.get(d).get(d).op('f64x2.add').set(smoothSlope);
  const value = (n: number): FunctionCode => code.get(chebyshev[n]!).get(smooth).op('f64x2.mul');
  const slope = (n: number): FunctionCode => {
    code.get(chebyshev[n]!).get(smoothSlope).op('f64x2.mul');
    if (n > 0) code.get(slopes[n]!).get(scaled).op('f64x2.mul', 'f64x2.add');
    return code;
  };
  [value, slope].forEach((of, which) => {
    for (let n = 0; n < chebyshev.length; n += 2) {
      for (const k of [0, 1]) {
        if (n + k < chebyshev.length) of(n + k).set(pair[k]!);
        else code.f64(0).op('f64x2.splat').set(pair[k]!);
      }
      for (const lane of [0, 1] as const) {
        code.get(place).get(pair[0]!).get(pair[1]!).interleave(lane);
        code.memory('v128.store', basis + (2 * half + lane) * basisBytes + which * (basisBytes / 2) + 8 * n);
      }
    }
  });
}

/** (groups, count): planar monomials, those of a degree from those of the degree before. */
export function writeMonomials(code: FunctionCode, { planarCount }: KernelPlan, { group }: KernelLayout): void {
  const v128 = (): number => code.local('v128');
  const [x, y] = [v128(), v128()];
  const powers = Array.from({ length: planarCount }, v128);
  forEachHalf(code, 0, 1, group.bytes, (at, place) => {
    const store = (m: number): FunctionCode =>
      code
        .get(place)
        .get(powers[m]!)
        .memory('v128.store', at(group.monomials + m * QUANTITY_BYTES));
    code.get(place).memory('v128.load', at(group.x)).set(x).get(place).memory('v128.load', at(group.y)).set(y);
    code.f64(1).op('f64x2.splat').set(powers[0]!);
    store(0);
    for (let degree = 1; planarBelow(degree) < planarCount; degree++) {
      for (let b = 0; b <= degree; b++) {
        const a = degree - b;
        const parent = a > 0 ? planarIndex(a - 1, b) : planarIndex(0, b - 1);
        const m = planarIndex(a, b);
        if (degree === 1) code.get(a > 0 ? x : y).set(powers[m]!);
        else
          code
            .get(powers[parent]!)
            .get(a > 0 ? x : y)
            .op('f64x2.mul')
            .set(powers[m]!);
        store(m);
      }
    }
  });
}
