/**
 * Which events use an event: the log read from the other end. A projection, because only the log's order says who came
 * later; kept as a snapshot, because a million events take seconds to fold.
 */

import { inLogOrder, type StoredEvent } from '../../store/event.ts';
import type { EventLog } from '../../store/event-log.ts';
import { inputsOf } from '../../store/event-shape.ts';
import { type Projection, ProjectionRunner } from '../../store/projection.ts';
import type { SnapshotPlace } from '../../store/projection-snapshot.ts';
import type { ManifestEntry } from '../formats/manifest.ts';

/** seq of the events that name something, in order. */
interface Users {
  [name: string]: number[];
}

/** What the events of one stretch of the log name: events by the first digits of their ids, manifests by their hashes. */
interface Stretch {
  events: Users;
  manifests: Users;
}

/** Stretches of this many events: a batch changes the last ones, so that an immer draft copies no more than those. */
const STRETCH_EVENTS = 4096;
/** Of an eventId: enough to tell events apart, and half the size of the state. */
const START_DIGITS = 16;
/** A snapshot is written where folding again would take noticeably longer. */
const WORTH_KEEPING_EVENTS = 4096;

export const dependantsProjection: Projection<Stretch[]> = {
  name: 'dependants',
  initial: [],
  apply(stretches, { seq, core }) {
    const at = Math.floor((seq - 1) / STRETCH_EVENTS);
    if (at === stretches.length) stretches.push({ events: {}, manifests: {} });
    const { events, manifests } = stretches[at]!;
    for (const { input } of inputsOf(core)) {
      if ('manifest' in input) addUser(manifests, input.manifest, seq);
      else addUser(events, input.event.slice(0, START_DIGITS), seq);
    }
  },
};

function addUser(users: Users, name: string, seq: number): void {
  const known = users[name];
  if (known === undefined) users[name] = [seq];
  else if (known.at(-1) !== seq) known.push(seq);
}

export interface DependantsSource {
  readonly log: EventLog;
  manifest(hash: string): readonly ManifestEntry[];
}

/**
 * The events that use outputs of this one, those that use theirs, and so on, in the order of the log. What a manifest
 * names counts as used by the events that name the manifest.
 */
export function findDependants(eventId: string, source: DependantsSource, place: SnapshotPlace): StoredEvent[] {
  const stretches = foldDependants(source.log, place);
  const throughManifests = usersThroughManifests(stretches, source);
  const found = new Map<number, StoredEvent>();
  const queue = [eventId];
  // The loop goes on to what is pushed while it runs.
  for (const used of queue) {
    const direct = stretches.flatMap(({ events }) => events[used.slice(0, START_DIGITS)] ?? []);
    for (const seq of [...direct, ...(throughManifests.get(used) ?? [])]) {
      const event = found.has(seq) ? undefined : source.log.bySeq(seq);
      if (event === undefined) continue;
      found.set(seq, event);
      queue.push(event.eventId);
    }
  }
  return inLogOrder(found.values());
}

function foldDependants(log: EventLog, place: SnapshotPlace): readonly Stretch[] {
  const runner = ProjectionRunner.restore(dependantsProjection, log, place);
  const restored = runner.seq;
  const stretches = runner.catchUp();
  if (runner.seq - restored >= WORTH_KEEPING_EVENTS) runner.keepSnapshot(log, place);
  return stretches;
}

/** By eventId. */
function usersThroughManifests(stretches: readonly Stretch[], { manifest }: DependantsSource): Map<string, number[]> {
  const users = new Map<string, number[]>();
  for (const { manifests } of stretches) {
    for (const [hash, seqs] of Object.entries(manifests)) {
      for (const eventId of new Set(manifest(hash).map(({ event }) => event))) {
        users.set(eventId, [...(users.get(eventId) ?? []), ...seqs]);
      }
    }
  }
  return users;
}
