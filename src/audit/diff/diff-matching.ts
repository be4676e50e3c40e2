/**
 * Which event of one history stands against which of another. Each has at most one counterpart: the event with the same
 * id (it has the same history), else the one with the same role in its campaign, else the one in the same place of
 * an input of two events that already stand against each other, from the results down. Events of the same kind
 * only, but for two that were asked for. Swapping the two histories swaps the pairs and changes nothing else.
 */
import type { StoredEvent } from '../../../store/event.ts';
import type { Lineage, LineageSource } from '../../projections/lineage.ts';
import { type InputItem, inputNames, inputOf, itemsOf, sameManifest } from './diff-tasks.ts';

/** What results rest on, with the role of each event where a campaign gives it one. */
export interface History {
  readonly roots: readonly string[];
  readonly nodes: ReadonlyMap<string, StoredEvent>;
  /** Event id by role. */
  readonly roles: ReadonlyMap<string, string>;
  readonly manifest: LineageSource['manifest'];
}

export const historyOf = (
  { roots, nodes }: Lineage,
  roles: History['roles'],
  manifest: LineageSource['manifest'],
): History => ({ roots, nodes: new Map(nodes.map((event) => [event.eventId, event])), roles, manifest });

export interface Matching {
  /** Counterpart in B by event of A, shared events included. */
  readonly ofA: ReadonlyMap<string, string>;
  readonly ofB: ReadonlyMap<string, string>;
  /** Pairs of different events, in the order in which they were found. */
  readonly pairs: readonly (readonly [a: StoredEvent, b: StoredEvent])[];
}

export function matchHistories(a: History, b: History, rootsAsked: boolean): Matching {
  const ofA = new Map<string, string>();
  const ofB = new Map<string, string>();
  const pairs: [StoredEvent, StoredEvent][] = [];
  const match = (eventA: string, eventB: string): void => {
    ofA.set(eventA, eventB);
    ofB.set(eventB, eventA);
    if (eventA !== eventB) pairs.push([a.nodes.get(eventA)!, b.nodes.get(eventB)!]);
  };
  const isFree = (eventA: string, eventB: string): boolean =>
    a.nodes.has(eventA) && b.nodes.has(eventB) && !ofA.has(eventA) && !ofB.has(eventB);
  const sameKind = (eventA: string, eventB: string): boolean =>
    a.nodes.get(eventA)!.core.task.kind === b.nodes.get(eventB)!.core.task.kind;

  for (const eventId of a.nodes.keys()) if (b.nodes.has(eventId)) match(eventId, eventId);
  if (rootsAsked && isFree(a.roots[0]!, b.roots[0]!)) match(a.roots[0]!, b.roots[0]!);
  for (const role of [...a.roles.keys()].sort()) {
    const [eventA, eventB] = [a.roles.get(role)!, b.roles.get(role)];
    if (eventB !== undefined && isFree(eventA, eventB) && sameKind(eventA, eventB)) match(eventA, eventB);
  }
  const matchInPlace = (itemsA: readonly InputItem[], itemsB: readonly InputItem[]): void => {
    const freeA = [...new Set(itemsA.filter(({ event }) => !ofA.has(event)).map(({ event }) => event))];
    const freeB = [...new Set(itemsB.filter(({ event }) => !ofB.has(event)).map(({ event }) => event))];
    freeA.slice(0, freeB.length).forEach((eventA, k) => {
      if (sameKind(eventA, freeB[k]!)) match(eventA, freeB[k]!);
    });
  };
  const asItems = (roots: readonly string[]): InputItem[] => roots.map((event) => ({ event, output: '' }));
  matchInPlace(asItems(a.roots), asItems(b.roots));
  // The list grows while it is walked: what stands against each other brings what it rests on.
  for (const [eventA, eventB] of pairs) {
    for (const name of inputNames(eventA, eventB)) {
      const [inputA, inputB] = [inputOf(eventA, name), inputOf(eventB, name)];
      if (!sameManifest(inputA, inputB)) matchInPlace(itemsOf(inputA, a.manifest), itemsOf(inputB, b.manifest));
    }
  }
  return { ofA, ofB, pairs };
}
