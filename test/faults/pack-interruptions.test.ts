/** Exports and imports that are stopped, killed, run out of disk or are far larger than the memory. */
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../src/numerics/philox.ts';
import { exportPack, wholeStore } from '../../store/pack-export.ts';
import { importPack } from '../../store/pack-import.ts';
import { verifyStore } from '../../store/verify.ts';
import { launcher, startVarve } from '../campaigns/cli-process.ts';
import { newStore } from '../store/pack-fixture.ts';
import { eventOf, newFolder, open } from '../store/store-fixture.ts';

/** A closed store of 1 300 events, some of them with a small blob: six batches to import. */
function longStore(): string {
  const store = newStore();
  store.log.append(
    Array.from({ length: 1300 }, (_, n) => eventOf(n, n % 52 === 0 ? { blobs: store.blobs } : { results: {} })),
  );
  store.close();
  return store.dir;
}

const largeBlobBytes = 208 * 1024 * 1024;

/** A closed store with one large blob, which takes no room on the disk: it is all zeros. */
function wideStore(): string {
  const store = newStore();
  const hasher = createHash('sha256');
  for (let left = largeBlobBytes; left > 0; left -= zeros.length) hasher.update(zeros);
  const hash = hasher.digest('hex');
  mkdirSync(dirname(store.blobs.path(hash)), { recursive: true });
  writeFileSync(store.blobs.path(hash), '');
  truncateSync(store.blobs.path(hash), largeBlobBytes);
  const event = eventOf(1);
  const data = { hash, bytes: largeBlobBytes, mediaType: 'application/octet-stream' };
  store.log.append([{ ...event, core: { ...event.core, outputs: { data } } }]);
  store.close();
  return store.dir;
}

const zeros = Buffer.alloc(1024 * 1024);

async function packOf(dir: string): Promise<string> {
  const path = join(newFolder(), 'a.pack');
  const store = open(dir, 'read');
  await exportPack(store, wholeStore(store), path);
  return path;
}

describe('an import', () => {
  it('killed while it writes goes on where it was, and ends in the history hash of its source', async () => {
    const random = new RandomStream('00000000ba5eba11', 0);
    const source = longStore();
    const [path, dir] = [await packOf(source), join(newFolder(), 'store')];
    for (let kill = 0; kill < 4; kill += 1) {
      const child = startVarve(['import', path, '--store', dir]);
      const ended = new Promise((resolve) => child.once('exit', resolve));
      await new Promise<void>((resolve) => {
        child.stderr!.on('data', (text) => {
          if (String(text).includes('writing')) resolve();
        });
        child.once('exit', () => resolve());
      });
      await sleep(random.uniform() * 150);
      child.kill('SIGKILL');
      await ended;
      if (!existsSync(join(dir, 'HEAD'))) continue;
      expect(verifyStore(dir).problems).toEqual([]);
    }
    const { store } = await importPack(path, dir);
    expect(store).toMatchObject({ events: 1300, historyHash: open(source, 'read').log.historyHash() });
    expect(verifyStore(dir)).toMatchObject({ ok: true, blobs: 25, orphanBlobs: 0 });
  });

  it('stopped while it writes keeps what is whole and goes on when asked again', async () => {
    const [path, dir] = [await packOf(longStore()), join(newFolder(), 'store')];
    const stop = new AbortController();
    const onProgress = (phase: string): void => {
      if (phase === 'writing') stop.abort(new Error('enough'));
    };
    await expect(importPack(path, dir, { signal: stop.signal, onProgress })).rejects.toThrow('enough');
    expect(verifyStore(dir)).toMatchObject({ ok: true, temporaryFiles: 0 });
    expect((await importPack(path, dir)).store).toMatchObject({ events: 1300 });
  });
});

describe('an export', () => {
  it('that is stopped leaves no file', async () => {
    const store = open(longStore(), 'read');
    const folder = newFolder();
    const work = exportPack(store, wholeStore(store), join(folder, 'a.pack'), { signal: AbortSignal.abort('enough') });
    await expect(work).rejects.toBe('enough');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('that is stopped by Ctrl-C leaves none either', async () => {
    const folder = newFolder();
    const child = startVarve(['export', '--store', wideStore(), '--out', join(folder, 'a.pack')]);
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    child.stderr!.once('data', () => child.kill('SIGINT'));
    const code = await ended;
    // Whoever is faster: a whole file or none.
    expect([code, readdirSync(folder)]).toEqual(code === 0 ? [0, ['a.pack']] : [130, []]);
  });
});

/** Only Linux says in `/proc` how much memory a process took. */
describe.skipIf(process.platform !== 'linux')('a blob of 208 MiB', () => {
  const tellMemory = `import { readFileSync } from 'node:fs';
    process.on('exit', () => process.stderr.write(readFileSync('/proc/self/status', 'utf8')));`;

  /** Runs a command in a process with a small heap; returns the most memory that it took, in MiB. */
  async function memoryOf(args: readonly string[]): Promise<number> {
    const node = ['--max-old-space-size=64', '--import', `data:text/javascript,${encodeURIComponent(tellMemory)}`];
    const { stderr } = await promisify(execFile)(process.execPath, [...node, launcher, ...args]);
    return Number(/VmHWM:\s*(\d+) kB/.exec(stderr)![1]) / 1024;
  }

  it('is written to a pack and read from it in bounded memory', async () => {
    const source = wideStore();
    const [path, dir] = [join(newFolder(), 'a.pack'), join(newFolder(), 'store')];
    expect(await memoryOf(['export', '--store', source, '--out', path])).toBeLessThan(160);
    expect(await memoryOf(['import', path, '--store', dir])).toBeLessThan(160);
    const [event] = open(dir, 'read').log.events();
    expect(open(dir, 'read').blobs.sizeOf(event!.core.outputs.data!.hash)).toBe(largeBlobBytes);
  });
});

describe('a full disk', () => {
  /** A file system of 1 MiB, in a user namespace of its own, gone with the process. */
  const inSmallFileSystem = (folder: string, command: string): string =>
    execFileSync('unshare', ['-rm', 'sh', '-c', `mount -t tmpfs -o size=1m tmpfs ${folder} && ${command}`], {
      encoding: 'utf8',
    });

  const isAllowed = (): boolean => {
    try {
      inSmallFileSystem(newFolder(), 'true');
      return true;
    } catch {
      return false;
    }
  };

  it('ends an export with a clear error and no file; the disk has room again', async ({ skip }) => {
    if (!isAllowed()) skip('this machine allows no mounts in user namespaces');
    const store = newStore();
    const random = createHash('shake256', { outputLength: 3_000_000 }).update('varve').digest();
    store.log.append([eventOf(1, { blobs: store.blobs, output: random })]);
    store.close();
    const folder = newFolder();
    const varveCommand = `${process.execPath} ${launcher} export --store ${store.dir} --out ${folder}/a.pack`;
    const said = inSmallFileSystem(folder, `(${varveCommand} 2>&1; echo exit $?; ls -A ${folder})`);
    expect(said).toMatch(/could not be written \(ENOSPC\); Check free space.*\nexit 2\n$/);
  });
});
