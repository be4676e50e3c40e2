/** Errors that a person can mend, on their way from a worker thread: cloning a message between threads loses their class. */
import { StoreError, type StoreErrorDetails } from '../../store/store-error.ts';
import { InputError, type InputErrorDetails } from '../numerics/input-error.ts';

export type PortableError =
  | { readonly type: 'store'; readonly code: string; readonly what: string; readonly details: StoreErrorDetails }
  | { readonly type: 'input'; readonly code: string; readonly what: string; readonly details: InputErrorDetails };

/** undefined for what is not for the user to mend: that is thrown as it is. */
export function portableError(error: unknown): PortableError | undefined {
  if (error instanceof StoreError) {
    return { type: 'store', code: error.code, what: error.what, details: error.details };
  }
  if (error instanceof InputError) {
    return { type: 'input', code: error.code, what: error.what, details: error.details };
  }
  return undefined;
}

export const rebuiltError = ({ type, code, what, details }: PortableError): Error =>
  type === 'store' ? new StoreError(code, what, details) : new InputError(code, what, details);
