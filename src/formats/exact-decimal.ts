/** Numbers as text, both ways without a lost bit. */

/** A number with 17 significant digits, as C prints it with %.16e: reading gives the same bits, the sign of zero too. */
export const exactDecimal = (value: number): string =>
  `${Object.is(value, -0) ? '-' : ''}${value.toExponential(16).replace(/e([-+])(\d)$/, 'e$10$2')}`;

/** The shortest decimal that reads back to the same double; String() would drop the sign of −0. */
export const shortDecimal = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));

/** No two ways to match the same digits, so a word of any length is judged in one pass. */
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eEdD][+-]?\d+)?$/;

/** A finite number, or undefined. Fortran's D exponents are accepted. */
export function readNumber(text: string): number | undefined {
  const value = NUMBER.test(text) ? Number(text.replace(/[dD]/, 'e')) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}
