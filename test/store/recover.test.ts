import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { assessLoss, recoverStore } from '../../store/recover.ts';
import { verifyStore } from '../../store/verify.ts';
import { eventOf, fillChain, newFolder, open, refusal, tamper } from './store-fixture.ts';

const told = { attestation: { code: 'test' }, obs: { startedAt: '2026-01-01T00:00:00Z' }, lockWaitMs: 0 };

/** A closed store of 3 events with the HEAD of 5: two were lost. `historyHashes` are those of 3 and of 5 events. */
function storeWithLostTail(): { dir: string; historyHashes: [string, string]; head: Buffer } {
  const dir = newFolder();
  const store = open(dir);
  fillChain(store, 3);
  const left = store.log.historyHash();
  store.close();
  const log = readFileSync(join(dir, 'log.sqlite'));
  const again = open(dir);
  again.log.append([eventOf(7), eventOf(8)]);
  const whole = again.log.historyHash();
  again.close();
  writeFileSync(join(dir, 'log.sqlite'), log);
  return { dir, historyHashes: [left, whole], head: readFileSync(join(dir, 'HEAD')) };
}

function closedStore(): string {
  const dir = newFolder();
  const store = open(dir);
  fillChain(store, 3);
  store.close();
  return dir;
}

describe('a lost tail', () => {
  it('is recorded in the log when it is accepted, outside the result hash, and HEAD follows', async () => {
    const { dir, historyHashes } = storeWithLostTail();
    const { resultHash } = await verifyStore(dir);
    const recovery = await recoverStore({ dir, acceptLoss: 2, ...told });
    const [left, whole] = historyHashes;
    expect(recovery!.core).toMatchObject({
      task: {
        kind: 'recovery',
        params: { expectedEvents: 5, expectedHistoryHash: whole, events: 3, historyHash: left },
        inputs: {},
      },
      class: 'observed',
    });
    const report = await verifyStore(dir);
    expect(report).toMatchObject({ ok: true, events: 4, acceptedLosses: 1, resultHash });
    expect(readFileSync(join(dir, 'HEAD'), 'utf8')).toBe(`varve-head 1\n4 ${report.historyHash}\n`);
    expect(await assessLoss(dir)).toMatchObject({ lost: 0, acceptedLosses: 1 });
    expect(await recoverStore({ dir, acceptLoss: 2, ...told })).toBeNull();
    expect(open(dir).log.append([eventOf(7)])[0]!.event.seq).toBe(5);
  });

  it('stays accepted after a crash between the recovery and HEAD, for reader, writer and verify', async () => {
    const { dir, head } = storeWithLostTail();
    await recoverStore({ dir, acceptLoss: 2, ...told });
    const settled = readFileSync(join(dir, 'HEAD'));
    writeFileSync(join(dir, 'HEAD'), head);
    expect(await verifyStore(dir)).toMatchObject({ ok: true, events: 4, acceptedLosses: 1 });
    expect(await assessLoss(dir)).toMatchObject({ lost: 0 });
    expect(open(dir, 'read').log.size).toBe(4);
    expect(readFileSync(join(dir, 'HEAD'))).toEqual(head);
    open(dir).close();
    expect(readFileSync(join(dir, 'HEAD'))).toEqual(settled);
  });

  it('of one event: the recovery takes its place, and is not taken for it', async () => {
    const { dir, head } = storeWithLostTail();
    const store = newFolder();
    cpSync(dir, store, { recursive: true });
    const one = open(closedStore());
    one.log.append([eventOf(9)]);
    writeFileSync(join(store, 'HEAD'), `varve-head 1\n4 ${one.log.historyHash()}\n`);
    await recoverStore({ dir: store, acceptLoss: 1, ...told });
    expect(await verifyStore(store)).toMatchObject({ ok: true, events: 4 });
    writeFileSync(join(store, 'HEAD'), head);
    expect((await verifyStore(store)).problems).toMatchObject([{ code: 'tail-lost' }]);
  });

  it('can be lost again: a cut back behind the recovery is a new loss', async () => {
    const { dir } = storeWithLostTail();
    const log = readFileSync(join(dir, 'log.sqlite'));
    await recoverStore({ dir, acceptLoss: 2, ...told });
    writeFileSync(join(dir, 'log.sqlite'), log);
    expect(refusal(() => open(dir), 'tail-lost').message).toContain('1 event is missing');
    await recoverStore({ dir, acceptLoss: 1, ...told });
    expect(await verifyStore(dir)).toMatchObject({ ok: true, events: 4, acceptedLosses: 1 });
  });
});

describe('a lost HEAD', () => {
  it.each([
    ['missing', (path: string) => rmSync(path)],
    ['changed', (path: string) => writeFileSync(path, 'varve-head 1\n')],
  ])('that is %s is gone on from when an unknown loss is accepted, and each time is recorded', async (_name, lose) => {
    const dir = closedStore();
    const { historyHash } = await verifyStore(dir);
    for (const events of [3, 4]) {
      lose(join(dir, 'HEAD'));
      expect(await assessLoss(dir)).toMatchObject({ expected: null, found: { size: events }, lost: null });
      await expect(recoverStore({ dir, acceptLoss: 1, ...told })).rejects.toMatchObject({ code: 'other-loss' });
      const recovery = await recoverStore({ dir, acceptLoss: null, ...told });
      expect(recovery!.core.task.params).toMatchObject({ expectedEvents: null, expectedHistoryHash: null, events });
    }
    expect(await verifyStore(dir, { expect: `3:${historyHash}` })).toMatchObject({ ok: true, acceptedLosses: 2 });
    expect(open(dir, 'read').log.size).toBe(5);
  });
});

describe('recover', () => {
  it('changes nothing where nothing is lost', async () => {
    const dir = closedStore();
    const before = readFileSync(join(dir, 'log.sqlite'));
    expect(await assessLoss(dir)).toMatchObject({ lost: 0, acceptedLosses: 0 });
    expect(await recoverStore({ dir, acceptLoss: 3, ...told })).toBeNull();
    expect(readFileSync(join(dir, 'log.sqlite'))).toEqual(before);
    await expect(assessLoss(newFolder())).rejects.toMatchObject({ code: 'store-missing' });
  });

  it('refuses other damage: a changed row, another log, and leaves them for verify', async () => {
    const { dir } = storeWithLostTail();
    tamper(dir, (db) => db.exec("UPDATE event SET kind = 'test.other' WHERE seq = 2"));
    const kept = readFileSync(join(dir, 'log.sqlite'));
    await expect(recoverStore({ dir, acceptLoss: 2, ...told })).rejects.toMatchObject({ code: 'not-recoverable' });
    expect(readFileSync(join(dir, 'log.sqlite'))).toEqual(kept);
    const other = closedStore();
    writeFileSync(join(other, 'HEAD'), `varve-head 1\n2 ${'0'.repeat(64)}\n`);
    await expect(assessLoss(other)).rejects.toMatchObject({ code: 'not-recoverable' });
  });

  it('is refused while another writes', async () => {
    const { dir } = storeWithLostTail();
    const holder = open(closedStore());
    await expect(recoverStore({ dir: holder.dir, acceptLoss: 2, ...told })).rejects.toMatchObject({
      code: 'store-locked',
    });
    expect(await assessLoss(dir)).toMatchObject({ lost: 2 });
  });
});
