/** The part of a kernel that goes back from moments to positions: forces and virial of an atom and its neighbours. */
import type { FunctionCode } from '../numerics/wasm-module.ts';
import { BATCH, field, type KernelLayout, NEIGHBOUR_TILE } from './kernel-layout.ts';
import { type KernelPlan, monomialsBelow } from './kernel-plan.ts';

/** (lane): for each label the rows Q, D_x, D_y, D_z of one atom, from the derivatives by its basic moments. */
export function writeRows(code: FunctionCode, plan: KernelPlan, layout: KernelLayout): void {
  const from = code.local('i32');
  code.get(0).i32(3).op('i32.shl').set(from);
  const adjoint = (moment: number): FunctionCode =>
    code.get(from).memory('f64.load', layout.adjoints + 8 * BATCH * moment);
  plan.labelLengths.forEach((length, mu) => {
    const [q, ...gradient] = layout.rows[mu]!;
    for (let m = 0; m < length; m++) {
      const moment = plan.momentOf[mu]![m]!;
      if (moment < 0) continue;
      code.i32(0);
      adjoint(moment).memory('f64.store', q! + 8 * m);
      plan.exponents[m]!.forEach((exponent, axis) => {
        if (exponent === 0) return;
        const lower = plan.exponents[m]!.map((e, k) => (k === axis ? e - 1 : e)) as [number, number, number];
        code.i32(0);
        adjoint(moment)
          .f64(exponent)
          .op('f64.mul')
          .memory('f64.store', gradient[axis]! + 8 * plan.indexOf(...lower));
      });
    }
  });
}

/** (atom, base, count): derivatives by the neighbours' positions, added to forces and virial. */
export function writeGradients(code: FunctionCode, plan: KernelPlan, layout: KernelLayout): void {
  const [atom, base, count] = [0, 1, 2];
  const i32 = (): number => code.local('i32');
  const [row, force, ownForce, n] = [i32(), i32(), i32(), i32()];
  const tile = Array.from({ length: NEIGHBOUR_TILE }, (_, t) => t);
  const zero = code.local('v128');
  const monomials = tile.map(() => code.local('v128'));
  const factor = code.local('v128');
  /** [neighbour][Q, x, y, z]: sums of one label, and totals over the labels. */
  const sums = tile.map(() => Array.from({ length: 4 }, () => code.local('v128')));
  const totals = tile.map(() => Array.from({ length: 4 }, () => code.local('v128')));
  const f64 = (): number => code.local('f64');
  const [ux, uy, uz, r, along, gx, gy, gz, d] = [f64(), f64(), f64(), f64(), f64(), f64(), f64(), f64(), f64()];
  const header = (field: number): FunctionCode => code.i32(layout.header).memory('i32.load', field);
  header(field.forces).get(atom).i32(24).op('i32.mul', 'i32.add').set(ownForce);
  code.get(base).set(row).i32(0).set(n);
  code.repeatWhile(
    () => {
      for (const t of tile) for (const total of totals[t]!) code.get(zero).set(total);
      plan.labelLengths.forEach((length, mu) => {
        const degree = plan.exponents[length - 1]!.reduce((sum, e) => sum + e, 0);
        const gradientLength = monomialsBelow(degree);
        const multiply = (from: number, to: number, which: readonly number[]): void => {
          for (let m = from; m < to; m += 2) {
            for (const t of tile)
              code
                .get(row)
                .memory('v128.load', t * layout.rowBytes + 8 * m)
                .set(monomials[t]!);
            for (const k of which) {
              code
                .i32(0)
                .memory('v128.load', layout.rows[mu]![k]! + 8 * m)
                .set(factor);
              for (const t of tile) {
                const sum = sums[t]![k]!;
                if (m > 0) code.get(sum);
                code.get(monomials[t]!).get(factor).op('f64x2.mul');
                if (m > 0) code.op('f64x2.add');
                code.set(sum);
              }
            }
          }
        };
        const both = gradientLength + (gradientLength & 1);
        multiply(0, both, [0, 1, 2, 3]);
        multiply(both, length, [0]);
        for (const t of tile) {
          const addTo = (k: number, offset: number): void => {
            code
              .get(row)
              .memory('v128.load64_splat', t * layout.rowBytes + offset + 8 * mu)
              .set(factor);
            code.get(totals[t]![k]!).get(sums[t]![k]!).get(factor).op('f64x2.mul', 'f64x2.add').set(totals[t]![k]!);
          };
          addTo(0, layout.radialSlopes);
          if (degree > 0) for (const k of [1, 2, 3]) addTo(k, layout.radial);
        }
      });
      for (const t of tile) {
        code
          .get(n)
          .get(count)
          .op('i32.lt_u')
          .when(() => {
            const across = (pair: number, out: number): FunctionCode =>
              code.get(pair).extractLane(0).get(pair).extractLane(1).op('f64.add').set(out);
            for (const [k, out] of [along, gx, gy, gz].entries()) across(totals[t]![k]!, out);
            const at = (offset: number): FunctionCode => code.get(row).memory('f64.load', t * layout.rowBytes + offset);
            at(layout.unit).set(ux);
            at(layout.unit + 8).set(uy);
            at(layout.unit + 16).set(uz);
            at(layout.distance).set(r);
            code.get(along);
            code
              .get(ux)
              .get(gx)
              .op('f64.mul')
              .get(uy)
              .get(gy)
              .op('f64.mul', 'f64.add')
              .get(uz)
              .get(gz)
              .op('f64.mul', 'f64.add')
              .get(r)
              .op('f64.div', 'f64.sub')
              .set(along);
            header(field.forces)
              .get(row)
              .memory('i32.load', t * layout.rowBytes + layout.other)
              .i32(24)
              .op('i32.mul', 'i32.add')
              .set(force);
            [ux, uy, uz].forEach((u, a) => {
              code.get(along).get(u).op('f64.mul').get([gx, gy, gz][a]!).get(r).op('f64.div', 'f64.add').set(d);
              const change = (address: number, operation: 'f64.add' | 'f64.sub'): FunctionCode =>
                code
                  .get(address)
                  .get(address)
                  .memory('f64.load', 8 * a)
                  .get(d)
                  .op(operation)
                  .memory('f64.store', 8 * a);
              change(ownForce, 'f64.add');
              change(force, 'f64.sub');
              code.get(d).get(r).op('f64.mul').set(d);
              [ux, uy, uz].forEach((other, b) => {
                const offset = field.virial + 8 * (3 * a + b);
                code
                  .i32(layout.header)
                  .i32(layout.header)
                  .memory('f64.load', offset)
                  .get(d)
                  .get(other)
                  .op('f64.mul', 'f64.sub')
                  .memory('f64.store', offset);
              });
            });
          });
        code.get(n).i32(1).op('i32.add').set(n);
      }
      code
        .get(row)
        .i32(NEIGHBOUR_TILE * layout.rowBytes)
        .op('i32.add')
        .set(row);
    },
    () => code.get(n).get(count).op('i32.lt_u'),
  );
}
