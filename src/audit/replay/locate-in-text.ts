/** The first line in which two texts differ, and the first number in it that does. */
import { numberDifference, type ValueDifference } from './locate-in-json.ts';

const LONGEST_LINE = 200;
const NUMBER = /[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/g;

export function locateInText(recorded: string, recomputed: string): ValueDifference | undefined {
  const a = recorded.split('\n');
  const b = recomputed.split('\n');
  for (let line = 0; line < Math.max(a.length, b.length); line++) {
    if (a[line] === b[line]) continue;
    return inLine(line, a[line], b[line]);
  }
  return undefined;
}

function inLine(line: number, a: string | undefined, b: string | undefined): ValueDifference {
  const place = `line ${line + 1}`;
  if (a !== undefined && b !== undefined && a.replace(NUMBER, '') === b.replace(NUMBER, '')) {
    const others = b.match(NUMBER) ?? [];
    for (const [k, text] of (a.match(NUMBER) ?? []).entries()) {
      if (text === others[k]) continue;
      return numberDifference(`${place}, ${fieldName(a)}number ${k + 1}`, Number(text), Number(others[k]));
    }
  }
  return { place, recorded: shorten(a), recomputed: shorten(b) };
}

/** `name = ` at the beginning of a line, as .mtp files have it. */
function fieldName(line: string): string {
  const name = /^\s*([A-Za-z_]\w*)\s*=/.exec(line)?.[1];
  return name === undefined ? '' : `${name}, `;
}

function shorten(line: string | undefined): string {
  if (line === undefined) return 'nothing: the text ends before';
  return line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line;
}
