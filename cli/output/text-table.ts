/** Columns of text, each as wide as its widest entry; numbers to the right where asked. Texts may be of any origin. */
import { escapeControl } from '../../store/escape-control.ts';

export function renderColumns(texts: readonly (readonly string[])[], alignRight: readonly number[] = []): string {
  const rows = texts.map((row) => row.map(escapeControl));
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((text, k) => {
      widths[k] = Math.max(widths[k] ?? 0, displayWidth(text));
    });
  }
  return rows
    .map((row) =>
      row
        .map((text, k) => {
          const padding = ' '.repeat(widths[k]! - displayWidth(text));
          return alignRight.includes(k) ? padding + text : text + padding;
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Code points; the texts here hold no wide or combining characters. */
const displayWidth = (text: string): number => [...text].length;
