/** A lineage as a tree of text: each event once, chains of segments folded into one line, code versions at the end. */

import { leavesOf, type Plain } from '../../src/audit/explain/leaves.ts';
import type { Purposes } from '../../src/campaign/campaign-events.ts';
import { codeVersions } from '../../src/projections/code-version.ts';
import type { FoldedLineage } from '../../src/projections/folded-lineage.ts';
import type { Lineage, LineageEdge } from '../../src/projections/lineage.ts';
import { type Standings, standingWord } from '../../src/projections/standing.ts';
import { escapeControl } from '../../store/escape-control.ts';
import type { StoredEvent } from '../../store/event.ts';
import type { JsonObject } from '../../store/json.ts';
import { formatNumber, shortId } from './numbers.ts';
import { correctionLines } from './standing.ts';

/** @param lineage with its runs folded, or whole: the text is the same */
export function renderDerivation(lineage: Lineage | FoldedLineage, purposes: Purposes, standings: Standings): string {
  const tree = new DerivationTree(lineage, purposes, standings);
  for (const root of lineage.roots) tree.draw(root, '', '', '');
  return `${[...tree.lines, '', ...codeLines(lineage)].map(escapeControl).join('\n')}\n`;
}

/** Segments that go on from one another, the newest first; an event that is no segment stands alone. */
interface SegmentChain {
  /** Those that were read. */
  readonly members: readonly string[];
  readonly first: StoredEvent;
  readonly segments: number;
}

class DerivationTree {
  readonly lines: string[] = [];
  readonly #events: ReadonlyMap<string, StoredEvent>;
  readonly #edges = new Map<string, LineageEdge[]>();
  readonly #folded: FoldedLineage['folded'];
  readonly #purposes: Purposes;
  readonly #standings: Standings;
  readonly #drawn = new Set<string>();
  /** Of each folded run, how many of its segments were drawn. */
  readonly #drawnSegments = new Map<unknown, number>();

  constructor(lineage: Lineage | FoldedLineage, purposes: Purposes, standings: Standings) {
    this.#standings = standings;
    this.#events = new Map(lineage.nodes.map((event) => [event.eventId, event]));
    this.#purposes = purposes;
    this.#folded = 'folded' in lineage ? lineage.folded : new Map();
    for (const edge of lineage.edges) {
      const known = this.#edges.get(edge.from);
      if (known === undefined) this.#edges.set(edge.from, [edge]);
      else known.push(edge);
    }
  }

  draw(eventId: string, lead: string, indent: string, note: string): void {
    const chain = this.#segmentChain(eventId);
    const event = this.#events.get(eventId)!;
    const wasDrawn = this.#wasDrawn(eventId);
    const again = wasDrawn ? '  (shown above)' : '';
    const folded = chain.segments > 1 ? `  and the ${chain.segments - 1} segments before it` : '';
    this.lines.push(
      `${lead}${note}${headline(event, this.#purposes.get(event.taskId), standingWord(this.#standings, eventId))}${folded}${again}`,
    );
    if (wasDrawn) return;
    const run = this.#folded.get(eventId);
    if (run !== undefined) this.#drawnSegments.set(run.chain, run.segments);
    for (const member of chain.members) this.#drawn.add(member);
    const inputs = this.#inputsOf(chain.members);
    const begun = chain.segments > 1 ? beginningLines(chain.first) : [];
    const corrected = chain.members.flatMap((member) => correctionLines(this.#events.get(member)!, this.#standings));
    const details = [...corrected, ...detailLines(event), ...begun];
    const body = inputs.size > 0 ? '│ ' : '  ';
    for (const detail of details) this.lines.push(`${indent}${body}  ${detail}`);
    const inner = this.#innerSegments(inputs.keys());
    const sources = [...inputs].filter(([source]) => !inner.has(source));
    sources.forEach(([source, edges], k) => {
      const last = k === sources.length - 1;
      const counts = edges.flatMap(({ items, input }) => (items === undefined ? [] : [`${items} ${input}`]));
      const note = counts.length === 0 ? '' : `${[...new Set(counts)].join(' and ')} configurations of `;
      this.draw(source, `${indent}${last ? '└─ ' : '├─ '}`, `${indent}${last ? '   ' : '│  '}`, note);
    });
  }

  #wasDrawn(eventId: string): boolean {
    const run = this.#folded.get(eventId);
    if (run === undefined) return this.#drawn.has(eventId);
    return run.segments <= (this.#drawnSegments.get(run.chain) ?? 0);
  }

  /** What the members take from others, by the event that they take it from. */
  #inputsOf(members: readonly string[]): Map<string, LineageEdge[]> {
    const own = new Set(members);
    const inputs = new Map<string, LineageEdge[]>();
    for (const member of members) {
      for (const edge of this.#edges.get(member) ?? []) {
        if (own.has(edge.to)) continue;
        const known = inputs.get(edge.to);
        if (known === undefined) inputs.set(edge.to, [edge]);
        else known.push(edge);
      }
    }
    return inputs;
  }

  #segmentChain(eventId: string): SegmentChain {
    const run = this.#folded.get(eventId);
    if (run !== undefined) return { members: [eventId], first: run.first, segments: run.segments };
    const members = [eventId];
    for (let at = this.#previousSegment(eventId); at !== undefined; at = this.#previousSegment(at)) members.push(at);
    return { members, first: this.#events.get(members.at(-1)!)!, segments: members.length };
  }

  /** The segment of the same run or fit that this one goes on from. */
  #previousSegment(eventId: string): string | undefined {
    const previous = this.#edges.get(eventId)?.find((edge) => edge.input === 'state')?.to;
    return previous !== undefined && this.#kindOf(previous) === this.#kindOf(eventId) ? previous : undefined;
  }

  #kindOf(eventId: string): string | undefined {
    return this.#events.get(eventId)?.core.task.kind;
  }

  /** Those before a segment that is among the inputs too: its line stands for them. */
  #innerSegments(inputs: Iterable<string>): Set<string> {
    const inner = new Set<string>();
    for (const input of inputs) {
      let at = this.#previousSegment(input);
      for (; at !== undefined && !inner.has(at); at = this.#previousSegment(at)) inner.add(at);
    }
    return inner;
  }
}

function headline(event: StoredEvent, purpose: string | undefined, standing: string): string {
  const { task, class: determinism, outcome } = event.core;
  const marks = [
    ...(standing === 'stands' ? [] : [standing.toUpperCase()]),
    ...(outcome.status === 'done' ? [] : [outcome.status.toUpperCase()]),
    ...(determinism === 'observed' ? ['observed: from outside'] : []),
  ];
  const mark = marks.length === 0 ? '' : `  (${marks.join('; ')})`;
  return `${task.kind} v${task.v}  ${shortId(event.eventId)}  ${purpose ?? ''}${mark}`.trimEnd();
}

/** Parameters and results on a few lines, so that every number and seed is in sight; `varve show` has all digits. */
function detailLines({ core }: StoredEvent): string[] {
  const reason = core.outcome.status === 'stopped' ? [`stopped: ${String(core.outcome.reason.message ?? '')}`] : [];
  const given = flatten(core.task.params, String);
  const found = flatten(core.results, (value) => formatNumber(value, 5));
  return [...reason, ...wrap('given', given), ...wrap('found', found)];
}

/** How a folded chain of segments began: a run's ensemble and the seed of its velocities, or the seed of a fit. */
function beginningLines({ core }: StoredEvent): string[] {
  const { ensemble, start } = core.task.params;
  const given = { ...(ensemble === undefined ? {} : { ensemble }), ...(start === undefined ? {} : { start }) };
  return wrap('begun', flatten(given, String));
}

/** `path value` for each leaf; what was asked keeps all its digits, what was found is rounded. */
function flatten(value: JsonObject, number: (value: number) => string): string[] {
  const text = (item: Plain): string =>
    typeof item === 'number' && !Number.isInteger(item) ? number(item) : String(item);
  return leavesOf(value).map(({ path, value: leaf }) =>
    typeof leaf === 'object' && leaf !== null
      ? `${path.join('.')} [${leaf.map(text).join(', ')}]`
      : `${path.join('.')} ${text(leaf)}`,
  );
}

const LINE_WIDTH = 110;

function wrap(title: string, items: readonly string[]): string[] {
  const lines: string[] = [];
  for (const item of items) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + item.length + 2 <= LINE_WIDTH) lines[lines.length - 1] = `${last}, ${item}`;
    else lines.push(last === undefined ? `${title}: ${item}` : `       ${item}`);
  }
  return lines;
}

/** What computed it all: the distinct attestations and runtimes. */
function codeLines(lineage: Lineage | FoldedLineage): string[] {
  const { events, codes: versions } =
    'folded' in lineage ? lineage : { events: lineage.nodes.length, codes: codeVersions(lineage.nodes) };
  const codes = versions.map(
    ({ varve, sourceBuild, runtime }) =>
      `varve ${varve}, source build ${shortId(sourceBuild)}, ${runtime ?? 'runtime not recorded'}`,
  );
  if (codes.length === 0) return ['no event is recorded for this yet'];
  return [`${events} events, computed by:`, ...codes.map((code) => `  ${code}`)];
}
