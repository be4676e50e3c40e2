/** The potential that a task is given. */
import { readMtp } from '../formats/mtp.ts';
import type { MtpPotential } from '../potential/potential.ts';
import { blobName, singleInput, type TaskContext } from './task-kind.ts';

/** @throws InputError where the input's bytes are no .mtp file */
export function potentialOf<P>(context: TaskContext<P>, input = 'potential'): MtpPotential {
  const blob = singleInput(context, input);
  return readMtp(new TextDecoder().decode(blob.bytes), blobName(blob));
}
