/** What a lineage came from: files from outside with the methods of their labels, seeds, and the code that computed it. */
import { inLogOrder, type StoredEvent } from '../../../store/event.ts';
import type { Lineage } from '../../projections/lineage.ts';
import { leavesOf } from './leaves.ts';

export interface ImportedFile {
  readonly event: StoredEvent;
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
  /** How the labels in it were made, as the campaign and the file say. */
  readonly methods: readonly string[];
}

export interface SeedUse {
  readonly event: StoredEvent;
  readonly seed: string;
  /** Parameter that holds it. */
  readonly path: string;
}

export function importedFiles({ nodes, edges }: Lineage): ImportedFile[] {
  const byId = new Map(nodes.map((event) => [event.eventId, event]));
  const methods = new Map<string, Set<string>>();
  for (const { from, to } of edges) {
    const consumer = byId.get(from)!;
    if (consumer.core.task.kind !== 'label.import') continue;
    const known = methods.get(to) ?? new Set();
    methods.set(to, known);
    for (const method of strings(consumer.core.results.methods)) known.add(method);
  }
  return inLogOrder(nodes.filter((event) => event.core.task.kind === 'blob.import')).flatMap((event) => {
    const { content } = event.core.outputs;
    if (content === undefined) return [];
    const name = String(event.core.task.params.name);
    return [
      { event, name, sha256: content.hash, bytes: content.bytes, methods: [...(methods.get(event.eventId) ?? [])] },
    ];
  });
}

export const seedUses = ({ nodes }: Lineage): SeedUse[] =>
  inLogOrder(nodes).flatMap((event) =>
    leavesOf(event.core.task.params).flatMap(({ path, value }) =>
      path.at(-1) === 'seed' && value !== null ? [{ event, seed: String(value), path: path.join('.') }] : [],
    ),
  );

const strings = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
