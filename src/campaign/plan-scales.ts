/** From boundaries and bulks to the scale of grains (R11), and Λ of measured pairs (R10). */
import type { StoredEvent } from '../../store/event.ts';
import {
  BOUNDARY_DIRECTIONS,
  type BoundaryResults,
  DIRECTION_SIGNS,
  type MacroResults,
  type Place,
  placesLack,
  type ScaleResults,
  whyWithheld,
} from '../projections/boundary-results.ts';
import type { StateProfile } from '../projections/campaign-results.ts';
import { Places } from './places.ts';
import { type PlannedParts, planBoundary } from './plan-boundaries.ts';
import { outputOf, type Planner } from './planner.ts';
import type { CampaignSpec } from './spec.ts';

/** K: measurements so near to the temperature of the lines stand beside the mixture. */
const SAME_TEMPERATURE_K = 5;

export function planScales(
  spec: CampaignSpec,
  parts: PlannedParts,
  planner: Planner,
): { readonly results: ScaleResults; readonly expected: number } {
  const places = new Places(planner);
  const boundaries = Object.keys(spec.boundaries ?? {}).map((name) => planBoundary(spec, name, parts, planner, places));
  return {
    results: {
      boundaries,
      macro: spec.macro === undefined ? undefined : planMacro(spec, boundaries, parts.profiles, places),
      carrierDensities: planCarrierDensities(spec, places),
    },
    get expected() {
      return places.expected;
    },
  };
}

function planCarrierDensities({ published }: CampaignSpec, places: Places): ScaleResults['carrierDensities'] {
  return Object.entries(published?.conductivities ?? {}).map(
    ([name, { conductivityMsCm, diffusionCm2S, temperatureK }]) => ({
      name,
      place: places.ask(`Λ of σ, D and T = ${conductivityMsCm} mS/cm, ${diffusionCm2S} cm²/s, ${temperatureK} K`, {
        kind: 'analysis.carrier-density',
        v: 1,
        params: { conductivityMsCm, diffusionCm2S, temperatureK },
        inputs: {},
      }),
    }),
  );
}

/** A number at the temperature of the lines, named for where its absence is told. */
interface Component {
  readonly name: string;
  readonly place: Place;
}

function planMacro(
  spec: CampaignSpec,
  boundaries: readonly BoundaryResults[],
  profiles: readonly StateProfile[],
  places: Places,
): MacroResults {
  const macro = spec.macro!;
  const chosen = macro.boundaries ?? Object.keys(spec.boundaries!);
  const lines = chosen.map((name) => boundaries.find((boundary) => boundary.name === name)!.diffusion);
  const bulks = macro.bulks.map((name) => ({ name, place: bulkPlace(profiles.find(({ row }) => row === name)!) }));
  const grains = bulks.map((bulk) => {
    const components: Component[] = [
      bulk,
      ...chosen.flatMap((name, k) =>
        BOUNDARY_DIRECTIONS.map((direction) => ({
          name: `${name} ${DIRECTION_SIGNS[direction]}`,
          place: lines[k]![direction],
        })),
      ),
    ];
    const place = together(`polycrystal of ${bulk.name}`, components, places, () => ({
      kind: 'analysis.polycrystal',
      v: 1,
      params: {
        names: chosen,
        ...(macro.probabilities === undefined
          ? {}
          : { probabilities: chosen.map((name) => macro.probabilities![name]!) }),
        grainSizesNm: macro.grainSizesNm,
        grainShape: macro.grainShape,
        negligible: 0.1,
      },
      inputs: {
        bulk: outputOf(bulk.place.event!, 'line'),
        parallel: lines.map(({ parallel }) => outputOf(parallel.event!, 'line')),
        perpendicular: lines.map(({ perpendicular }) => outputOf(perpendicular.event!, 'line')),
      },
    }));
    return { bulk: bulk.name, place };
  });
  const [first, second] = bulks;
  if (second === undefined) return { grains, mixture: undefined };
  const names: [string, string] = [first!.name, second.name];
  const place = together(`mixture of ${names.join(' and ')}`, [first!, second], places, () => ({
    kind: 'analysis.mixture',
    v: 1,
    params: { names, fractions: macro.fractions, measured: measuredNear(spec) },
    inputs: { first: outputOf(first!.place.event!, 'line'), second: outputOf(second.place.event!, 'line') },
  }));
  return { grains, mixture: { bulks: names, place } };
}

/** Asked for where every component has its number; else why not. */
function together(
  purpose: string,
  components: readonly Component[],
  places: Places,
  task: () => Parameters<Places['ask']>[1],
): Place {
  const { withdrawn, isOpen } = placesLack(components.map(({ place }) => place));
  if (withdrawn.length > 0) return places.withdrawn(withdrawn);
  if (isOpen) return places.waiting(purpose);
  const lacking = components.flatMap(({ name, place }) => {
    const reason = whyWithheld(place) ?? whyNoNumber(place.event!);
    return reason === undefined ? [] : [{ name, reason, place }];
  });
  if (lacking.length === 0) return places.ask(purpose, task());
  const grounds = lacking.flatMap(({ place }) => (place.event === undefined ? place.grounds : [place.event]));
  return places.withheld(
    `no D at the temperature asked for of ${lacking.map(({ name, reason }) => `${name} (${reason})`).join('; ')}`,
    grounds,
  );
}

const whyNoNumber = ({ core }: StoredEvent): string | undefined =>
  core.results.diffusionCm2S === null ? 'the errors of D(T) are too large to extrapolate' : undefined;

const bulkPlace = ({ arrhenius, withheld, withdrawn, points }: StateProfile): Place => ({
  event: arrhenius,
  withheld,
  withdrawn,
  grounds: points.flatMap(({ replicas }) => replicas ?? []),
});

const measuredNear = ({ published, analysis }: CampaignSpec): { name: string; diffusionCm2S: number }[] =>
  Object.entries(published?.conductivities ?? {}).flatMap(([name, { temperatureK, diffusionCm2S }]) =>
    Math.abs(temperatureK - analysis.extrapolateToK) <= SAME_TEMPERATURE_K ? [{ name, diffusionCm2S }] : [],
  );
