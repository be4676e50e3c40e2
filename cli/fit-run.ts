/**
 * A fit in segments of a second or two, between which it can be stopped. Where a fit is cut changes no bit of it, so the
 * clock may decide; the state is kept now and then, and always when it is stopped.
 */
import { existsSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { readLimited } from '../src/campaign/limited-file.ts';
import { readFitCheckpoint, writeFitCheckpoint } from '../src/formats/fit-state-bundle.ts';
import type { JsonObject } from '../src/formats/json-document.ts';
import { InputError } from '../src/numerics/input-error.ts';
import { type FitResult, type FitStart, type OpenFit, openFit } from '../src/potential/fit.ts';
import { fitErrors } from '../src/potential/fit-errors.ts';
import { emptyModel, type FitSettings } from '../src/potential/fit-settings.ts';
import type { FitState } from '../src/potential/fit-state.ts';
import { withParameters } from '../src/potential/potential.ts';
import type { LabelledConfiguration } from '../src/potential/training-set.ts';
import { demandSameFit } from './fit-identity.ts';
import type { FitProgress } from './output/fit-progress.ts';
import { writeOutput } from './output/output-file.ts';

/** Of the state of a fit at level 28. */
const MOST_STATE_BYTES = 1024 * 1024 * 1024;
/** Errors are shown every so many iterations. */
const REPORT_PERIOD = 25;
/** A segment takes about so long: Ctrl-C waits for its end. */
const SEGMENT_MS = 2000;
const CHECKPOINT_MS = 30_000;

export interface FitJob {
  readonly training: readonly LabelledConfiguration[];
  /** Names the training set in errors. */
  readonly trainingPath: string;
  readonly settings: FitSettings;
  readonly identity: JsonObject;
  readonly statePath: string;
  readonly progress: FitProgress;
}

export class FitRun {
  readonly #job: FitJob;
  #savedAt = Date.now();

  constructor(job: FitJob) {
    this.#job = job;
  }

  /**
   * From the state that is kept, if there is one. When the signal is aborted the state is kept and the reason thrown.
   * @throws InputError `other-fit` where the state is not of this fit, and those of `fitSegment`
   */
  async toTheEnd(seed: string, signal: AbortSignal): Promise<FitResult> {
    let start: FitStart = this.#saved() ?? { from: 'seed', seed };
    let iterations = 1;
    const fit = this.#open();
    for (;;) {
      const startedAt = Date.now();
      const segment = fit.run(start, iterations);
      if (segment.finished) return segment.result;
      const { state } = segment;
      start = { from: 'state', state };
      if (state.iteration > 0 && state.iteration % REPORT_PERIOD === 0) this.#showErrors(state);
      await turn();
      if (signal.aborted || Date.now() - this.#savedAt > CHECKPOINT_MS) this.#save(state);
      signal.throwIfAborted();
      const share = SEGMENT_MS / Math.max(1, Date.now() - startedAt);
      const untilReport = REPORT_PERIOD - (state.iteration % REPORT_PERIOD);
      iterations = Math.max(1, Math.min(untilReport, Math.floor(iterations * Math.min(4, share))));
    }
  }

  /** The fit knows configurations, not the file that they are from. */
  #open(): OpenFit {
    try {
      return openFit(this.#job.training, this.#job.settings);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const where = [this.#job.trainingPath, error.details.where].filter((part) => part !== undefined).join(', ');
      throw new InputError(error.code, error.what, { ...error.details, where });
    }
  }

  #saved(): FitStart | undefined {
    if (!existsSync(this.#job.statePath)) return undefined;
    const bytes = readLimited(this.#job.statePath, MOST_STATE_BYTES, 'state of the fit', 'remove it to begin anew');
    const { state, fit } = readFitCheckpoint(bytes, this.#job.statePath);
    demandSameFit(fit, this.#job.identity, this.#job.statePath);
    const { maxIterations } = this.#job.settings;
    if (state.phase === 'main' && state.iteration > maxIterations) {
      throw new InputError('other-fit', 'the fit there has gone on for longer than is asked for', {
        where: this.#job.statePath,
        expected: `at most ${maxIterations} iterations`,
        found: `${state.iteration}`,
        remedy: 'raise --max-iter, or remove the file to begin anew',
      });
    }
    const phase = { 'pre-training': ' of the pre-training', main: '', refinement: ' of the refinement' }[state.phase];
    this.#job.progress.say(`goes on from iteration ${state.iteration}${phase}, kept in ${this.#job.statePath}`);
    return { from: 'state', state };
  }

  #save(state: FitState): void {
    writeOutput(this.#job.statePath, [writeFitCheckpoint({ state, fit: this.#job.identity })], true);
    this.#savedAt = Date.now();
  }

  #showErrors(state: FitState): void {
    const { phase, iteration, scaling } = state;
    const potential = { ...withParameters(emptyModel(this.#job.settings), state.bfgs.x), scaling };
    this.#job.progress.errors(phase, iteration, state.bfgs.value, fitErrors(potential, this.#job.training));
  }
}
