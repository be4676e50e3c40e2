/**
 * Splits a component of contracted moment tensors into sums of products of two smaller ones: with its nodes divided
 * into two sets, the contraction over the edges between them is
 *   Σ over (a,b,c) of each cut edge, a+b+c = n, of Π n!/(a! b! c!) · left(opened further) · right(opened further),
 * and terms of equal factors are merged.
 */
import type { ComponentTable, MomentComponent } from './moment-component.ts';
import { openFurther } from './moment-component.ts';

export interface Expansion {
  /** {left id, right id, weight} of each term. */
  readonly left: number[];
  readonly right: number[];
  readonly weight: number[];
}

/** Bit masks of the node sets that contain node 0 at most once a division: each division of k nodes once. */
export const divisions: readonly (readonly number[])[] = [
  [],
  [],
  [0b01],
  [0b001, 0b010, 0b100],
  [0b0011, 0b0101, 0b1001, 0b0001, 0b0010, 0b0100, 0b1000],
];

const FACTORIAL = [1, 1, 2, 6, 24, 120, 720, 5040, 40320, 362880, 3628800];

/** {a, b, c, n!/(a! b! c!)} for each way to give n index pairs their axes. */
const axisCounts: readonly (readonly (readonly [number, number, number, number])[])[] = FACTORIAL.map(
  (factorial, n) => {
    const ways: [number, number, number, number][] = [];
    for (let a = n; a >= 0; a--) {
      for (let b = n - a; b >= 0; b--) {
        const c = n - a - b;
        ways.push([a, b, c, factorial / (FACTORIAL[a]! * FACTORIAL[b]! * FACTORIAL[c]!)]);
      }
    }
    return ways;
  },
);

const PAIR_SPAN = 67108864; // 2²⁶: ids stay far below

/** The terms of `component` for the division whose left side is the bit mask `side`. */
export function expand(table: ComponentTable, component: MomentComponent, side: number): Expansion {
  const k = component.nodes.length;
  const leftNodes: number[] = [];
  const rightNodes: number[] = [];
  for (let i = 0; i < k; i++) ((side >> i) & 1 ? leftNodes : rightNodes).push(i);
  const within = (chosen: number[]): number[] => chosen.flatMap((i) => chosen.map((j) => component.edges[k * i + j]!));
  const leftEdges = within(leftNodes);
  const rightEdges = within(rightNodes);
  const cut: [number, number, number][] = [];
  for (const i of leftNodes) {
    for (const j of rightNodes) {
      const n = component.edges[k * i + j]!;
      if (n > 0) cut.push([i, j, n]);
    }
  }

  const merged = new Map<number, number>();
  const nodes = [...component.nodes];
  const assign = (at: number, weight: number): void => {
    if (at === cut.length) {
      const left = table.idOf(
        leftNodes.map((i) => nodes[i]!),
        leftEdges,
      );
      const right = table.idOf(
        rightNodes.map((i) => nodes[i]!),
        rightEdges,
      );
      const pair = Math.min(left, right) * PAIR_SPAN + Math.max(left, right);
      merged.set(pair, (merged.get(pair) ?? 0) + weight);
      return;
    }
    const [i, j, n] = cut[at]!;
    const nodeI = nodes[i]!;
    const nodeJ = nodes[j]!;
    for (const [a, b, c, ways] of axisCounts[n]!) {
      nodes[i] = openFurther(nodeI, a, b, c);
      nodes[j] = openFurther(nodeJ, a, b, c);
      assign(at + 1, weight * ways);
    }
    nodes[i] = nodeI;
    nodes[j] = nodeJ;
  };
  assign(0, 1);

  const expansion: Expansion = { left: [], right: [], weight: [] };
  for (const [pair, weight] of merged) {
    expansion.left.push(Math.floor(pair / PAIR_SPAN));
    expansion.right.push(pair % PAIR_SPAN);
    expansion.weight.push(weight);
  }
  return expansion;
}
