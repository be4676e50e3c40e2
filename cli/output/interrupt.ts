/** Ctrl-C and SIGTERM as an AbortSignal for the length of one piece of work, which ends by them with exit code 130. */
import { CommandEnd } from './errors.ts';

export async function interruptible<T>(message: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interrupt = new AbortController();
  const onSignal = (): void => interrupt.abort(new CommandEnd(130, message));
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  try {
    return await work(interrupt.signal);
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}
