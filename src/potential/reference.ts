/**
 * Slow, obvious evaluation: every basis function is contracted from full tensors, straight from its graph. No template,
 * no shared products, no recurrences over moments: the standard that the fast evaluation is tested against.
 */
import type { NeighbourList } from '../structure/neighbour-list.ts';
import type { Structure } from '../structure/structure.ts';
import type { MomentGraph } from './moment-graph.ts';
import { createPairs, gatherPairs, mostNeighbours } from './pairs.ts';
import type { MtpPotential } from './potential.ts';
import { radialBasis } from './radial-basis.ts';

/** A neighbour as the moments see it: f_μ for each label, and the unit vector towards it. */
export interface ReferenceNeighbour {
  readonly radial: readonly number[];
  readonly unit: readonly [number, number, number];
}

/** Value of each basis function for one environment, in the order of `graphs`. */
export function referenceBasis(graphs: readonly MomentGraph[], neighbours: readonly ReferenceNeighbour[]): number[] {
  const tensors = new Map<string, number[]>();
  const tensorOf = (mu: number, rank: number): number[] => {
    const key = `${mu},${rank}`;
    const tensor = tensors.get(key) ?? momentTensor(mu, rank, neighbours);
    tensors.set(key, tensor);
    return tensor;
  };
  return graphs.map((graph) => contract(graph, tensorOf));
}

/** M_{μ,ν} with all 3^ν components, the first index most significant. */
function momentTensor(mu: number, rank: number, neighbours: readonly ReferenceNeighbour[]): number[] {
  const components = new Array<number>(powerOf3(rank)).fill(0);
  for (const { radial, unit } of neighbours) {
    for (let at = 0; at < components.length; at++) {
      let product = radial[mu]!;
      for (let n = 0, rest = at; n < rank; n++, rest = Math.floor(rest / 3)) product *= unit[rest % 3]!;
      components[at] = components[at]! + product;
    }
  }
  return components;
}

function powerOf3(n: number): number {
  let power = 1;
  for (let k = 0; k < n; k++) power *= 3;
  return power;
}

/** Σ over an axis for each contracted index pair of the product of all tensors' components. */
function contract({ mu, multiplicity }: MomentGraph, tensorOf: (mu: number, rank: number) => number[]): number {
  const k = mu.length;
  const indexPairs: [number, number][] = [];
  const rank = new Array<number>(k).fill(0);
  for (let i = 0; i < k; i++) {
    for (let j = i + 1; j < k; j++) {
      for (let n = 0; n < multiplicity[k * i + j]!; n++) indexPairs.push([i, j]);
      rank[i] = rank[i]! + multiplicity[k * i + j]!;
      rank[j] = rank[j]! + multiplicity[k * i + j]!;
    }
  }
  const tensors = mu.map((label, node) => tensorOf(label, rank[node]!));
  const place = new Array<number>(k).fill(0);
  const sumFrom = (pair: number): number => {
    if (pair === indexPairs.length)
      return tensors.reduce((product, tensor, node) => product * tensor[place[node]!]!, 1);
    const [i, j] = indexPairs[pair]!;
    const [placeI, placeJ] = [place[i]!, place[j]!];
    let sum = 0;
    for (let axis = 0; axis < 3; axis++) {
      place[i] = 3 * placeI + axis;
      place[j] = 3 * placeJ + axis;
      sum += sumFrom(pair + 1);
    }
    place[i] = placeI;
    place[j] = placeJ;
    return sum;
  };
  return sumFrom(0);
}

/**
 * Site energies, eV, of a potential whose basis functions are those of `graphs`, in their order.
 * `list` reaches at least as far as the potential.
 */
export function referenceSiteEnergiesEv(
  potential: MtpPotential,
  graphs: readonly MomentGraph[],
  structure: Structure,
  list: NeighbourList,
): Float64Array {
  const { speciesCount, radialBasisSize: size, template, radialCoefficients } = potential;
  const pairs = createPairs(mostNeighbours(list));
  const basis = new Float64Array(size);
  const slopes = new Float64Array(size);
  return Float64Array.from(structure.species, (central, i) => {
    const count = gatherPairs(structure, list, potential.maxDistanceA, i, pairs, 0);
    const neighbours = Array.from({ length: count }, (_, p): ReferenceNeighbour => {
      radialBasis(potential, pairs.rA[p]!, size, basis, slopes, 0);
      const pair = central * speciesCount + pairs.species[p]!;
      const radial = Array.from({ length: template.radialFunctions }, (_, mu) => {
        let f = 0;
        for (let n = 0; n < size; n++) {
          f += radialCoefficients[(pair * template.radialFunctions + mu) * size + n]! * potential.scaling * basis[n]!;
        }
        return f;
      });
      const [ux, uy, uz] = pairs.unit.subarray(3 * p, 3 * p + 3);
      return { radial, unit: [ux!, uy!, uz!] };
    });
    let energyEv = potential.speciesCoefficients[central]!;
    for (const [s, value] of referenceBasis(graphs, neighbours).entries()) {
      energyEv += potential.momentCoefficients[s]! * value;
    }
    return energyEv;
  });
}
