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
  /** Of each fit that is new, in scheme runs that there are and in new ones. */
  readonly runsOfNewFits: number;
  readonly runsOfNewSchemes: number;
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

const STEPS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 20, 24, 32, 40, 60, 80, 120, 160, 240];
const NEW_FITS = [1, 2, 3, 4, 6, 8];
const NEW_RUNS = [1, 2, 3, 4, 6, 8, 12, 16, 32];
const NEW_KINDS: readonly SchemeKind[] = NEW_FITS.flatMap((fits) =>
  NEW_RUNS.map((runs) => ({ count: 1, fits: [{ count: fits, runs }] })),
);
const NO_KIND: SchemeKind = { count: 0, fits: [{ count: 0, runs: 1 }] };
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
  readonly #extensions: readonly Extension[];

  constructor(counts: NestedCounts, costs: UnitCosts, target: Target, factor: number) {
    this.#counts = counts;
    this.#costs = costs;
    this.#target = target;
    this.#factor = factor;
    this.#hasSeveralSchemes = degreesOfFreedom(counts).training > 0;
    this.#now = compact(counts);
    this.#extensions = extensionsOf(counts, costs);
  }

  cheapest(variances: Variances): FurtherRuns | undefined {
    const goal = this.#factor * this.#factor * this.#errorVariance(this.#now, variances);
    if (!(goal > 0 && Number.isFinite(goal))) return undefined;
    let best: FurtherRuns | undefined;
    let lowest = Number.POSITIVE_INFINITY;
    for (const extension of this.#extensions) {
      // They come by rising cost; one that is no better than a cheaper one is of no use.
      if (best !== undefined && extension.cost >= best.cost) break;
      const alone = this.#errorVariance(extension.design, variances);
      if (alone > lowest * (1 - 1e-3)) continue;
      lowest = alone;
      for (const kind of this.#hasSeveralSchemes ? NEW_KINDS : [NO_KIND]) {
        const unit = this.#costOf(kind);
        const affordable = best === undefined ? MOST_NEW_SCHEMES : Math.floor((best.cost - extension.cost) / unit);
        const newSchemes = this.#newSchemes(extension.design, kind, variances, goal, affordable);
        if (newSchemes === undefined) continue;
        const plan = this.#describe(extension, newSchemes, kind);
        if (best !== undefined && plan.cost >= best.cost) continue;
        const design = newSchemes === 0 ? extension.design : [...extension.design, { ...kind, count: newSchemes }];
        best = { ...plan, ratio: this.#factor * Math.sqrt(this.#errorVariance(design, variances) / goal) };
      }
    }
    return best;
  }

  /** Whether these runs would do with other variances. */
  reaches(plan: FurtherRuns, variances: Variances): boolean {
    const goal = this.#factor * this.#factor * this.#errorVariance(this.#now, variances);
    const { design } = extend(this.#counts, plan, this.#costs);
    const fits = [{ count: plan.fitsOfNewSchemes, runs: plan.runsOfNewSchemes }];
    const whole = plan.newSchemes === 0 ? design : [...design, { count: plan.newSchemes, fits }];
    return this.#errorVariance(whole, variances) <= goal * (1 + 1e-9);
  }

  #errorVariance(design: Design, variances: Variances): number {
    return this.#target === 'mean'
      ? meanErrorVariance(design, variances)
      : componentErrorVariance(design, variances, this.#target);
  }

  /** How many new scheme runs of a kind are needed; undefined where as many as can be afforded are not enough. */
  #newSchemes(
    design: Design,
    kind: SchemeKind,
    variances: Variances,
    goal: number,
    affordable: number,
  ): number | undefined {
    const enough = (count: number): boolean =>
      this.#errorVariance(count === 0 ? design : [...design, { ...kind, count }], variances) <= goal * (1 + 1e-12);
    if (enough(0)) return 0;
    let high = Math.min(affordable, MOST_NEW_SCHEMES);
    if (!this.#hasSeveralSchemes || high < 1 || !enough(high)) return undefined;
    if (this.#target === 'mean') {
      const missing = 1 / goal - 1 / meanErrorVariance(design, variances);
      return Math.max(1, Math.ceil(missing / schemeInformation(kind, variances) - 1e-9));
    }
    let low = 0;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (enough(middle)) high = middle;
      else low = middle;
    }
    return high;
  }

  /** Of one new scheme run with its fits and runs. The first fit is its own. */
  #costOf({ fits: [fits] }: SchemeKind): number {
    const { scheme, fit, run } = this.#costs;
    return scheme + (fits!.count - 1) * fit + fits!.count * fits!.runs * run;
  }

  #describe(extension: Extension, newSchemes: number, kind: SchemeKind): Omit<FurtherRuns, 'ratio'> {
    const { runsOfEachFit, fitsOfEachScheme, runsOfNewFits, added, cost } = extension;
    const { count: fits, runs } = newSchemes === 0 ? { count: 0, runs: 0 } : kind.fits[0]!;
    return {
      runsOfEachFit,
      fitsOfEachScheme,
      runsOfNewFits,
      newSchemes,
      fitsOfNewSchemes: fits,
      runsOfNewSchemes: runs,
      added: {
        schemes: newSchemes,
        fits: added.fits + newSchemes * Math.max(0, fits - 1),
        runs: added.runs + newSchemes * fits * runs,
      },
      // Without new scheme runs it does not matter that nobody knows what one costs.
      cost: newSchemes === 0 ? cost : cost + newSchemes * this.#costOf(kind),
    };
  }
}

interface ExtensionRule {
  readonly runsOfEachFit: number;
  readonly fitsOfEachScheme: number;
  readonly runsOfNewFits: number;
}

/** What there is, with more runs and more fits. */
interface Extension extends ExtensionRule {
  readonly design: Design;
  readonly added: { readonly fits: number; readonly runs: number };
  readonly cost: number;
}

/** All that are tried, the cheapest first. */
function extensionsOf(counts: NestedCounts, costs: UnitCosts): Extension[] {
  const found: Extension[] = [];
  for (const fitsOfEachScheme of [0, ...STEPS]) {
    if (fitsOfEachScheme > 0 && counts.every((fits) => fits.length >= fitsOfEachScheme)) continue;
    for (const runsOfEachFit of [0, ...STEPS]) {
      if (runsOfEachFit > 0 && counts.flat().every((runs) => runs >= runsOfEachFit)) continue;
      for (const runsOfNewFits of fitsOfEachScheme === 0 ? [0] : NEW_RUNS) {
        found.push(extend(counts, { runsOfEachFit, fitsOfEachScheme, runsOfNewFits }, costs));
      }
    }
  }
  return found.sort((a, b) => a.cost - b.cost);
}

function extend(counts: NestedCounts, rule: ExtensionRule, costs: UnitCosts): Extension {
  const { runsOfEachFit, fitsOfEachScheme, runsOfNewFits } = rule;
  const added = { fits: 0, runs: 0 };
  const extended = counts.map((fits) => {
    const kept = fits.map((runs) => Math.max(runs, runsOfEachFit));
    for (const [k, runs] of kept.entries()) added.runs += runs - fits[k]!;
    const more = Math.max(0, fitsOfEachScheme - fits.length);
    added.fits += more;
    added.runs += more * runsOfNewFits;
    return [...kept, ...Array.from({ length: more }, () => runsOfNewFits)];
  });
  return { ...rule, design: compact(extended), added, cost: added.fits * costs.fit + added.runs * costs.run };
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
