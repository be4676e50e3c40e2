/** Files with faults: any text, changed in a few places as accidents and malice would. */
import fc from 'fast-check';

/** What a number, a name or a mark may have become. */
const TOKENS = [
  '',
  '-',
  '-1',
  '0',
  '9',
  '1e9',
  '1e-400',
  '1e400',
  '-0',
  'nan',
  'NaN',
  'inf',
  '-Infinity',
  '0x10',
  '1_0',
  '1,5',
  '4294967296',
  '9007199254740993',
  '99999999999999999999',
  '1'.repeat(2000),
  '.',
  '+',
  'e5',
  '1d5',
  '__proto__',
  'constructor',
  '{',
  '}',
  ',',
  '"',
  "'",
  '=',
  '#',
  '^',
  '\n',
  '\r',
  '\r\n',
  '\t',
  '\u0000',
  '\ufeff',
  '\u2028',
  '\u00a0',
  '\ud800',
  '١',
  'END_CFG',
  'BEGIN_CFG',
  'Li',
  'T',
];

type Change = (text: string) => string;

/** Places are parts of the length, so that one change serves a text of any length. */
const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const at = (text: string, part: number): number => Math.floor(part * text.length);

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(place, fc.nat(0xffff)).map(
    ([part, code]): Change =>
      (text) => {
        const from = at(text, part);
        return text.slice(0, from) + String.fromCharCode(code) + text.slice(from + 1);
      },
  ),
  fc.tuple(place, fc.nat(7)).map(
    ([part, bit]): Change =>
      (text) => {
        const from = at(text, part);
        return text === ''
          ? text
          : text.slice(0, from) + String.fromCharCode(text.charCodeAt(from) ^ (1 << bit)) + text.slice(from + 1);
      },
  ),
  fc.tuple(place, fc.nat(40)).map(
    ([part, length]): Change =>
      (text) =>
        text.slice(0, at(text, part)) + text.slice(at(text, part) + length),
  ),
  fc.tuple(place, place, fc.nat(80)).map(
    ([part, to, length]): Change =>
      (text) => {
        const piece = text.slice(at(text, part), at(text, part) + length);
        return text.slice(0, at(text, to)) + piece + text.slice(at(text, to));
      },
  ),
  fc.tuple(place, fc.constantFrom(...TOKENS)).map(
    ([part, token]): Change =>
      (text) => {
        // The word that the place is in, or the next one.
        const words = [...text.matchAll(/[^\s{},=]+/g)];
        const word = words[Math.floor(part * words.length)];
        return word === undefined ? token : text.slice(0, word.index) + token + text.slice(word.index + word[0].length);
      },
  ),
  place.map(
    (part): Change =>
      (text) => {
        const lines = text.split('\n');
        lines.splice(Math.floor(part * lines.length), 1);
        return lines.join('\n');
      },
  ),
  fc.tuple(place, place).map(
    ([part, to]): Change =>
      (text) => {
        const lines = text.split('\n');
        lines.splice(Math.floor(to * lines.length), 0, lines[Math.floor(part * lines.length)]!);
        return lines.join('\n');
      },
  ),
  place.map(
    (part): Change =>
      (text) =>
        text.slice(0, at(text, part)),
  ),
);

/** A function that spoils a text. */
export const spoilings: fc.Arbitrary<Change> = fc
  .array(change, { minLength: 1, maxLength: 4 })
  .map((changes) => (text) => changes.reduce((spoilt, next) => next(spoilt), text));
