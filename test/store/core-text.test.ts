import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../store/canonical-json.ts';
import { taskTextOf } from '../../store/core-text.ts';
import type { Json } from '../../store/json.ts';
import { eventOf } from './store-fixture.ts';

describe('taskTextOf', () => {
  it('is the canonical text of the task, whatever else the core says', () => {
    const misleading = fc.constantFrom<Json>(
      { task: { inputs: {}, kind: 'a', params: {}, v: 1 } },
      [{ a: 1, task: { inputs: 'x' } }],
      ',"task":{"inputs":',
      '","task":{"inputs":"',
    );
    const value = fc.oneof(misleading, fc.json({ maxDepth: 2 }));
    fc.assert(
      fc.property(fc.nat(), value, value, (n, inParams, inResults) => {
        const { core } = eventOf(n, { params: { n, x: inParams }, results: { y: inResults } });
        expect(taskTextOf(core, canonicalJson(core))).toBe(canonicalJson(core.task));
      }),
    );
  });
});
