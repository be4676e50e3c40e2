/** The workflow of a crate, which is the campaign's spec, and its run: what was to be done, and that it was done. */
import { type CrateEntity, reference, references } from './crate-entity.ts';
import { type CrateFiles, fileEntity, importedFiles, workflowInputId, workflowPath } from './crate-files.ts';
import { buildId, type CrateSteps, controlIds, workflowParts } from './crate-steps.ts';
import { cellId, tableParameterId } from './crate-tables.ts';
import { eventTimes, newestTime } from './event-words.ts';
import type { ProvenanceScope } from './provenance-scope.ts';

const languageId = '#varve-campaign-language';
export const engineRunId = '#engine-run';
export const runId = '#campaign-run';

/** The campaign's spec is the workflow: what was to be done, without any result. */
export function* workflowEntities(
  scope: ProvenanceScope,
  steps: CrateSteps,
  { files }: CrateFiles,
): Generator<CrateEntity> {
  const parts = workflowParts(steps);
  const inputs = importedFiles(scope).filter(([, sha256]) => files.has(sha256));
  yield {
    ...fileEntity(scope, files.get(scope.campaign.specHash)!),
    '@type': ['File', 'SoftwareSourceCode', 'ComputationalWorkflow', 'HowTo'],
    name: `campaign ${scope.campaign.name}`,
    description: 'The normalised spec of the campaign: all that it depends on, files named by their hashes.',
    programmingLanguage: reference(languageId),
    ...references('hasPart', parts.tools),
    ...references('step', parts.steps),
    ...references(
      'input',
      inputs.map(([name]) => workflowInputId(name)),
    ),
    ...references('output', scope.tables.map(tableParameterId)),
  };
  yield {
    '@id': languageId,
    '@type': 'ComputerLanguage',
    name: 'varve campaign spec',
    version: String(scope.spec.varve),
    description: 'The normal form, in JSON, of the YAML in which campaigns are written for varve.',
  };
  for (const [name] of inputs) {
    yield { '@id': workflowInputId(name), '@type': 'FormalParameter', name, additionalType: 'File' };
  }
  for (const table of scope.tables) {
    yield {
      '@id': tableParameterId(table),
      '@type': 'FormalParameter',
      name: table.name,
      description: table.title,
      additionalType: 'PropertyValue',
    };
  }
}

/** The run of the engine, which organised the run of the campaign. */
export function* runEntities(scope: ProvenanceScope, steps: CrateSteps, { files }: CrateFiles): Generator<CrateEntity> {
  const { campaign, opening, events, state } = scope;
  const { startTime } = eventTimes(opening);
  const endTime = newestTime(events);
  const times = { ...(startTime === undefined ? {} : { startTime }), ...(endTime === undefined ? {} : { endTime }) };
  const status = { complete: 'Completed', unfinished: 'Active', failed: 'Failed' }[state];
  yield {
    '@id': engineRunId,
    '@type': 'OrganizeAction',
    name: `varve runs campaign ${campaign.name}`,
    ...references('instrument', new Set([buildId(opening), ...steps.builds.map((build) => build.id)])),
    ...references('object', controlIds(steps)),
    result: reference(runId),
    ...times,
  };
  const inputs = new Set(importedFiles(scope).map(([, sha256]) => sha256));
  yield {
    '@id': runId,
    '@type': 'CreateAction',
    name: `campaign ${campaign.name}`,
    description: {
      complete: 'The campaign ran to its end.',
      unfinished: 'The campaign is not finished: more of its tasks could be done.',
      failed: 'Some of the tasks of the campaign could not be done; their actions say why.',
    }[state],
    instrument: reference(workflowPath),
    ...references(
      'object',
      [...inputs].flatMap((hash) => files.get(hash)?.id ?? []),
    ),
    ...references('result', scope.cells.map(cellId)),
    ...times,
    actionStatus: `http://schema.org/${status}ActionStatus`,
    ...(state === 'failed' ? { error: 'Some tasks failed.' } : {}),
  };
}
