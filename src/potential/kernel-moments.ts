/**
 * The part of a kernel between rows and derivatives: basic moments of an atom by sums over its neighbours, then, for all
 * atoms of a batch in lanes, products of moments, energies, and derivatives of the energies by the moments.
 */
import type { FunctionCode } from '../numerics/wasm-module.ts';
import { BATCH, type KernelLayout } from './kernel-layout.ts';
import type { KernelPlan } from './kernel-plan.ts';

/** Registers for sums in a block; of the sixteen that x86-64 has, some hold factors. */
const SUMS = 12;

/** (base, count, lane): sums f_μ P over the neighbours, into the lane's place of every basic moment. */
export function writeBasicMoments(code: FunctionCode, plan: KernelPlan, layout: KernelLayout): void {
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
    code
      .get(count)
      .tee(left)
      .when(() => {
        code.get(base).set(row);
        code.repeatWhile(
          () => {
            for (const [k, mu] of labels.entries()) {
              code
                .get(row)
                .memory('v128.load64_splat', layout.radial + 8 * mu)
                .set(factors[k]!);
            }
            for (let q = 0; q < pairs; q++) {
              code
                .get(row)
                .memory('v128.load', 8 * (from + 2 * q))
                .set(monomial);
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
          code
            .get(into)
            .get(sums[k * pairs + q]!)
            .storeLane(half, layout.moments + 8 * BATCH * moment);
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
export function writeProducts(code: FunctionCode, layout: KernelLayout): void {
  writeRuns(code, layout.moments, layout.moments, {
    runs: layout.productRuns,
    runCount: layout.productRunCount,
    entries: layout.productEntries,
    startsAtZero: true,
  });
}

/** ∂V/∂moment from the last moment to the first: its own coefficient, and the products that it is in. */
export function writeAdjoints(code: FunctionCode, layout: KernelLayout): void {
  writeRuns(code, layout.adjoints, layout.moments, {
    runs: layout.adjointRuns,
    runCount: layout.adjointRunCount,
    entries: layout.adjointEntries,
    startsAtZero: false,
  });
}

/** A run is {target i32, entries i32, start f64}; an entry {left i32, right i32, weight f64}. Indices are byte offsets. */
interface RunTable {
  readonly runs: number;
  readonly runCount: number;
  readonly entries: number;
  /** Whatever the start of a run says. */
  readonly startsAtZero: boolean;
}

/** values[target] = start + Σ weight · values[left] · factors[right], a lane an atom. */
function writeRuns(code: FunctionCode, values: number, factors: number, table: RunTable): void {
  const { runs, runCount, entries, startsAtZero } = table;
  if (runCount === 0) return;
  const i32 = (): number => code.local('i32');
  const [run, entry, left, target, l, r] = [i32(), i32(), i32(), i32(), i32(), i32()];
  const weight = code.local('v128');
  const zero = code.local('v128');
  const sums = halves.map(() => code.local('v128'));
  const addEntry = (): void => {
    code.get(entry).memory('i32.load', 0).set(l).get(entry).memory('i32.load', 4).set(r);
    code.get(entry).memory('v128.load64_splat', 8).set(weight);
    for (const h of halves) {
      code.get(sums[h]!);
      code
        .get(l)
        .memory('v128.load', values + 16 * h)
        .get(weight)
        .op('f64x2.mul');
      code
        .get(r)
        .memory('v128.load', factors + 16 * h)
        .op('f64x2.mul', 'f64x2.add')
        .set(sums[h]!);
    }
    code.get(entry).i32(16).op('i32.add').set(entry);
  };
  code.i32(runs).set(run).i32(entries).set(entry);
  code.repeatWhile(
    () => {
      for (const sum of sums) code.get(zero).set(sum);
      if (!startsAtZero) for (const sum of sums) code.get(run).memory('v128.load64_splat', 8).set(sum);
      code
        .get(run)
        .memory('i32.load', 4)
        .tee(left)
        .when(() => code.repeatWhile(addEntry, () => code.get(left).i32(1).op('i32.sub').tee(left)));
      code.get(run).memory('i32.load', 0).set(target);
      for (const h of halves)
        code
          .get(target)
          .get(sums[h]!)
          .memory('v128.store', values + 16 * h);
      code.get(run).i32(16).op('i32.add').set(run);
    },
    () =>
      code
        .get(run)
        .i32(runs + 16 * runCount)
        .op('i32.lt_u'),
  );
}

/** Σ moment coefficient · moment, a lane an atom. */
export function writeEnergies(code: FunctionCode, layout: KernelLayout): void {
  const i32 = (): number => code.local('i32');
  const [entry, moment] = [i32(), i32()];
  const weight = code.local('v128');
  const sums = halves.map(() => code.local('v128'));
  code.i32(layout.scalarEntries).set(entry);
  code.repeatWhile(
    () => {
      code.get(entry).memory('i32.load', 0).set(moment).get(entry).memory('v128.load64_splat', 8).set(weight);
      for (const h of halves) {
        code
          .get(sums[h]!)
          .get(moment)
          .memory('v128.load', layout.moments + 16 * h)
          .get(weight)
          .op('f64x2.mul', 'f64x2.add')
          .set(sums[h]!);
      }
    },
    () =>
      code
        .get(entry)
        .i32(16)
        .op('i32.add')
        .tee(entry)
        .i32(layout.scalarEntries + 16 * layout.scalarCount)
        .op('i32.lt_u'),
  );
  for (const h of halves)
    code
      .i32(0)
      .get(sums[h]!)
      .memory('v128.store', layout.energies + 16 * h);
}
