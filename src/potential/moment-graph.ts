/**
 * Basis functions of moment tensor potentials as graphs. A node is a moment tensor M_{μ,ν} of the central atom,
 * M_{μ,ν} = Σ_j f_μ(r_ij) u_ij^⊗ν; an edge of multiplicity n between two nodes contracts n pairs of their indices; the
 * rank ν of a node is its degree. The level of a tensor is 2 + 4μ + ν, that of a function the sum over its tensors
 * (Gubaev et al., Comput. Mater. Sci. 156, 148 (2019)). All full contractions up to a level are kept, disconnected ones
 * (products of scalars) too, with at most four tensors, μ ≤ 5 and ν ≤ 10, once for each isomorphism class.
 */
import { InputError } from '../numerics/input-error.ts';

export const MAX_TENSORS = 4;
export const MAX_MU = 5;
export const MAX_RANK = 10;

export interface MomentGraph {
  /** Radial label μ of each node, ascending. */
  readonly mu: readonly number[];
  /** Multiplicity of the edge between nodes i and j at k·i + j for k nodes; symmetric, zero on the diagonal. */
  readonly multiplicity: readonly number[];
  readonly level: number;
}

/** Smallest level of a tensor with label μ. */
export const tensorLevel = (mu: number, rank: number): number => 2 + 4 * mu + rank;

/** @throws InputError `bad-level` unless the level is an even integer from 2 to 28. */
export function checkLevel(level: number): void {
  if (!Number.isInteger(level) || level < 2 || level > 28 || level % 2 !== 0) {
    throw new InputError('bad-level', 'no such level of moment tensor potentials', {
      expected: 'an even integer from 2 to 28',
      found: String(level),
    });
  }
}

/**
 * One graph for each basis function up to `level`, ordered by number of tensors, then level, then labels and edges:
 * the order of the moment coefficients of a generated template.
 * @throws InputError `bad-level` unless the level is an even integer from 2 to 28.
 */
export function basisGraphs(level: number): MomentGraph[] {
  checkLevel(level);
  const graphs: MomentGraph[] = [];
  for (let tensors = 1; tensors <= MAX_TENSORS; tensors++) {
    const ofSize: MomentGraph[] = [];
    const mu = new Array<number>(tensors).fill(0);
    const chooseLabels = (node: number, least: number, budget: number): void => {
      if (node === tensors) {
        connect(mu, level - budget, Math.floor(budget / 2), ofSize);
        return;
      }
      for (let label = least; label <= MAX_MU; label++) {
        const cost = tensorLevel(label, 0);
        if (cost * (tensors - node) > budget) break;
        mu[node] = label;
        chooseLabels(node + 1, label, budget - cost);
      }
    };
    chooseLabels(0, 0, level);
    graphs.push(
      ...ofSize.sort((a, b) => a.level - b.level || compare(a.mu, b.mu) || compare(b.multiplicity, a.multiplicity)),
    );
  }
  return graphs;
}

/** Adds every graph on the given labels with at most `edgeBudget` edges that is the first of its isomorphism class. */
function connect(mu: readonly number[], labelLevel: number, edgeBudget: number, graphs: MomentGraph[]): void {
  const k = mu.length;
  const multiplicity = new Array<number>(k * k).fill(0);
  const degree = new Array<number>(k).fill(0);
  const symmetries = permutations(k).filter((p) => p.every((image, node) => mu[image] === mu[node]));
  const pairs: [number, number][] = [];
  for (let i = 0; i < k; i++) for (let j = i + 1; j < k; j++) pairs.push([i, j]);
  const choose = (pair: number, budget: number): void => {
    if (pair === pairs.length) {
      if (symmetries.every((p) => compareRelabelled(multiplicity, p, k) >= 0)) {
        const edges = edgeBudget - budget;
        graphs.push({ mu: [...mu], multiplicity: [...multiplicity], level: labelLevel + 2 * edges });
      }
      return;
    }
    const [i, j] = pairs[pair]!;
    const most = Math.min(budget, MAX_RANK - degree[i]!, MAX_RANK - degree[j]!);
    for (let n = 0; n <= most; n++) {
      setEdge(multiplicity, k, i, j, n);
      degree[i] = degree[i]! + n;
      degree[j] = degree[j]! + n;
      choose(pair + 1, budget - n);
      degree[i] = degree[i]! - n;
      degree[j] = degree[j]! - n;
    }
    setEdge(multiplicity, k, i, j, 0);
  };
  choose(0, edgeBudget);
}

function setEdge(multiplicity: number[], k: number, i: number, j: number, n: number): void {
  multiplicity[k * i + j] = n;
  multiplicity[k * j + i] = n;
}

/** Sign of (multiplicities − multiplicities relabelled by p) at the first difference. */
function compareRelabelled(multiplicity: readonly number[], p: readonly number[], k: number): number {
  for (let i = 0; i < k; i++) {
    for (let j = i + 1; j < k; j++) {
      const difference = multiplicity[k * i + j]! - multiplicity[k * p[i]! + p[j]!]!;
      if (difference !== 0) return difference;
    }
  }
  return 0;
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return 0;
}

/** All orderings of 0 … n−1. */
export function permutations(n: number): number[][] {
  if (n === 0) return [[]];
  return permutations(n - 1).flatMap((rest) =>
    Array.from({ length: n }, (_, at) => [...rest.slice(0, at), n - 1, ...rest.slice(at)]),
  );
}
