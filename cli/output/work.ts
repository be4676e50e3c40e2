/** Work by stage, and times, for people. What is not known is said to be. */
import type { RemainingWork, StageWork } from '../../src/audit/remaining-work.ts';
import { counted, formatDuration } from './numbers.ts';
import { renderColumns } from './text-table.ts';

type Known = Pick<StageWork, 'coreSeconds' | 'unknownTasks' | 'tasks'>;

/** `≈ 3 min 20 s`, `unknown`, or what is known of it. */
export function coreTime({ coreSeconds, unknownTasks, tasks }: Known): string {
  if (unknownTasks === tasks && tasks > 0) return 'unknown';
  const known = `≈ ${formatDuration(1000 * coreSeconds)}`;
  return unknownTasks === 0 ? known : `${known} and ${counted(unknownTasks, 'task')} of unknown time`;
}

export function workLines(work: RemainingWork): string[] {
  if (work.tasks === 0) return [];
  const rows = work.stages.map((stage) => [`  ${stage.stage}`, counted(stage.tasks, 'task'), coreTime(stage)]);
  return renderColumns([['', '', 'on one core'], ...rows], [1]).split('\n');
}

const UNKNOWN = 'how long that takes is unknown: nothing like it was timed yet';

/** `14 tasks, ≈ 40 s on one core, ≈ 21 s on 2 workers`. */
export function workTotal(work: RemainingWork): string {
  const onWorkers =
    work.seconds === null || work.tasks === 0
      ? ''
      : `, ≈ ${formatDuration(1000 * work.seconds)} on ${counted(work.workers, 'worker')}`;
  const count = `${work.isWhole ? '' : 'at least '}${counted(work.tasks, 'task')}`;
  if (work.tasks === 0) return count;
  return work.unknownTasks === work.tasks
    ? `${count}; ${UNKNOWN}`
    : `${count}, ${coreTime(work)} on one core${onWorkers}`;
}
