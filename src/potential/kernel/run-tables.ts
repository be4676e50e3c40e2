/**
 * The products of a template as a kernel goes through them: runs of products with one target, forward; and for each slot
 * the products that it is in, back.
 */
import type { MtpTemplate } from '../template.ts';
import type { KernelPlan } from './plan.ts';

/** A sum of products: value[target] = Σ weight · value[left] · value[right]. */
export interface Run {
  readonly target: number;
  readonly entries: [left: number, right: number, weight: number][];
}

/** A run in memory: its head, then {left, right} for each term of weight 1, then {left, right, weight} for the others. */
export const run = {
  target: 0,
  ones: 4,
  weighted: 8,
  bytes: 16,
} as const;

export const isOne = ([, , weight]: Run['entries'][number]): boolean => weight === 1;
export const runBytes = ({ entries }: Run): number =>
  run.bytes + 8 * entries.filter(isOne).length + 16 * entries.filter((e) => !isOne(e)).length;

export interface RunTable {
  readonly at: number;
  readonly count: number;
}

export interface KernelTables {
  readonly products: readonly Run[];
  readonly adjoints: readonly Run[];
}

/**
 * Products by target, in the order in which targets are complete; and for each slot, last first, the products that it
 * is in. A template may number its moments and mix the products of several as it likes, so long as no moment is read
 * before it is complete.
 */
export function kernelTables({ products }: MtpTemplate, plan: KernelPlan): KernelTables {
  const complete = new Map<number, Run>();
  const usedIn = Array.from({ length: plan.slotCount }, (): Run['entries'] => []);
  for (let t = 0; t < products.length; t += 4) {
    const [left, right, weight, target] = products.subarray(t, t + 4) as unknown as [number, number, number, number];
    const known = complete.get(target) ?? { target, entries: [] };
    known.entries.push([left, right, weight]);
    complete.delete(target);
    complete.set(target, known);
    usedIn[left]!.push([target, right, left === right ? 2 * weight : weight]);
    if (left !== right) usedIn[right]!.push([target, left, weight]);
  }
  const sums = Array.from({ length: plan.slotCount }, (_, slot) => slot).filter((slot) => !complete.has(slot));
  const backwards = [...sums, ...complete.keys()].reverse();
  const adjoints = backwards.map((target) => ({ target, entries: usedIn[target]! }));
  return { products: [...complete.values()], adjoints };
}
