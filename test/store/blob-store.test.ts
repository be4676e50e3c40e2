import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BlobStore } from '../../store/blob-store.ts';
import { sha256Hex } from '../../store/hash.ts';
import { newFolder, refusal } from './store-fixture.ts';

const bytes = Buffer.from([0, 255, 13, 10, 128]);
const hash = sha256Hex(bytes);

describe('BlobStore', () => {
  it('gives back the bytes, from a file that carries their hash', () => {
    const root = newFolder();
    const blobs = new BlobStore(root, true);
    expect(blobs.has(hash)).toBe(false);
    expect(blobs.put(bytes)).toEqual({ hash, bytes: 5 });
    expect(blobs.put(bytes)).toEqual({ hash, bytes: 5 });
    expect(blobs.has(hash)).toBe(true);
    expect(Buffer.from(blobs.get(hash))).toEqual(bytes);
    expect(blobs.path(hash)).toBe(join(root, hash.slice(0, 2), hash.slice(2)));
    expect(readFileSync(blobs.path(hash))).toEqual(bytes);
    expect(readdirSync(root)).toEqual([hash.slice(0, 2)]);
  });

  it('keeps a blob of no bytes', () => {
    const blobs = new BlobStore(newFolder(), true);
    expect(blobs.get(blobs.put(new Uint8Array()).hash)).toHaveLength(0);
  });

  it('never returns other bytes, and names hash and path', () => {
    const blobs = new BlobStore(newFolder(), true);
    blobs.put(bytes);
    writeFileSync(blobs.path(hash), Buffer.from([0, 255, 13, 10, 129]));
    const error = refusal(() => blobs.get(hash), 'blob-corrupt');
    expect(error.message).toContain(hash);
    expect(error.details.where).toBe(blobs.path(hash));
  });

  it('mends a damaged file when the right bytes are put again', () => {
    const root = newFolder();
    new BlobStore(root, true).put(bytes);
    const blobs = new BlobStore(root, true);
    for (const damage of [Buffer.from([1, 2, 3, 4, 5]), Buffer.alloc(0)]) {
      writeFileSync(blobs.path(hash), damage);
      new BlobStore(root, true).put(bytes);
      expect(Buffer.from(blobs.get(hash))).toEqual(bytes);
    }
  });

  it('tells a missing blob from a damaged one', () => {
    const blobs = new BlobStore(newFolder(), true);
    refusal(() => blobs.get(hash), 'blob-missing');
  });

  it('makes no path from anything but a hash', () => {
    const blobs = new BlobStore(newFolder(), true);
    for (const name of ['../../etc/passwd', '', `${hash}/..`, hash.toUpperCase()]) {
      refusal(() => blobs.path(name), 'bad-hash');
      refusal(() => blobs.get(name), 'bad-hash');
      refusal(() => blobs.has(name), 'bad-hash');
    }
  });

  it('follows no symbolic link and reads no folder', () => {
    const blobs = new BlobStore(newFolder(), true);
    const elsewhere = join(newFolder(), 'secret');
    writeFileSync(elsewhere, bytes);
    mkdirSync(dirname(blobs.path(hash)), { recursive: true });
    symlinkSync(elsewhere, blobs.path(hash));
    expect(blobs.has(hash)).toBe(false);
    refusal(() => blobs.get(hash), 'blob-io');
    rmSync(blobs.path(hash));
    mkdirSync(blobs.path(hash));
    refusal(() => blobs.get(hash), 'not-a-file');
    refusal(() => blobs.put(bytes), 'blob-io');
    expect(readdirSync(dirname(dirname(blobs.path(hash))))).toEqual([hash.slice(0, 2)]);
  });
});
