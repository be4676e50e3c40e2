/** L-BFGS: the two-loop recursion over the last steps (Nocedal & Wright, Numerical Optimization, algorithms 7.4, 7.5). */
import { goAlong } from './energy-line-search.ts';
import { dot, type Landscape, type Minimiser, type Point, startPoint } from './minimiser.ts';

const MEMORY = 20;
/** Å²/eV, as long as nothing is known of the curvature: forces are some 10 eV/Å² times displacements. */
const FIRST_STEP = 0.1;
const FLATTENING = 0.7;

interface Pair {
  /** Change of x, and of the gradient. */
  readonly s: Float64Array;
  readonly y: Float64Array;
  /** 1/(s·y). */
  readonly rho: number;
}

export class LimitedMemoryBfgs implements Minimiser {
  readonly point: Point;
  readonly #landscape: Landscape;
  #pairs: Pair[] = [];

  constructor(x: Float64Array, landscape: Landscape) {
    this.#landscape = landscape;
    this.point = startPoint(x, landscape);
  }

  step(): boolean {
    if (this.#search()) return true;
    if (this.#pairs.length === 0) return false;
    this.#pairs = [];
    return this.#search();
  }

  #search(): boolean {
    const { point } = this;
    const [xBefore, gradientBefore] = [point.x.slice(), point.gradient.slice()];
    const direction = this.#direction();
    const firstStep = this.#pairs.length === 0 ? FIRST_STEP : 1;
    if (goAlong(point, direction, firstStep, this.#landscape, FLATTENING) === null) return false;
    const s = xBefore.map((before, k) => point.x[k]! - before);
    const y = gradientBefore.map((before, k) => point.gradient[k]! - before);
    const sy = dot(s, y);
    if (sy > 1e-10 * Math.sqrt(dot(s, s) * dot(y, y))) {
      this.#pairs.push({ s, y, rho: 1 / sy });
      if (this.#pairs.length > MEMORY) this.#pairs.shift();
    }
    return true;
  }

  /** −H g with the inverse Hessian that the pairs imply; −g without any, or where that would go up. */
  #direction(): Float64Array {
    const { gradient } = this.point;
    const pairs = this.#pairs;
    const q = gradient.slice();
    const alphas = new Float64Array(pairs.length);
    for (let n = pairs.length - 1; n >= 0; n--) {
      const { s, y, rho } = pairs[n]!;
      alphas[n] = rho * dot(s, q);
      for (let k = 0; k < q.length; k++) q[k] = q[k]! - alphas[n]! * y[k]!;
    }
    const newest = pairs.at(-1);
    const scale = newest === undefined ? 1 : 1 / (newest.rho * dot(newest.y, newest.y));
    for (let k = 0; k < q.length; k++) q[k] = scale * q[k]!;
    for (const [n, { s, y, rho }] of pairs.entries()) {
      const beta = rho * dot(y, q);
      for (let k = 0; k < q.length; k++) q[k] = q[k]! + (alphas[n]! - beta) * s[k]!;
    }
    for (let k = 0; k < q.length; k++) q[k] = -q[k]!;
    if (dot(q, gradient) < 0) return q;
    this.#pairs = [];
    return gradient.map((slope) => -slope);
  }
}
