/** What a campaign has so far, by the role of each event: the tables are made of this and of nothing else. */
import type { StoredEvent } from '../../store/event.ts';
import type { JsonObject } from '../formats/json-document.ts';

/** A place of the campaign that is empty for good, because corrections took back the event that was there. */
export interface Withdrawal {
  /** What the event was for, in the campaign's own words. */
  readonly purpose: string;
  readonly event: StoredEvent;
  /** `was retracted: REASON`, and the like. */
  readonly because: string;
}

/** Events of which each is read when it is asked for. */
export interface EventSequence extends Iterable<StoredEvent> {
  readonly length: number;
  /** From the end where the index is negative, as of an array. */
  at(index: number): StoredEvent | undefined;
}

/** An event of which some is at hand, and the rest is read when it is asked for: it may name thousands of others. */
export interface SummarisedEvent extends StoredEvent {
  readonly summary: { readonly params: JsonObject; readonly results: JsonObject };
}

/** One member's chain of events: what has become of one run. */
export interface MemberChain {
  readonly member: number;
  readonly structure: StoredEvent | undefined;
  readonly fit: StoredEvent | undefined;
  readonly segments: EventSequence;
  /** How many there are if the run does not stop early. */
  readonly plannedSegments: number;
  /** The segment that ended the run early, if one did. */
  readonly stopped: StoredEvent | undefined;
  readonly diffusion: SummarisedEvent | undefined;
  /** What the run lacks for good: its structure, its potential, one of its segments, its diffusion coefficient. */
  readonly withdrawn: Withdrawal | undefined;
}

export interface TemperaturePoint {
  /** What its row in tables is called. */
  readonly row: string;
  readonly structure: string;
  readonly potential: string;
  readonly temperatureK: number;
  readonly members: readonly MemberChain[];
  /** Mean over the members that ran to their end; undefined while it is not known, or where none did. */
  readonly replicas?: StoredEvent | undefined;
  /** Set where the mean itself was taken back. */
  readonly withdrawn?: Withdrawal | undefined;
}

/** D against temperature of one structure. */
export interface StateProfile {
  /** What its row in tables is called. */
  readonly row: string;
  readonly structure: string;
  readonly points: readonly TemperaturePoint[];
  readonly arrhenius: StoredEvent | undefined;
  /** Why there is no Arrhenius line and none will come. */
  readonly withheld: string | undefined;
  /** What the line lacks for good; empty where it lacks nothing. */
  readonly withdrawn: readonly Withdrawal[];
}

export interface CampaignResults {
  /** Fits of each potential by member, undefined where not done. */
  readonly potentials: { readonly [name: string]: readonly (StoredEvent | undefined)[] };
  /** What each potential lacks for good: labels of its training set, or fits. */
  readonly withdrawnFits: { readonly [name: string]: readonly Withdrawal[] };
  /** Events that ended the schemes which were to give a potential, before they came to it. */
  readonly stuckFits: { readonly [name: string]: readonly StoredEvent[] };
  readonly profiles: readonly StateProfile[];
}

/** Each once, though several places lack the same event. */
export const distinctWithdrawals = (withdrawals: readonly (Withdrawal | undefined)[]): Withdrawal[] => [
  ...new Map(withdrawals.flatMap((found) => (found === undefined ? [] : [[found.event.eventId, found]]))).values(),
];

/** What the mean over a point's members lacks for good. A mean over fewer members would be another result. */
export const pointWithdrawals = ({ members, withdrawn }: TemperaturePoint): Withdrawal[] =>
  distinctWithdrawals([...members.map((member) => member.withdrawn), withdrawn]);

export const describeWithdrawal = ({ purpose, event, because }: Withdrawal): string =>
  `${purpose} (event ${event.eventId.slice(0, 12)}) ${because}`;

/** Why an event ended early, in a sentence. */
export function stopMessage({ core: { outcome } }: StoredEvent): string {
  const { status, reason } = outcome as { readonly status: string; readonly reason?: { readonly message?: unknown } };
  return String(reason?.message ?? status);
}

/** The verdict on a point's α, or that all its members stopped; undefined while it is open. */
export function pointVerdict(point: TemperaturePoint): 'pass' | 'undecided' | 'fail' | 'stopped' | undefined {
  if (point.replicas !== undefined) return point.replicas.core.results.verdict as 'pass' | 'undecided' | 'fail';
  return point.members.every((member) => member.stopped !== undefined) ? 'stopped' : undefined;
}

/** What is known of a point: its mean, or the segments in which its runs stopped and what was taken back. */
export function pointEvents(point: TemperaturePoint): string[] {
  if (point.replicas !== undefined) return [point.replicas.eventId];
  const stopped = point.members.flatMap((member) => (member.stopped === undefined ? [] : [member.stopped.eventId]));
  return [...stopped, ...pointWithdrawals(point).map(({ event }) => event.eventId)];
}
