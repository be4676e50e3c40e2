/** A lineage as a tree of text: each event once, chains of segments folded into one line, code versions at the end. */

import { leavesOf, type Plain } from '../../src/audit/explain/leaves.ts';
import { codeVersions } from '../../src/audit/explain/provenance.ts';
import type { Purposes } from '../../src/campaign/campaign-events.ts';
import type { Lineage, LineageEdge } from '../../src/projections/lineage.ts';
import { type Standings, standingWord } from '../../src/projections/standing.ts';
import { escapeControl } from '../../store/escape-control.ts';
import type { StoredEvent } from '../../store/event.ts';
import type { JsonObject } from '../../store/json.ts';
import { formatNumber, shortId } from './numbers.ts';
import { correctionLines } from './standing.ts';

export function renderDerivation(lineage: Lineage, purposes: Purposes, standings: Standings): string {
  const tree = new DerivationTree(lineage, purposes, standings);
  for (const root of lineage.roots) tree.draw(root, '', '', '');
  return `${[...tree.lines, '', ...codeLines(lineage.nodes)].map(escapeControl).join('\n')}\n`;
}

class DerivationTree {
  readonly lines: string[] = [];
  readonly #events: ReadonlyMap<string, StoredEvent>;
  readonly #edges = new Map<string, LineageEdge[]>();
  readonly #purposes: Purposes;
  readonly #standings: Standings;
  readonly #drawn = new Set<string>();

  constructor(lineage: Lineage, purposes: Purposes, standings: Standings) {
    this.#standings = standings;
    this.#events = new Map(lineage.nodes.map((event) => [event.eventId, event]));
    this.#purposes = purposes;
    for (const edge of lineage.edges) this.#edges.set(edge.from, [...(this.#edges.get(edge.from) ?? []), edge]);
  }

  draw(eventId: string, lead: string, indent: string, note: string): void {
    const chain = this.#segmentChain(eventId);
    const event = this.#events.get(eventId)!;
    const again = this.#drawn.has(eventId) ? '  (shown above)' : '';
    const folded = chain.length > 1 ? `  and the ${chain.length - 1} segments before it` : '';
    this.lines.push(
      `${lead}${note}${headline(event, this.#purposes.get(event.taskId), standingWord(this.#standings, eventId))}${folded}${again}`,
    );
    if (again !== '') return;
    const inputs = new Map<string, LineageEdge[]>();
    for (const member of chain) {
      this.#drawn.add(member);
      for (const edge of this.#edges.get(member) ?? []) {
        if (!chain.includes(edge.to)) inputs.set(edge.to, [...(inputs.get(edge.to) ?? []), edge]);
      }
    }
    const begun = chain.length > 1 ? beginningLines(this.#events.get(chain.at(-1)!)!) : [];
    const corrected = chain.flatMap((member) => correctionLines(this.#events.get(member)!, this.#standings));
    const details = [...corrected, ...detailLines(event), ...begun];
    const body = inputs.size > 0 ? '│ ' : '  ';
    for (const detail of details) this.lines.push(`${indent}${body}  ${detail}`);
    const sources = [...inputs].filter(([source]) => !this.#isInnerSegment(source, inputs));
    sources.forEach(([source, edges], k) => {
      const last = k === sources.length - 1;
      const counts = edges.flatMap(({ items, input }) => (items === undefined ? [] : [`${items} ${input}`]));
      const note = counts.length === 0 ? '' : `${[...new Set(counts)].join(' and ')} configurations of `;
      this.draw(source, `${indent}${last ? '└─ ' : '├─ '}`, `${indent}${last ? '   ' : '│  '}`, note);
    });
  }

  /** The event and, where it is a segment of a run or of a fit, the segments that it goes on from, newest first. */
  #segmentChain(eventId: string): string[] {
    const chain = [eventId];
    for (;;) {
      const earliest = chain.at(-1)!;
      const previous = this.#edges.get(earliest)?.find((edge) => edge.input === 'state')?.to;
      if (previous === undefined || this.#kindOf(previous) !== this.#kindOf(earliest)) return chain;
      chain.push(previous);
    }
  }

  #kindOf(eventId: string): string | undefined {
    return this.#events.get(eventId)?.core.task.kind;
  }

  /** Whether another of the inputs is a later segment of the same run, whose line stands for this one too. */
  #isInnerSegment(eventId: string, inputs: ReadonlyMap<string, unknown>): boolean {
    return [...inputs.keys()].some(
      (other) => other !== eventId && this.#segmentChain(other).slice(1).includes(eventId),
    );
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
function codeLines(events: readonly StoredEvent[]): string[] {
  const codes = codeVersions(events).map(
    ({ varve, sourceBuild, runtime }) =>
      `varve ${varve}, source build ${shortId(sourceBuild)}, ${runtime ?? 'runtime not recorded'}`,
  );
  if (codes.length === 0) return ['no event is recorded for this yet'];
  return [`${events.length} events, computed by:`, ...codes.map((code) => `  ${code}`)];
}
