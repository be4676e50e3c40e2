/**
 * Components of contracted moment tensors, each known by one number. A component is a partial graph: nodes with a label
 * μ and open indices (a x's, b y's, c z's; tensors are symmetric, so counts suffice) and edges that are contracted
 * within. Relabelling its nodes does not change its value, so the key of a component is the least over all relabellings,
 * and equal components of different basis functions are found to be one.
 */
import { MAX_RANK, MAX_TENSORS, permutations } from './moment-graph.ts';

/** Open indices of a tensor: counts of x, y and z, ordered by rank, then x descending, then y descending. */
export const OPEN_INDICES: readonly (readonly [number, number, number])[] = (() => {
  const all: [number, number, number][] = [];
  for (let rank = 0; rank <= MAX_RANK; rank++) {
    for (let a = rank; a >= 0; a--) for (let b = rank - a; b >= 0; b--) all.push([a, b, rank - a - b]);
  }
  return all;
})();

const SIDE = MAX_RANK + 1;
const openIndexOf = new Int16Array(SIDE * SIDE * SIDE);
for (const [at, [a, b, c]] of OPEN_INDICES.entries()) openIndexOf[(a * SIDE + b) * SIDE + c] = at;

/** A tensor component by one number below 2¹¹: label and open indices. */
export const nodeOf = (mu: number, open: number): number => mu * OPEN_INDICES.length + open;
export const nodeMu = (node: number): number => Math.floor(node / OPEN_INDICES.length);
export const nodeOpen = (node: number): readonly [number, number, number] => OPEN_INDICES[node % OPEN_INDICES.length]!;

/** The node with a, b, c further open indices. */
export function openFurther(node: number, a: number, b: number, c: number): number {
  const [x, y, z] = nodeOpen(node);
  return nodeOf(nodeMu(node), openIndexOf[((x + a) * SIDE + y + b) * SIDE + z + c]!);
}

export interface MomentComponent {
  readonly nodes: readonly number[];
  /** Edge multiplicities at k·i + j, symmetric. */
  readonly edges: readonly number[];
}

const NODE_SPAN = 2048;
const EDGE_SPAN = 16;
const relabellings = Array.from({ length: MAX_TENSORS + 1 }, (_, k) => permutations(k));

/** Numbers components: equal ones get the same id. */
export class ComponentTable {
  readonly #ids = new Map<number, number>();
  readonly components: MomentComponent[] = [];

  /** Keys of up to three nodes are exact integers below 2⁵³; graphs of four are whole basis functions, unique as such. */
  idOf(nodes: readonly number[], edges: readonly number[]): number {
    const k = nodes.length;
    if (k > 3) {
      this.components.push({ nodes, edges });
      return this.components.length - 1;
    }
    let key = Number.POSITIVE_INFINITY;
    let best = relabellings[k]![0]!;
    for (const p of relabellings[k]!) {
      let candidate = k;
      for (let i = 0; i < k; i++) candidate = candidate * NODE_SPAN + nodes[p[i]!]!;
      for (let i = 0; i < k; i++) {
        for (let j = i + 1; j < k; j++) candidate = candidate * EDGE_SPAN + edges[k * p[i]! + p[j]!]!;
      }
      if (candidate < key) {
        key = candidate;
        best = p;
      }
    }
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.components.length;
    this.#ids.set(key, id);
    this.components.push({
      nodes: best.map((node) => nodes[node]!),
      edges: best.flatMap((i) => best.map((j) => edges[k * i + j]!)),
    });
    return id;
  }
}
