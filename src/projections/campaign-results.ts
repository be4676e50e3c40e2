/** What a campaign has so far, by the role of each event: the tables are made of this and of nothing else. */
import type { StoredEvent } from '../../store/event.ts';

/** One member's chain of events: what has become of one run. */
export interface MemberChain {
  readonly member: number;
  readonly structure: StoredEvent | undefined;
  readonly fit: StoredEvent | undefined;
  readonly segments: readonly StoredEvent[];
  /** How many there are if the run does not stop early. */
  readonly plannedSegments: number;
  /** The segment that ended the run early, if one did. */
  readonly stopped: StoredEvent | undefined;
  readonly diffusion: StoredEvent | undefined;
}

export interface TemperaturePoint {
  readonly structure: string;
  readonly potential: string;
  readonly temperatureK: number;
  readonly members: readonly MemberChain[];
  /** Mean over the members that ran to their end; undefined while it is not known, or where none did. */
  readonly replicas?: StoredEvent | undefined;
}

/** D against temperature of one structure. */
export interface StateProfile {
  readonly structure: string;
  readonly points: readonly TemperaturePoint[];
  readonly arrhenius: StoredEvent | undefined;
  /** Why there is no Arrhenius line and none will come. */
  readonly withheld: string | undefined;
}

export interface CampaignResults {
  /** Fits of each potential by member, undefined where not done. */
  readonly potentials: { readonly [name: string]: readonly (StoredEvent | undefined)[] };
  readonly profiles: readonly StateProfile[];
}

/** The verdict on a point's α, or that all its members stopped; undefined while it is open. */
export function pointVerdict(point: TemperaturePoint): 'pass' | 'undecided' | 'fail' | 'stopped' | undefined {
  if (point.replicas !== undefined) return point.replicas.core.results.verdict as 'pass' | 'undecided' | 'fail';
  return point.members.every((member) => member.stopped !== undefined) ? 'stopped' : undefined;
}

/** What is known of a point: its mean, or the segments in which its runs stopped. */
export function pointEvents({ replicas, members }: TemperaturePoint): string[] {
  if (replicas !== undefined) return [replicas.eventId];
  return members.flatMap(({ stopped }) => (stopped === undefined ? [] : [stopped.eventId]));
}
