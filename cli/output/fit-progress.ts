/** Progress of a fit on stderr: a bar on a terminal, elsewhere a line every so many iterations. */
import type { FitErrors } from '../../src/potential/fit-errors.ts';
import type { FitPhase } from '../../src/potential/fit-state.ts';
import { formatNumber } from './numbers.ts';
import { ProgressBars } from './progress-bars.ts';

const NAMES = { 'pre-training': 'pre-training', main: 'main fit', refinement: 'refinement' } as const;

export class FitProgress {
  readonly #bars: ProgressBars;
  readonly #preIterations: number;
  readonly #maxIterations: number;
  readonly #refineIterations: number;
  #started = false;

  constructor(stream: NodeJS.WriteStream, preIterations: number, maxIterations: number, refineIterations: number) {
    this.#bars = new ProgressBars(stream, 'iterations at most');
    this.#bars.expected = preIterations + maxIterations + refineIterations;
    this.#refineIterations = refineIterations;
    this.#preIterations = preIterations;
    this.#maxIterations = maxIterations;
  }

  /** A line that stays. */
  say(text: string): void {
    this.#bars.line(text);
  }

  /** @param iteration of the phase; those of the pre-training end with 0 */
  iteration(iteration: number, loss: number, phase: FitPhase): void {
    const before = phase === 'refinement' ? this.#maxIterations : 0;
    this.#bars.done = this.#preIterations + before + iteration;
    if (!this.#started) this.#bars.start('fit', '');
    this.#started = true;
    const fraction = {
      'pre-training': this.#bars.done / this.#preIterations,
      main: iteration / this.#maxIterations,
      refinement: iteration / this.#refineIterations,
    }[phase];
    this.#bars.update('fit', fraction, `${NAMES[phase]}, loss ${formatNumber(loss, 5)}`);
  }

  errors(phase: FitPhase, iteration: number, loss: number, errors: FitErrors): void {
    const name = phase === 'main' ? 'iteration' : `${NAMES[phase]}, iteration`;
    this.#bars.line(
      `${name} ${iteration}: loss ${formatNumber(loss, 5)}, energy ${formatNumber(errors.energyRmseMevAtom, 4)} meV/atom, ` +
        `force ${formatNumber(errors.forceRmseEvA, 4)} eV/Å (root-mean-square errors)`,
    );
  }

  finish(say: (elapsed: string) => string): void {
    this.#bars.finish(say);
  }
}
