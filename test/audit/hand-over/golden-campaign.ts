/** The golden store's campaign, copied so that a test may open and extend it, with corrections to be exported. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { type ProvenanceScope, scopeOfCampaign, storeSource } from '../../../src/audit/hand-over/provenance-scope.ts';
import { describeCrate } from '../../../src/audit/hand-over/ro-crate.ts';
import { crateText } from '../../../src/audit/hand-over/ro-crate-files.ts';
import type { StoredEvent } from '../../../store/event.ts';
import type { JsonObject } from '../../../store/json.ts';
import type { Store } from '../../../store/store.ts';
import { newFolder, open } from '../../store/store-fixture.ts';
import type { CrateDocument } from './crate-rules.ts';

const golden = fileURLToPath(new URL('../../golden/stores/0.1.0/store', import.meta.url));

/** The copy that all tests of a file read. */
let shared: string | undefined;
afterAll(() => {
  if (shared !== undefined) rmSync(shared, { recursive: true, force: true });
});

export function goldenStore(mode: 'read' | 'write' = 'read'): Store {
  if (mode === 'write') {
    const dir = join(newFolder(), 'store');
    cpSync(golden, dir, { recursive: true });
    return open(dir, mode);
  }
  if (shared === undefined) {
    shared = mkdtempSync(join(tmpdir(), 'varve-golden-'));
    cpSync(golden, shared, { recursive: true });
  }
  return open(shared, mode);
}

/** What reaches an export from files, specs and people. */
export const hostileText = '"</script>\u0000\u001b[2J\u202e\u2028 Ünïcödé 🜂 \\ {"@id":"#x"}';

export function eventOfKind(store: Store, kind: string, at = 0): StoredEvent {
  return [...store.log.byKind(kind)].at(at)!;
}

export function appendObserved(store: Store, kind: string, params: JsonObject): StoredEvent {
  const [appended] = store.log.append([
    {
      core: {
        task: { kind, v: 1, params, inputs: {} },
        class: 'observed',
        outcome: { status: 'done' },
        outputs: {},
        results: {},
      },
      attestation: { varve: '0.1.0', sourceBuild: 'f'.repeat(64), wasm: [] },
      obs: { startedAt: '2030-01-02T03:04:05.678Z' },
    },
  ]);
  return appended!.event;
}

/** Does the last fit again with another result: a violation. */
function violate(store: Store): StoredEvent {
  const fit = eventOfKind(store, 'potential.fit', -1);
  const blob = store.blobs.put(Buffer.from('another potential'));
  const outputs = { potential: { ...blob, mediaType: 'text/x-mlip-mtp' } };
  const [result] = store.log.append([
    { core: { ...fit.core, outputs }, attestation: fit.attestation, obs: { startedAt: '2030-01-01T00:00:00Z' } },
  ]);
  return result!.violation!;
}

/** A campaign of which a fit was done again, retracted and superseded, and one of these corrections retracted. */
export function correctedStore() {
  const store = goldenStore('write');
  const violation = violate(store);
  const [first, second] = [eventOfKind(store, 'potential.fit', 0), eventOfKind(store, 'potential.fit', 1)];
  const retraction = appendObserved(store, 'retract', { event: first.eventId, reason: hostileText });
  const supersession = appendObserved(store, 'supersede', {
    event: first.eventId,
    by: second.eventId,
    reason: 'worse',
  });
  const undone = appendObserved(store, 'retract', { event: retraction.eventId, reason: 'a mistake' });
  const foreign = appendObserved(store, 'note', { text: 'of no campaign' });
  appendObserved(store, 'retract', { event: foreign.eventId, reason: 'of something else' });
  return { store, violation, first, second, retraction, supersession, undone };
}

export const crateOf = (store: Store, scope: ProvenanceScope = scopeOfCampaign(store)): CrateDocument =>
  JSON.parse([...crateText(describeCrate(scope, storeSource(store)))].join('')) as CrateDocument;
