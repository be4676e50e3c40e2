/** Writes what belongs to a template and to a potential's coefficients into the memory of a kernel. */
import type { MtpTemplate } from '../template.ts';
import type { KernelLayout } from './layout.ts';
import type { KernelPlan } from './plan.ts';
import { BATCH_BYTES, basisFunction } from './records.ts';
import { isOne, type KernelTables, type Run, type RunTable, run, runBytes } from './run-tables.ts';

/** A template with more labels than bits: all count as used by every basis function. */
const MOST_LABEL_BITS = 31;

/** Writes what belongs to the template into the memory. */
export function fillTemplate(
  buffer: ArrayBufferLike,
  { scalars }: MtpTemplate,
  plan: KernelPlan,
  layout: KernelLayout,
  tables: KernelTables,
): void {
  const doubles = new Float64Array(buffer);
  const integers = new Int32Array(buffer);
  plan.expansions.forEach(({ target, lower, alongX, alongY }, k) => {
    integers.set(
      [target, lower, alongX, alongY].map((slot) => slot * BATCH_BYTES),
      (layout.expansions + 16 * k) / 4,
    );
  });
  const write = (runs: readonly Run[], table: RunTable): void => {
    let at = table.at;
    for (const { target, entries } of runs) {
      const ones = entries.filter(isOne);
      const weighted = entries.filter((entry) => !isOne(entry));
      integers[(at + run.target) / 4] = target * BATCH_BYTES;
      integers[(at + run.ones) / 4] = ones.length;
      integers[(at + run.weighted) / 4] = weighted.length;
      at += run.bytes;
      for (const [left, right, weight] of [...ones, ...weighted]) {
        integers[at / 4] = left * BATCH_BYTES;
        integers[at / 4 + 1] = right * BATCH_BYTES;
        if (weight !== 1) doubles[at / 8 + 1] = weight;
        at += weight === 1 ? 8 : 16;
      }
    }
  };
  write(tables.products, layout.products);
  write(tables.adjoints, layout.adjointRuns);
  integers.set(
    scalars.map((slot) => slot * BATCH_BYTES),
    layout.scalars / 4,
  );
}

/** Writes the table of basis functions, those whose runs begin last first. */
export function fillBasisFunctions(
  buffer: ArrayBufferLike,
  { scalars, basic }: MtpTemplate,
  plan: KernelPlan,
  layout: KernelLayout,
  tables: KernelTables,
): void {
  const integers = new Int32Array(buffer);
  const place = new Map<number, { readonly at: number; readonly index: number }>();
  let at = layout.adjointRuns.at;
  tables.adjoints.forEach((each, index) => {
    place.set(each.target, { at, index });
    at += runBytes(each);
  });
  const labels = new Map<number, number>();
  for (let b = 0; b < basic.length / 4; b++) labels.set(b, 1 << basic[4 * b]!);
  for (const { target, entries } of tables.products) {
    labels.set(
      target,
      entries.reduce((bits, [left, right]) => bits | labels.get(left)! | labels.get(right)!, 0),
    );
  }
  const order = Array.from(scalars, (slot, s) => ({ slot, s })).sort(
    (one, other) => place.get(other.slot)!.index - place.get(one.slot)!.index || one.s - other.s,
  );
  order.forEach(({ slot, s }, k) => {
    const record = (layout.basisFunctions + k * basisFunction.bytes) / 4;
    const own = place.get(slot)!;
    integers[record + basisFunction.slot / 4] = slot * BATCH_BYTES;
    integers[record + basisFunction.column / 4] = layout.speciesCount + s;
    integers[record + basisFunction.labels / 4] = plan.radialFunctions > MOST_LABEL_BITS ? -1 : labels.get(slot)!;
    integers[record + basisFunction.run / 4] = own.at + runBytes(tables.adjoints[own.index]!);
    integers[record + basisFunction.runs / 4] = tables.adjoints.length - own.index - 1;
  });
}

/** Coefficients of a potential; the radial ones times its scaling. */
export interface KernelCoefficients {
  readonly scaling: number;
  readonly radialCoefficients: Float64Array;
  readonly speciesCoefficients: Float64Array;
  readonly momentCoefficients: Float64Array;
}

/** Writes a potential's coefficients into the memory. */
export function fillCoefficients(
  buffer: ArrayBufferLike,
  { scalars, radialFunctions }: MtpTemplate,
  layout: KernelLayout,
  { scaling, radialCoefficients, speciesCoefficients, momentCoefficients }: KernelCoefficients,
): void {
  const doubles = new Float64Array(buffer);
  const { radialBasisSize, speciesCount } = layout;
  for (let pair = 0; pair < speciesCount * speciesCount; pair++) {
    const ofPair = (layout.coefficients + pair * layout.coefficientBytes) / 8;
    for (let mu = 0; mu < radialFunctions; mu++) {
      for (let n = 0; n < radialBasisSize; n++) {
        doubles[ofPair + n * radialFunctions + mu] =
          scaling * radialCoefficients[(pair * radialFunctions + mu) * radialBasisSize + n]!;
      }
    }
  }
  doubles[layout.scaling / 8] = scaling;
  doubles.set(speciesCoefficients, layout.speciesCoefficients / 8);
  doubles.set(momentCoefficients, layout.momentCoefficients / 8);
  const ofSlots = (layout.adjoints - layout.moments) / BATCH_BYTES;
  const own = doubles.subarray(layout.slotCoefficients / 8, layout.slotCoefficients / 8 + ofSlots).fill(0);
  for (const [s, slot] of scalars.entries()) own[slot] = own[slot]! + momentCoefficients[s]!;
}
