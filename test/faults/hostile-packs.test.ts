/** Packs that somebody made to do harm, or that something damaged: refused with a clear error, and nothing is written. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson } from '../../store/canonical-json.ts';
import { sealEntry } from '../../store/entry.ts';
import type { NewEvent } from '../../store/event.ts';
import { sha256Hex } from '../../store/hash.ts';
import { exportPack, wholeStore } from '../../store/pack-export.ts';
import { importPack } from '../../store/pack-import.ts';
import { StoreError } from '../../store/store-error.ts';
import {
  contentOf,
  newStore,
  putTogether,
  type RawRecord,
  sealed,
  takeApart,
  uint32,
  uint64,
  writePackFile,
} from '../store/pack-fixture.ts';
import { eventOf, fillChain, newFolder } from '../store/store-fixture.ts';

/** Of a whole store: small, large, compressible and empty blobs, a manifest. */
let whole: Buffer;
/** Of a part: with stretches left out at its beginning, within and at its end. */
let part: Buffer;

beforeAll(async () => {
  const source = newStore();
  fillChain(source, 3);
  for (const [n, output] of [Buffer.alloc(3000), Buffer.alloc(0), Buffer.from('output 3'), Buffer.of(9)].entries()) {
    source.log.append([eventOf(10 + n, { blobs: source.blobs, output })]);
  }
  const folder = newFolder();
  await exportPack(source, wholeStore(source), join(folder, 'whole'));
  await exportPack(source, { subject: 'part', seqs: [4, 6] }, join(folder, 'part'));
  whole = readFileSync(join(folder, 'whole'));
  part = readFileSync(join(folder, 'part'));
});

/** The error with which a file is refused by a folder without a store, which stays away. */
async function refusal(path: string): Promise<StoreError> {
  const dir = join(dirname(path), 'new', 'store');
  const error = await importPack(path, dir).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(existsSync(join(dir, '..'))).toBe(false);
  if (!(error instanceof StoreError)) throw error ?? new Error('the pack was accepted');
  expect(error.message).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  return error;
}

const refusalOf = (content: Uint8Array): Promise<StoreError> => refusal(writePackFile(content));

const dry = (content: Uint8Array) => importPack(writePackFile(content), '/no/such/store', { dryRun: true });

/** The records of a pack, changed by hand, with the right SHA-256 at the end. */
function changed(pack: Buffer, change: (records: RawRecord[]) => RawRecord[]): Buffer {
  return putTogether(change(takeApart(pack)));
}

const trailerRecord = (trailer: unknown): RawRecord => ({
  letter: 'T',
  payload: Buffer.from(typeof trailer === 'string' ? trailer : canonicalJson(trailer)),
});

const trailerOf = (pack: Buffer) => JSON.parse(takeApart(pack).at(-1)!.payload.toString()) as Record<string, unknown>;

const blobRecord = (content: Uint8Array, bytes = BigInt(content.length)): RawRecord => ({
  letter: 'B',
  payload: Buffer.concat([Buffer.from(sha256Hex(content), 'hex'), uint64(bytes)]),
});

const pieceRecord = (declared: number, method: number, content: Uint8Array): RawRecord => ({
  letter: 'P',
  payload: Buffer.concat([uint32(declared), Buffer.of(method), content]),
});

/** An event record with these texts, whatever they say. */
function eventRecord(core: string, { seq = 1n, attestation = '{}', obs = '{}' } = {}): RawRecord {
  const [coreBytes, attestationBytes] = [Buffer.from(core), Buffer.from(attestation)];
  const lengths = [uint32(coreBytes.length), uint32(attestationBytes.length)];
  const payload = [uint64(seq), Buffer.of(1), ...lengths, coreBytes, attestationBytes, Buffer.from(obs)];
  return { letter: 'E', payload: Buffer.concat(payload) };
}

const coreOf = (event: NewEvent): string => sealEntry(event).coreText;

/** The core of an event of no use, with some fields replaced. */
const coreWith = (fields: object): string => canonicalJson({ ...eventOf(1).core, ...fields });

const refusalOfRecords = (...records: RawRecord[]): Promise<StoreError> => refusalOf(putTogether(records));

describe('a sound pack', () => {
  it('is accepted as it is, taken apart and put together again', async () => {
    for (const pack of [whole, part]) {
      expect(changed(pack, (records) => records).equals(pack)).toBe(true);
      expect(await dry(pack)).toMatchObject({ bytes: pack.length, sha256: sha256Hex(pack) });
    }
    expect(takeApart(part).map(({ letter }) => letter)).toEqual([...'OBPEOBPEOT']);
  });
});

describe('a damaged pack', () => {
  it('is refused cut off at every record, around it, and at any byte', async () => {
    for (const pack of [whole, part]) {
      let at = 13;
      const cuts = [0, 5, pack.length - 32, pack.length - 1];
      for (const { payload } of takeApart(pack)) {
        cuts.push(at - 1, at, at + 1, at + 4, at + 5);
        at += 5 + payload.length;
      }
      for (const cut of cuts)
        expect((await refusalOf(pack.subarray(0, cut))).code).toMatch(/^(pack-malformed|not-a-pack)$/);
    }
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), async (cut) => {
        await refusalOf(whole.subarray(0, cut));
      }),
      { numRuns: 30 },
    );
  });

  it('is refused with any bit changed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('whole', 'part'), fc.nat(), fc.nat(7), async (which, at, bit) => {
        const pack = Buffer.from(which === 'whole' ? whole : part);
        pack[at % pack.length]! ^= 1 << bit;
        await refusalOf(pack);
      }),
      { numRuns: 150 },
    );
  });

  it('is refused with any bit of an event, a blob or an omitted stretch changed and the SHA-256 at the end made to fit', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('whole', 'part'), fc.nat(), fc.nat(), fc.nat(7), async (which, of, at, bit) => {
        const content = changed(which === 'whole' ? whole : part, (records) => {
          const record = records[of % (records.length - 1)]!;
          if (record.letter === 'P') return [...records, record];
          record.payload[at % record.payload.length]! ^= 1 << bit;
          return records;
        });
        await refusalOf(Buffer.from(content));
      }),
      { numRuns: 120 },
    );
  });

  it('is refused with bytes after its end', async () => {
    expect((await refusalOf(Buffer.concat([whole, Buffer.of(0)]))).message).toMatch(/after the end/);
    expect((await refusalOf(sealed(whole))).message).toMatch(/SHA-256|after the end/);
    await refusalOf(Buffer.concat([whole, whole]));
  });

  it('leaves a store that is there as it is', async () => {
    const store = newStore();
    fillChain(store, 2);
    store.close();
    const before = contentOf(store.dir);
    for (const content of [whole.subarray(0, -40), sealed(whole.subarray(0, -40)), Buffer.concat([whole, whole])]) {
      await expect(importPack(writePackFile(content), store.dir)).rejects.toThrow(StoreError);
      expect(contentOf(store.dir)).toEqual(before);
    }
  });
});

describe('what is no pack', () => {
  it('is told from one of another version', async () => {
    expect((await refusalOf(Buffer.from(''))).code).toBe('not-a-pack');
    expect((await refusalOf(Buffer.from('a poem\n'.repeat(100)))).code).toBe('not-a-pack');
    expect(await refusalOf(Buffer.from('\u001b[2J\u001b]0;gotcha\u0007'))).toMatchObject({ code: 'not-a-pack' });
    const newer = Buffer.concat([Buffer.from('varve-pack 2\n'), whole.subarray(13)]);
    expect(await refusalOf(newer)).toMatchObject({ code: 'pack-newer' });
  });

  it('is refused where it is no regular file, and nobody waits for it', async () => {
    const folder = newFolder();
    const [fifo, link, file] = ['fifo', 'link', 'file'].map((name) => join(folder, name)) as [string, string, string];
    execFileSync('mkfifo', [fifo]);
    writeFileSync(file, whole);
    symlinkSync(file, link);
    expect((await refusal(fifo)).code).toBe('not-a-file');
    expect((await refusal(folder)).code).toBe('not-a-file');
    expect((await refusal(link)).message).toMatch(/symbolic link/);
    expect((await refusal(join(folder, 'nothing'))).message).toMatch(/no such file/);
  });

  it('does not make a store of a folder that holds other things', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'precious'));
    await expect(importPack(writePackFile(whole), folder)).rejects.toMatchObject({ code: 'not-a-store' });
    expect(Object.keys(contentOf(folder))).toEqual(['precious']);
  });
});

describe('lengths', () => {
  it.each([0xffffffff, 0x7fffffff, 70_000, 2 ** 21])('of a record of %i bytes', async (length) => {
    for (const letter of 'OBPETX') {
      await refusalOf(
        sealed(Buffer.concat([Buffer.from(`varve-pack 1\n${letter}`), uint32(length), Buffer.alloc(100)])),
      );
    }
  });

  it.each([2n ** 63n, 2n ** 64n - 1n, 2n ** 53n])('of a blob of %d bytes', async (bytes) => {
    const error = await refusalOfRecords(blobRecord(Buffer.from('x'), bytes), pieceRecord(1, 0, Buffer.from('x')));
    expect(error.message).toMatch(/number is too large/);
  });

  it('of a blob of a petabyte are only believed as its bytes come', async () => {
    const error = await refusalOfRecords(blobRecord(Buffer.from('x'), 10n ** 15n), pieceRecord(1, 0, Buffer.from('x')));
    expect(error.message).toMatch(/wrong length; expected 1048576 bytes/);
  });

  it.each([
    ['shorter', Buffer.from('ab'), 3n],
    ['longer', Buffer.from('abcd'), 3n],
  ])('of a blob that is %s than it says', async (_, content, bytes) => {
    await refusalOfRecords(blobRecord(content, bytes), pieceRecord(content.length, 0, content));
  });

  it('within an event that reach beyond it', async () => {
    const { payload } = eventRecord('{}');
    for (const at of [9, 13]) {
      const bad = Buffer.from(payload);
      bad.writeUInt32LE(0xffffffff, at);
      expect((await refusalOfRecords({ letter: 'E', payload: bad })).message).toMatch(/lengths within an event/);
    }
    await refusalOfRecords({ letter: 'E', payload: payload.subarray(0, 10) });
  });

  it('of an event beyond 64 KiB', async () => {
    const core = coreWith({ results: { text: 'x'.repeat(65_400) } });
    expect((await refusalOfRecords(eventRecord(core))).message).toMatch(/too large|too long/);
    const obs = canonicalJson({ text: 'x'.repeat(40_000) });
    const error = await refusalOfRecords(eventRecord(coreOf(eventOf(1)), { obs, attestation: obs }));
    expect(error.message).toMatch(/too large|too long/);
  });
});

describe('decompression', () => {
  const bomb = deflateSync(Buffer.alloc(200 * 1024 * 1024));

  it.each([
    ['stops at the declared length', pieceRecord(1024 * 1024, 1, bomb), /too long|more/],
    ['stops at a small declared length', pieceRecord(5000, 1, deflateSync(Buffer.alloc(900_000))), /found more/],
    ['believes no more than 1 MiB', pieceRecord(1024 * 1024 + 1, 1, deflateSync(Buffer.alloc(9))), /no pack holds/],
    ['believes no more than 4 GiB', pieceRecord(0xffffffff, 1, deflateSync(Buffer.alloc(9))), /no pack holds/],
    ['wants all that was declared', pieceRecord(5001, 1, deflateSync(Buffer.alloc(5000))), /found 5000 bytes/],
    ['knows two methods', pieceRecord(4, 2, Buffer.from('abcd')), /no pack holds/],
    ['wants a gain', pieceRecord(4, 1, deflateSync(Buffer.from('abcd'))), /from fewer/],
    ['wants whole data', pieceRecord(5000, 1, deflateSync(Buffer.alloc(5000)).subarray(0, 9)), /cannot be inflated/],
    ['wants deflated data', pieceRecord(5000, 1, Buffer.from('no such thing')), /cannot be inflated/],
    [
      'wants nothing behind it',
      pieceRecord(5000, 1, Buffer.concat([deflateSync(Buffer.alloc(5000)), Buffer.of(1)])),
      /after the end/,
    ],
    ['wants stored bytes as declared', pieceRecord(4, 0, Buffer.from('abc')), /stored piece/],
    ['wants a head', { letter: 'P', payload: Buffer.of(1, 0) }, /wrong length/],
  ])('%s', async (_, piece, message) => {
    expect((await refusalOfRecords(blobRecord(Buffer.alloc(5000)), piece)).message).toMatch(message);
  });
});

describe('blobs', () => {
  const [a, b] = [Buffer.from('a'), Buffer.from('b')];
  const stored = (content: Buffer): RawRecord[] => [blobRecord(content), pieceRecord(content.length, 0, content)];
  const naming = (...contents: Buffer[]): string =>
    coreWith({
      outputs: Object.fromEntries(
        contents.map((content, n) => [
          `o${n}`,
          { hash: sha256Hex(content), bytes: content.length, mediaType: 'text/plain' },
        ]),
      ),
    });

  it.each<[string, RegExp, RawRecord[]]>([
    ['with other bytes than their name', /do not match its name/, [blobRecord(a), pieceRecord(1, 0, b)]],
    ['twice', /stands twice/, [...stored(a), ...stored(a)]],
    ['again after an event that names them', /stands twice/, [...stored(a), eventRecord(naming(a)), ...stored(a)]],
    ['that no event names', /does not name/, [...stored(a), ...stored(b), eventRecord(naming(a))]],
    ['that no event names, at the end', /no event names/, [...stored(a), trailerRecord(trailerShape())]],
    ['in another order', /another order/, [...stored(b), ...stored(a), eventRecord(naming(a, b))]],
    ['that are missing', /does not hold/, [eventRecord(naming(a)), trailerRecord(trailerShape())]],
    ['cut short by an event', /cut short/, [blobRecord(a), eventRecord(naming(a))]],
    ['a piece of none', /belongs to no blob/, [pieceRecord(1, 0, a)]],
    ['a piece too many', /belongs to no blob/, [...stored(a), pieceRecord(1, 0, a)]],
    ['more than any event can name', /more blobs in a row/, manyBlobs(5000)],
  ])('%s', async (_, message, records) => {
    expect((await refusalOfRecords(...records)).message).toMatch(message);
  });

  it('of another size than the event says', async () => {
    const core = naming(a).replace('"bytes":1', '"bytes":2');
    expect((await refusalOfRecords(...stored(a), eventRecord(core))).message).toMatch(/of 2 bytes/);
  });

  it.each(['../../../etc/passwd', `../${'a'.repeat(61)}`, 'A'.repeat(64), '', `${'a'.repeat(63)}/`])(
    'with a path for a hash: %s',
    async (hash) => {
      const core = naming(a).replace(sha256Hex(a), hash);
      expect((await refusalOfRecords(...stored(a), eventRecord(core))).message).toMatch(/64 lower-case hex digits/);
    },
  );

  function manyBlobs(count: number): RawRecord[] {
    return Array.from({ length: count }, (_, n) => stored(uint32(n))).flat();
  }
});

function trailerShape() {
  const hash = createHash('sha256').digest('hex');
  const source = { events: 0, historyHash: hash };
  return { events: 0, eventsWithoutObs: 0, blobs: 0, blobBytes: 0, resultHash: hash, source, subject: '' };
}

describe('events', () => {
  const core = coreOf(eventOf(1));
  const missing = [{ event: 'ab'.repeat(32), output: 'data' }];

  it.each<[string, RegExp, RawRecord[]]>([
    ['twice', /out of order/, [eventRecord(core), eventRecord(core)]],
    ['twice at two places', /stands twice/, [eventRecord(core), eventRecord(core, { seq: 2n })]],
    [
      'of one task with two results',
      /stands twice/,
      [eventRecord(core), eventRecord(coreWith({ results: {} }), { seq: 2n })],
    ],
    ['that do not begin at 1', /out of order/, [eventRecord(core, { seq: 2n })]],
    ['at place 0', /out of order/, [eventRecord(core, { seq: 0n })]],
    ['at a place beyond numbers', /number is too large/, [eventRecord(core, { seq: 2n ** 64n - 1n })]],
    [
      'that name one which is not there',
      /earlier event abab/,
      [eventRecord(coreWith({ task: { ...eventOf(1).core.task, inputs: { x: missing } } }))],
    ],
    ['with a key twice', /canonical/, [eventRecord(core.replace('{"class"', '{"class":"observed","class"'))]],
    ['with spaces', /canonical/, [eventRecord(core.replace('{"class"', '{ "class"'))]],
    ['with a key more', /no such field/, [eventRecord(coreWith({ zeal: 1 }))]],
    ['that are none', /not the shape/, [eventRecord('[]')]],
    ['nested without end', /levels of nesting|canonical/, [eventRecord('['.repeat(30_000) + ']'.repeat(30_000))]],
    ['that are no JSON', /not JSON/, [eventRecord('{')]],
    ['with an attestation that is no object', /expected an object/, [eventRecord(core, { attestation: '[]' })]],
    ['with an obs that is no object', /expected an object/, [eventRecord(core, { obs: 'null' })]],
    [
      'with a kind that reaches for the terminal',
      /not the shape/,
      [eventRecord(core.replace('test.count', '\\u001b[2J'))],
    ],
    ['with a key that changes prototypes', /__proto__/, [eventRecord(core.replace('{"n":1}', '{"__proto__":1}'))]],
  ])('%s', async (_, message, records) => {
    expect((await refusalOfRecords(...records)).message).toMatch(message);
  });

  it('with bytes that are no text', async () => {
    const { letter, payload } = eventRecord(core);
    payload[30] = 0xff;
    expect((await refusalOfRecords({ letter, payload })).message).toMatch(/not UTF-8/);
  });

  it('that name a later one', async () => {
    const later = sealEntry(eventOf(2));
    const first = coreWith({
      task: { ...eventOf(1).core.task, inputs: { x: { event: later.eventId, output: 'data' } } },
    });
    const error = await refusalOfRecords(eventRecord(first), eventRecord(later.coreText, { seq: 2n }));
    expect(error.message).toMatch(/earlier event/);
  });
});

describe('omitted stretches', () => {
  const root = Buffer.alloc(32, 7);
  const omitted = (events: bigint, roots: number): RawRecord => ({
    letter: 'O',
    payload: Buffer.concat([uint64(events), ...Array.from({ length: roots }, () => root)]),
  });

  it.each<[string, RawRecord[]]>([
    ['of nothing', [omitted(0n, 0)]],
    ['twice in a row', [omitted(1n, 1), omitted(1n, 1)]],
    ['with a hash too many', [omitted(4n, 2)]],
    ['with a hash too few', [omitted(3n, 1)]],
    ['beyond any log', [omitted(2n ** 52n, 1)]],
    ['beyond numbers', [omitted(2n ** 63n, 1)]],
    ['of a broken length', [{ letter: 'O', payload: Buffer.alloc(50) }]],
    ['between a blob and its event', [blobRecord(Buffer.of()), omitted(1n, 1)]],
  ])('%s', async (_, records) => {
    expect((await refusalOfRecords(...records)).code).toBe('pack-malformed');
  });
});

describe('the trailer', () => {
  it.each(['events', 'eventsWithoutObs', 'blobs', 'blobBytes', 'resultHash'])('with another %s', async (field) => {
    const trailer = trailerOf(whole);
    const wrong = typeof trailer[field] === 'number' ? (trailer[field] as number) + 1 : '0'.repeat(64);
    const content = changed(whole, (records) => [
      ...records.slice(0, -1),
      trailerRecord({ ...trailer, [field]: wrong }),
    ]);
    expect((await refusalOf(content)).message).toMatch(/trailer does not count/);
  });

  it('with another source', async () => {
    const trailer = trailerOf(part);
    for (const change of [{ events: 8 }, { historyHash: '0'.repeat(64) }]) {
      const source = { ...(trailer.source as object), ...change };
      const content = changed(part, (records) => [...records.slice(0, -1), trailerRecord({ ...trailer, source })]);
      expect((await refusalOf(content)).message).toMatch(/trailer does not count/);
    }
  });

  it.each([
    ['{}'],
    ['null'],
    ['[1,2]'],
    ['"text"'],
    [canonicalJson({ ...trailerShape(), more: 1 })],
    [canonicalJson({ ...trailerShape(), subject: 'x'.repeat(501) })],
    [canonicalJson({ ...trailerShape(), blobs: -1 })],
    [canonicalJson({ ...trailerShape(), source: null })],
    [` ${canonicalJson(trailerShape())}`],
    ['\u001b]0;gotcha\u0007'],
  ])('that is none: %j', async (text) => {
    await refusalOfRecords(trailerRecord(text));
  });

  it('with a subject that reaches for the terminal is told without it', async () => {
    const hostile = { ...trailerOf(whole), subject: '\u001b[2J', events: 99 };
    const content = changed(whole, (records) => [...records.slice(0, -1), trailerRecord(hostile)]);
    expect((await refusalOf(content)).message).toMatch(/\\u\{1b\}|\\u001b/);
  });
});

describe('a pack that changes after it was verified', () => {
  it('is noticed before anything of it is recorded', async () => {
    const path = writePackFile(whole);
    const dir = join(newFolder(), 'store');
    const other = newStore();
    fillChain(other, 3);
    other.log.append([eventOf(99)]);
    const otherPath = join(newFolder(), 'other');
    await exportPack(other, wholeStore(other), otherPath);
    const onProgress = (phase: string): void => {
      if (phase === 'writing') writeFileSync(path, readFileSync(otherPath));
    };
    await expect(importPack(path, dir, { onProgress })).rejects.toMatchObject({ code: 'pack-differs' });
    expect(await importPack(otherPath, dir)).toMatchObject({ store: { eventsKnown: 0, events: other.log.size } });
  });

  it('is read as it was verified where another file takes its name', async () => {
    const path = writePackFile(whole);
    const dir = join(newFolder(), 'store');
    const onProgress = (): void => {
      execFileSync('mv', [writePackFile(Buffer.from('something else')), path]);
    };
    expect(await importPack(path, dir, { onProgress })).toMatchObject({ store: { eventsAdded: 7 } });
  });
});
