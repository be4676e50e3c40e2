/**
 * A lineage with its runs folded: of a chain of segments only the last and the first are read, since a plan knows where
 * the others lie and that each goes on from the one before. A derivation through 10⁵ segments is then some hundreds of
 * events. What it says of the rest is what `traceLineage` would have said.
 */
import type { StoredEvent } from '../../store/event.ts';
import { CodeTally, type CodeVersion, codeOf } from './code-version.ts';
import { demandEvent, type Lineage, type LineageEdge, type LineageSource, usesOf } from './lineage.ts';

/** Where in a chain an event is. */
export interface ChainPlace {
  /** The whole chain: seq of each event. */
  readonly seqs: readonly number[];
  readonly index: number;
  /** eventIds of what its tasks name besides its own events and those of manifests: a chain is given nothing else. */
  readonly outside: ReadonlySet<string>;
  /** What computed its events, in their order: the code and how many in a row. */
  readonly codes: readonly (readonly [code: string, events: number])[];
}

export interface FoldedSource extends LineageSource {
  bySeq(seq: number): StoredEvent | undefined;
  seqOfEvent(eventId: string): number | undefined;
  /** Undefined where the event is in no chain that can be folded: it has to be read as any other. */
  chainAt(seq: number): ChainPlace | undefined;
}

/** Stands for all segments of a run up to one, by the eventId of that one. */
export interface FoldedRun {
  readonly first: StoredEvent;
  readonly segments: number;
  /** The same for two parts of one run. */
  readonly chain: unknown;
}

export interface FoldedLineage extends Lineage {
  readonly folded: ReadonlyMap<string, FoldedRun>;
  /** Of all events, with those that were folded away. */
  readonly codes: readonly CodeVersion[];
  readonly events: number;
}

/** @throws as `traceLineage` */
export function foldLineage(roots: readonly string[], source: FoldedSource): FoldedLineage {
  const nodes = new Map<string, StoredEvent>();
  const folded = new Map<string, FoldedRun>();
  const longest = new Map<ChainPlace['seqs'], ChainPlace>();
  const edges: LineageEdge[] = [];
  const queue = [...roots];
  // The loop goes on to what is pushed while it runs.
  for (const eventId of queue) {
    if (nodes.has(eventId)) continue;
    const event = demandEvent(source, eventId);
    nodes.set(eventId, event);
    const place = source.chainAt(event.seq);
    const previous = place === undefined || place.index === 0 ? undefined : source.bySeq(place.seqs[place.index - 1]!)!;
    let uses = usesOf(event, source);
    if (place !== undefined && previous !== undefined) {
      if (previous.core.task.kind === event.core.task.kind) {
        const first = source.bySeq(place.seqs[0]!)!;
        folded.set(eventId, { first, segments: place.index + 1, chain: place.seqs });
        if (place.index >= (longest.get(place.seqs)?.index ?? 0)) longest.set(place.seqs, place);
        const begun = usesOf(first, source).map((edge) => ({ ...edge, from: eventId }));
        uses = [...uses.filter(({ to }) => to !== previous.eventId), ...begun];
      } else {
        uses = withoutInner(uses, place, previous.eventId);
      }
    } else {
      uses = withoutEarlier(uses, source);
    }
    for (const edge of uses) {
      edges.push(edge);
      queue.push(edge.to);
    }
  }
  return { roots, nodes: [...nodes.values()], edges, folded, ...tally(nodes, folded, longest) };
}

/** The last segment stands for those before it. */
function withoutInner(uses: readonly LineageEdge[], { outside }: ChainPlace, last: string): LineageEdge[] {
  if (!uses.some(({ to }) => to === last)) return [...uses];
  return uses.filter(({ to, items }) => to === last || items !== undefined || outside.has(to));
}

/** The same for an event that is of no chain itself, or begins one, and takes several segments of others. */
function withoutEarlier(uses: readonly LineageEdge[], source: FoldedSource): LineageEdge[] {
  const places = uses.map(({ to, items }) => {
    const seq = items === undefined && uses.length > 1 ? source.seqOfEvent(to) : undefined;
    return seq === undefined ? undefined : source.chainAt(seq);
  });
  /** By chain, the places of the last segments that are taken: what ends a chain may be of another kind than they. */
  const latest = new Map<ChainPlace['seqs'], Set<number>>();
  for (const chain of new Set(places.flatMap((place) => (place === undefined ? [] : [place.seqs])))) {
    const taken = places.flatMap((place) => (place?.seqs === chain ? [place.index] : [])).sort((a, b) => b - a);
    const [first, second] = [...new Set(taken)];
    const kindAt = (index: number): string => source.bySeq(chain[index]!)!.core.task.kind;
    const isOther = second !== undefined && kindAt(first!) !== kindAt(second);
    latest.set(chain, new Set(isOther ? [first!, second] : [first!]));
  }
  return uses.filter((_, k) => {
    const place = places[k];
    return place === undefined || latest.get(place.seqs)!.has(place.index);
  });
}

function tally(
  nodes: ReadonlyMap<string, StoredEvent>,
  folded: FoldedLineage['folded'],
  longest: ReadonlyMap<unknown, ChainPlace>,
): Pick<FoldedLineage, 'codes' | 'events'> {
  const codes = new CodeTally();
  let events = 0;
  for (const event of nodes.values()) {
    if (folded.has(event.eventId)) continue;
    codes.add(codeOf(event));
    events += 1;
  }
  for (const { index, codes: ofChain } of longest.values()) {
    let left = index + 1;
    events += left;
    for (const [code, count] of ofChain) {
      codes.add(code, Math.min(count, left));
      left -= Math.min(count, left);
      if (left === 0) break;
    }
  }
  return { codes: codes.versions(), events };
}
