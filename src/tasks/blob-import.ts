/** `blob.import`: bytes from outside, recorded as they are. Observed: a replay can compare them only where they still are. */
import { z } from 'zod';
import { sha256Schema } from './schemas.ts';
import { defineKind } from './task-kind.ts';

export const blobImport = defineKind({
  kind: 'blob.import',
  v: 1,
  class: 'observed',
  params: z.strictObject({
    /** What the file is called, for people; its content is named by the hash. */
    name: z.string().min(1).max(200),
    sha256: sha256Schema,
    bytes: z.int().min(0),
    mediaType: z.string().min(1).max(100),
  }),
  run({ params, external }) {
    if (external === undefined) throw new Error('blob.import runs where files can be read');
    const bytes = external(params.sha256);
    return {
      outcome: { status: 'done' },
      outputs: { content: { bytes, mediaType: params.mediaType } },
      results: { bytes: bytes.length },
    };
  },
});
