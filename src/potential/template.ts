/**
 * Templates of moment tensor potentials: which components of moment tensors are summed over the neighbours, which
 * products of moments then give the basis functions, as in the `alpha_*` tables of MLIP-2's `.mtp` files. Generated here
 * from the definition of the basis alone (moment-graph.ts), with sub-contractions shared (contraction-plan.ts).
 */
import { ContractionPlan } from './contraction-plan.ts';
import { nodeOf, OPEN_INDICES } from './moment-component.ts';
import { basisGraphs, checkLevel, MAX_MU, MAX_RANK, tensorLevel } from './moment-graph.ts';

export interface MtpTemplate {
  /** Number of radial labels μ. */
  readonly radialFunctions: number;
  /** {μ, a, b, c} of each basic moment Σ_j f_μ(r_ij) u_x^a u_y^b u_z^c: moments 0 … n−1. */
  readonly basic: Int32Array;
  /** {i, j, m, k}: moment k += m · moment i · moment j, ordered so that every moment is complete before it is read. */
  readonly products: Int32Array;
  readonly momentCount: number;
  /** Moment index of each basis function. */
  readonly scalars: Int32Array;
}

const generated = new Map<number, MtpTemplate>();

/**
 * The template of an even level from 2 to 28; the basis functions are in the order of `basisGraphs(level)`.
 * @throws InputError `bad-level` for any other level.
 */
export function generateTemplate(level: number): MtpTemplate {
  checkLevel(level);
  const known = generated.get(level);
  if (known !== undefined) return known;
  const template = buildTemplate(level);
  generated.set(level, template);
  return template;
}

function buildTemplate(level: number): MtpTemplate {
  const plan = new ContractionPlan();
  const momentOf = new Map<number, number>();
  const basic: number[] = [];
  for (let mu = 0; mu <= MAX_MU && tensorLevel(mu, 0) <= level; mu++) {
    // M_{μ,ν} is contracted with M_{0,ν} at the least.
    const rank = Math.max(0, Math.min(MAX_RANK, Math.floor((level - tensorLevel(mu, 0) - tensorLevel(0, 0)) / 2)));
    for (const [open, [a, b, c]] of OPEN_INDICES.entries()) {
      if (a + b + c > rank) break;
      momentOf.set(plan.addBasic({ nodes: [nodeOf(mu, open)], edges: [0] }), momentOf.size);
      basic.push(mu, a, b, c);
    }
  }
  const graphs = basisGraphs(level);
  const functions = plan.plan(
    graphs.map((graph) => ({ nodes: graph.mu.map((mu) => nodeOf(mu, 0)), edges: graph.multiplicity })),
  );

  const products: number[] = [];
  const emit = (id: number): number => {
    const known = momentOf.get(id);
    if (known !== undefined) return known;
    const { left, right, weight } = plan.chosen.get(id)!;
    const factors = weight.map((m, t) => [emit(left[t]!), emit(right[t]!), m] as const);
    const moment = momentOf.size;
    momentOf.set(id, moment);
    for (const [i, j, m] of factors) products.push(i, j, m, moment);
    return moment;
  };
  const scalars = functions.map(emit);
  return {
    radialFunctions: 1 + Math.max(...graphs.map((graph) => graph.mu.at(-1)!)),
    basic: Int32Array.from(basic),
    products: Int32Array.from(products),
    momentCount: momentOf.size,
    scalars: Int32Array.from(scalars),
  };
}
