/** The last word on an error: one message on stderr, an exit code. */

import { InputError } from '../../src/numerics/input-error.ts';
import { escapeControl, escapeInJson } from '../../store/escape-control.ts';
import { StoreError } from '../../store/store-error.ts';

/** Thrown to end a command with a message that is no fault of the user. */
export class CommandEnd extends Error {
  readonly exitCode: number;

  constructor(exitCode: number, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Damage found in a store is a failed check; all else that a user can mend is wrong use. */
const DAMAGE = /corrupt|differs|lost|missing$|malformed|unreadable|drift|conflict|recoverable/;

function exitCodeOf(error: unknown): number {
  if (error instanceof CommandEnd) return error.exitCode;
  if (error instanceof StoreError) return DAMAGE.test(error.code) && error.code !== 'store-missing' ? 1 : 2;
  return error instanceof InputError ? 2 : 1;
}

export function reportError(error: unknown, json: boolean): void {
  process.exitCode = exitCodeOf(error);
  const known = error instanceof InputError || error instanceof StoreError;
  const message = error instanceof Error ? error.message : String(error);
  if (json && known) {
    const report = { error: { code: error.code, message, ...error.details } };
    process.stdout.write(`${escapeInJson(JSON.stringify(report))}\n`);
  }
  const lines = message.split('\n').map(escapeControl).join('\n');
  process.stderr.write(`varve: ${lines}\n`);
  if (!known && !(error instanceof CommandEnd) && error instanceof Error) {
    process.stderr.write(
      `${error.stack?.split('\n').slice(1).join('\n') ?? ''}\nThis is a fault of varve. Nothing that was recorded is lost.\n`,
    );
  }
}
