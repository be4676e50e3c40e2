/** An event in a few fields, as JSON lists events. */
import type { StoredEvent } from '../../store/event.ts';

export const eventJson = ({ seq, eventId, taskId, core }: StoredEvent) => ({
  seq,
  eventId,
  taskId,
  kind: core.task.kind,
  v: core.task.v,
  class: core.class,
  outcome: core.outcome.status,
});
