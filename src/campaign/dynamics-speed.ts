/**
 * How fast molecular dynamics went, from what was observed of its segments: the time they took, waiting for processors
 * included. No part of any result.
 */
import type { StoredEvent } from '../../store/event.ts';
import type { EventLog } from '../../store/event-log.ts';

export interface DynamicsSpeed {
  readonly atoms: number;
  readonly nsPerDay: number;
  readonly atomStepsPerSecond: number;
}

export interface SystemSpeed extends DynamicsSpeed {
  /** Potential of the segments, as the event that fitted or imported it. */
  readonly potential: string;
  readonly segments: number;
}

/** Late events that are looked through. */
const LATE_EVENTS = 2000;

const NS_A_PS = 1e-3;
const FS_A_PS = 1000;
const MS_A_DAY = 86_400_000;

interface Spent {
  readonly atoms: number;
  readonly timePs: number;
  readonly steps: number;
  readonly durationMs: number;
}

/** null where the event is no dynamics, or how long it took is not known. */
function spentOn({ core, obs }: Pick<StoredEvent, 'core' | 'obs'>): Spent | null {
  if (core.task.kind !== 'md.run' || obs === null) return null;
  const { atoms, timePs } = core.results;
  const { timeStepFs } = core.task.params;
  const { durationMs } = obs;
  const numbers = [atoms, timePs, timeStepFs, durationMs];
  if (!numbers.every((x): x is number => typeof x === 'number' && x > 0 && Number.isFinite(x))) return null;
  const [count, ps, stepFs, ms] = numbers as [number, number, number, number];
  return { atoms: count, timePs: ps, steps: (ps * FS_A_PS) / stepFs, durationMs: ms };
}

const speedOf = ({ atoms, timePs, steps, durationMs }: Spent): DynamicsSpeed => ({
  atoms,
  nsPerDay: (timePs * NS_A_PS * MS_A_DAY) / durationMs,
  atomStepsPerSecond: (1000 * atoms * steps) / durationMs,
});

export function dynamicsSpeed(event: Pick<StoredEvent, 'core' | 'obs'>): DynamicsSpeed | null {
  const spent = spentOn(event);
  return spent === null ? null : speedOf(spent);
}

/** Segments among the last 2 000 events of the log: a log of any length is not read for it. */
export const lateSegments = (log: Pick<EventLog, 'size' | 'byKind'>): StoredEvent[] => [
  ...log.byKind('md.run', Math.max(1, log.size - LATE_EVENTS + 1)),
];

/** Means over the segments of each size and potential, in the order of sizes. */
export function systemSpeeds(segments: readonly StoredEvent[]): SystemSpeed[] {
  const systems = new Map<string, { potential: string; segments: number; spent: Spent }>();
  for (const event of segments) {
    const spent = spentOn(event);
    if (spent === null) continue;
    const { potential: input } = event.core.task.inputs;
    const potential = input !== undefined && 'event' in input ? String(input.event) : '';
    const key = `${spent.atoms} ${potential}`;
    const before = systems.get(key);
    systems.set(key, {
      potential,
      segments: (before?.segments ?? 0) + 1,
      spent: {
        atoms: spent.atoms,
        timePs: (before?.spent.timePs ?? 0) + spent.timePs,
        steps: (before?.spent.steps ?? 0) + spent.steps,
        durationMs: (before?.spent.durationMs ?? 0) + spent.durationMs,
      },
    });
  }
  return [...systems.values()]
    .map(({ potential, segments: count, spent }) => ({ ...speedOf(spent), potential, segments: count }))
    .sort((a, b) => a.atoms - b.atoms);
}
