/** Numbers as people read them, the same in tables, pages and figures. */
const SUPERSCRIPTS: { readonly [digit: string]: string } = {
  '-': '⁻',
  '0': '⁰',
  '1': '¹',
  '2': '²',
  '3': '³',
  '4': '⁴',
  '5': '⁵',
  '6': '⁶',
  '7': '⁷',
  '8': '⁸',
  '9': '⁹',
};

/** Three significant digits, as a power of ten below 0.01 and from 10 000 on. */
export function formatNumber(value: number, digits = 3): string {
  if (value === 0) return '0';
  const magnitude = Math.abs(value);
  if (magnitude >= 0.01 && magnitude < 10_000) return String(Number(value.toPrecision(digits)));
  const [mantissa, exponent] = value.toExponential(digits - 1).split('e') as [string, string];
  return `${Number(mantissa)}·${powerOfTen(Number(exponent))}`;
}

/** `10⁻⁷` */
export const powerOfTen = (exponent: number): string =>
  `10${[...String(exponent)].map((digit) => SUPERSCRIPTS[digit]).join('')}`;

/** Of the first digit that is not 0; of 0 itself 0. */
export const exponentOf = (value: number): number => Number(value.toExponential().split('e')[1]);
