/** What a task withholds: a number that its inputs do not carry is no failure of the task, and its reason is a result. */
import { InputError } from '../numerics/input-error.ts';

/**
 * The result, or why there is none.
 * @param codes of the errors that are such reasons; others are thrown
 */
export function withholding<T>(
  codes: readonly string[],
  compute: () => T,
): { readonly found: T; readonly withheld: null } | { readonly found: null; readonly withheld: string } {
  try {
    return { found: compute(), withheld: null };
  } catch (error) {
    if (!(error instanceof InputError) || !codes.includes(error.code)) throw error;
    const { expected, found } = error.details;
    const parts = [
      error.what,
      ...(expected === undefined ? [] : [`expected ${expected}`]),
      ...(found === undefined ? [] : [`found ${found}`]),
    ];
    return { found: null, withheld: parts.join('; ') };
  }
}
