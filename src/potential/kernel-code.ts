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
import { field, type KernelLayout } from './kernel-layout.ts';
import { type KernelPlan, monomialsBelow } from './kernel-plan.ts';

/** Atoms whose moments are multiplied together, two a register. */
export const BATCH = 8;
/** Neighbours whose derivatives are computed together; their number is padded to a multiple. */
export const NEIGHBOUR_TILE = 3;
/** Registers for sums in a block; of the sixteen that x86-64 has, some hold factors. */
const SUMS = 12;

export function kernelModule(plan: KernelPlan, layout: KernelLayout): Uint8Array<ArrayBuffer> {
  const writer = new ModuleWriter();
  const gather = writer.add('gather', ['i32', 'i32'], ['i32'], (code) => writeGather(code, layout));
  const radial = writer.add('radial', ['i32', 'i32', 'i32'], [], (code) => writeRadial(code, plan, layout));
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
      countAddress().memory('i32.load', layout.counts).tee(found).when(() => {
        code.get(lane).call(rows);
        code.get(atom).get(base).get(found).call(gradients);
      });
    });
  });
  return writer.bytes();
}

/** (atom, base) → number of neighbours within the cutoff; writes distance, direction, index and species of each. */
function writeGather(code: FunctionCode, layout: KernelLayout): void {
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
  code.get(entry).get(end).op('i32.lt_u').when(() => {
    code.repeatWhile(
      () => {
        header(field.neighbours);
        scaled(entry, 4).op('i32.add').memory('i32.load', 0).set(other);
        header(field.shifts);
        scaled(entry, 24).op('i32.add').set(own);
        const difference = (axis: number, centre: number, out: number): void => {
          header(field.positions);
          scaled(other, 24).op('i32.add').memory('f64.load', 8 * axis);
          code.get(own).memory('f64.load', 8 * axis).op('f64.add').get(centre).op('f64.sub').set(out);
        };
        difference(0, x, dx);
        difference(1, y, dy);
        difference(2, z, dz);
        code.get(dx).get(dx).op('f64.mul').get(dy).get(dy).op('f64.mul', 'f64.add').get(dz).get(dz).op('f64.mul', 'f64.add', 'f64.sqrt').set(r);
        code.get(r).f64(layout.cutoffA).op('f64.ge', 'i32.eqz').when(() => {
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
function writeRadial(code: FunctionCode, plan: KernelPlan, layout: KernelLayout): void {
  const [atom, base, count] = [0, 1, 2];
  const i32 = (): number => code.local('i32');
  const f64 = (): number => code.local('f64');
  const [row, left, coefficients, ofAtom] = [i32(), i32(), i32(), i32()];
  const [r, xi, d, smooth, smoothSlope, before, beforeSlope, now, nowSlope, next] = [f64(), f64(), f64(), f64(), f64(), f64(), f64(), f64(), f64(), f64()];
  const factor = code.local('v128');
  const pairs = layout.radialPairs;
  const values = Array.from({ length: pairs }, () => code.local('v128'));
  const slopes = Array.from({ length: pairs }, () => code.local('v128'));
  const { cutoffA, minDistanceA, radialBasisSize } = layout;
  const perXi = 2 / (cutoffA - minDistanceA);
  const header = (field: number): FunctionCode => code.i32(layout.header).memory('i32.load', field);
  header(field.species).get(atom).i32(2).op('i32.shl', 'i32.add').memory('i32.load', 0);
  code.i32(layout.speciesCount * layout.coefficientBytes).op('i32.mul').i32(layout.coefficients).op('i32.add').set(ofAtom);
  code.get(base).set(row).get(count).set(left);
  const addTerm = (n: number, value: () => void, slope: () => void): void => {
    const each = (sums: readonly number[], of: () => void): void => {
      of();
      code.op('f64x2.splat').set(factor);
      for (let q = 0; q < pairs; q++) {
        if (n > 0) code.get(sums[q]!);
        code.get(factor).get(coefficients).memory('v128.load', 8 * n * layout.paddedLabels + 16 * q).op('f64x2.mul');
        if (n > 0) code.op('f64x2.add');
        code.set(sums[q]!);
      }
    };
    each(values, value);
    each(slopes, slope);
  };
  code.repeatWhile(
    () => {
      header(field.species).get(row).memory('i32.load', layout.other).i32(2).op('i32.shl', 'i32.add').memory('i32.load', 0);
      code.i32(layout.coefficientBytes).op('i32.mul').get(ofAtom).op('i32.add').set(coefficients);
      code.get(row).memory('f64.load', layout.distance).tee(r);
      code.f64(2).op('f64.mul').f64(minDistanceA + cutoffA).op('f64.sub').f64(cutoffA - minDistanceA).op('f64.div').set(xi);
      code.get(r).f64(cutoffA).op('f64.sub').tee(d).get(d).op('f64.mul').set(smooth);
      code.f64(2).get(d).op('f64.mul').set(smoothSlope);
      code.f64(1).set(before).f64(0).set(beforeSlope).get(xi).set(now).f64(1).set(nowSlope);
      addTerm(0, () => code.get(smooth), () => code.get(smoothSlope));
      for (let n = 1; n < radialBasisSize; n++) {
        addTerm(
          n,
          () => code.get(now).get(smooth).op('f64.mul'),
          () => code.get(nowSlope).f64(perXi).op('f64.mul').get(smooth).op('f64.mul').get(now).get(smoothSlope).op('f64.mul', 'f64.add'),
        );
        if (n + 1 === radialBasisSize) break;
        code.f64(2).get(xi).op('f64.mul').get(now).op('f64.mul').get(before).op('f64.sub').set(next);
        code.get(xi).get(nowSlope).op('f64.mul').get(now).op('f64.add').f64(2).op('f64.mul').get(beforeSlope).op('f64.sub');
        code.get(nowSlope).set(beforeSlope).set(nowSlope);
        code.get(now).set(before).get(next).set(now);
      }
      for (let q = 0; q < pairs; q++) {
        code.get(row).get(values[q]!).memory('v128.store', layout.radial + 16 * q);
        code.get(row).get(slopes[q]!).memory('v128.store', layout.radialSlopes + 16 * q);
      }
      code.get(row).i32(layout.rowBytes).op('i32.add').set(row);
    },
    () => code.get(left).i32(1).op('i32.sub').tee(left),
  );
}

/** (base, count): the monomials of every neighbour; zeros in the rows that fill up the last tile. */
function writeMonomials(code: FunctionCode, plan: KernelPlan, layout: KernelLayout): void {
  const [base, count] = [0, 1];
  const row = code.local('i32');
  const left = code.local('i32');
  const [x, y, z] = [code.local('v128'), code.local('v128'), code.local('v128')];
  const stepToNext = (): FunctionCode => code.get(row).i32(layout.rowBytes).op('i32.add').set(row);
  code.get(base).set(row).get(count).set(left);
  code.repeatWhile(
    () => {
      [x, y, z].forEach((component, axis) => code.get(row).memory('v128.load64_splat', layout.unit + 8 * axis).set(component));
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
            code.get(row).get(row).memory('v128.load', 8 * (from + k)).get(factor).op('f64x2.mul').memory('v128.store', 8 * (to + k));
          }
        }
      }
      code.get(row).f64(0).memory('f64.store', 8 * plan.monomialCount);
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
  code.get(left).get(remainder).op('i32.lt_u').when(() => {
    code.repeatWhile(
      () => {
        for (let at = 0; at < layout.other; at += 16) code.get(row).get(zero).memory('v128.store', at);
        stepToNext();
      },
      () => code.get(left).i32(1).op('i32.add').tee(left).get(remainder).op('i32.lt_u'),
    );
  });
}

/** (base, count, lane): sums f_μ P over the neighbours, into the lane's place of every basic moment. */
function writeBasicMoments(code: FunctionCode, plan: KernelPlan, layout: KernelLayout): void {
  const [base, count, lane] = [0, 1, 2];
  const row = code.local('i32');
  const left = code.local('i32');
  const into = code.local('i32');
  const monomial = code.local('v128');
  const sums = Array.from({ length: SUMS }, () => code.local('v128'));
  const factors = Array.from({ length: Math.min(SUMS, plan.radialFunctions) }, () => code.local('v128'));
  const zero = code.local('v128');
  code.get(lane).i32(3).op('i32.shl').set(into);
  for (const block of momentBlocks(plan)) {
    const { labels, from, pairs } = block;
    for (let k = 0; k < labels.length * pairs; k++) code.get(zero).set(sums[k]!);
    code.get(count).tee(left).when(() => {
      code.get(base).set(row);
      code.repeatWhile(
        () => {
          labels.forEach((mu, k) => code.get(row).memory('v128.load64_splat', layout.radial + 8 * mu).set(factors[k]!));
          for (let q = 0; q < pairs; q++) {
            code.get(row).memory('v128.load', 8 * (from + 2 * q)).set(monomial);
            labels.forEach((_, k) => {
              const sum = sums[k * pairs + q]!;
              code.get(sum).get(factors[k]!).get(monomial).op('f64x2.mul', 'f64x2.add').set(sum);
            });
          }
          code.get(row).i32(layout.rowBytes).op('i32.add').set(row);
        },
        () => code.get(left).i32(1).op('i32.sub').tee(left),
      );
    });
    labels.forEach((mu, k) => {
      for (let q = 0; q < pairs; q++) {
        for (const half of [0, 1] as const) {
          const moment = plan.momentOf[mu]![from + 2 * q + half] ?? -1;
          if (moment < 0) continue;
          code.get(into).get(sums[k * pairs + q]!).storeLane(half, layout.moments + 8 * BATCH * moment);
        }
      }
    });
  }
}

interface MomentBlock {
  readonly labels: readonly number[];
  readonly from: number;
  readonly pairs: number;
}

/** Runs of monomials that the same labels use, cut so that their sums fit into registers. */
function momentBlocks(plan: KernelPlan): MomentBlock[] {
  const edges = [...new Set([0, ...plan.labelLengths])].sort((a, b) => a - b);
  return edges.slice(1).flatMap((to, k) => {
    const from = edges[k]! & ~1;
    const using = plan.labelLengths.flatMap((length, mu) => (length > edges[k]! ? [mu] : []));
    const blocks: MomentBlock[] = [];
    for (let group = 0; group < using.length; group += SUMS) {
      const labels = using.slice(group, group + SUMS);
      const widest = Math.max(1, Math.floor(SUMS / labels.length));
      for (let at = from; at < to; at += 2 * widest) {
        blocks.push({ labels, from: at, pairs: Math.min(widest, Math.ceil((to - at) / 2)) });
      }
    }
    return blocks;
  });
}

const halves = Array.from({ length: BATCH / 2 }, (_, k) => k);

/** Runs of products with one target: table of {target, entries}, then of {left, right, weight}. */
function writeProducts(code: FunctionCode, layout: KernelLayout): void {
  writeGrouped(code, layout.productRuns, layout.productRunCount, layout.productEntries, (group) => {
    for (const h of halves) {
      code.get(group.sums[h]!);
      code.get(group.left).memory('v128.load', layout.moments + 16 * h).get(group.weight).op('f64x2.mul');
      code.get(group.right).memory('v128.load', layout.moments + 16 * h).op('f64x2.mul', 'f64x2.add').set(group.sums[h]!);
    }
  }, (target, sums) => {
    for (const h of halves) code.get(target).get(sums[h]!).memory('v128.store', layout.moments + 16 * h);
  }, () => undefined);
}

/** ∂V/∂moment from the last moment to the first: its own coefficient, and the products that it is in. */
function writeAdjoints(code: FunctionCode, layout: KernelLayout): void {
  writeGrouped(code, layout.adjointRuns, layout.adjointRunCount, layout.adjointEntries, (group) => {
    for (const h of halves) {
      code.get(group.sums[h]!);
      code.get(group.left).memory('v128.load', layout.adjoints + 16 * h).get(group.weight).op('f64x2.mul');
      code.get(group.right).memory('v128.load', layout.moments + 16 * h).op('f64x2.mul', 'f64x2.add').set(group.sums[h]!);
    }
  }, (target, sums) => {
    for (const h of halves) code.get(target).get(sums[h]!).memory('v128.store', layout.adjoints + 16 * h);
  }, (run, sums) => {
    for (const h of halves) code.get(run).memory('v128.load64_splat', 8).set(sums[h]!);
  });
}

interface ProductGroup {
  readonly left: number;
  readonly right: number;
  readonly weight: number;
  readonly sums: readonly number[];
}

/** A run is {target i32, entries i32, start f64}; an entry {left i32, right i32, weight f64}. Indices are byte offsets. */
function writeGrouped(
  code: FunctionCode,
  runs: number,
  runCount: number,
  entries: number,
  addEntry: (group: ProductGroup) => void,
  finish: (target: number, sums: readonly number[]) => void,
  start: (run: number, sums: readonly number[]) => void,
): void {
  if (runCount === 0) return;
  const i32 = (): number => code.local('i32');
  const [run, entry, left, target, l, r] = [i32(), i32(), i32(), i32(), i32(), i32()];
  const weight = code.local('v128');
  const zero = code.local('v128');
  const sums = halves.map(() => code.local('v128'));
  code.i32(runs).set(run).i32(entries).set(entry);
  code.repeatWhile(
    () => {
      for (const sum of sums) code.get(zero).set(sum);
      start(run, sums);
      code.get(run).memory('i32.load', 4).tee(left).when(() => {
        code.repeatWhile(
          () => {
            code.get(entry).memory('i32.load', 0).set(l).get(entry).memory('i32.load', 4).set(r);
            code.get(entry).memory('v128.load64_splat', 8).set(weight);
            addEntry({ left: l, right: r, weight, sums });
            code.get(entry).i32(16).op('i32.add').set(entry);
          },
          () => code.get(left).i32(1).op('i32.sub').tee(left),
        );
      });
      code.get(run).memory('i32.load', 0).set(target);
      finish(target, sums);
      code.get(run).i32(16).op('i32.add').set(run);
    },
    () => code.get(run).i32(runs + 16 * runCount).op('i32.lt_u'),
  );
}

/** Σ moment coefficient · moment, a lane an atom. */
function writeEnergies(code: FunctionCode, layout: KernelLayout): void {
  const i32 = (): number => code.local('i32');
  const [entry, moment] = [i32(), i32()];
  const weight = code.local('v128');
  const sums = halves.map(() => code.local('v128'));
  code.i32(layout.scalarEntries).set(entry);
  code.repeatWhile(
    () => {
      code.get(entry).memory('i32.load', 0).set(moment).get(entry).memory('v128.load64_splat', 8).set(weight);
      for (const h of halves) {
        code.get(sums[h]!).get(moment).memory('v128.load', layout.moments + 16 * h).get(weight).op('f64x2.mul', 'f64x2.add').set(sums[h]!);
      }
    },
    () => code.get(entry).i32(16).op('i32.add').tee(entry).i32(layout.scalarEntries + 16 * layout.scalarCount).op('i32.lt_u'),
  );
  for (const h of halves) code.i32(0).get(sums[h]!).memory('v128.store', layout.energies + 16 * h);
}

/** (lane): for each label the rows Q, D_x, D_y, D_z of one atom, from the derivatives by its basic moments. */
function writeRows(code: FunctionCode, plan: KernelPlan, layout: KernelLayout): void {
  const from = code.local('i32');
  code.get(0).i32(3).op('i32.shl').set(from);
  const adjoint = (moment: number): FunctionCode => code.get(from).memory('f64.load', layout.adjoints + 8 * BATCH * moment);
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
        adjoint(moment).f64(exponent).op('f64.mul').memory('f64.store', gradient[axis]! + 8 * plan.indexOf(...lower));
      });
    }
  });
}

/** (atom, base, count): derivatives by the neighbours' positions, added to forces and virial. */
function writeGradients(code: FunctionCode, plan: KernelPlan, layout: KernelLayout): void {
  const [atom, base, count] = [0, 1, 2];
  const i32 = (): number => code.local('i32');
  const [row, left, force, ownForce, n] = [i32(), i32(), i32(), i32(), i32()];
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
            for (const t of tile) code.get(row).memory('v128.load', t * layout.rowBytes + 8 * m).set(monomials[t]!);
            for (const k of which) {
              code.i32(0).memory('v128.load', layout.rows[mu]![k]! + 8 * m).set(factor);
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
            code.get(row).memory('v128.load64_splat', t * layout.rowBytes + offset + 8 * mu).set(factor);
            code.get(totals[t]![k]!).get(sums[t]![k]!).get(factor).op('f64x2.mul', 'f64x2.add').set(totals[t]![k]!);
          };
          addTo(0, layout.radialSlopes);
          if (degree > 0) for (const k of [1, 2, 3]) addTo(k, layout.radial);
        }
      });
      for (const t of tile) {
        code.get(n).get(count).op('i32.lt_u').when(() => {
          const across = (pair: number, out: number): FunctionCode =>
            code.get(pair).extractLane(0).get(pair).extractLane(1).op('f64.add').set(out);
          [along, gx, gy, gz].forEach((out, k) => across(totals[t]![k]!, out));
          const at = (offset: number): FunctionCode => code.get(row).memory('f64.load', t * layout.rowBytes + offset);
          at(layout.unit).set(ux);
          at(layout.unit + 8).set(uy);
          at(layout.unit + 16).set(uz);
          at(layout.distance).set(r);
          code.get(along);
          code.get(ux).get(gx).op('f64.mul').get(uy).get(gy).op('f64.mul', 'f64.add').get(uz).get(gz).op('f64.mul', 'f64.add').get(r).op('f64.div', 'f64.sub').set(along);
          header(field.forces).get(row).memory('i32.load', t * layout.rowBytes + layout.other).i32(24).op('i32.mul', 'i32.add').set(force);
          [ux, uy, uz].forEach((u, a) => {
            code.get(along).get(u).op('f64.mul').get([gx, gy, gz][a]!).get(r).op('f64.div', 'f64.add').set(d);
            const change = (address: number, operation: 'f64.add' | 'f64.sub'): FunctionCode =>
              code.get(address).get(address).memory('f64.load', 8 * a).get(d).op(operation).memory('f64.store', 8 * a);
            change(ownForce, 'f64.add');
            change(force, 'f64.sub');
            code.get(d).get(r).op('f64.mul').set(d);
            [ux, uy, uz].forEach((other, b) => {
              const offset = field.virial + 8 * (3 * a + b);
              code.i32(layout.header).i32(layout.header).memory('f64.load', offset).get(d).get(other).op('f64.mul', 'f64.sub').memory('f64.store', offset);
            });
          });
        });
        code.get(n).i32(1).op('i32.add').set(n);
      }
      code.get(row).i32(NEIGHBOUR_TILE * layout.rowBytes).op('i32.add').set(row);
    },
    () => code.get(n).get(count).op('i32.lt_u'),
  );
  void left;
}
