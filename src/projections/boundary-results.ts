/** What a campaign has so far of its boundaries and of the scale of grains: tables and figures are made of this. */
import type { StoredEvent } from '../../store/event.ts';
import type { Direction } from '../analysis/direction.ts';
import { distinctWithdrawals, type TemperaturePoint, type Withdrawal } from './campaign-results.ts';

/** One quantity's place in the plan. Without an event, a reason or a withdrawal it is still to come. */
export interface Place {
  readonly event: StoredEvent | undefined;
  /** Why there is nothing and nothing will come. */
  readonly withheld: string | undefined;
  /** What it lacks for good. */
  readonly withdrawn: readonly Withdrawal[];
  /** Events that say why there is no event of its own. */
  readonly grounds: readonly StoredEvent[];
}

export const BOUNDARY_DIRECTIONS = ['parallel', 'perpendicular'] as const satisfies readonly Direction[];
export type BoundaryDirection = (typeof BOUNDARY_DIRECTIONS)[number];
export const DIRECTION_SIGNS: { readonly [direction in BoundaryDirection]: string } = {
  parallel: '∥',
  perpendicular: '⟂',
};

export interface BoundaryResults {
  /** As the spec calls the boundary, its bicrystal and its bulk. */
  readonly name: string;
  readonly boundary: string;
  readonly bulk: string;
  /** γ of each realisation under each fit that runs use; and of the start without a shift, where a γ-surface was searched. */
  readonly energies: readonly Place[];
  readonly unshifted: readonly Place[];
  readonly widthFromK: number;
  /** The width at each temperature of the profiles, rising; that at `widthFromK` is among them. */
  readonly widths: readonly { readonly temperatureK: number; readonly place: Place }[];
  /** δ as the spec gives it, in place of that of the profiles. */
  readonly givenWidthA: { readonly value: number; readonly standardError: number } | undefined;
  /** D of the bicrystal and of its bulk at each temperature, in one direction: what Hart's equation takes. */
  readonly effective: { readonly [direction in BoundaryDirection]: readonly TemperaturePoint[] };
  readonly reference: { readonly [direction in BoundaryDirection]: readonly TemperaturePoint[] };
  readonly diffusion: { readonly [direction in BoundaryDirection]: Place };
}

export interface MacroResults {
  readonly grains: readonly { readonly bulk: string; readonly place: Place }[];
  readonly mixture: { readonly bulks: readonly [string, string]; readonly place: Place } | undefined;
}

export interface ScaleResults {
  readonly boundaries: readonly BoundaryResults[];
  readonly macro: MacroResults | undefined;
  /** Λ of each measured pair of the section `published`. */
  readonly carrierDensities: readonly { readonly name: string; readonly place: Place }[];
}

export const widthPlace = ({ widths, widthFromK }: BoundaryResults): Place =>
  widths.find(({ temperatureK }) => temperatureK === widthFromK)!.place;

/** Why a place has no number: its own event may say so too. */
export function whyWithheld({ event, withheld }: Place): string | undefined {
  const said = event?.core.results.withheld;
  return withheld ?? (typeof said === 'string' ? said : undefined);
}

/** What answers why a place is as it is. */
export const placeEvents = ({ event, grounds, withdrawn }: Place): string[] => [
  ...new Set(
    [...(event === undefined ? grounds : [event]), ...withdrawn.map((withdrawal) => withdrawal.event)].map(
      ({ eventId }) => eventId,
    ),
  ),
];

/** What the first of several places lacks decides over what rests on all of them. */
export function placesLack(places: readonly Place[]): {
  readonly withdrawn: readonly Withdrawal[];
  readonly isOpen: boolean;
} {
  return {
    withdrawn: distinctWithdrawals(places.flatMap(({ withdrawn }) => withdrawn)),
    isOpen: places.some(
      ({ event, withheld, withdrawn }) => event === undefined && withheld === undefined && withdrawn.length === 0,
    ),
  };
}
