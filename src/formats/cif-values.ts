/** Values of a CIF block: numbers with their standard uncertainty in parentheses, words, and what is not given (`?`, `.`). */
import type { CifBlock } from './cif-block.ts';
import { type CifToken, cifError } from './cif-tokens.ts';
import { readNumber } from './exact-decimal.ts';

/** What several spellings of a tag have in the block, the first that is there. */
export function columnOf(block: CifBlock, tags: readonly string[]): readonly CifToken[] | undefined {
  for (const tag of tags) {
    const values = block.columns.get(tag);
    if (values?.some(isGiven)) return values;
  }
  return undefined;
}

/** The single value of a tag, if it is given. @throws InputError `bad-cif` where there are several */
export function itemOf(block: CifBlock, tags: readonly string[], fileName: string): CifToken | undefined {
  const values = columnOf(block, tags);
  if (values === undefined || values.length === 1) return values?.[0];
  throw cifError(fileName, values[0]!.line, `${tags[0]} has several values`, 'one', String(values.length));
}

export const isGiven = ({ text, quoted }: CifToken): boolean => quoted || (text !== '?' && text !== '.');

/** @param what names the number in errors @throws InputError `bad-cif` for anything else, and where it is not given */
export function numberOf(value: CifToken, what: string, fileName: string): number {
  const number = readNumber(value.text.replace(/\(\d{0,20}\)$/, ''));
  if (number !== undefined) return number;
  throw cifError(fileName, value.line, `${what} is no number`, 'e.g. 10.253(2)', value.text);
}
