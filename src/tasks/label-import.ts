/**
 * `label.import`: labelled configurations parsed from an imported file. Parsing is exact; the file's origin is not
 * varve's, and `method` says what it is (L3).
 */
import { z } from 'zod';
import { ARRAY_BUNDLE_MEDIA_TYPE } from '../formats/array-bundle.ts';
import { readLabels } from '../formats/extxyz-labels.ts';
import { writeLabelBundle } from '../formats/label-bundle.ts';
import { InputError } from '../numerics/input-error.ts';
import { labelMethodSchema, methodIdentity } from './label-method.ts';
import { elementsSchema } from './schemas.ts';
import { defineKind, singleInput } from './task-kind.ts';

export const labelImport = defineKind({
  kind: 'label.import',
  v: 1,
  class: 'exact',
  params: z.strictObject({
    name: z.string().min(1).max(200),
    format: z.literal('extxyz'),
    elements: elementsSchema,
    method: labelMethodSchema,
  }),
  run(context) {
    const { params } = context;
    const file = singleInput(context, 'file');
    let text: string;
    try {
      text = new TextDecoder('utf-8', { fatal: true }).decode(file.bytes);
    } catch {
      throw new InputError('bad-extxyz', 'the file is not UTF-8 text', { where: params.name });
    }
    const frames = readLabels(text, params.name, params.elements).map((frame) => ({
      ...frame,
      methodNote: methodIdentity(params.method, frame.methodNote),
    }));
    const atoms = frames.reduce((sum, frame) => sum + frame.structure.species.length, 0);
    return {
      outcome: { status: 'done' },
      outputs: { labels: { bytes: writeLabelBundle(frames), mediaType: ARRAY_BUNDLE_MEDIA_TYPE } },
      results: {
        configurations: frames.length,
        atoms,
        methods: [...new Set(frames.map((frame) => frame.methodNote))].sort(),
      },
    };
  },
});
