import { cpSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson } from '../../store/canonical-json.ts';
import { eventIdOf } from '../../store/hash.ts';
import { resultHash } from '../../store/result-hash.ts';
import { openStore } from '../../store/store.ts';
import { verifyStore } from '../../store/verify.ts';
import { eventOf, fillChain, forge, newFolder, open, tamper } from './store-fixture.ts';

const events = 6;

/** A sound store that every test copies. */
let sound: string;
beforeAll(() => {
  sound = join(process.env.TMPDIR ?? '/tmp', `varve-sound-${process.pid}`);
  const store = openStore({ dir: sound, mode: 'write', create: true });
  fillChain(store, events - 1);
  store.log.append([eventOf(1, { kind: 'campaign.open' })]);
  store.close();
  return () => rmSync(sound, { recursive: true });
});

function copyOfSound(): string {
  const dir = join(newFolder(), 'store');
  cpSync(sound, dir, { recursive: true });
  return dir;
}

describe('verifyStore', () => {
  it('finds nothing wrong in a sound store, and counts', () => {
    const store = open(copyOfSound(), 'read');
    const counted = [...store.log.events()].filter(({ core }) => core.task.kind !== 'campaign.open');
    expect(verifyStore(store.dir)).toEqual({
      ok: true,
      events,
      blobs: events,
      orphanBlobs: 0,
      purgedBlobs: 0,
      temporaryFiles: 0,
      eventsWithoutObs: 0,
      acceptedLosses: 0,
      resultHash: resultHash(counted.map(({ eventId }) => eventId)),
      historyHash: store.log.historyHash(),
      problems: [],
    });
    expect(counted).toHaveLength(events - 1);
  });

  it.each([0, 1, 99, 100, 4096, 5000])('reports a database cut to %i bytes as a problem', (bytes) => {
    const dir = copyOfSound();
    truncateSync(join(dir, 'log.sqlite'), bytes);
    const report = verifyStore(dir);
    expect(report.ok).toBe(false);
    expect(report.problems.length).toBeGreaterThan(0);
  });

  it('catches a forger who makes an event consistent in itself, by the Merkle root', () => {
    const dir = copyOfSound();
    const store = open(dir, 'read');
    const core = [...store.log.events()].at(-1)!.core;
    store.close();
    core.results = { square: 2 };
    tamper(dir, (db) => {
      const id = Buffer.from(eventIdOf(core), 'hex');
      db.prepare('UPDATE event SET core = ?, event_id = ? WHERE seq = ?').run(canonicalJson(core), id, events);
    });
    const codes = verifyStore(dir).problems.map(({ code }) => code);
    expect(codes).toEqual(['event-corrupt', 'history-differs']);
  });

  it('catches cores that are hashed and bound but not canonical, or not events', () => {
    for (const [text, where] of [
      ['{"a": 1}', /column core$/],
      ['{"class":"exact"}', /column core core\.task$/],
    ] as const) {
      const dir = newFolder();
      open(dir).close();
      forge(dir, text);
      expect(verifyStore(dir).problems).toMatchObject([
        { code: 'event-malformed', where: expect.stringMatching(where) },
      ]);
    }
  });

  it('names references to what is not there', () => {
    const dir = newFolder();
    open(dir).close();
    const core = eventOf(1, {
      inputs: { a: { event: '11'.repeat(32), output: 'x' }, b: [{ manifest: '22'.repeat(32) }] },
    }).core;
    core.outputs = { data: { hash: '33'.repeat(32), bytes: 3, mediaType: 'text/plain' } };
    forge(dir, canonicalJson(core), eventOf(1).core.task.kind);
    const problems = verifyStore(dir).problems.filter(({ code }) => code !== 'event-corrupt');
    expect(problems.map(({ code, where }) => [code, where.replace(/^.*\) /, '')])).toEqual([
      ['reference-missing', 'inputs.a'],
      ['blob-missing', 'outputs.data'],
      ['blob-missing', 'inputs.b[0]'],
    ]);
  });

  it('accepts events whose obs was left out, since the leaf still holds', () => {
    const dir = copyOfSound();
    tamper(dir, (db) => db.exec('UPDATE event SET obs = NULL WHERE seq <= 2'));
    expect(verifyStore(dir)).toMatchObject({
      ok: true,
      eventsWithoutObs: 2,
      historyHash: verifyStore(sound).historyHash,
    });
    expect([...open(dir, 'read').log.events()].map(({ obs }) => obs === null)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  it('counts orphan blobs and temporary files, and names missing blobs and what does not belong', () => {
    const dir = copyOfSound();
    const store = open(dir);
    store.blobs.put(Buffer.from('orphan'));
    writeFileSync(join(dir, 'blobs', '.tmp-0011'), 'half');
    expect(verifyStore(dir)).toMatchObject({ ok: true, orphanBlobs: 1, temporaryFiles: 1, blobs: events });
    const [first] = store.log.events();
    const path = store.blobs.path(first!.core.outputs.data!.hash);
    rmSync(path);
    writeFileSync(join(dir, 'blobs', 'note.txt'), 'x');
    mkdirSync(join(dir, 'blobs', '0z'));
    symlinkSync('/etc/passwd', join(dir, 'blobs', path.slice(-65, -63), '0'.repeat(62)));
    const problems = verifyStore(dir).problems;
    expect(problems.map(({ code }) => code).sort()).toEqual([
      'blob-misnamed',
      'blob-misnamed',
      'blob-misnamed',
      'blob-missing',
    ]);
    expect(problems.find(({ code }) => code === 'blob-missing')).toMatchObject({
      where: expect.stringMatching(/^event 1 \([0-9a-f]{16}\) outputs\.data$/),
      expected: path,
    });
  });

  it('compares with a history hash noted elsewhere, of now or earlier', () => {
    const dir = newFolder();
    const store = open(dir);
    const noted = [1, 2, 3].map((n) => {
      store.log.append([eventOf(n)]);
      return store.log.historyHash();
    });
    for (const expect_ of [...noted, `1:${noted[0]}`, `3:${noted[2]}`])
      expect(verifyStore(dir, { expect: expect_ }).ok).toBe(true);
    for (const expect_ of ['00'.repeat(32), `2:${noted[0]}`, `9:${noted[2]}`]) {
      expect(verifyStore(dir, { expect: expect_ }).problems).toMatchObject([{ code: 'history-unexpected' }]);
    }
    expect(() => verifyStore(dir, { expect: 'abc' })).toThrow('64 lower-case hex digits');
  });
});
