/**
 * Writes the WebAssembly kernel of parameter-rows.ts: moments and their adjoints as in kernel-code.ts, for a batch of
 * atoms in lanes, then, for each atom, the sums Q_μ of its neighbours and s φ_n Q_μ into the place of their pair of
 * species. Sums run over monomials in the order of kernel-plan.ts and over neighbours in the order of the list.
 */
import { type FunctionCode, ModuleWriter } from '../numerics/wasm-module.ts';
import { BATCH, field, type KernelLayout, NEIGHBOUR_TILE } from './kernel-layout.ts';
import { writeAdjoints, writeBasicMoments, writeProducts } from './kernel-moments.ts';
import { writeGather, writeMonomials, writeRadial } from './kernel-neighbours.ts';
import type { KernelPlan } from './kernel-plan.ts';

export interface RowPlaces {
  /** Where the batch's rows of parameters are, which the caller clears. */
  readonly rows: number;
  /** The potential's. */
  readonly scaling: number;
}

/** `batch(first, count, bytesPerRow)`: with 0 bytes a row, the rows of all atoms are added up in one place. */
export function rowModule(plan: KernelPlan, layout: KernelLayout, places: RowPlaces): Uint8Array<ArrayBuffer> {
  const writer = new ModuleWriter();
  const gather = writer.add('gather', ['i32', 'i32'], ['i32'], (code) => writeGather(code, layout));
  const radial = writer.add('radial', ['i32', 'i32', 'i32'], [], (code) => writeRadial(code, layout));
  const monomials = writer.add('monomials', ['i32', 'i32'], [], (code) => writeMonomials(code, plan, layout));
  const basic = writer.add('basic', ['i32', 'i32', 'i32'], [], (code) => writeBasicMoments(code, plan, layout));
  const products = writer.add('products', [], [], (code) => writeProducts(code, layout));
  const adjoints = writer.add('adjoints', [], [], (code) => writeAdjoints(code, layout));
  const polynomials = writer.add('polynomials', ['i32'], [], (code) => writePolynomials(code, plan, layout));
  const labels = writer.add('labels', ['i32', 'i32'], [], (code) => writeLabelSums(code, plan, layout));
  const row = writer.add('row', ['i32', 'i32', 'i32', 'i32'], [], (code) =>
    writeRadialRow(code, plan.radialFunctions, layout, places),
  );
  writer.add('batch', ['i32', 'i32', 'i32'], [], (code) => {
    const [first, count, bytesPerRow] = [0, 1, 2];
    const [lane, base, atom, found] = [code.local('i32'), code.local('i32'), code.local('i32'), code.local('i32')];
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
    code.call(products).call(adjoints);
    forEachLane(() => {
      countAddress()
        .memory('i32.load', layout.counts)
        .tee(found)
        .when(() => {
          code.get(lane).call(polynomials);
          code.get(base).get(found).call(labels);
          code.get(atom).get(base).get(found).get(lane).get(bytesPerRow).op('i32.mul').call(row);
        });
    });
  });
  return writer.bytes();
}

/** (lane): for each label the coefficients g_b of one atom, in the order of the monomials. */
function writePolynomials(code: FunctionCode, plan: KernelPlan, layout: KernelLayout): void {
  const from = code.local('i32');
  code.get(0).i32(3).op('i32.shl').set(from);
  plan.momentOf.forEach((moments, mu) => {
    for (const [m, moment] of moments.entries()) {
      if (moment < 0) continue;
      code
        .i32(0)
        .get(from)
        .memory('f64.load', layout.adjoints + 8 * BATCH * moment)
        .memory('f64.store', layout.rows[mu]![0]! + 8 * m);
    }
  });
}

/** (base, count): Q_μ of every neighbour, in the place of f'_μ, which is not needed again. */
function writeLabelSums(code: FunctionCode, plan: KernelPlan, layout: KernelLayout): void {
  const [base, count] = [0, 1];
  const [row, n] = [code.local('i32'), code.local('i32')];
  const tile = Array.from({ length: NEIGHBOUR_TILE }, (_, t) => t);
  const sums = tile.map(() => code.local('v128'));
  const factor = code.local('v128');
  code.get(base).set(row).i32(0).set(n);
  code.repeatWhile(
    () => {
      plan.labelLengths.forEach((length, mu) => {
        for (let m = 0; m < length; m += 2) {
          code
            .i32(0)
            .memory('v128.load', layout.rows[mu]![0]! + 8 * m)
            .set(factor);
          for (const t of tile) {
            if (m > 0) code.get(sums[t]!);
            code
              .get(row)
              .memory('v128.load', t * layout.rowBytes + 8 * m)
              .get(factor)
              .op('f64x2.mul');
            if (m > 0) code.op('f64x2.add');
            code.set(sums[t]!);
          }
        }
        for (const t of tile) {
          const sum = sums[t]!;
          code.get(row).get(sum).extractLane(0).get(sum).extractLane(1).op('f64.add');
          code.memory('f64.store', t * layout.rowBytes + layout.radialSlopes + 8 * mu);
        }
      });
      code
        .get(row)
        .i32(NEIGHBOUR_TILE * layout.rowBytes)
        .op('i32.add')
        .set(row);
    },
    () => code.get(n).i32(NEIGHBOUR_TILE).op('i32.add').tee(n).get(count).op('i32.lt_u'),
  );
}

/** (atom, base, count, bytes to the atom's row): adds s φ_n Q_μ of every neighbour. */
function writeRadialRow(code: FunctionCode, labels: number, layout: KernelLayout, places: RowPlaces): void {
  const [atom, base, count, toRow] = [0, 1, 2, 3];
  const { cutoffA, minDistanceA, radialBasisSize: size, speciesCount } = layout;
  const bytesPerPair = 8 * labels * size;
  const i32 = (): number => code.local('i32');
  const f64 = (): number => code.local('f64');
  const [row, left, ofAtom, out] = [i32(), i32(), i32(), i32()];
  const [r, xi, d, smooth, before, now, next, single] = [f64(), f64(), f64(), f64(), f64(), f64(), f64(), f64()];
  const pairs = Array.from({ length: size >> 1 }, () => code.local('v128'));
  const q = code.local('v128');
  const speciesOf = (address: () => void): FunctionCode => {
    code.i32(layout.header).memory('i32.load', field.species);
    address();
    return code.i32(2).op('i32.shl', 'i32.add').memory('i32.load', 0);
  };
  speciesOf(() => code.get(atom))
    .i32(speciesCount * bytesPerPair)
    .op('i32.mul')
    .get(toRow)
    .op('i32.add')
    .i32(places.rows)
    .op('i32.add')
    .set(ofAtom);
  const keep = (n: number): void => {
    if (n === size - 1 && (size & 1) === 1) code.set(single);
    else if ((n & 1) === 0) code.op('f64x2.splat').set(pairs[n >> 1]!);
    else {
      code.set(next);
      code
        .get(pairs[n >> 1]!)
        .get(next)
        .replaceLane(1)
        .set(pairs[n >> 1]!);
    }
  };
  code.get(base).set(row).get(count).set(left);
  code.repeatWhile(
    () => {
      speciesOf(() => code.get(row).memory('i32.load', layout.other))
        .i32(bytesPerPair)
        .op('i32.mul')
        .get(ofAtom)
        .op('i32.add')
        .set(out);
      code
        .get(row)
        .memory('f64.load', layout.distance)
        .tee(r)
        .f64(2)
        .op('f64.mul')
        .f64(minDistanceA + cutoffA)
        .op('f64.sub')
        .f64(cutoffA - minDistanceA)
        .op('f64.div')
        .set(xi);
      code.get(r).f64(cutoffA).op('f64.sub').tee(d).get(d).op('f64.mul').f64(places.scaling).op('f64.mul').set(smooth);
      code.f64(1).set(before).get(xi).set(now);
      code.get(smooth);
      keep(0);
      for (let n = 1; n < size; n++) {
        code.get(now).get(smooth).op('f64.mul');
        keep(n);
        if (n + 1 === size) break;
        code.f64(2).get(xi).op('f64.mul').get(now).op('f64.mul').get(before).op('f64.sub');
        code.get(now).set(before).set(now);
      }
      for (let mu = 0; mu < labels; mu++) {
        code
          .get(row)
          .memory('v128.load64_splat', layout.radialSlopes + 8 * mu)
          .set(q);
        const at = 8 * mu * size;
        pairs.forEach((phi, k) => {
          code
            .get(out)
            .get(out)
            .memory('v128.load', at + 16 * k)
            .get(phi)
            .get(q)
            .op('f64x2.mul', 'f64x2.add')
            .memory('v128.store', at + 16 * k);
        });
        if ((size & 1) === 0) continue;
        const last = at + 8 * (size - 1);
        code.get(out).get(out).memory('f64.load', last);
        code.get(single).get(q).extractLane(0).op('f64.mul', 'f64.add').memory('f64.store', last);
      }
      code.get(row).i32(layout.rowBytes).op('i32.add').set(row);
    },
    () => code.get(left).i32(1).op('i32.sub').tee(left),
  );
}
