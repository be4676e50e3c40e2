/** The data blocks of a CIF file: for each tag its values, one outside of loops. */
import { type CifToken, cifError, cifTokens } from './cif-tokens.ts';

export interface CifBlock {
  readonly name: string;
  /** Line of its header. */
  readonly line: number;
  /** Values by tag, in lower case with `.` as `_`; tags of one loop have equally many. */
  readonly columns: ReadonlyMap<string, readonly CifToken[]>;
}

const MAX_BLOCKS = 100_000;
const MAX_LOOP_TAGS = 1000;

/** @throws InputError `bad-cif` with file and line */
export function readCifBlocks(text: string, fileName: string): CifBlock[] {
  const tokens = cifTokens(text, fileName);
  const blocks: { name: string; line: number; columns: Map<string, CifToken[]> }[] = [];
  let current = tokens.next();
  const step = (): CifToken | undefined => {
    current = tokens.next();
    return current.done ? undefined : current.value;
  };
  let token = current.done ? undefined : current.value;
  while (token !== undefined) {
    const block = blocks.at(-1);
    if (token.kind === 'block') {
      blocks.push({ name: token.text, line: token.line, columns: new Map() });
      if (blocks.length > MAX_BLOCKS) throw cifError(fileName, token.line, 'too many blocks', `at most ${MAX_BLOCKS}`);
      token = step();
    } else if (block === undefined) {
      throw cifError(fileName, token.line, 'a CIF file begins with a block', 'data_NAME', token.text);
    } else if (token.kind === 'loop') {
      token = readLoop(block.columns, token, step, fileName);
    } else if (token.kind === 'tag') {
      const value = step();
      if (value?.kind !== 'value') {
        throw cifError(fileName, token.line, `${token.text} has no value`, 'a value, ? or .', value?.text);
      }
      add(block.columns, token, [value], fileName);
      token = step();
    } else {
      throw cifError(fileName, token.line, 'a value without a tag', 'a tag such as _cell_length_a', token.text);
    }
  }
  return blocks;
}

/** @returns the token behind the loop */
function readLoop(
  columns: Map<string, CifToken[]>,
  loop: CifToken,
  step: () => CifToken | undefined,
  fileName: string,
): CifToken | undefined {
  const tags: CifToken[] = [];
  let token = step();
  for (; token?.kind === 'tag'; token = step()) {
    tags.push(token);
    if (tags.length > MAX_LOOP_TAGS) {
      throw cifError(fileName, token.line, 'the loop has too many tags', `at most ${MAX_LOOP_TAGS}`);
    }
  }
  if (tags.length === 0)
    throw cifError(fileName, loop.line, 'the loop names no tags', 'tags behind loop_', token?.text);
  const values = tags.map((): CifToken[] => []);
  let count = 0;
  for (; token?.kind === 'value'; token = step()) {
    values[count % tags.length]!.push(token);
    count += 1;
  }
  if (count === 0 || count % tags.length !== 0) {
    const expected = `a multiple of its ${tags.length} tags`;
    throw cifError(fileName, loop.line, 'the loop does not have a value for each tag', expected, `${count} values`);
  }
  tags.forEach((tag, k) => {
    add(columns, tag, values[k]!, fileName);
  });
  return token;
}

function add(columns: Map<string, CifToken[]>, tag: CifToken, values: CifToken[], fileName: string): void {
  if (columns.has(tag.text)) throw cifError(fileName, tag.line, `${tag.text.slice(0, 80)} is given twice in a block`);
  columns.set(tag.text, values);
}
