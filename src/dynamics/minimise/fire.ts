/**
 * FIRE, the fast inertial relaxation engine (Bitzek, Koskinen, Gähler, Moseler, Gumbsch, Phys. Rev. Lett. 97, 170201
 * (2006)), with its published parameters: motion with unit masses, v ← (1 − α) v + α |v| F/|F| where it goes downhill, and
 * a halt where it does not. The motion is semi-implicit Euler's (Guénolé et al., Comput. Mater. Sci. 175, 109584 (2020)).
 */
import { dot, type Landscape, type Minimiser, type Point, startPoint } from './minimiser.ts';

const LEAST_DOWNHILL = 5;
const FASTER = 1.1;
const SLOWER = 0.5;
const FIRST_ALPHA = 0.1;
const ALPHA_DECAY = 0.99;
/** In units of √(Å²/eV), the masses being 1: for curvatures of some 10 eV/Å². */
const FIRST_TIME_STEP = 0.1;
const LONGEST_TIME_STEP = 1;
const SHORTEST_TIME_STEP = 1e-8;

export class Fire implements Minimiser {
  readonly point: Point;
  readonly #landscape: Landscape;
  readonly #velocity: Float64Array;
  #timeStep = FIRST_TIME_STEP;
  #alpha = FIRST_ALPHA;
  #downhill = 0;

  constructor(x: Float64Array, landscape: Landscape) {
    this.#landscape = landscape;
    this.point = startPoint(x, landscape);
    this.#velocity = new Float64Array(x.length);
  }

  step(): boolean {
    const { x, gradient } = this.point;
    const velocity = this.#velocity;
    this.#steer();
    for (let k = 0; k < x.length; k++) velocity[k] = velocity[k]! - this.#timeStep * gradient[k]!;
    const before = x.slice();
    const slopes = gradient.slice();
    while (this.#timeStep > SHORTEST_TIME_STEP) {
      const time = Math.min(this.#timeStep, this.#landscape.longestStep(velocity));
      for (let k = 0; k < x.length; k++) x[k] = before[k]! + time * velocity[k]!;
      const value = this.#landscape.evaluate(x, gradient);
      if (Number.isFinite(value)) {
        this.point.value = value;
        return true;
      }
      this.#timeStep *= SLOWER;
      for (let k = 0; k < x.length; k++) velocity[k] = -this.#timeStep * slopes[k]!;
    }
    x.set(before);
    this.point.value = this.#landscape.evaluate(x, gradient);
    return false;
  }

  #steer(): void {
    const { gradient } = this.point;
    const velocity = this.#velocity;
    const power = -dot(gradient, velocity);
    if (power > 0) {
      const mix = this.#alpha * Math.sqrt(dot(velocity, velocity) / dot(gradient, gradient));
      for (let k = 0; k < velocity.length; k++) velocity[k] = (1 - this.#alpha) * velocity[k]! - mix * gradient[k]!;
      this.#downhill += 1;
      if (this.#downhill <= LEAST_DOWNHILL) return;
      this.#timeStep = Math.min(FASTER * this.#timeStep, LONGEST_TIME_STEP);
      this.#alpha *= ALPHA_DECAY;
    } else if (velocity.some((component) => component !== 0)) {
      velocity.fill(0);
      this.#timeStep *= SLOWER;
      this.#alpha = FIRST_ALPHA;
      this.#downhill = 0;
    }
  }
}
