/** Packs that version 0.1.0 wrote: every later version reads them, and so does whoever follows docs/format.md alone. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { importPack } from '../../store/pack-import.ts';
import { takeApart } from './pack-fixture.ts';
import { newFolder } from './store-fixture.ts';

const pathOf = (name: string): string => fileURLToPath(new URL(`../golden/packs/${name}.pack`, import.meta.url));
const historyHash = 'a3be64ed199efdc7b7116bc91186534a097f0fee778b6c778a762e6d12f10126';

const sha256 = (...parts: (Uint8Array | string)[]): Buffer => {
  const hasher = createHash('sha256');
  for (const part of parts) hasher.update(part);
  return hasher.digest();
};

/** Leaves of the events in a pack, and hashes of its blobs, from the bytes as §5, §6 and §12 say. */
function readByHand(pack: Buffer): { leaves: Buffer[]; blobs: string[] } {
  const leaves: Buffer[] = [];
  const blobs: string[] = [];
  for (const { letter, payload } of takeApart(pack)) {
    if (letter === 'P') {
      const content = payload.subarray(5);
      blobs.push(sha256(payload[4] === 1 ? inflateSync(content) : content).toString('hex'));
    }
    if (letter === 'E') {
      const attestationAt = 17 + payload.readUInt32LE(9);
      const obsAt = attestationAt + payload.readUInt32LE(13);
      const obs = payload.subarray(obsAt);
      leaves.push(
        sha256(
          Uint8Array.of(0),
          sha256('varve-event-1\n', payload.subarray(17, attestationAt)),
          sha256('varve-attestation-1\n', payload.subarray(attestationAt, obsAt)),
          payload[8] === 1 ? sha256('varve-obs-1\n', obs) : obs,
        ),
      );
    }
  }
  return { leaves, blobs };
}

const node = (left: Buffer, right: Buffer): Buffer => sha256(Uint8Array.of(1), left, right);

describe('a pack of version 0.1.0', () => {
  it('of a whole log is imported, a purged blob lacking', async () => {
    expect(await importPack(pathOf('whole'), join(newFolder(), 'store'))).toMatchObject({
      events: 8,
      blobs: 6,
      resultHash: 'a9f289b67350b87af9a9291b5aee58876c7224993cd62698f9a24f48a205ad08',
      source: { events: 8, historyHash },
      subject: 'store',
      store: { eventsAdded: 8, historyHash },
    });
  });

  it('of a part without obs is imported, and belongs to that log', async () => {
    const expected = { expect: `8:${historyHash}` };
    expect(await importPack(pathOf('part-without-obs'), join(newFolder(), 'store'), expected)).toMatchObject({
      events: 2,
      eventsWithoutObs: 2,
      resultHash: '4ef213c80dfd65765b725b4637fd973ec859f9574941f570d1fc1d5f363e60b9',
      subject: 'two events',
    });
  });

  it('gives the history hash and the names of its blobs to whoever reads its bytes', () => {
    const whole = readByHand(readFileSync(pathOf('whole')));
    const [a, b, c, d, e, f, g, h] = whole.leaves as [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer, Buffer, Buffer];
    const root = node(node(node(a, b), node(c, d)), node(node(e, f), node(g, h)));
    expect(root.toString('hex')).toBe(historyHash);

    const pack = readFileSync(pathOf('part-without-obs'));
    expect(readByHand(pack).leaves).toEqual([d, f]);
    const [before, between, after] = takeApart(pack).flatMap(({ letter, payload }) => {
      const roots = Array.from({ length: (payload.length - 8) / 32 }, (_, n) =>
        payload.subarray(8 + 32 * n, 40 + 32 * n),
      );
      return letter === 'O' ? [roots] : [];
    });
    expect([before, between, after]).toEqual([[node(a, b), c], [e], [node(g, h)]]);

    const named = takeApart(readFileSync(pathOf('whole'))).flatMap(({ letter, payload }) =>
      letter === 'B' && payload.readBigUInt64LE(32) > 0n ? [payload.toString('hex', 0, 32)] : [],
    );
    expect(whole.blobs).toEqual(named);
  });
});
