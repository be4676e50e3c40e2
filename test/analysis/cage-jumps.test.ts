import { describe, expect, it } from 'vitest';
import { findCageCentres } from '../../src/analysis/cage-centres.ts';
import { CageTracker, ratePerAtomNs, rateStandardError } from '../../src/analysis/cage-jumps.ts';
import { RandomStream } from '../../src/numerics/philox.ts';
import { createArgyrodite } from './argyrodite-cell.ts';

const SIDE = 4;
const SPACING_A = 7;
const CELL = Float64Array.of(SIDE * SPACING_A, 0, 0, 0, SIDE * SPACING_A, 0, 0, 0, SIDE * SPACING_A);
const CAGES = SIDE ** 3;

/** Cages on a simple cubic lattice; atoms rattle in their cage and jump to neighbours with a probability each frame. */
class HoppingModel {
  readonly random = new RandomStream('00000000000007a1', 0);
  readonly cageOf: number[];
  readonly #place: number[][];
  jumps = 0;

  constructor(
    readonly atoms: number,
    readonly probability: number,
    readonly rattleA: number,
  ) {
    this.cageOf = Array.from({ length: atoms }, (_, i) => i % CAGES);
    this.#place = this.cageOf.map((cage) => [
      cage % SIDE,
      Math.floor(cage / SIDE) % SIDE,
      Math.floor(cage / SIDE ** 2),
    ]);
  }

  step(): void {
    for (let i = 0; i < this.atoms; i++) {
      if (this.random.uniform() >= this.probability) continue;
      this.move(i, this.random.integer(3), this.random.uniform() < 0.5 ? 1 : -1);
    }
  }

  /** Unwrapped, so that atoms and cages are many cells apart in the end. */
  move(i: number, axis: number, by: number): void {
    const place = this.#place[i]!;
    place[axis]! += by;
    const [x, y, z] = place.map((n) => ((n % SIDE) + SIDE) % SIDE) as [number, number, number];
    this.cageOf[i] = x + SIDE * (y + SIDE * z);
    this.jumps += 1;
  }

  /** Cage centres, which rattle too, then the mobile atoms, within `rattleA` along each axis. */
  positionsA(): Float64Array {
    const at = Array.from({ length: CAGES }, (_, c) => [
      c % SIDE,
      Math.floor(c / SIDE) % SIDE,
      Math.floor(c / SIDE ** 2),
    ]);
    const centres = at.flatMap((place) => place.map((n) => n * SPACING_A + 0.2 * (2 * this.random.uniform() - 1)));
    const mobile = this.#place.flatMap((place) =>
      place.map((n) => n * SPACING_A + this.rattleA * (2 * this.random.uniform() - 1)),
    );
    return Float64Array.from([...centres, ...mobile]);
  }
}

const range = (first: number, count: number): Int32Array => Int32Array.from({ length: count }, (_, k) => first + k);

describe('jumps between cages (R7)', () => {
  it('counts the planted ones exactly, with the planted occupancy, however atoms rattle', () => {
    const model = new HoppingModel(150, 0.02, 2.3);
    const tracker = new CageTracker({ centres: range(0, CAGES), mobile: range(CAGES, 150), backWithinFs: 0 });
    const frames = 400;
    const planted: number[] = [];
    for (let frame = 0; frame < frames; frame++) {
      // The first frame says to which cage each atom belongs.
      if (frame > 0) model.step();
      tracker.add(model.positionsA(), CELL, 100 * frame);
      const held = new Int32Array(CAGES);
      for (const cage of model.cageOf) held[cage]! += 1;
      for (const n of held) planted[n] = (planted[n] ?? 0) + 1 / (CAGES * frames);
    }
    const found = tracker.result();
    expect(found).toMatchObject({ atoms: 150, cages: CAGES, frames, timeFs: 39_900, jumps: model.jumps });
    expect(found.occupancy.length).toBe(planted.length);
    found.occupancy.forEach((part, n) => {
      expect(part).toBeCloseTo(planted[n] ?? 0, 10);
    });
    // The planted rate: 0.02 a frame of 100 fs is 200 per ns.
    expect(Math.abs(ratePerAtomNs(found.jumps, found) - 200) / rateStandardError(found)!).toBeLessThan(4);
    expect(rateStandardError(found)! / 200).toBeCloseTo(1 / Math.sqrt(model.jumps), 2);
  });

  it('does not take a rattle about the border for jumps', () => {
    const model = new HoppingModel(100, 0, 3.8);
    const count = (marginA: number): number => {
      const tracker = new CageTracker({ centres: range(0, CAGES), mobile: range(CAGES, 100), marginA });
      tracker.add(new HoppingModel(100, 0, 0).positionsA(), CELL, 0);
      for (let frame = 1; frame < 200; frame++) tracker.add(model.positionsA(), CELL, frame);
      return tracker.result().jumps;
    };
    expect(count(0)).toBeGreaterThan(500);
    expect(count(1)).toBe(0);
  });

  it('tells back-jumps apart: both legs are no net motion, if the second comes soon enough', () => {
    const model = new HoppingModel(1, 0, 0.5);
    const tracker = new CageTracker({ centres: range(0, CAGES), mobile: range(CAGES, 1), backWithinFs: 1000 });
    let timeFs = 0;
    tracker.add(model.positionsA(), CELL, timeFs);
    const go = (axis: number, by: number, afterFs: number): void => {
      timeFs += afterFs;
      model.move(0, axis, by);
      tracker.add(model.positionsA(), CELL, timeFs);
    };
    go(0, 1, 5000);
    go(0, -1, 500); // back
    go(0, 1, 500); // the first one again
    go(1, 1, 300);
    go(1, -1, 300); // back
    go(0, -1, 300); // back, of the jump before the pair
    go(2, 1, 5000);
    go(2, -1, 1500); // back, but late: a jump of its own
    expect(tracker.result()).toMatchObject({ jumps: 8, backJumps: 3, netJumps: 2 });
  });

  it('leaves out cages that do not count', () => {
    const model = new HoppingModel(150, 0.05, 1);
    const counted = Uint8Array.from({ length: CAGES }, (_, c) => (c < CAGES / 2 ? 1 : 0));
    const tracker = new CageTracker({ centres: range(0, CAGES), mobile: range(CAGES, 150), counted });
    for (let frame = 0; frame < 100; frame++) {
      if (frame > 0) model.step();
      tracker.add(model.positionsA(), CELL, frame);
    }
    const found = tracker.result();
    expect(found.cages).toBe(CAGES / 2);
    expect(found.occupancy.reduce((sum, part) => sum + part, 0)).toBeCloseTo(1, 12);
    expect(found.jumps).toBeLessThan(0.6 * model.jumps);
    expect(found.jumps).toBeGreaterThan(0.3 * model.jumps);
  });

  it('refuses rates without time, and one cage', () => {
    const tracker = new CageTracker({ centres: range(0, 2), mobile: range(CAGES, 3) });
    tracker.add(new HoppingModel(3, 0, 0).positionsA(), CELL, 0);
    expect(() => ratePerAtomNs(0, tracker.result())).toThrow(/at least two frames/);
    const one = new CageTracker({ centres: range(0, 1), mobile: range(CAGES, 3) });
    expect(() => one.add(new HoppingModel(3, 0, 0).positionsA(), CELL, 0)).toThrow(/at least two of them/);
  });
});

describe('centres of cages', () => {
  it('are the sulphurs outside PS4: 4c in ordered argyrodite, 4a and 4c in disordered', () => {
    const ordered = createArgyrodite(0);
    expect(findCageCentres(ordered, { centre: 'S', notBondedTo: 'P' }).length).toBe(4 * 8);
    const disordered = createArgyrodite(0.5);
    const centres = findCageCentres(disordered, { centre: 'S', notBondedTo: 'P' });
    expect(centres.length).toBe(4 * 8);
    expect([...centres]).not.toEqual([...findCageCentres(ordered, { centre: 'S', notBondedTo: 'P' })]);
    expect(() => findCageCentres(ordered, { centre: 'P', notBondedTo: 'S' })).toThrow(/at least two of them/);
    expect(() => findCageCentres(ordered, { centre: 'Se' })).toThrow(/expected one of Li, P, S, Cl/);
  });
});
