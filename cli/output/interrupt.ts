/** Ctrl-C and SIGTERM as an AbortSignal for the length of one piece of work. */
import { CommandEnd } from './errors.ts';

/** Ended by them, the work throws `signal.reason`, which is exit code 130 with the message. */
export const interruptible = <T>(message: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> =>
  withInterrupt(work, () => new CommandEnd(130, message));

/** For work that ends by itself when the signal is aborted, with what it has. */
export async function withInterrupt<T>(
  work: (signal: AbortSignal) => Promise<T>,
  reason: () => Error | undefined = () => undefined,
): Promise<T> {
  const interrupt = new AbortController();
  const onSignal = (): void => interrupt.abort(reason());
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  try {
    return await work(interrupt.signal);
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}
