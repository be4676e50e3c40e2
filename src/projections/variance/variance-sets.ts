/**
 * The variation sets A, B and C (V-A, V-B, V-C), found in lineages alone: nobody has to say which run belongs to which.
 * Compared are runs that are alike (structure recipe, temperature, protocol, analysis, fit settings) at one level:
 *
 * - A: runs of one potential that start from different velocities. Scatter by sampling.
 * - B: one run each of fits to one training set from different random starts. Scatter by sampling and parameters.
 * - C: one run each of fits to training sets of different scheme runs. Scatter by sampling, parameters and training set.
 *
 * Where there are several potentials with several runs, or training sets with several fits, each is a group of its own, and
 * its scatter is about its own mean. B takes of each fit the run with the smallest event id. C takes of each scheme run
 * the fit to the smallest training set, which is that of the level itself (B's refits use the scheme's final, larger set),
 * then the smallest event ids: hashes, so that nobody chooses. The decomposition uses all runs.
 *
 * Different draws of a structure (disorder, displacements) count as alike; what they contribute is then sampling.
 */
import type { StoredEvent } from '../../../store/event.ts';
import type { LineageSource } from '../lineage.ts';
import { type RunOrigin, RunOrigins } from './run-origin.ts';

export type SetName = 'A' | 'B' | 'C';

export interface VarianceSet {
  /** Each with at least two runs; empty where the set is not there. */
  readonly groups: readonly (readonly RunOrigin[])[];
}

export interface LevelRuns {
  readonly level: number;
  /** Hash of the settings of the fits: a level with fits of different settings has an entry for each. */
  readonly settings: string;
  /** `runs[scheme run][fit]`: each in the order of their smallest event ids. */
  readonly nested: readonly (readonly (readonly RunOrigin[])[])[];
  readonly sets: { readonly [set in SetName]: VarianceSet };
  /** Of each scheme run, a run of the fit to its own training set of this level. */
  readonly own: readonly RunOrigin[];
}

/** Alike runs, by level. */
export interface AlikeRuns {
  readonly shape: string;
  readonly temperatureK: number;
  /** From the lowest on. */
  readonly levels: readonly LevelRuns[];
}

export interface VarianceSets {
  readonly alike: readonly AlikeRuns[];
  /** Of runs whose potential was not fitted here. */
  readonly leftOut: readonly StoredEvent[];
}

/** @param diffusions events of kind `analysis.diffusion`, all done, in any order: it changes nothing */
export function deriveVarianceSets(diffusions: readonly StoredEvent[], source: LineageSource): VarianceSets {
  const origins = new RunOrigins(source);
  const leftOut: StoredEvent[] = [];
  const runs: RunOrigin[] = [];
  for (const event of sortedBy(diffusions, ({ eventId }) => eventId)) {
    const origin = origins.of(event);
    if (origin === undefined) leftOut.push(event);
    else runs.push(origin);
  }
  const schemeOf = schemeRuns(runs);
  const alike = [...groupBy(runs, ({ shape }) => shape)].map(([shape, group]) => ({
    shape,
    temperatureK: group[0]!.temperatureK,
    levels: [...groupBy(group, ({ fit }) => `${fit.level} ${fit.settings}`).values()]
      .map((ofLevel) => levelRuns(ofLevel, schemeOf))
      .sort((a, b) => a.level - b.level || (a.settings < b.settings ? -1 : 1)),
  }));
  return { alike, leftOut };
}

function levelRuns(runs: readonly RunOrigin[], schemeOf: (run: RunOrigin) => string): LevelRuns {
  // The same velocities twice are one draw.
  const distinct = [...groupBy(runs, ({ fit, start }) => `${fit.eventId} ${start}`).values()].map((same) => same[0]!);
  const nested = [...groupBy(distinct, schemeOf).values()].map((scheme) => [
    ...groupBy(scheme, ({ fit }) => fit.eventId).values(),
  ]);
  const severalOf = (groups: Iterable<RunOrigin[]>): RunOrigin[][] => [...groups].filter((group) => group.length > 1);
  // A refit that goes on from an earlier potential has no random start of its own.
  const drawn = distinct.filter(({ fit }) => fit.seed !== undefined);
  const oneOfEachFit = [...groupBy(drawn, ({ fit }) => fit.eventId).values()].map((ofFit) => ofFit[0]!);
  const own = nested.map((scheme) => ownFit(scheme)[0]!);
  const { level, settings } = runs[0]!.fit;
  return {
    level,
    settings,
    nested,
    own,
    sets: {
      A: { groups: severalOf(groupBy(distinct, ({ fit }) => fit.eventId).values()) },
      B: { groups: severalOf(groupBy(oneOfEachFit, ({ fit }) => fit.training.manifest).values()) },
      C: { groups: severalOf([own]) },
    },
  };
}

/** The fit to the smallest training set; of several, that with the smallest event id. */
const ownFit = (fits: readonly (readonly RunOrigin[])[]): readonly RunOrigin[] =>
  fits.reduce((best, next) => {
    const [a, b] = [best[0]!.fit, next[0]!.fit];
    const smaller = b.training.configurations - a.training.configurations;
    return smaller < 0 || (smaller === 0 && b.eventId < a.eventId) ? next : best;
  });

/** Which scheme run a run belongs to: training sets that share a root are one, and those that share one with these. */
function schemeRuns(runs: readonly RunOrigin[]): (run: RunOrigin) => string {
  const parent = new Map<string, string>();
  const find = (root: string): string => {
    let top = root;
    for (let up = parent.get(top); up !== undefined; up = parent.get(top)) top = up;
    return top;
  };
  for (const { fit } of runs) {
    const [first, ...others] = fit.training.roots.map(find);
    for (const other of others) if (find(other) !== find(first!)) parent.set(find(other), find(first!));
  }
  return ({ fit }) => find(fit.training.roots[0]!);
}

function groupBy<K, T>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

const sortedBy = <T>(items: readonly T[], keyOf: (item: T) => string): T[] =>
  [...items].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0));
