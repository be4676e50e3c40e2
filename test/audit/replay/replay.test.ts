import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Difference } from '../../../src/audit/replay/difference.ts';
import { recordReplay } from '../../../src/audit/replay/record-replay.ts';
import { recordedVerdicts } from '../../../src/audit/replay/recorded-verdicts.ts';
import { replayEvents } from '../../../src/audit/replay/replay.ts';
import { notYetReplayed, sampleEvents } from '../../../src/audit/replay/replay-selection.ts';
import { inlineExecutor } from '../../../src/execution/inline-executor.ts';
import { workerPool } from '../../../src/execution/worker-pool.ts';
import { readBundle, writeBundle } from '../../../src/formats/array-bundle.ts';
import { currentVersion } from '../../../src/tasks/registry.ts';
import type { StoredEvent } from '../../../store/event.ts';
import { openStore, type Store } from '../../../store/store.ts';
import { StoreError } from '../../../store/store-error.ts';
import { blobsPath } from '../../../store/store-folder.ts';
import { startVarve, varve, varveJson } from '../../campaigns/cli-process.ts';
import { runAltered, withOutput } from './altered-campaign.ts';

let folder: string;
/** Five of its events are not what this machine computes. */
let altered: string;

interface Report {
  readonly scope: string;
  readonly identical: number;
  readonly differs: number;
  readonly notComparable: number;
  readonly verdicts: readonly {
    readonly event: { readonly seq: number; readonly eventId: string; readonly kind: string };
    readonly verdict: string;
    readonly why?: string;
    readonly differences: readonly Difference[];
  }[];
}

/** The last bit of one coordinate of one atom in the second frame. */
function nudge(bytes: Uint8Array): Uint8Array {
  const bundle = readBundle(bytes, 'trajectory');
  const { data, shape } = bundle.entries.find(({ name }) => name === 'positionsA')!;
  const at = 3 * (shape[1]! + 17) + 1;
  const bits = new BigInt64Array(data.buffer as ArrayBuffer);
  bits[at] = bits[at]! ^ 1n;
  return writeBundle(bundle);
}

const digit = (bytes: Uint8Array): Uint8Array => {
  const text = new TextDecoder().decode(bytes);
  return new TextEncoder().encode(
    text.replace(/(species_coeffs = \{)(-?\d)/, (_, name, first) => `${name}${9 - first}`),
  );
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'varve-replay-'));
  altered = join(folder, 'altered');
  const store = await runAltered(altered, [
    { kind: 'md.run', which: 3, alter: (result) => withOutput(result, 'trajectory', nudge) },
    { kind: 'potential.fit', which: 2, alter: (result) => withOutput(result, 'potential', digit) },
    {
      kind: 'analysis.replicas',
      which: 1,
      alter: (result) => ({ ...result, results: { ...result.results, diffusionCm2S: 1e-5 } }),
    },
    {
      kind: 'analysis.diffusion',
      which: 2,
      alter: (result) => ({ ...result, outputs: { diffusion: result.outputs.diffusion! } }),
    },
  ]);
  store.close();
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function copyOfAltered(): string {
  const dir = join(folder, `copy-${Math.random()}`);
  cpSync(altered, dir, { recursive: true });
  return dir;
}

async function withCopy<T>(use: (store: Store) => Promise<T>): Promise<T> {
  const store = openStore({ dir: copyOfAltered(), mode: 'write' });
  try {
    return await use(store);
  } finally {
    store.close();
  }
}

describe('varve replay --all', () => {
  it('finds just the events that were not computed rightly, and where they part', async () => {
    const report = await varveJson<Report>(['replay', '--all', '--store', altered], 1);
    const differing = report.verdicts.filter(({ verdict }) => verdict === 'differs');
    expect(differing.map(({ event }) => event.kind).sort()).toEqual([
      'analysis.diffusion',
      'analysis.replicas',
      'md.run',
      'potential.fit',
    ]);
    expect(report).toMatchObject({ differs: 4, notComparable: 4 });
    expect(report.identical + 8).toBe(report.verdicts.length);
    expect(report.verdicts.map(({ event }) => event.seq)).toEqual(report.verdicts.map((_, k) => k + 1));
    const of = (kind: string) => differing.find(({ event }) => event.kind === kind)!.differences;
    const [position, ...others] = of('md.run');
    expect(others).toEqual([]);
    expect(position).toMatchObject({ part: 'outputs.trajectory', atom: 17, unit: 'Å', unitsInLastPlace: 1 });
    expect(position!.place).toMatch(/^array positionsA, step \d+ \(equal until step \d+\), atom 17 \(\w+\), y$/);
    expect(position!.extent).toMatchObject({ differing: 1 });
    expect(of('potential.fit')).toMatchObject([
      { part: 'outputs.potential', place: expect.stringMatching(/species_coeffs, number 1$/) },
    ]);
    expect(of('analysis.replicas')).toMatchObject([
      { part: 'results', place: 'diffusionCm2S', recorded: { decimal: '0.00001', hex: '0x3ee4f8b588e368f1' } },
    ]);
    expect(of('analysis.diffusion')).toMatchObject([
      { part: 'outputs.msd', recorded: 'no such output', recomputed: 'an output' },
    ]);
  });

  it('says so in words, with both values in decimal and hexadecimal and the first event that differs', async () => {
    const third = await withStoreAt(altered, (store) => [...store.log.byKind('md.run')][2]!);
    const { code, stdout } = await varve(['replay', '--event', String(third.seq), '--store', altered]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/DIFFERS {2}event \d+ \([0-9a-f]{12}\) {2}md\.run v\d+ {2}.*, segment \d of \d/);
    expect(stdout).toMatch(/recorded by build [0-9a-f]{12}, recomputed by /);
    expect(stdout).toMatch(
      /recorded {4}-?\d+\.\d+ Å {2}0x[0-9a-f]{16}\n {4}recomputed {2}-?\d+\.\d+ Å {2}0x[0-9a-f]{16}/,
    );
    expect(stdout).toMatch(/the first event that differs is event \d+/);
    expect(stdout).toMatch(/1 event replayed: 0 identical, 1 differs, 0 not comparable/);
  });

  it('gives the same verdicts with any number of workers and in the calling thread', async () => {
    await withCopy(async (store) => {
      const events = [...store.log.events()].filter(({ core }) => core.task.kind !== 'potential.fit');
      const verdictsOf = async (executor: ReturnType<typeof workerPool>) => {
        const verdicts = await replayEvents({ store, events, executor });
        await executor.close();
        return verdicts.map(({ durationMs: _, ...rest }) => rest);
      };
      const inline = await verdictsOf(inlineExecutor(store.blobs));
      expect(await verdictsOf(workerPool(blobsPath(store.dir), 3))).toEqual(inline);
    });
  });
});

describe('the scope of a replay', () => {
  it('is all that a cell rests on, a single event, or a sample that its seed repeats', async () => {
    const cell = await varveJson<Report>(['replay', '--cell', 'fits/level-4/trainingForce', '--store', altered], 1);
    expect(cell.verdicts.map(({ event }) => event.kind)).toEqual([
      'blob.import',
      'label.import',
      'potential.fit',
      'potential.fit',
    ]);
    const fit = cell.verdicts.find(({ verdict }) => verdict === 'differs')!.event;
    const single = await varveJson<Report>(['replay', '--event', fit.eventId.slice(0, 10), '--store', altered], 1);
    expect(single.verdicts).toMatchObject([{ event: { seq: fit.seq }, verdict: 'differs' }]);
    const args = ['replay', '--sample', '6', '--seed', '00000000000000aa', '--store', altered];
    const sample = await varve([...args, '--json']);
    const again = await varve([...args, '--json']);
    const chosen = (text: string): number[] => (JSON.parse(text) as Report).verdicts.map(({ event }) => event.seq);
    expect(chosen(sample.stdout)).toHaveLength(6);
    expect(chosen(again.stdout)).toEqual(chosen(sample.stdout));
  });

  it('must be one of them', async () => {
    for (const scope of [[], ['--all', '--sample', '3'], ['--sample', '0'], ['--sample', '2', '--seed', 'x']]) {
      const { code, stderr } = await varve(['replay', ...scope, '--store', altered]);
      expect(code).toBe(2);
      expect(stderr).not.toMatch(/fault of varve/);
    }
  });

  it('draws each event as often as any other', async () => {
    await withCopy(async (store) => {
      const events = [...store.log.events()];
      const counts = new Map<number, number>();
      const draws = 2000;
      for (let n = 0; n < draws; n++) {
        const sample = sampleEvents(events, 10, n.toString(16).padStart(16, '0'));
        expect(new Set(sample.map(({ seq }) => seq)).size).toBe(10);
        for (const { seq } of sample) counts.set(seq, (counts.get(seq) ?? 0) + 1);
      }
      const comparable = events.filter(({ core }) => core.class === 'exact');
      const expected = (10 * draws) / comparable.length;
      const chiSquared = comparable.reduce(
        (sum, { seq }) => sum + ((counts.get(seq) ?? 0) - expected) ** 2 / expected,
        0,
      );
      // 42 degrees of freedom or so: above 90 once in 20 000 seeds; these seeds are fixed.
      expect(chiSquared).toBeLessThan(90);
      expect(sampleEvents(events, 1000, '00000000000000aa')).toHaveLength(comparable.length);
    });
  });
});

describe('what cannot be compared', () => {
  it('is named and is no failure: other versions, unknown kinds, violations', async () => {
    await withCopy(async (store) => {
      const attestation = {};
      const obs = {};
      const exact = (kind: string, v: number, inputs = {}): StoredEvent => {
        const core = {
          task: { kind, v, params: {}, inputs },
          class: 'exact' as const,
          outcome: { status: 'done' as const },
          outputs: {},
          results: {},
        };
        return store.log.append([{ core, attestation, obs }])[0]!.event;
      };
      const older = exact('md.run', currentVersion('md.run')! + 7);
      const unknown = exact('md.dance', 1);
      const events = [older, unknown];
      const verdicts = await replayEvents({ store, events, executor: inlineExecutor(store.blobs) });
      expect(verdicts.map(({ verdict }) => verdict)).toEqual(['not-comparable', 'not-comparable']);
      expect(verdicts[0]!.why).toMatch(/recorded under version 10 of md.run; this varve computes version 3/);
      expect(verdicts[1]!.why).toMatch(/does not know the kind md.dance/);
    });
  });

  it('is not confused with damage, which ends the replay with the path of the blob', async () => {
    await withCopy(async (store) => {
      const run = [...store.log.byKind('md.run')][4]!;
      const input = run.core.task.inputs.potential as { event: string };
      const potential = store.log.byEventId(input.event)!.core.outputs.potential!;
      rmSync(store.blobs.path(potential.hash));
      const replayed = replayEvents({ store, events: [run], executor: inlineExecutor(store.blobs) });
      await expect(replayed).rejects.toSatisfy((error) => error instanceof StoreError && error.code === 'blob-missing');
    });
  });
});

describe('varve replay --record', () => {
  it('keeps the verdicts outside the result hash, and a difference as a violation inside it', async () => {
    const dir = copyOfAltered();
    const [event] = await withStoreAt(dir, (store) => [...store.log.byKind('analysis.replicas')]);
    const before = await varveJson<{ resultHash: string; events: number }>(['verify', '--store', dir]);
    const good = await withStoreAt(dir, (store) => [...store.log.byKind('structure.create')][0]!);
    await varveJson<Report>(['replay', '--event', good.eventId, '--record', '--store', dir]);
    const kept = await varveJson<{ resultHash: string; events: number }>(['verify', '--store', dir]);
    expect(kept).toMatchObject({ resultHash: before.resultHash, events: before.events + 1 });
    await varveJson<Report>(['replay', '--event', event!.eventId, '--record', '--store', dir], 1);
    const after = await varveJson<{ resultHash: string; events: number }>(['verify', '--store', dir]);
    expect(after.events).toBe(kept.events + 2);
    expect(after.resultHash).not.toBe(before.resultHash);
    await withStoreAt(dir, (store) => {
      const verdicts = recordedVerdicts(store);
      expect(verdicts.get(good.eventId)).toMatchObject([{ verdict: 'identical' }]);
      expect(verdicts.get(event!.eventId)).toMatchObject([{ verdict: 'differs' }]);
      expect([...store.log.byKind('violation')]).toHaveLength(1);
    });
  });

  it('lets a later replay leave out what the same build found identical, and nothing else', async () => {
    await withCopy(async (store) => {
      const events = [...store.log.events()];
      const some = events.filter(({ core }) => core.task.kind !== 'potential.fit').slice(0, 12);
      const verdicts = await replayEvents({ store, events: some, executor: inlineExecutor(store.blobs) });
      recordReplay(store, verdicts, {
        startedAt: '2026-01-01T00:00:00Z',
        scope: 'test',
        attestation: { sourceBuild: 'a' },
      });
      const left = [...notYetReplayed(events, recordedVerdicts(store), 'a')];
      const identical = verdicts.filter(({ verdict }) => verdict === 'identical').map(({ event }) => event.seq);
      expect(left.map(({ seq }) => seq)).toEqual(
        events.map(({ seq }) => seq).filter((seq) => !identical.includes(seq)),
      );
      expect([...notYetReplayed(events, recordedVerdicts(store), 'b')]).toHaveLength(events.length);
    });
  });

  it('stopped by Ctrl-C keeps what was judged until then', async () => {
    const dir = copyOfAltered();
    const child = startVarve(['replay', '--all', '--record', '--workers', '1', '--store', dir]);
    let stderr = '';
    const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
    await new Promise<void>((resolve) => {
      child.stderr!.on('data', (text) => {
        stderr += text;
        if (stderr.includes('label.import')) resolve();
      });
    });
    child.kill('SIGINT');
    expect(await ended, stderr).toBe(130);
    expect(stderr).toMatch(/stopped after \d+ of \d+ events; --unreplayed goes on with what is left/);
    await withStoreAt(dir, (store) => expect(recordedVerdicts(store).size).toBeGreaterThan(2));
  });
});

async function withStoreAt<T>(dir: string, use: (store: Store) => T): Promise<T> {
  const store = openStore({ dir, mode: 'read' });
  try {
    return use(store);
  } finally {
    store.close();
  }
}
