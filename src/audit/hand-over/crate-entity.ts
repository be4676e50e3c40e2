/** Entities of an RO-Crate's `@graph`, and how their identifiers are made: flat JSON-LD, each entity once, linked by `@id`. */
import { sha256Hex } from '../../../store/hash.ts';
import type { JsonValue } from '../../formats/json-document.ts';

export interface CrateReference {
  readonly '@id': string;
}

export type CrateValue = string | number | boolean | CrateReference | readonly (string | CrateReference)[];

export interface CrateEntity {
  readonly '@id': string;
  readonly '@type': string | readonly string[];
  readonly [property: string]: CrateValue;
}

export const reference = (id: string): CrateReference => ({ '@id': id });

/** `{property: references}`, or nothing where there are none: an empty list says nothing in JSON-LD. */
export function references(property: string, ids: Iterable<string>): { readonly [property: string]: CrateReference[] } {
  const list = [...ids].map(reference);
  return list.length === 0 ? {} : { [property]: list };
}

/** Text of any origin as part of a URI. */
export const uriPart = (text: string): string => encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'));

export const eventEntityId = (eventId: string): string => `#event-${eventId}`;

/** RFC 6920: names bytes that the crate does not hold by their SHA-256 in hexadecimal. */
export const absentBlobId = (hash: string): string => `nih:sha-256;${hash}`;

/**
 * Nested parameters as pairs of a dotted path and a value. Lists are JSON text, because a list in JSON-LD has no order;
 * so are null and an empty object, because JSON-LD drops them.
 */
export function* flatValues(
  value: { readonly [name: string]: JsonValue },
  prefix = '',
): Generator<readonly [path: string, value: string | number | boolean, type: string]> {
  for (const [name, item] of Object.entries(value)) {
    const path = `${prefix}${name}`;
    if (typeof item === 'number') yield [path, item, 'Number'];
    else if (typeof item === 'boolean') yield [path, item, 'Boolean'];
    else if (typeof item === 'string') yield [path, item, 'Text'];
    else if (item === null || Array.isArray(item) || Object.keys(item).length === 0)
      yield [path, JSON.stringify(item), 'Text'];
    else yield* flatValues(item, `${path}.`);
  }
}

/** A name for equal settings of one parameter, so that they are one entity. */
export const settingId = (parameterId: string, value: string | number | boolean): string =>
  `#setting-${sha256Hex(`${parameterId}\n${JSON.stringify(value)}`).slice(0, 32)}`;
