/**
 * A campaign, or what one of its cells rests on, as W3C PROV-JSON (Member Submission of 24 April 2013). Blobs and outputs
 * of events are entities, events activities, builds of varve software agents; docs/interchange.md has the mapping. An
 * output is an entity of its own that specialises its blob, because two events may make the same bytes.
 */
import { canonicalJson } from '../../store/canonical-json.ts';
import type { StoredEvent } from '../../store/event.ts';
import { inputsOf, outputsOf } from '../../store/event-shape.ts';
import { prefixedHash } from '../../store/hash.ts';
import type { Cell } from '../projections/table.ts';
import { uriPart } from './crate-entity.ts';
import { describeEvent, eventName, eventTimes } from './event-words.ts';
import { jsonText } from './export-file.ts';
import { executedTask, type ProvenanceScope, type ProvenanceSource, supersedeKind } from './provenance-scope.ts';

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

const qualifiedName = (name: string): TypedLiteral => ({ $: name, type: 'xsd:QName' });
const eventId = (id: string): string => `event:${id}`;
const blobId = (hash: string): string => `blob:${hash}`;
const outputId = (event: string, output: string): string => `output:${event}/${uriPart(output)}`;
const buildId = (event: StoredEvent): string =>
  `build:${prefixedHash('attestation', canonicalJson(event.attestation))}`;
const campaignId = (scope: ProvenanceScope): string => `campaign:${scope.opening.eventId}`;
const cellId = (scope: ProvenanceScope, { name }: Cell): string =>
  `cell:${scope.opening.eventId}/${name.split('/').map(uriPart).join('/')}`;

/** The document, record by record, a section after the other: each section is one pass over the events. */
export function* provRecords(scope: ProvenanceScope, source: ProvenanceSource): Generator<ProvRecord> {
  const all = [...scope.events, ...scope.corrections];
  const manifests = new Set<string>();
  for (const { core } of all) {
    for (const { input } of inputsOf(core)) if ('manifest' in input) manifests.add(input.manifest);
  }
  const relations = function* (section: string, statements: Iterable<ProvAttributes>): Generator<ProvRecord> {
    let count = 0;
    for (const attributes of statements) yield { section, id: `_:${section}${++count}`, attributes };
  };
  yield* entities(scope, source, manifests);
  for (const event of all)
    yield { section: 'activity', id: eventId(event.eventId), attributes: activity(scope, event) };
  yield* agents(all);
  yield* relations('wasGeneratedBy', generations(all));
  yield* relations('used', usages(scope));
  yield* relations('wasInformedBy', communications(scope));
  yield* relations('wasAssociatedWith', associations(scope, all));
  yield* relations('wasDerivedFrom', derivations(scope));
  yield* relations('wasInvalidatedBy', invalidations(scope));
  yield* relations('wasInfluencedBy', influences(scope));
  yield* relations('specializationOf', specializations(all));
  yield* relations('hadMember', memberships(scope, source, manifests));
}

/** The document's text, a record a line. */
export function* provText(records: Iterable<ProvRecord>): Generator<string> {
  yield `{"prefix":${jsonText(provPrefixes)}`;
  let open: string | undefined;
  for (const { section, id, attributes } of records) {
    if (section !== open) yield `${open === undefined ? '' : '\n}'},\n${jsonText(section)}:{\n`;
    yield `${section === open ? ',\n' : ''}${jsonText(id)}:${jsonText(attributes)}`;
    open = section;
  }
  yield `${open === undefined ? '' : '\n}'}}\n`;
}

function* entities(
  scope: ProvenanceScope,
  source: ProvenanceSource,
  manifests: ReadonlySet<string>,
): Generator<ProvRecord> {
  const record = (id: string, attributes: ProvAttributes): ProvRecord => ({ section: 'entity', id, attributes });
  const { campaign, resultHash, history } = scope;
  yield record(campaignId(scope), {
    'prov:label': `campaign ${campaign.name}`,
    'prov:type': qualifiedName('prov:Collection'),
    'varve:resultHash': resultHash,
    'varve:historyHash': history.hash,
    'varve:historySize': history.size,
  });
  for (const cell of scope.cells) yield record(cellId(scope, cell), cellAttributes(cell));
  const blobs = new Set<string>();
  for (const hash of manifests) {
    blobs.add(hash);
    yield record(blobId(hash), {
      'prov:label': `manifest of ${source.manifest(hash).length} items`,
      'prov:type': qualifiedName('prov:Collection'),
    });
  }
  for (const event of scope.events) {
    for (const [name, descriptor] of outputsOf(event.core)) {
      const { hash, bytes, mediaType } = descriptor;
      yield record(outputId(event.eventId, name), { 'prov:label': `${name} of ${eventName(scope, event)}` });
      if (blobs.has(hash)) continue;
      blobs.add(hash);
      const purged = scope.purges.get(hash);
      yield record(blobId(hash), {
        'varve:bytes': bytes,
        'varve:mediaType': mediaType,
        ...(hash === campaign.specHash ? { 'prov:type': qualifiedName('prov:Plan') } : {}),
        ...(purged === undefined ? {} : { 'varve:purged': purged }),
      });
    }
  }
}

function cellAttributes(cell: Cell): ProvAttributes {
  const [low, high] = cell.interval95 ?? [null, null];
  const double = (name: string, value: number | null): ProvAttributes =>
    value === null ? {} : { [name]: { $: String(value), type: 'xsd:double' } };
  return {
    'prov:label': cell.name,
    'varve:status': cell.status,
    ...double('prov:value', cell.value),
    ...(cell.unit === '' ? {} : { 'varve:unit': cell.unit }),
    ...double('varve:interval95Low', low),
    ...double('varve:interval95High', high),
    ...(cell.verdict === undefined ? {} : { 'varve:verdict': cell.verdict }),
    ...(cell.notes.length === 0 ? {} : { 'varve:notes': cell.notes.join('; ') }),
  };
}

function activity(scope: ProvenanceScope, event: StoredEvent): ProvAttributes {
  const { core, seq, taskId } = event;
  const { startTime, endTime } = eventTimes(event);
  const { status, ...ending } = core.outcome;
  return {
    ...(startTime === undefined ? {} : { 'prov:startTime': startTime }),
    ...(endTime === undefined ? {} : { 'prov:endTime': endTime }),
    'prov:label': eventName(scope, event),
    'prov:type': qualifiedName(`varve:${core.task.kind}`),
    'varve:version': core.task.v,
    'varve:class': core.class,
    'varve:seq': seq,
    'varve:taskId': taskId,
    'varve:description': describeEvent(event),
    'varve:params': canonicalJson(core.task.params),
    'varve:outcome': status,
    ...(status === 'done' ? {} : { 'varve:ending': canonicalJson(ending) }),
    'varve:results': canonicalJson(core.results),
  };
}

function* agents(all: readonly StoredEvent[]): Generator<ProvRecord> {
  const known = new Set<string>();
  for (const event of all) {
    const id = buildId(event);
    if (known.has(id)) continue;
    known.add(id);
    const { varve, sourceBuild } = event.attestation;
    const attributes = {
      'prov:label': `varve ${String(varve)}`,
      'prov:type': qualifiedName('prov:SoftwareAgent'),
      'varve:version': String(varve),
      'varve:sourceBuild': String(sourceBuild),
    };
    yield { section: 'agent', id, attributes };
  }
}

function* generations(all: readonly StoredEvent[]): Generator<ProvAttributes> {
  for (const { eventId: id, core } of all) {
    for (const [name] of outputsOf(core)) {
      yield { 'prov:entity': outputId(id, name), 'prov:activity': eventId(id), 'prov:role': name };
    }
  }
}

function* usages(scope: ProvenanceScope): Generator<ProvAttributes> {
  for (const event of scope.events) {
    for (const { name, input } of inputsOf({ task: executedTask(scope, event) })) {
      const entity = 'manifest' in input ? blobId(input.manifest) : outputId(input.event, input.output);
      yield { 'prov:activity': eventId(event.eventId), 'prov:entity': entity, 'prov:role': name };
    }
  }
}

/** A chain of one kind: a segment that goes on from the state of the one before. */
function* communications(scope: ProvenanceScope): Generator<ProvAttributes> {
  for (const { eventId: id, core } of scope.events) {
    for (const { input } of inputsOf(core)) {
      if ('manifest' in input || scope.byId.get(input.event)?.core.task.kind !== core.task.kind) continue;
      yield { 'prov:informed': eventId(id), 'prov:informant': eventId(input.event) };
    }
  }
}

function* associations(scope: ProvenanceScope, all: readonly StoredEvent[]): Generator<ProvAttributes> {
  for (const event of all) {
    yield {
      'prov:activity': eventId(event.eventId),
      'prov:agent': buildId(event),
      'prov:plan': blobId(scope.campaign.specHash),
    };
  }
}

/** What use and generation do not say: cells come from outputs, and what replaces is a revision of what it replaces. */
function* derivations(scope: ProvenanceScope): Generator<ProvAttributes> {
  const outputs = (id: string): string[] => Object.keys(scope.byId.get(id)?.core.outputs ?? {});
  for (const cell of scope.cells) {
    for (const id of cell.events) {
      for (const name of outputs(id)) {
        yield { 'prov:generatedEntity': cellId(scope, cell), 'prov:usedEntity': outputId(id, name) };
      }
    }
  }
  for (const { core } of scope.corrections.filter(isSupersession)) {
    const [from, by] = [String(core.task.params.event), String(core.task.params.by)];
    for (const name of outputs(from).filter((output) => outputs(by).includes(output))) {
      yield {
        'prov:generatedEntity': outputId(by, name),
        'prov:usedEntity': outputId(from, name),
        'prov:type': qualifiedName('prov:Revision'),
      };
    }
  }
}

const isSupersession = ({ core }: StoredEvent): boolean => core.task.kind === supersedeKind;

function* invalidations(scope: ProvenanceScope): Generator<ProvAttributes> {
  for (const correction of scope.corrections) {
    const corrected = String(correction.core.task.params.event);
    const { startTime } = eventTimes(correction);
    for (const name of Object.keys(scope.byId.get(corrected)!.core.outputs)) {
      yield {
        'prov:entity': outputId(corrected, name),
        'prov:activity': eventId(correction.eventId),
        ...(startTime === undefined ? {} : { 'prov:time': startTime }),
      };
    }
  }
}

function* influences(scope: ProvenanceScope): Generator<ProvAttributes> {
  for (const { eventId: id, core } of scope.corrections) {
    yield { 'prov:influencee': eventId(id), 'prov:influencer': eventId(String(core.task.params.event)) };
  }
}

function* specializations(all: readonly StoredEvent[]): Generator<ProvAttributes> {
  for (const { eventId: id, core } of all) {
    for (const [name, { hash }] of outputsOf(core)) {
      yield { 'prov:specificEntity': outputId(id, name), 'prov:generalEntity': blobId(hash) };
    }
  }
}

function* memberships(
  scope: ProvenanceScope,
  source: ProvenanceSource,
  manifests: ReadonlySet<string>,
): Generator<ProvAttributes> {
  for (const cell of scope.cells) yield { 'prov:collection': campaignId(scope), 'prov:entity': cellId(scope, cell) };
  for (const hash of manifests) {
    const members = new Set(source.manifest(hash).map(({ event, output }) => outputId(event, output)));
    for (const member of members) yield { 'prov:collection': blobId(hash), 'prov:entity': member };
  }
}
