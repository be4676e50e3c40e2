/**
 * Active learning in an imagined log: a story says what each round finds, and the tasks of a scheme are done as it goes.
 * All else (fits, labels, runs without grades) is done as it mostly is.
 */
import type { CampaignPlan } from '../../src/campaign/plan.ts';
import type { PlannedTask } from '../../src/campaign/planner.ts';
import type { CampaignSpec } from '../../src/campaign/spec.ts';
import { loadSpec } from '../../src/campaign/spec-file.ts';
import { type Scheme, schemePotential } from '../../src/campaign/spec-scheme.ts';
import { RandomStream } from '../../src/numerics/philox.ts';
import type { SchemeStage } from '../../src/projections/scheme-record.ts';
import { sha256Hex } from '../../store/hash.ts';
import { learningSpec } from '../campaigns/cli-process.ts';
import type { Imagined, ImaginedLog } from './imagined-log.ts';

/** By what a task is for, in the campaign's words. Its answers must depend on that alone. */
export interface Story {
  /** States that a run keeps; none where undefined. */
  readonly found?: (purpose: string) => number | undefined;
  /** Configurations that a selection chooses. */
  readonly chosen?: (purpose: string) => number | undefined;
  /** What ended a run early; undefined where nothing did. */
  readonly stopped?: (purpose: string) => string | undefined;
  readonly maxForceEvA?: (purpose: string) => number | undefined;
}

const micro = loadSpec(learningSpec).spec;

/** The learning campaign of examples/, with what a test needs of its scheme. */
export function learning(changes: Partial<Scheme> = {}, over: Partial<CampaignSpec> = {}): CampaignSpec {
  const scheme = { ...micro.schemes!.bulk!, ...changes };
  const potential = schemePotential('bulk', scheme.levels.at(-1)!);
  const runs = micro.dynamics.runs.map((run) => (run.potential === 'reference' ? run : { ...run, potential }));
  return { ...micro, schemes: { bulk: scheme }, dynamics: { ...micro.dynamics, runs }, ...over };
}

/** Frames of the pool, and those of them that are labelled at once, of each run under the engine. */
const POOL = 4;
const FIRST = 2;

export function imagine({ task, purpose }: PlannedTask, story: Story): Imagined | undefined {
  const reason = story.stopped?.(purpose);
  const outcome = reason === undefined ? undefined : ({ status: 'stopped', reason: { message: reason } } as const);
  switch (task.kind) {
    case 'md.run': {
      const found = task.params.grades === undefined ? 0 : (story.found?.(purpose) ?? 0);
      return {
        ...(outcome === undefined ? {} : { outcome }),
        outputs: ['state', 'trajectory', ...(found > 0 ? ['selected'] : [])],
        results: { timePs: 0.1, ...(task.params.grades === undefined ? {} : { selected: found, largestGrade: 3 }) },
      };
    }
    case 'potential.active-set':
      return { outputs: ['activeSet'], results: {} };
    case 'configurations.sample': {
      const isPool = task.params.everyFrames === 1 && task.params.skipFrames === 0;
      return { outputs: ['configurations'], results: { configurations: isPool ? POOL : FIRST } };
    }
    case 'configurations.select': {
      const selected = story.chosen?.(purpose) ?? 0;
      return {
        outputs: selected > 0 ? ['configurations'] : [],
        results: { candidates: POOL, selected, largestGrade: selected > 0 ? 2 : 1 },
      };
    }
    case 'label.reference':
      return { outputs: ['labels'], results: { configurations: 1, maxForceEvA: story.maxForceEvA?.(purpose) ?? 1 } };
    case 'potential.errors':
      return { outputs: [], results: { energyRmseMevAtom: 1, forceRmseEvA: 0.1 } };
    default:
      return undefined;
  }
}

/** A story that draws what is found from what each task is for. */
export const drawnStory = (seed: string): Story => {
  const draw = (purpose: string, below: number): number =>
    new RandomStream(sha256Hex(`${seed} ${purpose}`).slice(0, 16), 0).integer(below);
  return {
    found: (purpose) => draw(purpose, 3),
    chosen: (purpose) => draw(purpose, 3),
    stopped: (purpose) => (/round/.test(purpose) && draw(purpose, 4) === 0 ? 'the grade was 6' : undefined),
    maxForceEvA: (purpose) => 1 + 60 * Number(draw(purpose, 8) === 0),
  };
};

export interface Living {
  readonly tasks?: number;
  readonly choose?: (ready: number) => number;
  readonly onPlan?: (plan: CampaignPlan) => void;
}

/** Does what is ready, the first of it or that which `choose` picks, until nothing is left or so many tasks are done. */
export function live(
  log: ImaginedLog,
  spec: CampaignSpec,
  story: Story,
  { tasks = Number.POSITIVE_INFINITY, choose = () => 0, onPlan }: Living = {},
): CampaignPlan {
  for (let done = 0; ; done += 1) {
    const plan = log.plan(spec);
    onPlan?.(plan);
    const task = plan.ready[choose(plan.ready.length)];
    if (task === undefined || done >= tasks) return plan;
    log.complete(task, imagine(task, story));
  }
}

/** A stage in a line: level, stage, target, iteration, why it ended, size of the training set. */
export const told = ({ level, stage, target, iteration, ended, trainingConfigurations }: SchemeStage): string =>
  `${level} ${stage}${target === undefined ? '' : ` of ${target}`} ${iteration}: ${ended}, ${trainingConfigurations}`;
