/**
 * What follows from the runs of a bicrystal and of its bulk: formation energy (R6), profiles and width (R5), D_GB in either
 * direction by Hart's equation (R4). Each is asked for once what it needs is settled; what never comes has a reason.
 */
import type { StoredEvent } from '../../store/event.ts';
import type { JsonObject } from '../formats/json-document.ts';
import {
  type BoundaryDirection,
  type BoundaryResults,
  type Place,
  placesLack,
} from '../projections/boundary-results.ts';
import {
  distinctWithdrawals,
  type MemberChain,
  pointEvents,
  pointVerdict,
  pointWithdrawals,
  type StateProfile,
  type TemperaturePoint,
} from '../projections/campaign-results.ts';
import type { Places } from './places.ts';
import { planReplicas } from './plan-analysis.ts';
import type { Preparation, PreparationRequest } from './plan-preparation.ts';
import { eventIn, outputOf, type Planner, type Slot } from './planner.ts';
import type { CampaignSpec } from './spec.ts';
import type { BoundarySpec } from './spec-boundaries.ts';

/** What the rest of the plan knows. */
export interface PlannedParts {
  readonly profiles: readonly StateProfile[];
  /** Fits by potential and member. */
  readonly potentials: { readonly [name: string]: readonly Slot[] };
  readonly realisations: (structure: string) => number;
  readonly prepare: (request: PreparationRequest, fitSlot: Slot) => Preparation;
}

export function planBoundary(
  spec: CampaignSpec,
  name: string,
  parts: PlannedParts,
  planner: Planner,
  places: Places,
): BoundaryResults {
  const entry = spec.boundaries![name]!;
  const profileOf = (name: string) =>
    parts.profiles.find(({ structure, points }) => structure === name && points[0]!.potential === entry.potential)!;
  const [boundary, bulk] = [profileOf(entry.boundary), profileOf(entry.bulk)];
  const fits = parts.potentials[entry.potential]!;
  const widths = temperaturesOf(entry, boundary, bulk).map((temperatureK) => ({
    temperatureK,
    place: planWidth(spec, entry, [pointAt(boundary, temperatureK), pointAt(bulk, temperatureK)], fits.length, places),
  }));
  const { widthFromK } = entry.profile;
  const width = widths.find(({ temperatureK }) => temperatureK === widthFromK)!.place;
  const inDirection = (direction: BoundaryDirection) => {
    const ofBoundary = planMeans(spec, boundary, direction, planner, places);
    const ofBulk = planMeans(spec, bulk, direction, planner, places);
    const place = planDiffusion(spec, entry, direction, [ofBoundary, ofBulk], width, places);
    return { effective: ofBoundary.points, reference: ofBulk.points, place };
  };
  const [parallel, perpendicular] = [inDirection('parallel'), inDirection('perpendicular')];
  return {
    name,
    boundary: entry.boundary,
    bulk: entry.bulk,
    energies: planEnergies(spec, entry, boundary, parts, false, places),
    unshifted: entry.gammaSurface === undefined ? [] : planEnergies(spec, entry, boundary, parts, true, places),
    widthFromK,
    widths,
    givenWidthA: entry.givenWidthA,
    effective: { parallel: parallel.effective, perpendicular: perpendicular.effective },
    reference: { parallel: parallel.reference, perpendicular: perpendicular.reference },
    diffusion: { parallel: parallel.place, perpendicular: perpendicular.place },
  };
}

const pointAt = ({ points }: StateProfile, temperatureK: number): TemperaturePoint =>
  points.find((point) => point.temperatureK === temperatureK)!;

function temperaturesOf({ profile }: BoundarySpec, boundary: StateProfile, bulk: StateProfile): number[] {
  const common = boundary.points
    .map(({ temperatureK }) => temperatureK)
    .filter((temperatureK) => bulk.points.some((point) => point.temperatureK === temperatureK));
  return [...new Set([profile.widthFromK, ...(profile.temperaturesK ?? common)])].sort((a, b) => a - b);
}

/** γ of each realisation under each fit that a run of the bicrystal has. */
function planEnergies(
  spec: CampaignSpec,
  { boundary, bulk, potential }: BoundarySpec,
  { points }: StateProfile,
  { potentials, realisations, prepare }: PlannedParts,
  unshifted: boolean,
  places: Places,
): Place[] {
  const fits = potentials[potential]!;
  const members = Math.max(...points.map((point) => point.members.length));
  const pairs = new Map(
    Array.from({ length: members }, (_, m) => {
      const pair = [m % realisations(boundary), m % fits.length] as const;
      return [pair.join('/'), pair] as const;
    }),
  );
  return [...pairs.values()].map(([realisation, fit]) => {
    const start = unshifted ? ', without a shift' : '';
    const purpose = `${boundary}${start}, realisation ${realisation + 1}, fit ${fit + 1}, formation energy`;
    const relaxed = spec.structures[boundary]!.relax !== undefined;
    if (!relaxed) {
      return places.withheld('γ needs structures at their minimum: give both the same `relax` in the spec');
    }
    const ofBoundary = prepare({ structure: boundary, realisation, potential, fit, unshifted }, fits[fit]);
    const bulkRequest = { structure: bulk, realisation: realisation % realisations(bulk), potential, fit };
    const ofBulk = prepare(bulkRequest, fits[fit]);
    const withdrawn = distinctWithdrawals([ofBoundary.withdrawn, ofBulk.withdrawn]);
    if (withdrawn.length > 0) return places.withdrawn(withdrawn);
    const stopped = ofBoundary.stopped ?? ofBulk.stopped;
    if (stopped !== undefined) {
      const what = stopped === ofBoundary.stopped ? boundary : bulk;
      return places.withheld(`${what} came to no minimum: ${stopMessage(stopped)}`, [stopped]);
    }
    const fitEvent = eventIn(fits[fit]);
    if (ofBoundary.structure === undefined || ofBulk.structure === undefined || fitEvent === undefined) {
      return places.waiting(purpose);
    }
    return places.ask(purpose, {
      kind: 'analysis.boundary-energy',
      v: 1,
      params: {},
      inputs: {
        boundary: outputOf(ofBoundary.structure, 'structure'),
        bulk: outputOf(ofBulk.structure, 'structure'),
        potential: outputOf(fitEvent, 'potential'),
      },
    });
  });
}

const stopMessage = ({ core: { outcome } }: StoredEvent): string =>
  outcome.status === 'stopped' ? String(outcome.reason.message) : outcome.status;

/** From the runs of the bicrystal and, for the zero of the energy, the run of the bulk under the same fit. */
function planWidth(
  spec: CampaignSpec,
  { profile }: BoundarySpec,
  [boundary, bulk]: readonly [TemperaturePoint, TemperaturePoint],
  fits: number,
  places: Places,
): Place {
  const pairs = boundary.members
    .map((member) => [member, bulk.members[member.member % fits]!] as const)
    .filter((pair) => pair.every(({ stopped }) => stopped === undefined));
  const purpose = `${boundary.row}, ${boundary.temperatureK} K, width of the boundary`;
  if (pairs.length === 0) {
    return places.withheld(
      `all runs at ${boundary.temperatureK} K stopped early`,
      [...boundary.members, ...bulk.members].flatMap(({ stopped }) => stopped ?? []),
    );
  }
  const planned = pairs.map((pair) =>
    pair.map((member, k) => planProfile(spec, profile.everyFrames, k === 0 ? boundary : bulk, member, places)),
  );
  const { withdrawn } = placesLack(planned.flat());
  if (withdrawn.length > 0) return places.withdrawn(withdrawn);
  const profiles = (k: number) => planned.flatMap((pair) => pair[k]!.event ?? []);
  if (profiles(0).length < pairs.length || profiles(1).length < pairs.length) return places.waiting(purpose);
  return places.ask(purpose, {
    kind: 'analysis.boundary-width',
    v: 1,
    params: { sliceA: profile.sliceA, bandwidthA: profile.bandwidthA },
    inputs: {
      boundary: profiles(0).map((event) => outputOf(event, 'profile')),
      bulk: profiles(1).map((event) => outputOf(event, 'profile')),
    },
  });
}

function planProfile(
  spec: CampaignSpec,
  everyFrames: number,
  { row, temperatureK }: TemperaturePoint,
  { member, diffusion, fit, withdrawn }: MemberChain,
  places: Places,
): Place {
  const purpose = `${row}, ${temperatureK} K, member ${member + 1}, profile`;
  if (withdrawn !== undefined) return places.withdrawn([withdrawn]);
  if (diffusion === undefined || fit === undefined) return places.waiting(purpose);
  // What the analysis of the run took is the run: its structure and its production.
  const { structure: start, trajectory } = diffusion.core.task.inputs as {
    structure: { event: string; output: string };
    trajectory: { event: string; output: string }[];
  };
  return places.ask(purpose, {
    kind: 'analysis.height-profile',
    v: 1,
    params: { species: spec.analysis.mobileSpecies, everyFrames },
    inputs: {
      structure: start,
      potential: outputOf(fit, 'potential'),
      state: { event: trajectory.at(-1)!.event, output: 'state' },
      trajectory,
    },
  });
}

function planDiffusion(
  spec: CampaignSpec,
  { boundary, givenWidthA, widthsA, maxBoundaryFraction }: BoundarySpec,
  direction: BoundaryDirection,
  means: readonly ReturnType<typeof planMeans>[],
  width: Place,
  places: Places,
): Place {
  const purpose = `${boundary}, D of the boundary, ${direction}`;
  const withdrawn = distinctWithdrawals([...means.flatMap((mean) => mean.withdrawn), ...width.withdrawn]);
  if (withdrawn.length > 0) return places.withdrawn(withdrawn);
  if (means.some(({ isOpen }) => isOpen)) return places.waiting(purpose);
  const few = means.find(({ usable }) => usable.length < 2);
  if (few !== undefined) {
    return places.withheld(
      `D of the boundary needs two temperatures with normal diffusion ${direction === 'parallel' ? 'along' : 'across'} ` +
        `it, of the bicrystal and of its bulk; ${few.row} has ${few.usable.length} of ${few.points.length}`,
      few.grounds,
    );
  }
  if (width.withheld !== undefined)
    return places.withheld(`the boundary has no width: ${width.withheld}`, width.grounds);
  if (width.event === undefined) return places.waiting(purpose);
  const [effective, reference] = means.map(({ usable }) => usable.map((event) => outputOf(event, 'mean')));
  return places.ask(purpose, {
    kind: 'analysis.boundary-diffusion',
    v: 1,
    params: {
      direction,
      extrapolateToK: spec.analysis.extrapolateToK,
      conductivityFactorPerA3: spec.analysis.conductivityFactorPerA3,
      ...(givenWidthA === undefined ? {} : { givenWidthA: givenWidthA as JsonObject }),
      widthsA,
      maxBoundaryFraction,
    },
    inputs: { effective: effective!, bulk: reference!, width: outputOf(width.event, 'width') },
  });
}

/** D of a structure in one direction at each temperature: those at which diffusion is normal, if all are settled. */
function planMeans(
  spec: CampaignSpec,
  { row, points }: StateProfile,
  direction: BoundaryDirection,
  planner: Planner,
  places: Places,
) {
  const means = points.map(({ replicas: _all, withdrawn: _none, ...point }) =>
    planReplicas(spec, point, planner, direction),
  );
  for (const mean of means) {
    if (pointVerdict(mean) === 'stopped' || pointWithdrawals(mean).length > 0) continue;
    places.waiting(`${row}, ${mean.temperatureK} K, mean, ${direction}`);
  }
  return {
    row,
    points: means,
    withdrawn: distinctWithdrawals(means.flatMap(pointWithdrawals)),
    isOpen: means.some((mean) => pointVerdict(mean) === undefined),
    usable: means.flatMap((mean) =>
      mean.replicas !== undefined && pointVerdict(mean) !== 'fail' ? [mean.replicas] : [],
    ),
    grounds: means.flatMap((mean) => {
      const ids = new Set(pointEvents(mean));
      return [mean.replicas, ...mean.members.map(({ stopped }) => stopped)].flatMap((event) =>
        event !== undefined && ids.has(event.eventId) ? [event] : [],
      );
    }),
  };
}
