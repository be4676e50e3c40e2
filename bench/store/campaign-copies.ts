/**
 * Events of real shape and size in any number: a recorded campaign copied again and again, each copy with a parameter of
 * its own, so that its tasks and ids are new, and with its inputs among its own events. The copies share the blobs.
 */
import type { NewEvent, StoredEvent, TaskInput } from '../../store/event.ts';
import { eventIdOf } from '../../store/hash.ts';

export function* campaignCopies(recorded: readonly StoredEvent[], firstCopy: number): Generator<NewEvent> {
  for (let copy = firstCopy; ; copy += 1) {
    const ids = new Map<string, string>();
    const renamed = (input: TaskInput): TaskInput => {
      if (Array.isArray(input)) return input.map(renamed);
      if ('manifest' in input) return input;
      return { event: ids.get(input.event) ?? input.event, output: input.output };
    };
    for (const { eventId, core, attestation, obs } of recorded) {
      const { task } = core;
      const inputs = Object.fromEntries(Object.entries(task.inputs).map(([name, input]) => [name, renamed(input)]));
      const copied = { ...core, task: { ...task, params: { ...task.params, copy }, inputs } };
      ids.set(eventId, eventIdOf(copied));
      const { salt, ...others } = obs!;
      yield { core: copied, attestation, obs: others };
    }
  }
}
