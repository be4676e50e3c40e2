import { describe, expect, it } from 'vitest';
import { makeBicrystal } from '../../src/structure/bicrystal.ts';
import { areBoundariesEqual } from '../../src/structure/boundary-pairs.ts';
import { type Boundary, boundaryOf } from '../../src/structure/boundary-recipe.ts';
import {
  type MakeShifted,
  type RelaxStructure,
  searchGammaSurface,
  shiftMesh,
} from '../../src/structure/gamma-surface.ts';
import { separationFor } from '../../src/structure/grain-separation.ts';
import { type BoundaryName, NAMED_BOUNDARIES } from '../../src/structure/named-boundaries.ts';
import { buildNeighbourList } from '../../src/structure/neighbour-list.ts';
import type { Structure } from '../../src/structure/structure.ts';
import { LennardJones } from '../dynamics/argon.ts';
import { HOSTS } from './cubic-hosts.ts';

/** Lennard-Jones with the nearest distance of the aluminium cell. */
const force = new LennardJones(5.5, 0.1, 2.6);
const evaluate = (structure: Structure) => force.evaluate(structure, buildNeighbourList(structure, force.cutoffA));
const rigid: RelaxStructure = (structure) => ({ structure, energyEv: evaluate(structure).energyEv });

/** Steps along the forces, shortened where they lead up; the cell stays. */
const steepestDescent: RelaxStructure = (start) => {
  let structure = start;
  let current = evaluate(structure);
  let stepA2Ev = 0.01;
  for (let n = 0; n < 60 && stepA2Ev > 1e-6; n++) {
    const next = {
      ...structure,
      positionsA: structure.positionsA.map((x, k) => {
        const step = stepA2Ev * current.forcesEvA[k]!;
        return x + Math.max(-0.1, Math.min(0.1, step));
      }),
    };
    const there = evaluate(next);
    if (there.energyEv < current.energyEv) {
      [structure, current] = [next, there];
      stepA2Ev *= 1.5;
    } else stepA2Ev /= 3;
  }
  return { structure, energyEv: current.energyEv };
};

const twin = boundaryOf(HOSTS.aluminium, { axis: [1, 1, 1], sigma: 3, angleDegrees: 60, plane: [1, 1, 1] });
const twist = boundaryOf(HOSTS.aluminium, { axis: [0, 0, 1], sigma: 5, plane: [0, 0, 1] });
/** The smallest separation that keeps atoms of the two grains 1.5 Å apart. */
const starts =
  ({ host, cell }: Boundary): MakeShifted =>
  (shift) => {
    const separationA = separationFor(host, cell, { shift }, 1.5);
    const { structure } = makeBicrystal(host, cell, { shift, separationA, repeats: [1, 1, 4] });
    return { structure, separationA, areBoundariesEqual: areBoundariesEqual(host, cell, { shift, separationA }) };
  };

describe('the mesh of rigid shifts (S8)', () => {
  it('has n × m points, each once', () => {
    for (const { cell } of [twin, twist]) {
      const members = shiftMesh(cell, [20, 20]).flatMap((point) => point.members.map((member) => member.join(' ')));
      expect(members).toHaveLength(400);
      expect(new Set(members).size).toBe(400);
    }
  });

  it('is reduced by the translations of both crystals', () => {
    // The twin's cell of ⟨112⟩/2 × ⟨110⟩/2 holds two points of the common in-plane lattice.
    expect(shiftMesh(twin.cell, [2, 2])).toEqual([
      {
        shift: [0, 0],
        members: [
          [0, 0],
          [1, 1],
        ],
      },
      {
        shift: [0, 0.5],
        members: [
          [0, 1],
          [1, 0],
        ],
      },
    ]);
    expect(shiftMesh(twin.cell, [20, 20])).toHaveLength(200);
    // The twist boundary repeats with the DSC lattice: area 1/Σ of a crystal's own in-plane cell, 1/25 of the coincidence cell.
    expect(shiftMesh(twist.cell, [20, 20])).toHaveLength(16);
    expect(shiftMesh(twist.cell, [3, 3])).toHaveLength(9);
  });

  it('has 400, 200 and 16 distinct points of 20 × 20 for the published boundaries', () => {
    const distinct = (Object.keys(NAMED_BOUNDARIES) as BoundaryName[]).map(
      (name) => shiftMesh(boundaryOf(HOSTS.argyrodite, { name }).cell, [20, 20]).length,
    );
    expect(distinct).toEqual([400, 200, 16]);
  });

  it('puts together only what has the same energy', () => {
    for (const { boundary, mesh } of [
      { boundary: twin, mesh: [4, 4] },
      { boundary: twist, mesh: [5, 5] },
    ] as const) {
      const energyEv = (shift: readonly [number, number]): number =>
        rigid(makeBicrystal(boundary.host, boundary.cell, { repeats: [1, 1, 4], separationA: 0.5, shift }).structure)
          .energyEv;
      for (const { shift, members } of shiftMesh(boundary.cell, mesh)) {
        const first = energyEv(shift);
        for (const [i, j] of members) expect(energyEv([i / mesh[0], j / mesh[1]])).toBeCloseTo(first, 9);
      }
    }
  });

  it('refuses sides that are no numbers of points', () => {
    for (const mesh of [
      [0, 2],
      [2.5, 2],
      [2, 1001],
    ] as const) {
      expect(() => shiftMesh(twin.cell, mesh)).toThrow(/a mesh of shifts has two whole numbers of points/);
    }
  });
});

describe('the γ-surface search (S8)', () => {
  it('relaxes every distinct point once and finds the coherent twin', () => {
    const progress: number[] = [];
    const surface = searchGammaSurface(shiftMesh(twin.cell, [4, 4]), starts(twin), steepestDescent, (done) =>
      progress.push(done),
    );
    const { point: lowest, structure } = surface.lowest!;
    expect(surface.points).toHaveLength(8);
    expect(progress.at(-1)).toBe(1);
    expect(lowest.energyEv).toBe(Math.min(...surface.points.map((point) => point.energyEv)));
    expect(evaluate(structure).energyEv).toBe(lowest.energyEv);
    // Unshifted, the lattice points of the plane belong to both grains: the coherent twin.
    expect(lowest.shift).toEqual([0, 0]);
    expect(lowest.areBoundariesEqual).toBe(true);
    for (const point of surface.points) {
      expect(point.energyEv).toBeLessThan(0);
      expect(point.separationA).toBeGreaterThanOrEqual(0);
    }
  });

  it('never takes a point that is at no minimum, however low', () => {
    const mesh = shiftMesh(twin.cell, [4, 4]);
    const all = searchGammaSurface(mesh, starts(twin), rigid);
    expect(all.lowest?.point.energyEv).toBe(Math.min(...all.points.map((point) => point.energyEv)));
    const unsound: RelaxStructure = (structure) => ({ ...rigid(structure), fault: 'too few steps' });
    const none = searchGammaSurface(mesh, starts(twin), unsound);
    expect(none.lowest).toBeNull();
    expect(none.points.map(({ fault }) => fault)).toEqual(Array(8).fill('too few steps'));
    const best = all.lowest!.point.energyEv;
    const second = searchGammaSurface(mesh, starts(twin), (structure) => {
      const { energyEv } = rigid(structure);
      return { structure, energyEv, fault: energyEv === best ? 'too few steps' : undefined };
    });
    expect(second.lowest!.point.energyEv).toBeGreaterThan(best);
  });

  it('in parts has the lowest of their lowest', () => {
    const mesh = shiftMesh(twin.cell, [4, 4]);
    const whole = searchGammaSurface(mesh, starts(twin), rigid);
    const parts = [0, 1, 2, 3].map((row) =>
      searchGammaSurface(
        mesh.filter(({ members }) => members[0]![0] === row),
        starts(twin),
        rigid,
      ),
    );
    expect(parts.flatMap(({ points }) => points)).toEqual(whole.points);
    const lowest = parts.flatMap((part) => (part.lowest === null ? [] : [part.lowest.point.energyEv]));
    expect(Math.min(...lowest)).toBe(whole.lowest!.point.energyEv);
  });

  it('refuses an energy that is none, and names the shift', () => {
    const broken: RelaxStructure = (structure) => ({ structure, energyEv: Number.NaN });
    expect(() => searchGammaSurface(shiftMesh(twin.cell, [2, 2]), starts(twin), broken)).toThrow(
      /shift \(0, 0\): the relaxation of a shifted bicrystal has no finite energy/,
    );
  });
});
