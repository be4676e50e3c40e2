/** Terms that more than one section of the spec is made of. */
import { z } from 'zod';
import { barostatSchema } from '../tasks/schemas.ts';

/** Names become parts of cell names, so they hold no slash, colon or space. */
export const nameSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/, {
    error: 'expected letters, digits, dot, dash or underscore (at most 80)',
    abort: true,
  })
  .refine((name) => !(name in Object.prototype), 'is a reserved word');
export const named = <T extends z.ZodType>(schema: T) => z.record(nameSchema, schema);
export const filled = (record: object): boolean => Object.keys(record).length > 0;

/** Annealing and quenching (a+q): held at one temperature, cooled linearly to another, both in NPT; then relaxed. */
export const annealSchema = z.strictObject({
  fromK: z.number().positive().max(10_000).default(600),
  holdPs: z.number().positive().max(1e6),
  toK: z.number().positive().max(10_000).default(1),
  coolPs: z.number().positive().max(1e6),
  dampingFs: z.number().positive().max(1e5).default(200),
  barostat: barostatSchema.prefault({ cell: 'isotropic' }),
});
