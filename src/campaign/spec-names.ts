/** Names in a spec. They become parts of cell names, so they hold no slash, colon or space. */
import { z } from 'zod';

export const nameSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/, {
    error: 'expected letters, digits, dot, dash or underscore (at most 80)',
    abort: true,
  })
  .refine((name) => !(name in Object.prototype), 'is a reserved word');

export const named = <T extends z.ZodType>(schema: T) => z.record(nameSchema, schema);
