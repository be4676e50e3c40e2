import { describe, expect, it } from 'vitest';
import { ProgressBars } from '../../cli/output/progress-bars.ts';

function drawn(endsAt: number | null, isTTY = true): string {
  let text = '';
  const stream = {
    isTTY,
    columns: 200,
    write: (more: string) => {
      text += more;
      return true;
    },
  };
  const bars = new ProgressBars(stream as unknown as NodeJS.WriteStream, 'tasks');
  bars.expected = 10;
  bars.endsAt = endsAt;
  bars.start('a', 'a task');
  expect(bars.isDrawn).toBe(isTTY);
  return text;
}

describe('bars', () => {
  it('say how long it should still take where that is known, and nothing once it should be over', () => {
    expect(drawn(Date.now() + 3_600_000)).toMatch(/0\/10 tasks {2}.*, ≈ (1 h 0 min|59 min \d+ s) left\n/);
    for (const endsAt of [null, Date.now() - 1]) expect(drawn(endsAt)).not.toContain('left');
    expect(drawn(Date.now() + 3_600_000, false)).toBe('');
  });
});
