/**
 * How much room a text takes, without knowing its font: estimates on the large side, after the widths of DejaVu Sans,
 * the widest of the usual ones. Lengths are in pixels of the drawing.
 */
import { visibleText } from './markup.ts';

const widthsEm: readonly (readonly [RegExp, number])[] = [
  [/[ijltfrI.,:;|!'()[\]{}/\\ ⁻⁰-⁹¹²³·]/u, 0.42],
  [/[mwMW@%—…]/u, 1],
  [/[\u1100-\uffdc\u{1f000}-\u{3ffff}]/u, 1.1],
  [/[A-Z0-9∥⊥Σ]/u, 0.69],
];

export function textWidth(text: string, sizePx: number): number {
  let em = 0;
  for (const character of text) em += widthsEm.find(([kind]) => kind.test(character))?.[1] ?? 0.61;
  return em * sizePx;
}

/** Lines that each fit; words that are too long are cut. With fewer lines than it needs the last one ends in `…`. */
export function wrapText(
  text: string,
  widthPx: number,
  sizePx: number,
  mostLines = Number.POSITIVE_INFINITY,
): string[] {
  const fits = (line: string): boolean => textWidth(line, sizePx) <= widthPx;
  const lines: string[] = [];
  let line = '';
  for (const word of visibleText(text).split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (fits(longer)) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = '';
    for (const character of word) {
      if (line !== '' && !fits(line + character)) {
        lines.push(line);
        line = '';
      }
      line += character;
    }
  }
  lines.push(line);
  if (lines.length <= mostLines) return lines;
  return [...lines.slice(0, mostLines - 1), shortened(lines.slice(mostLines - 1).join(' '), widthPx, sizePx)];
}

/** One line, its end cut off where it is too long. */
export function shortened(text: string, widthPx: number, sizePx: number): string {
  const whole = visibleText(text);
  if (textWidth(whole, sizePx) <= widthPx) return whole;
  let kept = '';
  let used = textWidth('…', sizePx);
  for (const character of whole) {
    used += textWidth(character, sizePx);
    if (used > widthPx) break;
    kept += character;
  }
  return `${kept.trimEnd()}…`;
}
