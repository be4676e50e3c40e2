/** Names in PROV-JSON: the prefixes of a document, the identifiers of what it speaks of, and its statements. */
import { canonicalJson } from '../../../store/canonical-json.ts';
import type { StoredEvent } from '../../../store/event.ts';
import { prefixedHash } from '../../../store/hash.ts';
import type { Cell } from '../../projections/table.ts';
import { uriPart } from './crate-entity.ts';
import type { ProvenanceScope } from './provenance-scope.ts';

interface TypedLiteral {
  readonly $: string;
  readonly type: string;
}

export interface ProvAttributes {
  readonly [name: string]: string | number | TypedLiteral;
}

/** A statement of the document: in which of its sections, under which name, and what it says. */
export interface ProvRecord {
  readonly section: string;
  readonly id: string;
  readonly attributes: ProvAttributes;
}

export const provPrefixes = {
  varve: 'urn:varve:term:',
  campaign: 'urn:varve:campaign:',
  event: 'urn:varve:event:',
  output: 'urn:varve:output:',
  cell: 'urn:varve:cell:',
  build: 'urn:varve:build:',
  blob: 'nih:sha-256;',
};

export const qualifiedName = (name: string): TypedLiteral => ({ $: name, type: 'xsd:QName' });
export const eventId = (id: string): string => `event:${id}`;
export const blobId = (hash: string): string => `blob:${hash}`;
export const outputId = (event: string, output: string): string => `output:${event}/${uriPart(output)}`;
export const buildId = (event: StoredEvent): string =>
  `build:${prefixedHash('attestation', canonicalJson(event.attestation))}`;
export const campaignId = (scope: ProvenanceScope): string => `campaign:${scope.opening.eventId}`;
export const cellId = (scope: ProvenanceScope, { name }: Cell): string =>
  `cell:${scope.opening.eventId}/${name.split('/').map(uriPart).join('/')}`;
