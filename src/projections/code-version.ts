/** What computed events: states of the code, each on a runtime. */
import type { StoredEvent } from '../../store/event.ts';

/** One state of the code on one runtime. */
export interface CodeVersion {
  readonly varve: string;
  readonly sourceBuild: string;
  readonly wasm: readonly string[];
  /** null where the circumstances were left out. */
  readonly runtime: string | null;
  readonly events: number;
}

/** Which code, as text: two events have the same where the same code computed them on the same runtime. */
export const codeOf = ({ attestation, obs }: Pick<StoredEvent, 'attestation' | 'obs'>): string =>
  JSON.stringify({
    varve: String(attestation.varve),
    sourceBuild: String(attestation.sourceBuild),
    wasm: Array.isArray(attestation.wasm) ? attestation.wasm.map(String) : [],
    runtime: obs === null ? null : `Node ${obs.node ?? '?'} on ${obs.platform ?? '?'} ${obs.arch ?? '?'}`,
  } satisfies Omit<CodeVersion, 'events'>);

/** By code, how many events it computed. */
export class CodeTally {
  readonly #counts = new Map<string, number>();

  add(code: string, events = 1): void {
    this.#counts.set(code, (this.#counts.get(code) ?? 0) + events);
  }

  /** The one that computed most comes first. */
  versions(): CodeVersion[] {
    return [...this.#counts]
      .map(([code, events]) => ({ ...(JSON.parse(code) as Omit<CodeVersion, 'events'>), events }))
      .sort((a, b) => b.events - a.events);
  }
}

export function codeVersions(events: Iterable<StoredEvent>): CodeVersion[] {
  const tally = new CodeTally();
  for (const event of events) tally.add(codeOf(event));
  return tally.versions();
}
