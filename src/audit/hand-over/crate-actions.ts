/** The retrospective half of a crate: each event as an action, with the values that it was given and gave. */

import type { Correction } from '../../../store/corrections.ts';
import type { StoredEvent } from '../../../store/event.ts';
import { inputsOf } from '../../../store/event-shape.ts';
import {
  type CrateEntity,
  eventEntityId,
  flatValues,
  reference,
  references,
  settingId,
  uriPart,
} from './crate-entity.ts';
import type { CrateFiles } from './crate-files.ts';
import { buildId, isStep, parameterId, toolId } from './crate-steps.ts';
import { describeCorrection, describeEvent, eventName, eventTimes } from './event-words.ts';
import { blobOf, correctionsByEvent, executedTask, type ProvenanceScope } from './provenance-scope.ts';

const resultId = (event: StoredEvent, name: string): string =>
  `${eventEntityId(event.eventId)}-result-${uriPart(name)}`;

/** Every event once. Equal settings of a parameter are one entity; results are the event's own. */
export function* actionEntities(scope: ProvenanceScope, files: CrateFiles): Generator<CrateEntity> {
  const corrections = correctionsByEvent(scope);
  const settings = new Set<string>();
  for (const event of scope.events) {
    yield eventAction(scope, files, event, corrections.get(event.eventId) ?? []);
    if (!isStep(event)) continue;
    const task = executedTask(scope, event);
    for (const [name, value] of flatValues(task.params)) {
      const parameter = parameterId(task, 'setting', name);
      const id = settingId(parameter, value);
      if (settings.has(id)) continue;
      settings.add(id);
      yield { '@id': id, '@type': 'PropertyValue', name, value, exampleOfWork: reference(parameter) };
    }
    for (const [name, value] of flatValues(event.core.results)) {
      const parameter = parameterId(task, 'result', name);
      const id = resultId(event, name);
      yield { '@id': id, '@type': 'PropertyValue', name, value, exampleOfWork: reference(parameter) };
    }
  }
  for (const correction of scope.corrections) {
    yield correctionAction(correction, corrections.get(correction.event.eventId) ?? []);
  }
}

function eventAction(
  scope: ProvenanceScope,
  { files, collections }: CrateFiles,
  event: StoredEvent,
  corrections: readonly Correction[],
): CrateEntity {
  const task = executedTask(scope, event);
  const settings = isStep(event) ? [...flatValues(task.params)] : [];
  const used = [...inputsOf({ task })].map(({ input }) =>
    'manifest' in input ? collections.get(input.manifest)!.id : files.get(blobOf(scope, input))!.id,
  );
  const made = Object.values(event.core.outputs).map(({ hash }) => files.get(hash)!.id);
  const { outcome, results } = event.core;
  const status = outcome.status === 'failed' ? 'Failed' : 'Completed';
  return {
    '@id': eventEntityId(event.eventId),
    '@type': 'CreateAction',
    name: eventName(scope, event),
    description: [describeEvent(event), ...corrections.map(describeCorrection)].join(' '),
    identifier: identifiers(event),
    instrument: reference(isStep(event) ? toolId(task, buildId(event)) : buildId(event)),
    ...references(
      'object',
      new Set([...used, ...settings.map(([name, value]) => settingId(parameterId(task, 'setting', name), value))]),
    ),
    ...references('result', new Set([...made, ...[...flatValues(results)].map(([name]) => resultId(event, name))])),
    ...eventTimes(event),
    actionStatus: `http://schema.org/${status}ActionStatus`,
    ...(outcome.status === 'failed' ? { error: JSON.stringify(outcome.error) } : {}),
  };
}

function correctionAction(
  { kind, event, corrected, by, reason }: Correction,
  corrections: readonly Correction[],
): CrateEntity {
  const object = reference(eventEntityId(corrected));
  return {
    '@id': eventEntityId(event.eventId),
    '@type': kind === 'supersede' ? 'ReplaceAction' : 'RejectAction',
    name: `${kind} event ${corrected.slice(0, 12)}`,
    description: [`${reason}.`, ...corrections.map(describeCorrection)].join(' '),
    identifier: identifiers(event),
    object,
    ...(kind === 'supersede' ? { replacee: object } : {}),
    ...(by === undefined ? {} : { replacer: reference(eventEntityId(by)) }),
    ...eventTimes(event),
  };
}

const identifiers = ({ eventId, taskId }: StoredEvent): string[] => [
  `varve-event-1:${eventId}`,
  `varve-task-1:${taskId}`,
];
