/**
 * Does small exact tasks in memory, through the same kinds as a run: analyses of what is recorded, or of what was
 * itself computed in memory. Their outputs stay in memory too; log and store are only read.
 */
import type { BlobStore } from '../../../store/blob-store.ts';
import type { EventCore, Task } from '../../../store/event.ts';
import { sha256Hex } from '../../../store/hash.ts';
import type { Store } from '../../../store/store.ts';
import { StoreError } from '../../../store/store-error.ts';
import { resolveTask } from '../../execution/assignment.ts';
import { recordedCore } from '../../execution/recorded-core.ts';
import { runAssignment } from '../../execution/run-assignment.ts';
import { currentVersion, findKind } from '../../tasks/registry.ts';
import type { Compute } from './imagination.ts';

/** What takes seconds at most where the campaign takes days: analyses at which no potential is at work. */
export const isAnalysis = ({ kind, inputs }: Task): boolean =>
  kind.startsWith('analysis.') && inputs.potential === undefined;
export const isStructure = ({ kind }: Task): boolean => kind === 'structure.create';

/** Blobs of the store, and those that were made in memory. */
class OverlaidBlobs implements Pick<BlobStore, 'get' | 'put'> {
  readonly #own = new Map<string, Uint8Array>();
  readonly #blobs: BlobStore;

  constructor(blobs: BlobStore) {
    this.#blobs = blobs;
  }

  get(hash: string): Uint8Array {
    return this.#own.get(hash) ?? this.#blobs.get(hash);
  }

  put(bytes: Uint8Array): { hash: string; bytes: number } {
    const hash = sha256Hex(bytes);
    this.#own.set(hash, bytes);
    return { hash, bytes: bytes.byteLength };
  }
}

/**
 * Nothing comes back for a task of another sort, of a version that this varve does not compute, or with an input whose
 * bytes were purged.
 */
export function computeInMemory({ blobs }: Pick<Store, 'blobs'>, isSmall: (task: Task) => boolean): Compute {
  const overlaid = new OverlaidBlobs(blobs);
  return ({ task, manifests }, imagination): EventCore | undefined => {
    if (!isSmall(task) || currentVersion(task.kind) !== task.v) return undefined;
    if (findKind(task.kind, task.v).class !== 'exact') return undefined;
    for (const manifest of manifests) overlaid.put(manifest);
    try {
      const assignment = resolveTask(task, imagination, overlaid);
      return recordedCore(overlaid, task, runAssignment(assignment, overlaid));
    } catch (error) {
      if (error instanceof StoreError && error.code === 'blob-missing') return undefined;
      throw error;
    }
  };
}
