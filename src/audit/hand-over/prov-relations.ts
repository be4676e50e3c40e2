/**
 * The relations of a PROV-JSON document: what each event used and made, on what it went on, which build of varve ran it,
 * what corrections did, and which outputs have which bytes. Each section is one pass over the events.
 */
import type { StoredEvent } from '../../../store/event.ts';
import { inputsOf, outputsOf } from '../../../store/event-shape.ts';
import { eventTimes } from './event-words.ts';
import {
  blobId,
  buildId,
  campaignId,
  cellId,
  eventId,
  outputId,
  type ProvAttributes,
  type ProvRecord,
  qualifiedName,
} from './prov-names.ts';
import { allEvents, executedTask, type ProvenanceScope, type ProvenanceSource } from './provenance-scope.ts';

export function* provRelations(
  scope: ProvenanceScope,
  source: ProvenanceSource,
  manifests: ReadonlySet<string>,
): Generator<ProvRecord> {
  const all = allEvents(scope);
  yield* numbered('wasGeneratedBy', generations(all));
  yield* numbered('used', usages(scope));
  yield* numbered('wasInformedBy', communications(scope));
  yield* numbered('wasAssociatedWith', associations(scope, all));
  yield* numbered('wasDerivedFrom', derivations(scope));
  yield* numbered('wasInvalidatedBy', invalidations(scope));
  yield* numbered('wasInfluencedBy', influences(scope));
  yield* numbered('specializationOf', specializations(all));
  yield* numbered('hadMember', memberships(scope, source, manifests));
}

/** Relations have no names of their own: blank ones, counted. */
function* numbered(section: string, statements: Iterable<ProvAttributes>): Generator<ProvRecord> {
  let count = 0;
  for (const attributes of statements) {
    count += 1;
    yield { section, id: `_:${section}${count}`, attributes };
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
  for (const { corrected, by, inEffect } of scope.corrections) {
    if (!inEffect || by === undefined) continue;
    const replacing = new Set(outputs(by));
    for (const name of outputs(corrected)) {
      if (!replacing.has(name)) continue;
      yield {
        'prov:generatedEntity': outputId(by, name),
        'prov:usedEntity': outputId(corrected, name),
        'prov:type': qualifiedName('prov:Revision'),
      };
    }
  }
}

/** By corrections in effect. */
function* invalidations(scope: ProvenanceScope): Generator<ProvAttributes> {
  for (const { event, corrected, inEffect } of scope.corrections) {
    if (!inEffect) continue;
    const { startTime } = eventTimes(event);
    for (const name of Object.keys(scope.byId.get(corrected)?.core.outputs ?? {})) {
      yield {
        'prov:entity': outputId(corrected, name),
        'prov:activity': eventId(event.eventId),
        ...(startTime === undefined ? {} : { 'prov:time': startTime }),
      };
    }
  }
}

function* influences(scope: ProvenanceScope): Generator<ProvAttributes> {
  for (const { event, corrected } of scope.corrections) {
    yield { 'prov:influencee': eventId(event.eventId), 'prov:influencer': eventId(corrected) };
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
