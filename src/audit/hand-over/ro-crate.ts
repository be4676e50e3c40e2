/**
 * A campaign, or what one of its cells rests on, as a Workflow Run RO-Crate: the entities of `ro-crate-metadata.json`.
 * It conforms to RO-Crate 1.1, Workflow RO-Crate 1.0 and to Process, Workflow and Provenance Run Crate 0.5
 * (docs/interchange.md has the mapping). A pure function of its arguments: nothing is drawn and no clock is read.
 */
import { actionEntities } from './crate-actions.ts';
import { type CrateEntity, eventEntityId, reference, references } from './crate-entity.ts';
import {
  type CrateContent,
  type CrateFile,
  type CrateFiles,
  collectionEntity,
  fileEntity,
  gatherFiles,
  workflowPath,
} from './crate-files.ts';
import { readmeEntity, readmePath, readmeText } from './crate-readme.ts';
import { type CrateSteps, gatherSteps, stepEntities } from './crate-steps.ts';
import { cellEntities } from './crate-tables.ts';
import { engineRunId, runEntities, runId, workflowEntities } from './crate-workflow.ts';
import { newestTime, scopeTitle } from './event-words.ts';
import { allEvents, type ProvenanceScope, type ProvenanceSource } from './provenance-scope.ts';

export const crateContext = ['https://w3id.org/ro/crate/1.1/context', 'https://w3id.org/ro/terms/workflow-run/context'];

const workflowRoCrate = {
  id: 'https://w3id.org/workflowhub/workflow-ro-crate/1.0',
  name: 'Workflow RO-Crate',
  version: '1.0',
};
const profiles = [
  { id: 'https://w3id.org/ro/wfrun/process/0.5', name: 'Process Run Crate', version: '0.5' },
  { id: 'https://w3id.org/ro/wfrun/workflow/0.5', name: 'Workflow Run Crate', version: '0.5' },
  { id: 'https://w3id.org/ro/wfrun/provenance/0.5', name: 'Provenance Run Crate', version: '0.5' },
  workflowRoCrate,
];
const historyId = '#history-hash';
const resultId = '#result-hash';
const unstatedLicense = 'No licence is stated: ask the authors of the campaign before you use it.';
/** RO-Crate asks for a date of publication; this one stands where the events were exported without their times. */
const unknownDate = '1970-01-01';

export interface CrateOptions extends CrateContent {
  /** A URL, or words on how the crate may be used. */
  readonly license?: string | undefined;
}

export interface RoCrate {
  /** The `@graph`, entity by entity: each identifier once, and none that is not described but those of the web. */
  readonly entities: Iterable<CrateEntity>;
  /** Text of `README.md`. */
  readonly readme: string;
  /** The blobs of the crate's folder, by path, and those that are left out of it. */
  readonly files: readonly Pick<CrateFile, 'id' | 'hash' | 'descriptor' | 'held'>[];
}

/** @throws Error (ours, or a damaged store: `verify` says which) where an event that is named is not there */
export function describeCrate(scope: ProvenanceScope, source: ProvenanceSource, options: CrateOptions = {}): RoCrate {
  const steps = gatherSteps(scope, source);
  const files = gatherFiles(scope, source, options);
  return {
    entities: { [Symbol.iterator]: () => crateEntities(scope, steps, files, options) },
    readme: readmeText(scope),
    files: [...files.files.values()],
  };
}

function* crateEntities(
  scope: ProvenanceScope,
  steps: CrateSteps,
  files: CrateFiles,
  options: CrateOptions,
): Generator<CrateEntity> {
  yield {
    '@id': 'ro-crate-metadata.json',
    '@type': 'CreativeWork',
    about: reference('./'),
    ...references('conformsTo', ['https://w3id.org/ro/crate/1.1', workflowRoCrate.id]),
  };
  yield rootEntity(scope, files, options);
  for (const { id, name, version } of profiles) yield { '@id': id, '@type': 'CreativeWork', name, version };
  yield* hashEntities(scope);
  yield readmeEntity(scope);
  yield* workflowEntities(scope, steps, files);
  yield* runEntities(scope, steps, files);
  yield* stepEntities(steps);
  yield* actionEntities(scope, files);
  for (const file of files.files.values()) if (file.id !== workflowPath) yield fileEntity(scope, file);
  for (const collection of files.collections.values()) yield collectionEntity(collection);
  yield* cellEntities(scope, files);
}

function rootEntity(
  scope: ProvenanceScope,
  files: CrateFiles,
  { license = unstatedLicense }: CrateOptions,
): CrateEntity {
  const events = allEvents(scope);
  const title = scopeTitle(scope);
  const published = newestTime(events);
  return {
    '@id': './',
    '@type': 'Dataset',
    name: title,
    description:
      `${title}: ${events.length} events recorded by varve, with their inputs, parameters, results and code versions. ` +
      (published === undefined
        ? `The events were exported without their times: ${unknownDate} stands for a date that is not known.`
        : 'The date of publication is the end of the newest event.'),
    datePublished: published ?? unknownDate,
    license: /^https?:\/\/[^\s<>"{}|\\^`]+$/.test(license) ? reference(license) : license,
    ...references(
      'conformsTo',
      profiles.map(({ id }) => id),
    ),
    ...references('identifier', [resultId, historyId]),
    mainEntity: reference(workflowPath),
    ...references('hasPart', [readmePath, ...[...files.files.values()].map((file) => file.id)]),
    ...references('mentions', [
      runId,
      engineRunId,
      ...events.map((event) => eventEntityId(event.eventId)),
      ...[...files.collections.values()].map((collection) => collection.id),
    ]),
  };
}

function* hashEntities({ resultHash, history }: ProvenanceScope): Generator<CrateEntity> {
  yield {
    '@id': resultId,
    '@type': 'PropertyValue',
    name: 'result hash',
    description: 'RFC 6962 root over the sorted event ids of the campaign.',
    value: resultHash,
  };
  yield {
    '@id': historyId,
    '@type': 'PropertyValue',
    name: 'history hash',
    description: `RFC 6962 root over all ${history.size} events of the store in order; varve verify --expect takes it.`,
    value: `${history.size}:${history.hash}`,
  };
}
