/**
 * No-regression snapshots: these hashes are in stores already written. If one changes, stores stop verifying, so the
 * change is wrong whatever it was for.
 */
import { describe, expect, it } from 'vitest';
import { leafOf } from '../../store/entry.ts';
import type { EventCore } from '../../store/event.ts';
import { demandHash, eventIdOf, isHash, prefixedHash, sha256Hex, taskIdOf } from '../../store/hash.ts';
import { CompactRange } from '../../store/merkle.ts';
import { resultHash } from '../../store/result-hash.ts';
import { refusal } from './store-fixture.ts';

const core: EventCore = {
  task: {
    kind: 'md.run',
    v: 3,
    params: { temperatureK: 900, timeStepFs: 0.5, seed: 'é\u{1f600}' },
    inputs: { start: { event: 'ab'.repeat(32), output: 'state' }, set: [{ manifest: 'cd'.repeat(32) }] },
  },
  class: 'exact',
  outcome: { status: 'stopped', reason: { step: 17 } },
  outputs: { state: { hash: 'ef'.repeat(32), bytes: 24, mediaType: 'application/x-f64', dtype: 'f64', shape: [1, 3] } },
  results: { energyEv: -1.25e-7 },
};

describe('hashes', () => {
  it('are the ones of the stores already written', () => {
    expect(sha256Hex('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(sha256Hex('varve é')).toBe(sha256Hex(Buffer.from('varve é', 'utf8')));
    expect(taskIdOf(core.task)).toBe('52df3753438f33e43889ffd1422d0de0db64993fbd25f1891fc3697d73555862');
    expect(eventIdOf(core)).toBe('3c826a3b1a08961b331fef1cb36dd65ef0970bd19a87e20d604dad245ff8679a');
    expect(prefixedHash('attestation', '{}')).toBe('b6263970c3de8f42cacdf2cc56878a3f1aea7744165f9ff9a7750990e73d82cd');
    expect(prefixedHash('obs', '{}')).toBe('7bdb2aeaea0c15e82ba9ef22f6258e60fdf16a9f21d1db81eddef24af8f4fe44');
    expect(leafOf('11'.repeat(32), '22'.repeat(32), '33'.repeat(32))).toBe(
      'd2e4931d88f5871063578645fafffc8f6f6eb9e8893c108974737cf49308b3bc',
    );
    expect(resultHash(['11'.repeat(32), '22'.repeat(32), '33'.repeat(32)])).toBe(
      '9bee4401962e94b921336a7910a5a9718836ffcbc545dde0a3f34d858beb5752',
    );
    expect(new CompactRange().root()).toBe(sha256Hex(''));
  });

  it('do not depend on the order of keys', () => {
    const { kind, v, params, inputs } = core.task;
    expect(taskIdOf({ inputs, params, v, kind })).toBe(taskIdOf(core.task));
  });

  it('give text and its bytes the same prefixed hash, and each prefix another', () => {
    expect(prefixedHash('event', Buffer.from('{"é":1}'))).toBe(prefixedHash('event', '{"é":1}'));
    const all = (['task', 'event', 'attestation', 'obs'] as const).map((of) => prefixedHash(of, '{}'));
    expect(new Set(all).size).toBe(4);
  });

  it('are told from anything else', () => {
    expect(isHash('ab'.repeat(32))).toBe(true);
    for (const wrong of ['AB'.repeat(32), 'ab'.repeat(31), `${'ab'.repeat(32)}\n`, '../etc', 7])
      expect(isHash(wrong)).toBe(false);
    refusal(() => demandHash('../../etc/passwd', 'blob'), 'bad-hash');
  });
});
