/** A number with 17 significant digits, as C prints it with %.16e: reading gives the same bits, the sign of zero too. */
export const exactDecimal = (value: number): string =>
  `${Object.is(value, -0) ? '-' : ''}${value.toExponential(16).replace(/e([-+])(\d)$/, 'e$10$2')}`;
