/**
 * Which further MD runs, fits and scheme runs bring the standard error of a number down by a factor, most cheaply. Tried are:
 * more runs of the fits that there are, up to some number each; more fits of the scheme runs that there are; new scheme runs
 * with so many fits of so many runs each. The cheapest combination on that grid is the answer.
 *
 * The answer is no better than the variances it rests on, so it is asked again for equally likely variances: how often the
 * same design would do, and what the cheapest would cost then.
 */
import { sampleQuantile } from '../../numerics/quantile.ts';
import {
  componentErrorVariance,
  type Design,
  meanErrorVariance,
  type SchemeKind,
  schemeInformation,
} from './design-error.ts';
import type { Decomposition, Interval, Variances } from './nested-components.ts';
import { degreesOfFreedom, type NestedCounts, type Source } from './nested-sample.ts';

/** What one more of each costs, in any one unit. A scheme run includes its own fit, a fit no MD run. */
export interface UnitCosts {
  readonly scheme: number;
  readonly fit: number;
  readonly run: number;
}

export interface FurtherRuns {
  /** Runs that each existing fit has at least. */
  readonly runsOfEachFit: number;
  /** Fits that each existing scheme run has at least. */
  readonly fitsOfEachScheme: number;
  readonly newSchemes: number;
  readonly fitsOfNewSchemes: number;
  /** Of each fit that is new. */
  readonly runsOfNewFits: number;
  /** What is to be done, in all. */
  readonly added: { readonly schemes: number; readonly fits: number; readonly runs: number };
  readonly cost: number;
  /** Standard error then over standard error now, by the estimated variances. */
  readonly ratio: number;
}

export interface FurtherRunsAnswer {
  readonly cheapest: FurtherRuns;
  /** Part of the equally likely variances with which these runs would do. */
  readonly suffices: number;
  /** Of the cheapest design, if the variances were other ones that are as likely. */
  readonly cost95: Interval;
}

/** `mean`: of all; a source: its variance. */
export type Target = 'mean' | Source;

const STEPS = [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 30, 40, 60, 80, 120, 160, 240];
const NEW_FITS = [1, 2, 3, 4, 6, 8];
const NEW_RUNS = [1, 2, 3, 4, 6, 8, 12, 16, 32];
const MOST_NEW_SCHEMES = 2000;
/** How many of the draws are asked; each is a search of its own. */
const ASKED = 60;

/**
 * @param factor below 1: standard error wanted over standard error now
 * @returns undefined where nothing on the grid reaches it, or the design does not show the target
 */
export function furtherRuns(
  counts: NestedCounts,
  { variances, draws }: Pick<Decomposition, 'variances' | 'draws'>,
  costs: UnitCosts,
  target: Target,
  factor = 0.5,
): FurtherRunsAnswer | undefined {
  const search = new Search(counts, costs, target, factor);
  const cheapest = search.cheapest(variances);
  if (cheapest === undefined) return undefined;
  const every = Math.max(1, Math.floor(draws.length / ASKED));
  const asked = draws.filter((_, n) => n % every === 0);
  const found = asked.map((each) => search.cheapest(each)?.cost ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
  return {
    cheapest,
    suffices: asked.filter((each) => search.reaches(cheapest, each)).length / asked.length,
    cost95: [sampleQuantile(found, 0.025), sampleQuantile(found, 0.975)],
  };
}

class Search {
  readonly #counts: NestedCounts;
  readonly #costs: UnitCosts;
  readonly #target: Target;
  readonly #factor: number;
  readonly #hasSeveralSchemes: boolean;
  readonly #now: Design;

  constructor(counts: NestedCounts, costs: UnitCosts, target: Target, factor: number) {
    this.#counts = counts;
    this.#costs = costs;
    this.#target = target;
    this.#factor = factor;
    this.#hasSeveralSchemes = degreesOfFreedom(counts).training > 0;
    this.#now = compact(counts);
  }

  cheapest(variances: Variances): FurtherRuns | undefined {
    const goal = this.#factor * this.#factor * this.#errorVariance(this.#now, variances);
    if (!(goal > 0 && Number.isFinite(goal))) return undefined;
    let best: FurtherRuns | undefined;
    const mostRuns = Math.max(...this.#counts.flat());
    const mostFits = Math.max(...this.#counts.map((fits) => fits.length));
    for (const fitsOfEachScheme of [0, ...STEPS.filter((step) => step > 1 || mostFits > 1)]) {
      for (const runsOfEachFit of [0, ...STEPS.filter((step) => step > 1 || mostRuns > 1)]) {
        for (const runsOfNewFits of NEW_RUNS) {
          const existing = this.#extended(runsOfEachFit, fitsOfEachScheme, runsOfNewFits);
          if (best !== undefined && existing.cost >= best.cost) continue;
          for (const fitsOfNewSchemes of this.#hasSeveralSchemes ? NEW_FITS : [0]) {
            const kind: SchemeKind = { count: 1, fits: [{ count: fitsOfNewSchemes, runs: runsOfNewFits }] };
            const newSchemes = this.#newSchemes(existing.design, kind, variances, goal);
            if (newSchemes === undefined) continue;
            const plan = this.#describe(existing, {
              runsOfEachFit,
              fitsOfEachScheme,
              newSchemes,
              fitsOfNewSchemes: newSchemes === 0 ? 0 : fitsOfNewSchemes,
              runsOfNewFits,
            });
            if (best !== undefined && plan.cost >= best.cost) continue;
            const design = newSchemes === 0 ? existing.design : [...existing.design, { ...kind, count: newSchemes }];
            best = {
              ...plan,
              ratio: Math.sqrt((this.#errorVariance(design, variances) / goal) * this.#factor * this.#factor),
            };
          }
        }
      }
    }
    return best;
  }

  /** Whether these runs would do with other variances. */
  reaches(plan: FurtherRuns, variances: Variances): boolean {
    const goal = this.#factor * this.#factor * this.#errorVariance(this.#now, variances);
    const { design } = this.#extended(plan.runsOfEachFit, plan.fitsOfEachScheme, plan.runsOfNewFits);
    const fits = [{ count: plan.fitsOfNewSchemes, runs: plan.runsOfNewFits }];
    const whole = plan.newSchemes === 0 ? design : [...design, { count: plan.newSchemes, fits }];
    return this.#errorVariance(whole, variances) <= goal * (1 + 1e-9);
  }

  #errorVariance(design: Design, variances: Variances): number {
    return this.#target === 'mean'
      ? meanErrorVariance(design, variances)
      : componentErrorVariance(design, variances, this.#target);
  }

  #extended(runsOfEachFit: number, fitsOfEachScheme: number, runsOfNewFits: number) {
    const added = { fits: 0, runs: 0 };
    const extended = this.#counts.map((fits) => {
      const kept = fits.map((runs) => Math.max(runs, runsOfEachFit));
      for (const [k, runs] of kept.entries()) added.runs += runs - fits[k]!;
      const more = Math.max(0, fitsOfEachScheme - fits.length);
      added.fits += more;
      added.runs += more * runsOfNewFits;
      return [...kept, ...Array.from({ length: more }, () => runsOfNewFits)];
    });
    return { design: compact(extended), added, cost: added.fits * this.#costs.fit + added.runs * this.#costs.run };
  }

  /** How many new scheme runs of a kind are needed; undefined where no number of them is enough. */
  #newSchemes(design: Design, kind: SchemeKind, variances: Variances, goal: number): number | undefined {
    const enough = (count: number): boolean =>
      this.#errorVariance(count === 0 ? design : [...design, { ...kind, count }], variances) <= goal * (1 + 1e-12);
    if (enough(0)) return 0;
    if (!this.#hasSeveralSchemes) return undefined;
    if (this.#target === 'mean') {
      const missing = 1 / goal - 1 / meanErrorVariance(design, variances);
      const count = Math.ceil(missing / schemeInformation(kind, variances) - 1e-9);
      return count <= MOST_NEW_SCHEMES ? Math.max(1, count) : undefined;
    }
    if (!enough(MOST_NEW_SCHEMES)) return undefined;
    let [low, high] = [0, MOST_NEW_SCHEMES];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (enough(middle)) high = middle;
      else low = middle;
    }
    return high;
  }

  #describe(
    existing: { added: { fits: number; runs: number }; cost: number },
    plan: Omit<FurtherRuns, 'added' | 'cost' | 'ratio'>,
  ): Omit<FurtherRuns, 'ratio'> {
    const { newSchemes, fitsOfNewSchemes, runsOfNewFits } = plan;
    // The first fit of a scheme run is its own.
    const more = newSchemes * Math.max(0, fitsOfNewSchemes - 1);
    const runs = newSchemes * fitsOfNewSchemes * runsOfNewFits;
    return {
      ...plan,
      added: { schemes: newSchemes, fits: existing.added.fits + more, runs: existing.added.runs + runs },
      cost: existing.cost + newSchemes * this.#costs.scheme + more * this.#costs.fit + runs * this.#costs.run,
    };
  }
}

/** Scheme runs with the same numbers together. */
export function compact(counts: NestedCounts): Design {
  const kinds = new Map<string, { count: number; fits: Map<number, number> }>();
  for (const fits of counts) {
    const key = [...fits].sort((a, b) => a - b).join(' ');
    const kind = kinds.get(key) ?? { count: 0, fits: new Map<number, number>() };
    if (kind.count === 0) for (const runs of fits) kind.fits.set(runs, (kind.fits.get(runs) ?? 0) + 1);
    kind.count += 1;
    kinds.set(key, kind);
  }
  return [...kinds.values()].map(({ count, fits }) => ({
    count,
    fits: [...fits].map(([runs, number]) => ({ count: number, runs })),
  }));
}
