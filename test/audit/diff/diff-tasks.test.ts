import { describe, expect, it } from 'vitest';
import { diffHistories } from '../../../src/audit/diff/diff-histories.ts';
import { diffTasks, type TaskSide } from '../../../src/audit/diff/diff-tasks.ts';
import type { TaskInput } from '../../../store/event.ts';
import { historyAt, sealed } from './synthetic-histories.ts';

const [bare] = sealed([{ kind: 'potential.fit', params: {}, inputs: {}, result: 0 }]);

/** A fit whose training input is this; a manifest `labels 54` names the first 54 items of that output. */
const taking = (training: TaskInput): TaskSide => ({
  event: { ...bare!, core: { ...bare!.core, task: { ...bare!.core.task, inputs: { training } } } },
  manifest: (name) => {
    const [event, items] = name.split(' ') as [string, string];
    return Array.from({ length: Number(items) }, (_, index) => ({ event, output: 'labels', index }));
  },
});

const sameEvent = (event: string): string => event;
const renewed = (event: string): string => (event === 'old' ? 'new' : event);

describe('the fields in which two tasks differ', () => {
  it('count the items of a manifest that only one of them names', () => {
    const { fields, inputs } = diffTasks(taking({ manifest: 'old 54' }), taking({ manifest: 'old 60' }), sameEvent);
    expect(fields).toEqual([]);
    expect(inputs).toEqual([
      {
        field: 'inputs.training',
        same: 54,
        onlyInA: [],
        onlyInB: [{ event: 'old', output: 'labels', items: 6 }],
        reordered: false,
      },
    ]);
  });

  it('do not tell what follows from labels that were made differently, nor how many there are of them', () => {
    for (const manifest of ['new 54', 'new 60']) {
      const { fields, inputs } = diffTasks(taking({ manifest: 'old 54' }), taking({ manifest }), renewed);
      expect([...fields, ...inputs]).toEqual([]);
    }
    const { inputs } = diffTasks(taking({ manifest: 'old 54' }), taking({ manifest: 'other 54' }), renewed);
    expect(inputs).toMatchObject([{ same: 0, onlyInA: [{ items: 54 }], onlyInB: [{ items: 54 }] }]);
  });

  it('tell one output from a list of that output', () => {
    const output = { event: 'old', output: 'labels' };
    const { fields, inputs } = diffTasks(taking(output), taking([output]), sameEvent);
    expect(fields).toEqual([{ field: 'inputs.training', a: output, b: [output] }]);
    expect(inputs).toEqual([]);
  });

  it('are those of the two that were asked for, whatever these are', () => {
    const [a, b] = ['test.make', 'test.use'].map((kind) =>
      historyAt(sealed([{ kind, params: {}, inputs: {}, result: 0 }]), [0]),
    );
    expect(diffHistories(a!, b!, true).partings[0]!.fields).toEqual([{ field: 'kind', a: 'test.make', b: 'test.use' }]);
    expect(diffHistories(a!, b!)).toMatchObject({ partings: [], onlyInA: [{ seq: 1 }], onlyInB: [{ seq: 1 }] });
  });
});
