/** Annealing and quenching, of structures that runs start from and of ground states. */
import { z } from 'zod';
import { barostatSchema } from '../tasks/schemas.ts';

/** Annealing and quenching (a+q): held at one temperature, cooled linearly to another, both in NPT; then relaxed. */
export const annealSchema = z.strictObject({
  fromK: z.number().positive().max(10_000).default(600),
  holdPs: z.number().positive().max(1e6),
  toK: z.number().positive().max(10_000).default(1),
  coolPs: z.number().positive().max(1e6),
  dampingFs: z.number().positive().max(1e5).default(200),
  barostat: barostatSchema.prefault({ cell: 'isotropic' }),
});
