/**
 * The part of a training kernel that moves the neighbours of an atom: the loss's gradient needs the change of V_i and of
 * its derivatives in the direction w_ij = ∂L/∂F_i − ∂L/∂F_j − (∂L/∂S) r_ij of every neighbour (loss.ts). With
 * s = w·u and u̇ = (w − s u)/r: Ẋ follows from the monomials' recurrence, ḟ_μ = s f'_μ, and
 *   Ṁ_{μ;a,b,0} = Σ_j ḟ_μ X + f_μ Ẋ,   Ṁ_{μ;a,b,1} = Σ_j (f_μ z)˙ X + f_μ z Ẋ.
 */
import type { FunctionCode } from '../../numerics/wasm-module.ts';
import type { KernelLayout } from './layout.ts';
import { momentSums, writeNeighbourSums } from './moments.ts';
import { QUANTITY_BYTES } from './neighbour-group.ts';
import { forEachHalf } from './neighbours.ts';
import { type KernelPlan, planarBelow, planarIndex } from './plan.ts';
import { field, training } from './records.ts';

/** (groups, count, context, atom, configuration): s, u̇, and what follows from them for each neighbour. */
export function writeTurns(code: FunctionCode, plan: KernelPlan, layout: KernelLayout): void {
  const [context, atom, configuration] = [2, 3, 4];
  const { group } = layout;
  const own = group.training!;
  const v128 = (): number => code.local('v128');
  const i32 = (): number => code.local('i32');
  const [forces, first, second, ofAtom] = [i32(), i32(), i32(), i32()];
  const [unit, w, turn] = [[0, 1, 2].map(v128), [0, 1, 2].map(v128), [0, 1, 2].map(v128)];
  const [r, per, stretch, change] = [v128(), v128(), v128(), v128()];
  code.get(context).memory('i32.load', field.forces).tee(forces);
  code.get(atom).i32(24).op('i32.mul', 'i32.add').set(ofAtom);
  forEachHalf(code, 0, 1, group.bytes, (at, place, half) => {
    const load = (of: number): FunctionCode => code.get(place).memory('v128.load', at(of));
    const neighbour = (lane: number): FunctionCode => {
      code.get(place).memory('i32.load', group.atom + 4 * (2 * half + lane));
      return code.i32(24).op('i32.mul').get(forces).op('i32.add');
    };
    neighbour(0).set(first);
    neighbour(1).set(second);
    for (const axis of [0, 1, 2]) load(group.x + axis * QUANTITY_BYTES).set(unit[axis]!);
    load(group.distance).set(r);
    load(group.perDistance).set(per);
    for (const axis of [0, 1, 2]) {
      code.get(ofAtom).memory('v128.load64_splat', 8 * axis);
      code
        .get(second)
        .get(first)
        .memory('v128.load64_splat', 8 * axis)
        .loadLane(1, 8 * axis)
        .op('f64x2.sub');
      [0, 1, 2].forEach((beside) => {
        code.get(configuration).memory('v128.load64_splat', training.virial + 8 * (3 * axis + beside));
        code.get(unit[beside]!).op('f64x2.mul');
        if (beside > 0) code.op('f64x2.add');
      });
      code.get(r).op('f64x2.mul', 'f64x2.sub').set(w[axis]!);
    }
    code.get(place);
    code.get(w[0]!).get(unit[0]!).op('f64x2.mul').get(w[1]!).get(unit[1]!).op('f64x2.mul', 'f64x2.add');
    code.get(w[2]!).get(unit[2]!).op('f64x2.mul', 'f64x2.add').tee(stretch).memory('v128.store', at(own.stretch));
    for (const axis of [0, 1, 2]) {
      code.get(place).get(w[axis]!).get(stretch).get(unit[axis]!).op('f64x2.mul', 'f64x2.sub').get(per);
      code
        .op('f64x2.mul')
        .tee(turn[axis]!)
        .memory('v128.store', at(own.turn + axis * QUANTITY_BYTES));
    }
    for (let mu = 0; mu < plan.radialFunctions; mu++) {
      const of = (from: number): number => from + mu * QUANTITY_BYTES;
      code.get(place);
      load(of(group.slopes))
        .get(stretch)
        .op('f64x2.mul')
        .tee(change)
        .memory('v128.store', at(of(own.radial)));
      code.get(place).get(change).get(unit[2]!).op('f64x2.mul');
      load(of(group.radial))
        .get(turn[2]!)
        .op('f64x2.mul', 'f64x2.add')
        .memory('v128.store', at(of(own.radialZ)));
    }
  });
}

/** (groups, count): Ẋ of each neighbour. */
export function writeMonomialTangents(code: FunctionCode, { planarCount }: KernelPlan, layout: KernelLayout): void {
  const { group } = layout;
  const own = group.training!;
  const v128 = (): number => code.local('v128');
  const [x, y, turnX, turnY] = [v128(), v128(), v128(), v128()];
  const changes = Array.from({ length: planarCount }, v128);
  forEachHalf(code, 0, 1, group.bytes, (at, place) => {
    const load = (of: number): FunctionCode => code.get(place).memory('v128.load', at(of));
    load(group.x).set(x);
    load(group.y).set(y);
    load(own.turn).set(turnX);
    load(own.turn + QUANTITY_BYTES).set(turnY);
    code.f64(0).op('f64x2.splat').set(changes[0]!);
    for (let degree = 1; planarBelow(degree) < planarCount; degree++) {
      for (let b = 0; b <= degree; b++) {
        const a = degree - b;
        const [parent, u, turn] = a > 0 ? [planarIndex(a - 1, b), x, turnX] : [planarIndex(0, b - 1), y, turnY];
        load(group.monomials + parent * QUANTITY_BYTES)
          .get(turn)
          .op('f64x2.mul');
        if (degree > 1) code.get(changes[parent]!).get(u).op('f64x2.mul', 'f64x2.add');
        code.set(changes[planarIndex(a, b)]!);
      }
    }
    changes.forEach((change, m) => {
      code
        .get(place)
        .get(change)
        .memory('v128.store', at(own.monomials + m * QUANTITY_BYTES));
    });
  });
}

/** (context, groups, count, lane): Ṁ of the sums, into the lane's place. */
export function writeTangentSums(code: FunctionCode, plan: KernelPlan, layout: KernelLayout): void {
  const { group, tangents } = layout;
  const own = group.training!;
  const sums = momentSums(plan, { plain: [own.radial, group.radial], withZ: [own.radialZ, group.radialZ] });
  writeNeighbourSums(code, layout, sums, [group.monomials, own.monomials], tangents);
}
