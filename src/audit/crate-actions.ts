/** The retrospective half of a crate: each event as an action, with the values that it was given and gave. */
import type { StoredEvent } from '../../store/event.ts';
import { inputsOf } from '../../store/event-shape.ts';
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
import { blobOf, correctionsByEvent, executedTask, type ProvenanceScope, supersedeKind } from './provenance-scope.ts';

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
    yield correctionAction(scope, correction, corrections.get(correction.eventId) ?? []);
  }
}

function eventAction(
  scope: ProvenanceScope,
  { files, collections }: CrateFiles,
  event: StoredEvent,
  corrections: readonly StoredEvent[],
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
    identifier: [`varve-event-1:${event.eventId}`, `varve-task-1:${event.taskId}`],
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
  scope: ProvenanceScope,
  correction: StoredEvent,
  corrections: readonly StoredEvent[],
): CrateEntity {
  const { event, by, reason } = correction.core.task.params;
  const corrected = eventEntityId(String(event));
  const replacer = scope.byId.has(String(by)) ? { replacer: reference(eventEntityId(String(by))) } : {};
  const isReplacement = correction.core.task.kind === supersedeKind;
  return {
    '@id': eventEntityId(correction.eventId),
    '@type': isReplacement ? 'ReplaceAction' : 'RejectAction',
    name: `${isReplacement ? 'supersede' : 'retract'} event ${String(event).slice(0, 12)}`,
    description: [
      `${String(reason)}.`,
      ...(isReplacement && Object.keys(replacer).length === 0
        ? [`By event ${String(by)}, which is not in this crate.`]
        : []),
      ...corrections.map(describeCorrection),
    ].join(' '),
    identifier: [`varve-event-1:${correction.eventId}`, `varve-task-1:${correction.taskId}`],
    object: reference(corrected),
    ...(isReplacement ? { replacee: reference(corrected), ...replacer } : {}),
    ...eventTimes(correction),
  };
}
