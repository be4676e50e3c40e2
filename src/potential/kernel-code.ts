/**
 * Writes the WebAssembly kernel of a template: energies and forces of a batch of atoms at a time.
 *
 * For each atom of the batch: neighbours within the cutoff, radial functions f_μ and their derivatives, the row of
 * monomials P of every neighbour, and the basic moments as matrix products F·P in blocks of registers. Then, for all
 * atoms of the batch in lanes, the products of moments forward and their derivatives back. Then, for each atom again,
 * the derivatives by the neighbours as matrix products of P with the rows Q_μ (value of the polynomial that multiplies
 * f_μ) and D_μ (its gradient by the unit vector).
 *
 * Every sum runs over neighbours in the order of the list, over monomials and products in the order of the template: its
 * bits depend on configuration and potential alone.
 */
import { type FunctionCode, ModuleWriter } from '../numerics/wasm-module.ts';
import { writeGradients, writeRows } from './kernel-gradients.ts';
import { field, type KernelLayout } from './kernel-layout.ts';
import { writeAdjoints, writeBasicMoments, writeEnergies, writeProducts } from './kernel-moments.ts';
import { writeGather, writeMonomials, writeRadial } from './kernel-neighbours.ts';
import type { KernelPlan } from './kernel-plan.ts';

export function kernelModule(plan: KernelPlan, layout: KernelLayout): Uint8Array<ArrayBuffer> {
  const writer = new ModuleWriter();
  const gather = writer.add('gather', ['i32', 'i32'], ['i32'], (code) => writeGather(code, layout));
  const radial = writer.add('radial', ['i32', 'i32', 'i32'], [], (code) => writeRadial(code, layout));
  const monomials = writer.add('monomials', ['i32', 'i32'], [], (code) => writeMonomials(code, plan, layout));
  const basic = writer.add('basic', ['i32', 'i32', 'i32'], [], (code) => writeBasicMoments(code, plan, layout));
  const products = writer.add('products', [], [], (code) => writeProducts(code, layout));
  const energies = writer.add('energies', [], [], (code) => writeEnergies(code, layout));
  const adjoints = writer.add('adjoints', [], [], (code) => writeAdjoints(code, layout));
  const rows = writer.add('rows', ['i32'], [], (code) => writeRows(code, plan, layout));
  const gradients = writer.add('gradients', ['i32', 'i32', 'i32'], [], (code) => writeGradients(code, plan, layout));
  writer.add('batch', ['i32', 'i32'], [], (code) => {
    const [first, count] = [0, 1];
    const lane = code.local('i32');
    const base = code.local('i32');
    const atom = code.local('i32');
    const found = code.local('i32');
    const forEachLane = (body: () => void): void => {
      code.i32(0).set(lane).i32(layout.header).memory('i32.load', field.records).set(base);
      code.repeatWhile(
        () => {
          code.get(first).get(lane).op('i32.add').set(atom);
          body();
          code.get(base).i32(layout.header).memory('i32.load', field.bytesPerAtom).op('i32.add').set(base);
        },
        () => code.get(lane).i32(1).op('i32.add').tee(lane).get(count).op('i32.lt_u'),
      );
    };
    const countAddress = (): FunctionCode => code.get(lane).i32(2).op('i32.shl');
    forEachLane(() => {
      code.get(atom).get(base).call(gather).set(found);
      countAddress().get(found).memory('i32.store', layout.counts);
      code.get(found).when(() => {
        code.get(atom).get(base).get(found).call(radial);
        code.get(base).get(found).call(monomials);
      });
      code.get(base).get(found).get(lane).call(basic);
    });
    code.call(products).call(energies).call(adjoints);
    forEachLane(() => {
      countAddress()
        .memory('i32.load', layout.counts)
        .tee(found)
        .when(() => {
          code.get(lane).call(rows);
          code.get(atom).get(base).get(found).call(gradients);
        });
    });
  });
  return writer.bytes();
}
