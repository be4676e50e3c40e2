/**
 * Writes the WebAssembly kernel of rows: derivatives of the site energies of a batch by the radial coefficients, which
 * are s φ_n Q_μ summed over the neighbours of each pair of species (../parameter-rows.ts). Those by the moment
 * coefficients are the moments, which stay in the context.
 */
import { ModuleWriter } from '../../numerics/wasm-module.ts';
import { addMoments, countAddress, forEachLane } from './code.ts';
import type { KernelLayout } from './layout.ts';
import type { KernelPlan } from './plan.ts';
import { writeLabelValues, writeRadialGradient, writeValuePolynomials } from './radial-gradient.ts';

/** `rows(context, first, count, rows, bytesPerRow)`: added to what is there; with 0 bytes a row, all in one place. */
export function rowModule(plan: KernelPlan, layout: KernelLayout): Uint8Array<ArrayBuffer> {
  const writer = new ModuleWriter();
  const { moments } = addMoments(writer, plan, layout);
  const polynomials = writer.add('valuePolynomials', ['i32', 'i32'], [], (code) =>
    writeValuePolynomials(code, plan, layout, layout.adjoints),
  );
  const values = writer.add('labelValues', ['i32', 'i32', 'i32'], [], (code) => writeLabelValues(code, plan, layout));
  const radial = writer.add('radialGradient', ['i32', 'i32', 'i32'], [], (code) =>
    writeRadialGradient(code, plan, layout, { withSlopes: false }),
  );
  writer.add('rows', ['i32', 'i32', 'i32', 'i32', 'i32'], [], (code) => {
    const [context, first, count, rows, bytesPerRow] = [0, 1, 2, 3, 4];
    const found = code.local('i32');
    code.get(context).get(first).get(count).call(moments);
    forEachLane(code, { context, first, count }, (lane, _atom, groups) => {
      countAddress(code, context, lane).memory('i32.load', layout.counts).tee(found);
      code.when(() => {
        code.get(context).get(lane).call(polynomials);
        code.get(context).get(groups).get(found).call(values);
        code.get(groups).get(found).get(rows).call(radial);
      });
      code.get(rows).get(bytesPerRow).op('i32.add').set(rows);
    });
  });
  return writer.bytes();
}
