/** Finds the task in the text of a core without reading or writing JSON again. */
import { canonicalJson } from './canonical-json.ts';
import type { EventCore } from './event.ts';

/** How a task begins in canonical text: `task` is the last key of a core, `inputs` the first of a task. */
const marker = ',"task":{"inputs":';
const keyLength = ',"task":'.length;

/** The canonical text of `core.task`, where `text` is the canonical text of `core`. */
export function taskTextOf(core: EventCore, text: string): string {
  const at = text.indexOf(marker);
  // Quotes within a string are escaped, so the marker is never part of one; but results may have a field `task` too.
  return at === text.lastIndexOf(marker) ? text.slice(at + keyLength, -1) : canonicalJson(core.task);
}
