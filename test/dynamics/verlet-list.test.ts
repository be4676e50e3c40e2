import { describe, expect, it } from 'vitest';
import { VerletList } from '../../src/dynamics/verlet-list.ts';
import { RandomStream } from '../../src/numerics/philox.ts';
import { buildNeighbourList, type NeighbourList } from '../../src/structure/neighbour-list.ts';
import type { Structure } from '../../src/structure/structure.ts';
import { argonCrystal } from './argon.ts';

/** Every pair nearer than the cutoff, in the order of the list. */
function pairsWithin(structure: Structure, list: NeighbourList, cutoffA: number): string[] {
  const { positionsA: x } = structure;
  const pairs: string[] = [];
  for (let i = 0; i < structure.species.length; i++) {
    for (let k = list.start[i]; k < list.start[i + 1]; k++) {
      const d = [0, 1, 2].map(
        (axis) => x[3 * list.atom[k] + axis] + list.imageShiftA[3 * list.image[k] + axis] - x[3 * i + axis],
      );
      if (d[0] * d[0] + d[1] * d[1] + d[2] * d[2] >= cutoffA * cutoffA) continue;
      pairs.push(`${i}-${list.atom[k]} ${d.join(' ')}`);
    }
  }
  return pairs;
}

describe('the Verlet list', () => {
  it.each([0, 0.3, 1])('lists what a fresh list lists, in its order, as atoms wander (skin %s Å)', (skinA) => {
    const crystal = argonCrystal(2, 4);
    const random = new RandomStream('00000000000000f6', 0);
    const list = new VerletList(4.5, skinA);
    const updates = 100;
    for (let n = 0; n < updates; n++) {
      for (let k = 0; k < 96; k++) crystal.positionsA[k] += 0.02 * random.normal();
      const kept = pairsWithin(crystal, list.update(crystal), 4.5);
      expect(kept).toEqual(pairsWithin(crystal, buildNeighbourList(crystal, 4.5), 4.5));
    }
    if (skinA < 0.1) expect(list.builds).toBe(updates);
    else expect(list.builds).toBeLessThan(updates);
    expect(list.builds).toBeGreaterThan(1);
  });

  it.each([0.3, 1])('lists what a fresh list lists, shifts included, while the cell changes (skin %s Å)', (skinA) => {
    const crystal = argonCrystal(2, 4);
    // Atoms that are cells away from the first one.
    crystal.positionsA.set([-21, 40.3, 4], 0);
    const random = new RandomStream('00000000000000f7', 0);
    const list = new VerletList(4.5, skinA);
    const updates = 80;
    for (let n = 0; n < updates; n++) {
      const strain = Float64Array.from({ length: 9 }, (_, k) => (k % 4 === 0 ? 1 : 0) + 0.002 * random.normal());
      for (const vectors of [crystal.cellA, crystal.positionsA]) {
        for (let k = 0; k < vectors.length; k += 3) {
          const [x, y, z] = vectors.slice(k, k + 3);
          for (let b = 0; b < 3; b++) vectors[k + b] = x * strain[b] + y * strain[3 + b] + z * strain[6 + b];
        }
      }
      for (let k = 0; k < 96; k++) crystal.positionsA[k] += 0.01 * random.normal();
      const kept = pairsWithin(crystal, list.update(crystal), 4.5);
      expect(kept).toEqual(pairsWithin(crystal, buildNeighbourList(crystal, 4.5), 4.5));
    }
    expect(list.builds).toBeLessThan(skinA < 1 ? 60 : 25);
  });

  it('is rebuilt when the cell changes by much, or where it does not repeat', () => {
    const crystal = argonCrystal(2);
    const stretched = (structure: Structure, factor: number): Structure => ({
      ...structure,
      cellA: structure.cellA.map((component) => component * factor),
      positionsA: structure.positionsA.map((component) => component * factor),
    });
    const list = new VerletList(5, 1);
    list.update(crystal);
    expect(list.update(crystal)).toBe(list.update(crystal));
    list.update(stretched(crystal, 1.01));
    expect(list.builds).toBe(1);
    list.update(stretched(crystal, 1.2));
    expect(list.builds).toBe(2);
    const slab: Structure = { ...crystal, periodic: [true, true, false] };
    const open = new VerletList(5, 1);
    open.update(slab);
    open.update(stretched(slab, 1.001));
    expect(open.builds).toBe(2);
  });
});
