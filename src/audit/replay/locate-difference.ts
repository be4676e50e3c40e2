/** Finds where two blobs of one media type part, by reading them as what they are. */
import { ARRAY_BUNDLE_MEDIA_TYPE, readBundle } from '../../formats/array-bundle.ts';
import { JSON_MEDIA_TYPE, readJsonDocument } from '../../formats/json-document.ts';
import { InputError } from '../../numerics/input-error.ts';
import { type Located, locateInBundle } from './locate-in-bundle.ts';
import { locateInJson } from './locate-in-json.ts';
import { locateInText } from './locate-in-text.ts';

/** @param elementOf the element of an atom, where it is known */
export function locateDifference(
  mediaType: string,
  recorded: Uint8Array,
  recomputed: Uint8Array,
  elementOf: (atom: number) => string | undefined,
): Located {
  return readAs(mediaType, recorded, recomputed, elementOf) ?? firstByte(recorded, recomputed);
}

function readAs(
  mediaType: string,
  recorded: Uint8Array,
  recomputed: Uint8Array,
  elementOf: (atom: number) => string | undefined,
): Located | undefined {
  try {
    if (mediaType === ARRAY_BUNDLE_MEDIA_TYPE) {
      return locateInBundle(readBundle(recorded, 'recorded'), readBundle(recomputed, 'recomputed'), elementOf);
    }
    if (mediaType === JSON_MEDIA_TYPE) {
      return locateInJson(readJsonDocument(recorded, 'recorded'), readJsonDocument(recomputed, 'recomputed'));
    }
    if (mediaType.startsWith('text/')) {
      const decoder = new TextDecoder();
      return locateInText(decoder.decode(recorded), decoder.decode(recomputed));
    }
  } catch (error) {
    // Recorded bytes that are not what their type says are compared as bytes.
    if (!(error instanceof InputError)) throw error;
  }
  return undefined;
}

function firstByte(recorded: Uint8Array, recomputed: Uint8Array): Located {
  const common = Math.min(recorded.length, recomputed.length);
  let at = 0;
  while (at < common && recorded[at] === recomputed[at]) at += 1;
  const byteText = (bytes: Uint8Array): string =>
    at < bytes.length ? `0x${bytes[at]!.toString(16).padStart(2, '0')}` : `nothing: ${bytes.length} bytes in all`;
  return { place: `byte ${at}`, recorded: byteText(recorded), recomputed: byteText(recomputed) };
}
