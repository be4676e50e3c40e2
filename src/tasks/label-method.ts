/** How a label was made, as the spec states it and as the file itself notes it (L3). */
import { z } from 'zod';

export const labelMethodSchema = z.strictObject({
  engine: z.string().min(1).max(100),
  version: z.string().min(1).max(100),
  functional: z.string().min(1).max(100),
  settings: z.string().min(1).max(2000),
});

export type LabelMethod = z.infer<typeof labelMethodSchema>;

/** Two labels are of one method where this text is equal. */
export const methodIdentity = ({ engine, version, functional, settings }: LabelMethod, note: string): string =>
  `${engine} ${version}, ${functional}, ${settings}${note === '' ? '' : ` [${note}]`}`;
