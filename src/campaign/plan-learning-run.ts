/**
 * Runs of an active-learning scheme: one stage of molecular dynamics each, from a structure, in segments. The engine's
 * own (initialisation), those that grade themselves (sampling), and the one that gives a validation set.
 */
import type { StoredEvent, Task } from '../../store/event.ts';
import type { JsonObject } from '../formats/json-document.ts';
import { cutIntoSegments } from './plan-segments.ts';
import { eventIn, outputOf, type Planner, type Slot } from './planner.ts';
import type { CampaignSpec } from './spec.ts';

export interface LearningRunRequest {
  /** In the campaign's own words. */
  readonly purpose: string;
  readonly structure: StoredEvent;
  readonly fit: StoredEvent;
  readonly seed: string;
  readonly timePs: number;
  readonly sampleEveryFs: number;
  /** `ensemble`, `temperatureK`, `dampingFs` and what else `md.run` takes besides. */
  readonly params: JsonObject;
  /** Of the potential; the run grades itself against it. */
  readonly activeSet?: StoredEvent;
}

export interface LearningRun {
  readonly segments: readonly StoredEvent[];
  /** Set once the run ended, at its last step or before. */
  readonly ended: StoredEvent | undefined;
  /** What it waits for where it has not. */
  readonly open: Slot;
}

export function planLearningRun(
  { dynamics: { timeStepFs, segmentPs, watch } }: CampaignSpec,
  request: LearningRunRequest,
  planner: Planner,
): LearningRun {
  const { structure, fit, activeSet, purpose } = request;
  const lengths = cutIntoSegments({ segmentPs, timeStepFs }, request.timePs);
  const segments: StoredEvent[] = [];
  for (const [k, steps] of lengths.entries()) {
    const previous = segments.at(-1);
    const task: Task = {
      kind: 'md.run',
      v: 3,
      params: {
        ...request.params,
        timeStepFs,
        steps,
        sampleEverySteps: Math.round(request.sampleEveryFs / timeStepFs),
        start:
          previous === undefined
            ? { from: 'structure', seed: request.seed }
            : { from: 'state', newRun: false, rescaleToMeanEnergy: false },
        watch: watch as JsonObject,
      },
      inputs: {
        structure: outputOf(structure, 'structure'),
        potential: outputOf(fit, 'potential'),
        range: outputOf(fit, 'range'),
        ...(activeSet === undefined ? {} : { activeSet: outputOf(activeSet, 'activeSet') }),
        ...(previous === undefined ? {} : { state: outputOf(previous, 'state') }),
      },
    };
    const slot = planner.ask(
      task,
      `${purpose}${lengths.length === 1 ? '' : `, segment ${k + 1} of ${lengths.length}`}`,
    );
    const event = eventIn(slot);
    if (event === undefined) return { segments, ended: undefined, open: slot };
    segments.push(event);
    if (event.core.outcome.status === 'stopped') return { segments, ended: event, open: undefined };
  }
  return { segments, ended: segments.at(-1), open: undefined };
}
