import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ScheduledTask, scheduledMilliseconds } from '../../../src/campaign/forecast/schedule.ts';

const tasks: fc.Arbitrary<ScheduledTask[]> = fc
  .array(fc.record({ milliseconds: fc.nat(1000), after: fc.array(fc.nat(), { maxLength: 3 }) }), { maxLength: 30 })
  .map((drawn) =>
    drawn.map(({ milliseconds, after }, k) => ({
      taskId: `task ${k}`,
      milliseconds,
      after: k === 0 ? [] : [...new Set(after.map((n) => `task ${n % k}`))],
    })),
  );

function longestChain(of: readonly ScheduledTask[]): number {
  const ends = new Map<string, number>();
  for (const { taskId, after, milliseconds } of of) {
    ends.set(taskId, milliseconds + Math.max(0, ...after.map((before) => ends.get(before)!)));
  }
  return Math.max(0, ...ends.values());
}

const sum = (of: readonly ScheduledTask[]): number => of.reduce((total, { milliseconds }) => total + milliseconds, 0);

describe('a schedule', () => {
  it('takes no less than the longest chain and an even share, and no more than one after the other', () => {
    fc.assert(
      fc.property(tasks, fc.integer({ min: 1, max: 7 }), (of, workers) => {
        const ms = scheduledMilliseconds(of, workers);
        expect(ms).toBeGreaterThanOrEqual(longestChain(of));
        expect(ms * workers).toBeGreaterThanOrEqual(sum(of));
        expect(ms).toBeLessThanOrEqual(sum(of));
      }),
    );
  });

  it('is the sum on one worker, and the longest chain on as many as there are tasks', () => {
    fc.assert(
      fc.property(tasks, (of) => {
        expect(scheduledMilliseconds(of, 1)).toBe(sum(of));
        expect(scheduledMilliseconds(of, Math.max(1, of.length))).toBe(longestChain(of));
      }),
    );
  });

  it('lets chains that are told of one after the other go on side by side', () => {
    const chain = (name: string): ScheduledTask[] =>
      Array.from({ length: 10 }, (_, k) => ({
        taskId: `${name}${k}`,
        after: k === 0 ? [] : [`${name}${k - 1}`],
        milliseconds: 5,
      }));
    expect(scheduledMilliseconds([...chain('a'), ...chain('b'), ...chain('c')], 3)).toBe(50);
  });
});
