/**
 * The version of what a plan asks: raised with the version of any kind that it asks for. A campaign's opening event
 * carries the version at which it was opened, and whoever looks at the campaign asks for its tasks as that version
 * stated them, so it is found as it was, whatever is computed later. A run asks, and opens its campaign, in today's.
 */
import type { Task } from '../../store/event.ts';

export const PLAN_VERSION = 5;

/** How the version before stated a task; undefined where it had no such task. */
type Restatement = (task: Task) => Task | undefined;

/** By version of the plan, the kinds that it states otherwise than the version before. */
const restatements: { readonly [version: number]: { readonly [kind: string]: Restatement } } = {
  2: { 'potential.fit': wholeFit },
  3: { 'md.run': (task) => ({ ...task, v: 1 }) },
  5: { 'potential.fit': (task) => ({ ...task, v: 3 }) },
  4: { 'md.run': (task) => ({ ...task, v: 2 }), 'potential.fit': (task) => ({ ...task, v: 2 }) },
};

/** The task as the plan of that version stated it; undefined where that had no such task. */
export function asStatedIn(version: number, task: Task): Task | undefined {
  let stated: Task | undefined = task;
  for (let v = PLAN_VERSION; v > version && stated !== undefined; v--) {
    const restate: Restatement | undefined = restatements[v]?.[stated.kind];
    if (restate !== undefined) stated = restate(stated);
  }
  return stated;
}

/** Version 1 of `potential.fit` did a whole fit: it stands where the first segment does, and has the potential. */
function wholeFit({ kind, params, inputs }: Task): Task | undefined {
  const { segmentIterations: _segmentIterations, start, ...settings } = params;
  const { seed } = start as { readonly seed?: string };
  return seed === undefined ? undefined : { kind, v: 1, params: { ...settings, seed }, inputs };
}
