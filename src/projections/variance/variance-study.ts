/**
 * The variance study: for alike runs at each level, the scatter of D in the sets A, B and C, and what sampling, fit and
 * training set contribute. In ln D, because D is positive and its scatter is roughly proportional to it; the sets in cm²/s
 * too, as published studies give them (docs/decisions/0013).
 */

import { sha256Hex } from '../../../store/hash.ts';
import { judgeExponent, type Verdict } from '../../analysis/exponent-verdict.ts';
import { describeGroups, type GroupedScatter } from '../../analysis/variance/grouped-scatter.ts';
import { type Decomposition, decomposeVariance } from '../../analysis/variance/nested-components.ts';
import { nestedSample } from '../../analysis/variance/nested-sample.ts';
import { log } from '../../numerics/elementary.ts';
import { mean, standardDeviation } from '../../numerics/statistics.ts';
import type { RunOrigin } from './run-origin.ts';
import type { LevelRuns, SetName, VarianceSets } from './variance-sets.ts';

export const SET_NAMES: readonly SetName[] = ['A', 'B', 'C'];

export interface SetScatter {
  /** Of ln D; null where a D is not positive. */
  readonly relative: GroupedScatter | null;
  /** Of D, cm²/s. */
  readonly plain: GroupedScatter;
  readonly events: readonly string[];
}

export interface LevelStudy {
  /** What the campaign calls the structure. */
  readonly structure: string;
  readonly temperatureK: number;
  /** Unique for a structure: temperature, level, and a number where fits or protocols of several kinds have both. */
  readonly key: string;
  readonly runs: LevelRuns;
  readonly sets: { readonly [set in SetName]?: SetScatter };
  /** Of ln D; undefined for a single run, and where a D is not positive. */
  readonly decomposition: Decomposition | undefined;
  /** Runs whose D is not above 0. */
  readonly notPositive: number;
  /** √⟨(s/D)²⟩ of the errors that the runs' own analyses state: what one run's sampling scatter should be; null without. */
  readonly statedDeviation: number | null;
  readonly verdict: Verdict;
  /** How many different draws of the structure there are. */
  readonly structures: number;
  /** Fits whose training set is not that of another fit of their scheme run. */
  readonly trainingSets: number;
  /** In how many ways the fits were minimised: from random starts or from earlier potentials, over how many iterations. */
  readonly minimisations: number;
}

/** @param structureOf what the campaign calls the structure that a run is of */
export function studyVariance(sets: VarianceSets, structureOf: (run: RunOrigin) => string): LevelStudy[] {
  const keys = new Map<string, number>();
  return sets.alike
    .map((alike) => ({ ...alike, structure: structureOf(alike.levels[0]!.nested[0]![0]![0]!) }))
    .sort(
      (a, b) =>
        compareText(a.structure, b.structure) || a.temperatureK - b.temperatureK || compareText(a.shape, b.shape),
    )
    .flatMap(({ structure, temperatureK, levels }) =>
      levels.map((runs) => {
        const plainKey = `${temperatureK}K-L${runs.level}`;
        const count = (keys.get(`${structure} ${plainKey}`) ?? 0) + 1;
        keys.set(`${structure} ${plainKey}`, count);
        return studyLevel(structure, temperatureK, count === 1 ? plainKey : `${plainKey}.${count}`, runs);
      }),
    );
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function studyLevel(structure: string, temperatureK: number, key: string, runs: LevelRuns): LevelStudy {
  const all = runs.nested.flat(2);
  const values = all.map(diffusionOf);
  const notPositive = values.filter((value) => !(value > 0)).length;
  const seed = seedFrom(all);
  const logs = runs.nested.map((fits) => fits.map((ofFit) => ofFit.map((run) => log(diffusionOf(run)))));
  return {
    structure,
    temperatureK,
    key,
    runs,
    sets: Object.fromEntries(
      SET_NAMES.flatMap((name) => {
        const { groups } = runs.sets[name];
        return groups.length === 0 ? [] : [[name, scatterOf(groups, seed)]];
      }),
    ),
    decomposition: notPositive > 0 ? undefined : decomposeVariance(nestedSample(logs), seed),
    notPositive,
    statedDeviation: statedDeviation(all),
    verdict: pooledVerdict(all),
    structures: new Set(all.map((run) => run.structure)).size,
    trainingSets: new Set(all.map(({ fit }) => fit.training.manifest)).size,
    minimisations: new Set(all.map(({ fit }) => fit.minimisation)).size,
  };
}

export const diffusionOf = ({ diffusion }: RunOrigin): number => Number(diffusion.core.results.diffusionCm2S);

/** The same runs give the same draws. */
const seedFrom = (runs: readonly RunOrigin[]): string =>
  sha256Hex(['varve-variance/1', ...runs.map(({ diffusion }) => diffusion.eventId).sort()].join('\n')).slice(0, 16);

function scatterOf(groups: readonly (readonly RunOrigin[])[], seed: string): SetScatter {
  const values = groups.map((group) => group.map(diffusionOf));
  const positive = values.every((group) => group.every((value) => value > 0));
  return {
    relative: positive
      ? describeGroups(
          values.map((group) => group.map(log)),
          seed,
        )
      : null,
    plain: describeGroups(values, seed),
    events: groups.flatMap((group) => group.map(({ diffusion }) => diffusion.eventId)),
  };
}

function statedDeviation(runs: readonly RunOrigin[]): number | null {
  let squares = 0;
  for (const run of runs) {
    const error = run.diffusion.core.results.diffusionStandardErrorCm2S;
    const value = diffusionOf(run);
    if (typeof error !== 'number' || !(value > 0)) return null;
    squares += (error / value) * (error / value);
  }
  return Math.sqrt(squares / runs.length);
}

/** Of the mean α of the runs; of a single run its own. */
function pooledVerdict(runs: readonly RunOrigin[]): Verdict {
  const results = runs.map(({ diffusion }) => diffusion.core.results);
  if (runs.length === 1) return results[0]!.verdict as Verdict;
  const alphas = results.map(({ alpha }) => alpha).filter((alpha) => typeof alpha === 'number');
  if (alphas.length < runs.length) return 'fail';
  const range = runs[0]!.diffusion.core.task.params.alphaRange as [number, number];
  return judgeExponent(mean(alphas), standardDeviation(alphas) / Math.sqrt(alphas.length), alphas.length - 1, range)
    .verdict;
}
