/**
 * The words of a CIF 1.1 file (Hall, Allen & Brown, Acta Cryst. A47, 655 (1991); International Tables G, 2.2): block
 * headers, `loop_`, tags, and values: bare, in quotes, or between lines that begin with a semicolon. Comments are skipped.
 */
import { InputError } from '../numerics/input-error.ts';
import { TextLines } from './text-lines.ts';

export interface CifToken {
  readonly kind: 'block' | 'loop' | 'tag' | 'value';
  /** Name of the block, tag in lower case with `.` as `_`, or value without its quotes. */
  readonly text: string;
  /** Whether a value stood in quotes or semicolons: then `?` and `.` are themselves. */
  readonly quoted: boolean;
  /** Counted from 1. */
  readonly line: number;
}

const MAX_LINE_LENGTH = 65_536;

/** @throws InputError `bad-cif` with file and line */
export function* cifTokens(text: string, fileName: string): Generator<CifToken> {
  const lines = new TextLines(text.startsWith('\ufeff') ? text.slice(1) : text);
  for (let line = lines.next(); line !== null; line = lines.next()) {
    if (line.length > MAX_LINE_LENGTH) {
      throw cifError(fileName, lines.line, `the line is longer than ${MAX_LINE_LENGTH} characters`);
    }
    if (line.startsWith(';')) yield textField(line, lines, fileName);
    else yield* tokensOfLine(line, lines.line, fileName);
  }
}

/** Lines up to the next that begins with a semicolon. What follows on that line is read as other words are. */
function textField(first: string, lines: TextLines, fileName: string): CifToken {
  const line = lines.line;
  const parts = [first.slice(1)];
  for (let next = lines.next(); next !== null; next = lines.next()) {
    if (next.startsWith(';')) {
      if (next.slice(1).trim() !== '') {
        throw cifError(fileName, lines.line, 'words follow the end of a text between semicolons', 'a line of its own');
      }
      return { kind: 'value', text: parts.join('\n'), quoted: true, line };
    }
    parts.push(next);
  }
  throw cifError(fileName, line, 'a text between semicolons is never closed', 'a line that begins with ;');
}

function* tokensOfLine(line: string, number: number, fileName: string): Generator<CifToken> {
  let at = 0;
  while (at < line.length) {
    const mark = line[at]!;
    if (isBlank(mark)) {
      at += 1;
    } else if (mark === '#') {
      return;
    } else if (mark === "'" || mark === '"') {
      let end = line.indexOf(mark, at + 1);
      // A quote within a word is part of it: it ends the value only where white space or the line's end follows.
      while (end >= 0 && end + 1 < line.length && !isBlank(line[end + 1]!)) end = line.indexOf(mark, end + 1);
      if (end < 0) throw cifError(fileName, number, 'a quoted value is not closed on its line', mark, line.slice(at));
      yield { kind: 'value', text: line.slice(at + 1, end), quoted: true, line: number };
      at = end + 1;
    } else {
      let end = at + 1;
      while (end < line.length && !isBlank(line[end]!)) end += 1;
      yield word(line.slice(at, end), number, fileName);
      at = end;
    }
  }
}

const isBlank = (character: string): boolean => character === ' ' || character === '\t' || character === '\r';

function word(text: string, line: number, fileName: string): CifToken {
  if (text.startsWith('_')) return { kind: 'tag', text: tagName(text), quoted: false, line };
  if (/^data_/i.test(text)) return { kind: 'block', text: text.slice(5), quoted: false, line };
  if (/^loop_$/i.test(text)) return { kind: 'loop', text: '', quoted: false, line };
  if (/^(save_|global_$|stop_$)/i.test(text)) {
    throw cifError(fileName, line, 'a reserved word that files of structures do not have', undefined, text);
  }
  return { kind: 'value', text, quoted: false, line };
}

/** Tags do not tell upper from lower case; newer dictionaries write a dot behind the category. */
const tagName = (text: string): string => text.toLowerCase().replace('.', '_');

export const cifError = (
  fileName: string,
  line: number,
  what: string,
  expected?: string,
  found?: string,
  remedy?: string,
): InputError =>
  new InputError('bad-cif', what, {
    where: `${fileName}:${line}`,
    ...(expected === undefined ? {} : { expected }),
    ...(found === undefined ? {} : { found: JSON.stringify(found.slice(0, 80)) }),
    ...(remedy === undefined ? {} : { remedy }),
  });
