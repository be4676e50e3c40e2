/** Finds a blob by what a person types, and the event that computed it: its recipe. */
import type { StoredEvent } from '../../../store/event.ts';
import { manifestsOf } from '../../../store/event-shape.ts';
import { isHash } from '../../../store/hash.ts';
import type { Store } from '../../../store/store.ts';
import { InputError } from '../../numerics/input-error.ts';
import { findEvent } from '../find-event.ts';
import { notComparable } from '../replay/replay.ts';

export interface Recipe {
  readonly hash: string;
  /** Computes the blob anew from its inputs. */
  readonly event: StoredEvent;
}

/**
 * @param name the blob's SHA-256, or `EVENT:OUTPUT`
 * @throws InputError `no-blob`, `no-recipe`
 */
export function findRecipe(store: Store, name: string): Recipe {
  const hash = isHash(name) ? name : outputHash(store, name);
  return findRecipes(store, new Set([hash])).get(hash)!;
}

/**
 * The first event that can compute each of the blobs, by one pass over the log.
 * @throws InputError `no-blob` where no event names one, `no-recipe` where nothing in the log can compute it
 */
export function findRecipes(store: Store, hashes: ReadonlySet<string>): Map<string, Recipe> {
  const recipes = new Map<string, Recipe>();
  const reasons = new Map<string, string[]>();
  const refuse = (hash: string, { seq, core }: StoredEvent, why: string): void => {
    reasons.set(hash, [...(reasons.get(hash) ?? []), `event ${seq} (${core.task.kind}) ${why}`]);
  };
  for (const event of store.log.events()) {
    for (const { hash } of Object.values(event.core.outputs)) {
      if (!hashes.has(hash) || recipes.has(hash)) continue;
      const why = notComparable(event);
      if (why === undefined) recipes.set(hash, { hash, event });
      else refuse(hash, event, `gave it: ${why}`);
    }
    for (const hash of manifestsOf(event.core))
      if (hashes.has(hash)) refuse(hash, event, 'names it as the list of its inputs');
    if (recipes.size === hashes.size) break;
  }
  for (const hash of hashes) {
    if (recipes.has(hash)) continue;
    const list = reasons.get(hash);
    if (list === undefined) throw new InputError('no-blob', 'no event names this blob', { where: `blob ${hash}` });
    throw new InputError('no-recipe', 'this blob cannot be computed anew', {
      where: `blob ${hash}`,
      expected: 'an output of an exact task that this version of varve computes',
      list,
    });
  }
  return recipes;
}

function outputHash(store: Store, name: string): string {
  const [eventName, output, ...rest] = name.split(':');
  if (eventName === undefined || output === undefined || rest.length > 0) {
    throw new InputError('no-blob', `${JSON.stringify(name.slice(0, 80))} names no blob`, {
      expected: 'a SHA-256 of 64 lower-case hex digits, or EVENT:OUTPUT',
      remedy: 'varve show EVENT lists the outputs of an event',
    });
  }
  const { core, eventId } = findEvent(store, eventName);
  const descriptor = Object.hasOwn(core.outputs, output) ? core.outputs[output] : undefined;
  if (descriptor !== undefined) return descriptor.hash;
  throw new InputError('no-output', `the event has no output ${output}`, {
    where: `event ${eventId.slice(0, 12)}`,
    expected: `one of ${Object.keys(core.outputs).join(', ') || 'none'}`,
  });
}
