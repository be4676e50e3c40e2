/**
 * An entry from texts that were recorded in another store. Nothing about them is trusted: UTF-8, canonical form, shape
 * and size are demanded, and every hash is computed from the texts.
 */
import { parseCanonicalBytes } from './canonical-bytes.ts';
import { demandPlainObject, type Entry, entryOf, maximumEntryBytes } from './entry.ts';
import { demandCore } from './event-shape.ts';
import { prefixedHash } from './hash.ts';

export interface RecordedTexts {
  readonly core: Uint8Array;
  readonly attestation: Uint8Array;
  /** Its text, or its hash where it was left out. */
  readonly obs: Uint8Array | { readonly hash: string };
}

/** @throws StoreError `not-canonical`, `bad-event`, `entry-too-large` */
export function recordedEntry({ core, attestation, obs }: RecordedTexts): Entry {
  const { text: coreText, value } = parseCanonicalBytes(core, maximumEntryBytes, 'core');
  return entryOf(
    demandCore(value),
    coreText,
    objectText(attestation, 'attestation'),
    obs instanceof Uint8Array ? hashedObs(objectText(obs, 'obs')) : { text: null, hash: obs.hash },
  );
}

const hashedObs = (text: string) => ({ text, hash: prefixedHash('obs', text) });

function objectText(bytes: Uint8Array, name: string): string {
  const { text, value } = parseCanonicalBytes(bytes, maximumEntryBytes, name);
  demandPlainObject(value, name);
  return text;
}
