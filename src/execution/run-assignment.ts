/** Runs one assignment in the thread that calls it: reads and re-hashes its blobs, checks its parameters, computes. */
import type { BlobStore } from '../../store/blob-store.ts';
import { sha256Hex } from '../../store/hash.ts';
import { inKeyOrder, type JsonObject, type JsonValue } from '../formats/json-document.ts';
import type { Crew } from '../numerics/crew.ts';
import { InputError } from '../numerics/input-error.ts';
import { findKind } from '../tasks/registry.ts';
import type { InputBlob, TaskResult } from '../tasks/task-kind.ts';
import type { Assignment } from './assignment.ts';
import { loadSymmetry } from './symmetry.ts';

export interface RunOptions {
  readonly onProgress?: (fraction: number) => void;
  /** Threads for the task; an executor of several workers makes its own. */
  readonly crew?: Crew;
  /** Bytes from outside, for kinds that import them. */
  readonly external?: (sha256: string) => Uint8Array;
}

/** What comes from outside is what the task names, or nothing is recorded. */
const checked =
  (external: (sha256: string) => Uint8Array) =>
  (sha256: string): Uint8Array => {
    const bytes = external(sha256);
    const found = sha256Hex(bytes);
    if (found === sha256) return bytes;
    throw new InputError('file-changed', 'the bytes from outside are not those that the task names', {
      expected: `SHA-256 ${sha256}`,
      found: `SHA-256 ${found}`,
      remedy: 'run again',
    });
  };

/**
 * What the inputs make impossible is an outcome (`failed`) of an exact task: asked again, it fails again. Everything
 * else that goes wrong (a corrupt blob, a full disk, a fault of ours) is thrown, and nothing is recorded.
 */
export function runAssignment(
  assignment: Assignment,
  blobs: Pick<BlobStore, 'get'>,
  options: RunOptions = {},
): TaskResult {
  const kind = findKind(assignment.kind, assignment.v);
  const loaded = new Map<string, Uint8Array>();
  const load = (hash: string): Uint8Array => {
    const bytes = loaded.get(hash) ?? blobs.get(hash);
    loaded.set(hash, bytes);
    return bytes;
  };
  const params = kind.params.parse(assignment.params);
  try {
    const result = kind.run({
      params,
      inputs: (name): InputBlob[] =>
        (assignment.inputs[name] ?? []).map(({ hash, index }) => ({
          hash,
          bytes: load(hash),
          ...(index === undefined ? {} : { index }),
        })),
      *stream(name) {
        for (const { hash, index } of assignment.inputs[name] ?? []) {
          yield { hash, bytes: blobs.get(hash), ...(index === undefined ? {} : { index }) };
        }
      },
      onProgress: options.onProgress ?? (() => undefined),
      spaceGroups: loadSymmetry,
      ...(options.crew === undefined ? {} : { crew: options.crew }),
      ...(options.external === undefined ? {} : { external: checked(options.external) }),
    });
    const results = inKeyOrder(result.results, 'results') as JsonObject;
    demandRecordable(results, 'results');
    return { ...result, results };
  } catch (error) {
    if (!(error instanceof InputError) || kind.class !== 'exact') throw error;
    const { where, expected, found, remedy } = error.details;
    const details = Object.entries({ where, expected, found, remedy }).filter(([, text]) => text !== undefined);
    return {
      outcome: {
        status: 'failed',
        error: { code: error.code, what: error.what, ...Object.fromEntries(details) } as JsonObject,
      },
      outputs: {},
      results: {},
    };
  }
}

/** @throws InputError `result-too-large` for a number beyond 2^53 − 1: the log holds no whole number of that size */
function demandRecordable(value: JsonValue, path: string): void {
  if (typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER) {
    throw new InputError('result-too-large', 'a result is too large to mean anything', {
      where: path,
      expected: `a number within ±${Number.MAX_SAFE_INTEGER}`,
      found: String(value),
    });
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) demandRecordable(inner, `${path}.${key}`);
}
