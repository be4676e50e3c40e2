/** `varve retract EVENT --reason TEXT`: takes back an event, and with it all that rests on it. */
import { findEvent } from '../src/audit/find-event.ts';
import { type CorrectionFlags, correct } from './output/correction.ts';

export function retract(name: string, flags: CorrectionFlags): void {
  correct(flags, (store) => ({ kind: 'retract', event: findEvent(store, name), reason: flags.reason }));
}
