/** Canonical JSON from bytes of unknown origin: well-formed UTF-8, so that no wrong byte hides behind a replacement character. */
import { parseCanonical } from './canonical-json.ts';
import type { Json } from './json.ts';
import { StoreError } from './store-error.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** `where` names the text in errors. */
export function parseCanonicalBytes(
  bytes: Uint8Array,
  limitBytes: number,
  where: string,
): { text: string; value: Json } {
  try {
    const text = decoder.decode(bytes);
    return { text, value: parseCanonical(text, limitBytes) };
  } catch (error) {
    if (!(error instanceof StoreError)) throw new StoreError('not-canonical', 'the text is not UTF-8', { where });
    const place = error.details.where === undefined ? where : `${where} ${error.details.where}`;
    throw new StoreError(error.code, error.what, { ...error.details, where: place });
  }
}
