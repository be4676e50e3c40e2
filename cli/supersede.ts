/** `varve supersede EVENT --by EVENT --reason TEXT`: names the event that stands in the place of another. */
import { findEvent } from '../src/audit/find-event.ts';
import { type CorrectionFlags, correct } from './output/correction.ts';

export function supersede(name: string, flags: CorrectionFlags & { readonly by: string }): void {
  correct(flags, (store) => ({
    kind: 'supersede',
    event: findEvent(store, name),
    by: findEvent(store, flags.by),
    reason: flags.reason,
  }));
}
