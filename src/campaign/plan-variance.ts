/**
 * The runs of the variance study (V-A, V-B, V-C): at each level several under the potential of the scheme's first run, one
 * under each of further fits to the final training set of that run, one under the potential of each of the scheme's runs.
 * Which set a run belongs to is read from its lineage later, never from here; a run that serves two sets is one event.
 */
import type { MemberChain, TemperaturePoint, Withdrawal } from '../projections/campaign-results.ts';
import type { TrainingSet } from '../projections/training-set.ts';
import { planMember } from './plan-dynamics.ts';
import { type FitChain, fitParams, planFitChain } from './plan-fit.ts';
import type { Preparation } from './plan-preparation.ts';
import type { Planner, Slot } from './planner.ts';
import { deriveSeed } from './seeds.ts';
import type { CampaignSpec } from './spec.ts';
import { refitPotential, schemePotential, type Variance } from './spec-scheme.ts';

export interface VariancePlan {
  /** A point for each level and each potential's fits; members have no mean of their own. */
  readonly points: readonly TemperaturePoint[];
  /** Fits to the final training set, by what they are called. */
  readonly fits: { readonly [name: string]: readonly FitChain[] };
}

interface Places {
  readonly potentials: { readonly [name: string]: readonly Slot[] };
  readonly training: TrainingSet | Withdrawal | undefined;
  /** The structure made ready under a fit of a potential. */
  readonly prepare: (potential: string, fit: number, fitSlot: Slot) => Preparation;
}

export function planVariance(
  spec: CampaignSpec,
  variance: Variance,
  { potentials, training, prepare }: Places,
  planner: Planner,
): VariancePlan {
  const scheme = spec.schemes![variance.scheme]!;
  const points: TemperaturePoint[] = [];
  const fits: { [name: string]: readonly FitChain[] } = {};
  const { structure, temperatureK, productionPs } = variance;
  const members = (potential: string, slots: readonly { readonly fit: number; readonly slot: Slot }[]): void => {
    const run = {
      name: potential,
      structure,
      potential,
      temperaturesK: [temperatureK],
      members: slots.length,
      productionPs,
    };
    points.push({
      row: potential,
      structure,
      potential,
      temperatureK,
      members: slots.map(
        ({ fit, slot }, member): MemberChain =>
          planMember(spec, { run, temperatureK, member }, prepare(potential, fit, slot), slot, planner),
      ),
    });
  };
  for (const level of variance.levels ?? scheme.levels) {
    const own = schemePotential(variance.scheme, level);
    const [first] = potentials[own]!;
    // The first run under the first potential is in A and in C: asked for twice, it is one event.
    members(
      own,
      Array.from({ length: variance.samplingRuns }, () => ({ fit: 0, slot: first })),
    );
    members(
      own,
      potentials[own]!.map((slot, fit) => ({ fit, slot })),
    );
    const name = refitPotential(variance.scheme, level);
    const chains = Array.from({ length: variance.fits }, (_, fit) =>
      planFitChain(
        {
          purpose: `${name}, fit ${fit + 1}`,
          params: fitParams(spec, { ...scheme.fit, level }, false),
          start: { seed: deriveSeed(spec.seed, ['variance', variance.scheme, level, fit]) },
        },
        training,
        planner,
      ),
    );
    if (chains.length === 0) continue;
    fits[name] = chains;
    members(
      name,
      chains.map(({ potential }, fit) => ({ fit, slot: potential })),
    );
  }
  return { points, fits };
}

/**
 * How many tasks follow, at least, those that these runs wait for: a run is counted from its first segment on, and once.
 * @param counted runs that are counted elsewhere
 */
export function tasksToCome(points: readonly TemperaturePoint[], counted: readonly TemperaturePoint[]): number {
  const known = new Set(counted.flatMap(({ members }) => members.map(({ segments }) => segments.at(-1)?.eventId)));
  let tasks = 0;
  for (const { stopped, withdrawn, diffusion, segments, plannedSegments } of points.flatMap((point) => point.members)) {
    const last = segments.at(-1);
    const isOver = stopped !== undefined || withdrawn !== undefined || diffusion !== undefined;
    if (last === undefined || isOver || known.has(last.eventId)) continue;
    known.add(last.eventId);
    tasks += plannedSegments - segments.length;
  }
  return tasks;
}
