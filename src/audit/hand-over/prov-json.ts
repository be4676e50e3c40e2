/**
 * A campaign, or what one of its cells rests on, as W3C PROV-JSON (Member Submission of 24 April 2013). Blobs and outputs
 * of events are entities, events activities, builds of varve software agents; docs/interchange.md has the mapping. An
 * output is an entity of its own that specialises its blob, because two events may make the same bytes.
 */
import { canonicalJson } from '../../../store/canonical-json.ts';
import type { StoredEvent } from '../../../store/event.ts';
import { manifestsOf, outputsOf } from '../../../store/event-shape.ts';
import type { Cell } from '../../projections/table.ts';
import { describeEvent, eventName, eventTimes } from './event-words.ts';
import { jsonText } from './export-file.ts';
import {
  blobId,
  buildId,
  campaignId,
  cellId,
  eventId,
  outputId,
  type ProvAttributes,
  type ProvRecord,
  provPrefixes,
  qualifiedName,
} from './prov-names.ts';
import { provRelations } from './prov-relations.ts';
import { allEvents, type ProvenanceScope, type ProvenanceSource } from './provenance-scope.ts';

/** The document, record by record, a section after the other: each section is one pass over the events. */
export function* provRecords(scope: ProvenanceScope, source: ProvenanceSource): Generator<ProvRecord> {
  const all = allEvents(scope);
  const manifests = new Set(all.flatMap(({ core }) => manifestsOf(core)));
  yield* entities(scope, source, manifests);
  for (const event of all)
    yield { section: 'activity', id: eventId(event.eventId), attributes: activity(scope, event) };
  yield* agents(all);
  yield* provRelations(scope, source, manifests);
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
      const purged = source.blobBytes(hash) === null ? scope.purges.get(hash) : undefined;
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
