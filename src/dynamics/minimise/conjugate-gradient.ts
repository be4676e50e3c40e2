/** Nonlinear conjugate gradients of Polak and Ribière, with β ≥ 0 (Nocedal & Wright, Numerical Optimization, §5.2). */
import { goAlong } from './energy-line-search.ts';
import { dot, type Landscape, type Minimiser, type Point, startPoint } from './minimiser.ts';

/** First guess of how far to go along a gradient, Å²/eV: forces are some 10 eV/Å² times displacements. */
const FIRST_STEP = 0.1;
/** Conjugacy is lost where the line is not searched well. */
const FLATTENING = 0.1;

export class ConjugateGradient implements Minimiser {
  readonly point: Point;
  readonly #landscape: Landscape;
  readonly #direction: Float64Array;
  /** Slope and step of the line searched last; null where the next goes along the gradient. */
  #last: { readonly slope: number; readonly step: number } | null = null;

  constructor(x: Float64Array, landscape: Landscape) {
    this.#landscape = landscape;
    this.point = startPoint(x, landscape);
    this.#direction = this.point.gradient.map((slope) => -slope);
  }

  step(): boolean {
    if (this.#search()) return true;
    if (this.#last === null) return false;
    this.#restart();
    return this.#search();
  }

  #restart(): void {
    this.#last = null;
    for (let k = 0; k < this.#direction.length; k++) this.#direction[k] = -this.point.gradient[k]!;
  }

  #search(): boolean {
    const direction = this.#direction;
    const before = this.point.gradient.slice();
    const slope = dot(before, direction);
    // The first change of energy is expected to be that of the line before (Nocedal & Wright, eq. 3.60).
    const guess = this.#last === null ? FIRST_STEP : (this.#last.step * this.#last.slope) / slope;
    const step = goAlong(this.point, direction, guess, this.#landscape, FLATTENING);
    if (step === null) return false;
    this.#last = { slope, step };
    const { gradient } = this.point;
    const beta = Math.max(0, (dot(gradient, gradient) - dot(gradient, before)) / dot(before, before));
    for (let k = 0; k < direction.length; k++) direction[k] = beta * direction[k]! - gradient[k]!;
    if (!(dot(gradient, direction) < 0)) this.#restart();
    return true;
  }
}
