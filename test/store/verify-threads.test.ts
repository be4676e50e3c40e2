import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '../../store/store.ts';
import { Verification } from '../../store/verification.ts';
import { type VerifyReport, verifyStore, verifyStoreInThreads } from '../../store/verify.ts';
import { checkLong, checkRange, type SeqRange } from '../../store/verify-range.ts';
import { findingsInOrder } from '../../store/verify-threads.ts';
import { eventOf, newFolder, tamper } from './store-fixture.ts';

const events = 60;
/** So that there are several ranges, the last not full. */
const eventsPerRange = 16;
const everything: SeqRange = { from: -(2n ** 63n), upTo: 2n ** 63n - 1n };

let sound: string;
beforeAll(() => {
  sound = join(process.env.TMPDIR ?? '/tmp', `varve-threads-${process.pid}`);
  const store = openStore({ dir: sound, mode: 'write', create: true });
  let previous: string | undefined;
  for (let n = 0; n < events; n += 1) {
    const kind = n % 7 === 0 ? 'campaign.open' : 'test.count';
    const inputs = previous === undefined ? {} : { before: [{ event: previous, output: 'data' }] };
    const event = eventOf(n, { blobs: store.blobs, output: Buffer.from(`blob ${n % 40}`), kind, inputs });
    previous = store.log.append([event])[0]!.event.eventId;
  }
  store.close();
  return () => rmSync(sound, { recursive: true });
});

/** By the threads, or by this one alone. */
async function reportOf(dir: string, threads?: number): Promise<VerifyReport> {
  const verification = new Verification(dir, undefined, true, eventsPerRange);
  try {
    const runner = verification.runner();
    const inThreads = threads === undefined ? undefined : findingsInOrder(dir, verification.steps, threads);
    for await (const findings of inThreads ?? verification.steps.map((step) => runner.run(step))) {
      verification.merge(findings);
    }
    return verification.report();
  } finally {
    verification.close();
  }
}

type Damage = (dir: string) => void;

const seq = fc.integer({ min: 1, max: events });
const inLog =
  (sql: string, ...values: unknown[]): Damage =>
  (dir) => {
    tamper(dir, (db) => db.prepare(sql).run(...values));
  };
const texts = ['core', 'attestation', 'obs', 'kind'];
const hashes = ['event_id', 'task_id', 'attestation_hash', 'obs_hash', 'leaf'];
const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc
    .tuple(fc.constantFrom(...texts), seq)
    .map(([name, at]) => inLog(`UPDATE event SET ${name} = replace(${name}, 't', 'u') WHERE seq = ?`, at)),
  fc
    .tuple(fc.constantFrom(...texts), seq)
    .map(([name, at]) =>
      inLog(`UPDATE event SET ${name} = CAST(CAST(${name} AS BLOB) || x'ff' AS TEXT) WHERE seq = ?`, at),
    ),
  fc
    .tuple(fc.constantFrom(...hashes), seq)
    .map(([name, at]) => inLog(`UPDATE event SET ${name} = randomblob(32) WHERE seq = ?`, at)),
  seq.map((at) => inLog('UPDATE event SET obs = NULL WHERE seq > ?', at)),
  seq.map((at) => inLog('DELETE FROM event WHERE seq = ?', at)),
  seq.map((at) => inLog('DELETE FROM event WHERE seq > ?', at)),
  fc.tuple(seq, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })).map(
    ([at, other]): Damage =>
      (dir) => {
        tamper(dir, (db) => {
          db.pragma('ignore_check_constraints = ON');
          db.prepare('UPDATE OR IGNORE event SET seq = ? WHERE seq = ?').run(other, at);
        });
      },
  ),
  fc.tuple(fc.nat(), fc.boolean()).map(
    ([which, gone]): Damage =>
      (dir) => {
        const files = readdirSync(join(dir, 'blobs'), { recursive: true, withFileTypes: true }).filter((e) =>
          e.isFile(),
        );
        const file = files[which % files.length]!;
        const path = join(file.parentPath, file.name);
        if (gone) rmSync(path);
        else writeFileSync(path, 'other');
      },
  ),
  fc.string({ unit: fc.constantFrom('a', '0', 'f', '\u001b'), minLength: 1, maxLength: 3 }).map(
    (name): Damage =>
      (dir) => {
        if (!readdirSync(join(dir, 'blobs')).includes(name)) writeFileSync(join(dir, 'blobs', name), 'x');
      },
  ),
);

/** After the others, because SQLite may refuse to change what it cannot read. */
const damagedPage: fc.Arbitrary<Damage> = fc.nat({ max: 100 }).map(
  (at): Damage =>
    (dir) => {
      const path = join(dir, 'log.sqlite');
      const bytes = readFileSync(path);
      const page = 4096 * Math.floor(1 + (at / 100) * (bytes.length / 4096 - 2));
      writeFileSync(path, bytes.fill(at, page, page + 300));
    },
);

const damagedStore = fc
  .tuple(fc.array(damage, { maxLength: 3 }), fc.option(damagedPage, { nil: undefined }))
  .map(([damages, last]) => {
    const dir = join(newFolder(), 'store');
    cpSync(sound, dir, { recursive: true });
    for (const change of last === undefined ? damages : [...damages, last]) change(dir);
    return dir;
  });

describe('verifying in threads', () => {
  it('gives the same report with any number of them, problem for problem', async () => {
    await fc.assert(
      fc.asyncProperty(damagedStore, fc.constantFrom(1, 2, 3), async (dir, threads) => {
        expect(await reportOf(dir, threads)).toEqual(await reportOf(dir));
      }),
      { numRuns: 12, endOnFailure: true },
    );
  });

  it('finds a sound store sound, however it is divided', async () => {
    const report = verifyStore(sound);
    expect(report).toMatchObject({ ok: true, events, blobs: 40, orphanBlobs: 0 });
    expect(await reportOf(sound)).toEqual(report);
    expect(await reportOf(sound, 3)).toEqual(report);
    expect(await verifyStoreInThreads(sound, 2)).toEqual(report);
  });
});

describe('the short way to check rows', () => {
  it('says of every range what the long way says', () => {
    fc.assert(
      fc.property(damagedStore, seq, (dir, from) => {
        const db = new Sqlite(join(dir, 'log.sqlite'), { readonly: true });
        for (const range of [everything, { from: BigInt(from), upTo: BigInt(from + 10) }]) {
          expect(checkRange(db, dir, range)).toEqual(checkLong(db, dir, range));
        }
        db.close();
      }),
      { numRuns: 30, endOnFailure: true },
    );
  });
});
