/** `varve show EVENT`: one event in full, or the bytes of one of its outputs. */

import { InputError } from '../src/numerics/input-error.ts';
import { escapeControl } from '../store/escape-control.ts';
import type { StoredEvent } from '../store/event.ts';
import type { Store } from '../store/store.ts';
import { printJson, withStore } from './output/store-access.ts';

interface ShowFlags {
  readonly store: string;
  readonly output?: string;
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
    if (flags.json) return printJson(event);
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
    for (const [title, content] of sections) process.stdout.write(`${title}\n${indent(content)}\n`);
  });
}

/**
 * An event by its number in the log, its id, or the first digits of its id.
 * @throws InputError `no-event`, `ambiguous-event`
 */
export function findEvent(store: Store, name: string): StoredEvent {
  if (/^\d{1,9}$/.test(name) && Number(name) >= 1 && Number(name) <= store.log.size) {
    for (const event of store.log.events(Number(name))) return event;
  }
  const matches = /^[0-9a-f]{4,64}$/.test(name) ? store.log.byEventIdPrefix(name) : [];
  if (matches.length === 1) return matches[0]!;
  if (matches.length === 0) {
    throw new InputError('no-event', `no event is called ${JSON.stringify(name.slice(0, 80))}`, {
      where: store.dir,
      expected: `a number from 1 to ${store.log.size}, or at least 4 digits of an event id`,
      remedy: 'varve log lists them',
    });
  }
  throw new InputError('ambiguous-event', `several events begin with ${name}`, {
    found: matches.map((event) => event.eventId.slice(0, 16)).join(', '),
    remedy: 'give more digits',
  });
}

const indent = (content: unknown): string =>
  JSON.stringify(content, null, 2)
    .split('\n')
    .map((line) => `  ${escapeControl(line)}`)
    .join('\n');
