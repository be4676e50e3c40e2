/** `varve show EVENT`: one event in full, the events that rest on it, or the bytes of one of its outputs. */
import { findEvent } from '../src/audit/find-event.ts';
import { traceDependants } from '../src/campaign/campaign-view.ts';
import { InputError } from '../src/numerics/input-error.ts';
import { readStandings } from '../src/projections/standing.ts';
import { escapeControl } from '../store/escape-control.ts';
import type { StoredEvent } from '../store/event.ts';
import { shortId } from './output/numbers.ts';
import { correctionFields, correctionLines, withdrawalLines } from './output/standing.ts';
import { printJson, withStore } from './output/store-access.ts';
import { renderColumns } from './output/text-table.ts';

interface ShowFlags {
  readonly store: string;
  readonly output?: string;
  readonly dependants?: boolean;
  readonly json?: boolean;
}

export function show(name: string, flags: ShowFlags): void {
  withStore(flags.store, (store) => {
    const event = findEvent(store, name);
    if (flags.output !== undefined) {
      const descriptor = event.core.outputs[flags.output];
      if (descriptor === undefined) {
        throw new InputError('no-output', `the event has no output ${flags.output}`, {
          where: `event ${event.eventId.slice(0, 12)}`,
          expected: `one of ${Object.keys(event.core.outputs).join(', ') || 'none'}`,
        });
      }
      process.stdout.write(store.blobs.get(descriptor.hash));
      return;
    }
    if (flags.dependants) return showDependants(traceDependants(store, event.eventId), flags.json);
    const standings = readStandings(store);
    if (flags.json) return printJson({ ...event, ...correctionFields(event, standings) });
    const { seq, eventId, taskId, leaf, core, attestation, obs } = event;
    const sections: [string, unknown][] = [
      [`event ${seq}`, { eventId, taskId, leaf }],
      ['task', core.task],
      ['outcome', core.outcome],
      ['results', core.results],
      ['outputs', core.outputs],
      [`class`, core.class === 'exact' ? 'exact: a replay must give the same bytes' : 'observed: came from outside'],
      ['attestation (code that computed it; not part of the event id)', attestation],
      ['observed circumstances (not part of the event id)', obs ?? 'left out'],
    ];
    const corrections = [...withdrawalLines(event, standings), ...correctionLines(event, standings)];
    process.stdout.write(corrections.map((line) => `${escapeControl(line)}\n`).join(''));
    for (const [title, content] of sections) process.stdout.write(`${title}\n${indent(content)}\n`);
  });
}

function showDependants(events: readonly StoredEvent[], json: boolean | undefined): void {
  if (json) {
    printJson(events.map(({ seq, eventId, core }) => ({ seq, eventId, kind: core.task.kind })));
    return;
  }
  const rows = events.map(({ seq, eventId, core }) => [String(seq), shortId(eventId), core.task.kind]);
  const table = renderColumns([['event', 'id', 'kind'], ...rows]);
  process.stdout.write(events.length === 0 ? 'no event rests on it\n' : `${table}\n`);
}

const indent = (content: unknown): string =>
  JSON.stringify(content, null, 2)
    .split('\n')
    .map((line) => `  ${escapeControl(line)}`)
    .join('\n');
