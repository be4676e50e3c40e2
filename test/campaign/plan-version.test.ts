import { describe, expect, it } from 'vitest';
import { asStatedIn, PLAN_VERSION } from '../../src/campaign/plan-version.ts';
import { findKind } from '../../src/tasks/registry.ts';

/** Kinds and their versions by version of the plan. */
const KINDS: { readonly [planVersion: number]: { readonly [kind: string]: number } } = {
  1: {
    'blob.import': 1,
    'label.import': 1,
    'structure.create': 1,
    'potential.fit': 1,
    'md.run': 1,
    'analysis.diffusion': 1,
    'analysis.replicas': 1,
    'analysis.arrhenius': 1,
  },
  2: {
    'blob.import': 1,
    'label.import': 1,
    'structure.create': 1,
    'potential.fit': 2,
    'md.run': 1,
    'analysis.diffusion': 1,
    'analysis.replicas': 1,
    'analysis.arrhenius': 1,
  },
  3: {
    'blob.import': 1,
    'label.import': 1,
    'structure.create': 1,
    'potential.fit': 2,
    'md.run': 2,
    'analysis.diffusion': 1,
    'analysis.replicas': 1,
    'analysis.arrhenius': 1,
  },
  4: {
    'blob.import': 1,
    'label.import': 1,
    'structure.create': 1,
    'potential.fit': 3,
    'md.run': 3,
    'analysis.diffusion': 1,
    'analysis.replicas': 1,
    'analysis.arrhenius': 1,
  },
  5: {
    'blob.import': 1,
    'label.import': 1,
    'structure.create': 1,
    'potential.fit': 4,
    'md.run': 3,
    'analysis.diffusion': 1,
    'analysis.replicas': 1,
    'analysis.arrhenius': 1,
  },
};

describe('the version of the plan', () => {
  it('is raised with the version of any kind', () => {
    for (const [kind, v] of Object.entries(KINDS[PLAN_VERSION]!)) {
      expect(findKind(kind, v).v).toBe(v);
      expect(() => findKind(kind, v + 1), `raise PLAN_VERSION with ${kind}`).toThrow(
        expect.objectContaining({ code: 'unknown-kind' }),
      );
    }
  });

  it('says how each one before stated a task', () => {
    for (const [version, kinds] of Object.entries(KINDS)) {
      for (const [kind, v] of Object.entries(kinds)) {
        const params = { start: { from: 'seed', seed: '0123456789abcdef' } };
        const task = { kind, v: KINDS[PLAN_VERSION]![kind]!, params, inputs: {} };
        expect(asStatedIn(Number(version), task), `${kind} in version ${version}`).toMatchObject({ kind, v });
      }
    }
    const later = { kind: 'potential.fit', v: 4, params: { start: { from: 'state' } }, inputs: {} };
    expect(asStatedIn(1, later)).toBeUndefined();
  });
});
