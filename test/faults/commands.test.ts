/** What a user sees of a damaged store: words, exit codes, JSON. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { projectRoot, type VerifyReport, varve, varveJson } from '../campaigns/cli-process.ts';
import { tamper } from '../store/store-fixture.ts';

const golden = join(projectRoot, 'test/golden/stores/0.1.0/store');
const folder = mkdtempSync(join(tmpdir(), 'varve-commands-'));
const store = join(folder, 'store');
const EVENTS = 45;

beforeEach(() => {
  rmSync(store, { recursive: true, force: true });
  cpSync(golden, store, { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

const aBlob = (): string => {
  const [file] = readdirSync(join(store, 'blobs'), { recursive: true, withFileTypes: true }).filter((e) => e.isFile());
  return join(file!.parentPath, file!.name);
};

describe('varve verify', () => {
  it('exits with 1 and names a changed event and a changed blob, in words and in JSON', async () => {
    const blob = aBlob();
    writeFileSync(blob, 'changed');
    tamper(store, (db) => db.exec(`UPDATE event SET attestation = '{}' WHERE seq = 7`));
    const words = await varve(['verify', '--store', store]);
    expect(words.code).toBe(1);
    expect(words.stdout).toContain(`${blob}: the bytes of a blob do not match its name`);
    expect(words.stdout).toMatch(/event 7 \([0-9a-f]{16}\) column attestation/);
    expect(words.stdout).toContain(`${EVENTS} events`);
    const report = await varveJson<VerifyReport>(['verify', '--store', store], 1);
    expect(report.problems.map(({ code }) => code).sort()).toEqual(['blob-corrupt', 'blob-size', 'event-corrupt']);
  });
});

describe('varve recover', () => {
  /** HEAD promises three events more than there are. */
  const loseTail = (): void => {
    const path = join(store, 'HEAD');
    writeFileSync(path, readFileSync(path, 'utf8').replace(`\n${EVENTS} `, `\n${EVENTS + 3} `));
  };

  it('says that nothing is lost', async () => {
    const { code, stdout } = await varve(['recover', '--store', store]);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^nothing is lost: 45 events, history hash [0-9a-f]{64}\n$/),
    ]);
  });

  it('says what is lost and how to go on, and goes on only with the number that is lost', async () => {
    loseTail();
    const refused = await varve(['status', '--store', store]);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(/3 events are missing.*`recover`/)]);
    const { code, stdout } = await varve(['recover', '--store', store]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^3 events are lost at the end of the log\nHEAD {5}48 events, .*\nthe log {2}45 events, /);
    expect(stdout).toContain('varve recover --accept-loss 3');
    const wrong = await varve(['recover', '--store', store, '--accept-loss', '4']);
    expect([wrong.code, wrong.stderr]).toEqual([
      2,
      expect.stringMatching(/expected 4 .*found 3 .*Nothing was changed/),
    ]);
    const accepted = await varveJson<object>(['recover', '--store', store, '--accept-loss', '3']);
    expect(accepted).toMatchObject({ expected: { events: 48 }, found: { events: EVENTS }, lost: 3 });
    expect((await varve(['status', '--store', store])).code).toBe(0);
    const verified = await varve(['verify', '--store', store]);
    expect([verified.code, verified.stdout]).toEqual([
      0,
      expect.stringContaining('losses accepted by varve recover: 1'),
    ]);
  });

  it('goes on without HEAD where an unknown loss is accepted', async () => {
    rmSync(join(store, 'HEAD'));
    const { code, stdout } = await varve(['recover', '--store', store]);
    expect([code, stdout]).toEqual([1, expect.stringContaining('--accept-loss unknown')]);
    const accepted = await varve(['recover', '--store', store, '--accept-loss', 'unknown']);
    expect([accepted.code, accepted.stdout]).toEqual([0, expect.stringContaining('recorded as event 46')]);
    expect((await varve(['recover', '--store', store, '--accept-loss', 'all'])).code).toBe(2);
  });
});

describe('varve sweep', () => {
  it('says what it would remove, removes it, and leaves a sound store', async () => {
    writeFileSync(join(store, 'blobs', '.tmp-0123'), 'half a blob');
    const dry = await varve(['sweep', '--store', store, '--dry-run']);
    const words = '0 blobs (0 bytes) that no event names, 1 temporary file (11 bytes)\n';
    expect([dry.code, dry.stdout]).toEqual([0, `would remove ${words}`]);
    const swept = await varve(['sweep', '--store', store]);
    expect([swept.code, swept.stdout]).toEqual([0, `removed ${words}`]);
    const report = { ok: true, events: EVENTS, temporaryFiles: 0 };
    expect(await varveJson<VerifyReport>(['verify', '--store', store])).toMatchObject(report);
  });
});
