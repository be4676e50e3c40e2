/** What the log keeps of a result: its outputs put as blobs, and the core that names them. */
import type { BlobStore } from '../../store/blob-store.ts';
import type { EventCore, Task } from '../../store/event.ts';
import { findKind } from '../tasks/registry.ts';
import type { TaskResult } from '../tasks/task-kind.ts';

export function recordedCore(blobs: Pick<BlobStore, 'put'>, task: Task, result: TaskResult): EventCore {
  const outputs = Object.entries(result.outputs).map(([name, { bytes, mediaType }]) => {
    const { hash } = blobs.put(bytes);
    return [name, { hash, bytes: bytes.length, mediaType }] as const;
  });
  return {
    task,
    class: findKind(task.kind, task.v).class,
    outcome: result.outcome,
    outputs: Object.fromEntries(outputs),
    results: result.results,
  };
}
