import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MdState } from '../../src/dynamics/state.ts';
import { type ArrayBundle, readBundle, writeBundle } from '../../src/formats/array-bundle.ts';
import {
  type Configuration,
  readConfigurationBundle,
  writeConfigurations,
} from '../../src/formats/configuration-bundle.ts';
import type { LabelledFrame } from '../../src/formats/extxyz-labels.ts';
import {
  readFitCheckpoint,
  readFitState,
  writeFitCheckpoint,
  writeFitState,
} from '../../src/formats/fit-state-bundle.ts';
import { readLabelBundle, writeLabelBundle } from '../../src/formats/label-bundle.ts';
import { readState, writeState } from '../../src/formats/md-state-bundle.ts';
import { readStructure, writeStructure } from '../../src/formats/structure-bundle.ts';
import { readTrajectory, writeTrajectory } from '../../src/formats/trajectory-bundle.ts';
import { InputError } from '../../src/numerics/input-error.ts';
import { FIT_PERIOD, type FitState } from '../../src/potential/fit-state.ts';
import type { Structure } from '../../src/structure/structure.ts';
import { asBuffer, damaged, doublesOf, finite } from './bytes.ts';

const ELEMENTS = ['Li', 'P', 'S'];

const structures = (periodic: fc.Arbitrary<[boolean, boolean, boolean]>): fc.Arbitrary<Structure> =>
  fc.integer({ min: 1, max: 5 }).chain((atoms) =>
    fc.record({
      cellA: doublesOf(9),
      periodic,
      elements: fc.constant(ELEMENTS),
      species: fc.array(fc.nat(2), { minLength: atoms, maxLength: atoms }).map((values) => Int32Array.from(values)),
      positionsA: doublesOf(3 * atoms),
    }),
  );
const anyStructure = structures(fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()));

const labels: fc.Arbitrary<LabelledFrame> = structures(fc.constant([true, true, true])).chain((structure) =>
  fc.record({
    structure: fc.constant(structure),
    energyEv: finite,
    forcesEvA: doublesOf(structure.positionsA.length),
    virialEv: doublesOf(9),
    methodNote: fc.string({ unit: 'grapheme' }),
    configurationType: fc.string(),
  }),
);

/** All graded or none, all chosen or none; of any sizes. */
const configurations: fc.Arbitrary<Configuration[]> = fc
  .record({ isGraded: fc.boolean(), isChosen: fc.boolean(), periodic: fc.constantFrom(true, false) })
  .chain(({ isGraded, isChosen, periodic }) =>
    fc.array(
      fc
        .record({
          structure: structures(fc.constant([true, periodic, true])),
          step: fc.nat(2 ** 31 - 1),
          grade: finite,
          candidate: fc.nat(2 ** 31 - 1),
        })
        .map(({ structure, step, grade, candidate }) => ({
          structure,
          step,
          ...(isGraded ? { grade } : {}),
          ...(isChosen ? { candidate } : {}),
        })),
      { minLength: 1, maxLength: 4 },
    ),
  );

const states: fc.Arbitrary<MdState> = fc
  .record({ atoms: fc.integer({ min: 1, max: 4 }), links: fc.nat(3) })
  .chain(({ atoms, links }) =>
    fc.record({
      step: fc.nat(2 ** 31 - 1),
      cellA: doublesOf(9),
      positionsA: doublesOf(3 * atoms),
      velocitiesAFs: doublesOf(3 * atoms),
      thermostat: fc.record({ positions: doublesOf(links), velocitiesPerFs: doublesOf(links) }),
      conservedReferenceEv: fc.option(finite),
    }),
  );

const fitStates: fc.Arbitrary<FitState> = fc
  .record({ parameters: fc.integer({ min: 1, max: 4 }), iteration: fc.oneof(fc.nat(60), fc.constant(2 ** 31 - 1)) })
  .chain(({ parameters, iteration }) =>
    fc
      .record({
        phase: fc.constantFrom('pre-training' as const, 'main' as const),
        scaling: finite,
        x: doublesOf(parameters),
        gradient: doublesOf(parameters),
        inverseHessian: doublesOf(parameters * parameters),
        fresh: fc.boolean(),
        losses: doublesOf(Math.min(iteration, FIT_PERIOD) + 1),
      })
      .map(({ phase, scaling, losses, ...bfgs }) => ({
        phase,
        iteration,
        scaling,
        bfgs: { ...bfgs, value: losses.at(-1)! },
        losses: [...losses],
      })),
  );

const oneAtom: Structure = {
  cellA: Float64Array.of(9, 0, 0, 0, 9, 0, 0, 0, 9),
  periodic: [true, true, true],
  elements: ELEMENTS,
  species: Int32Array.of(2),
  positionsA: Float64Array.of(1, 2, 3),
};
const oneLabel: LabelledFrame = {
  structure: oneAtom,
  energyEv: -1,
  forcesEvA: Float64Array.of(1, 2, 3),
  virialEv: new Float64Array(9),
  methodNote: 'PBE',
  configurationType: 'liquid',
};
const oneChosen: Configuration = { structure: oneAtom, step: 10, grade: 2.5, candidate: 3 };
const oneState: MdState = {
  step: 5,
  cellA: oneAtom.cellA,
  positionsA: oneAtom.positionsA,
  velocitiesAFs: new Float64Array(3),
  thermostat: { positions: Float64Array.of(1), velocitiesPerFs: Float64Array.of(2) },
  conservedReferenceEv: -4,
};
const oneFitState: FitState = {
  phase: 'main',
  iteration: 1,
  scaling: 0.5,
  bfgs: {
    x: Float64Array.of(1, 2),
    gradient: Float64Array.of(3, 4),
    value: 6,
    inverseHessian: Float64Array.of(1, 0, 0, 1),
    fresh: true,
  },
  losses: [7, 6],
};
const onePiece = {
  frames: Float64Array.of(1, 2, 3, 4, 5, 6),
  frameSteps: Int32Array.of(10, 20),
  energies: {
    potentialEv: Float64Array.of(-1, -2),
    kineticEv: Float64Array.of(1, 2),
    conservedEv: Float64Array.of(0, 0),
  },
};

/** The bundle with one of its arrays, or its meta, replaced. */
function altered(bytes: Uint8Array, name: string, change: (data: number[]) => number[]): Uint8Array {
  const bundle = readBundle(bytes, 'blob');
  const entries = bundle.entries.map((entry) => {
    if (entry.name !== name) return entry;
    const values = change([...entry.data]);
    const data = entry.data instanceof Int32Array ? Int32Array.from(values) : Float64Array.from(values);
    return { ...entry, shape: [data.length], data };
  });
  return writeBundle({ ...bundle, entries });
}
const withMeta = (bytes: Uint8Array, meta: ArrayBundle['meta']): Uint8Array => {
  const bundle = readBundle(bytes, 'blob');
  return writeBundle({ ...bundle, meta: { ...bundle.meta, ...meta } });
};
const bad = expect.objectContaining({ code: 'bad-bundle' });

describe('structures as blobs', () => {
  it('come back bit for bit', () => {
    fc.assert(
      fc.property(anyStructure, (structure) => {
        const bytes = writeStructure(structure);
        for (const view of [bytes, asBuffer(bytes)]) expect(readStructure(view, 'blob')).toEqual(structure);
        expect(writeStructure(readStructure(bytes, 'blob'))).toEqual(bytes);
      }),
    );
  });

  it('are refused where arrays do not fit each other', () => {
    const bytes = writeStructure(oneAtom);
    expect(() =>
      readStructure(
        altered(bytes, 'species', () => [3]),
        'blob',
      ),
    ).toThrow(bad);
    expect(() =>
      readStructure(
        altered(bytes, 'species', () => [-1]),
        'blob',
      ),
    ).toThrow(bad);
    expect(() =>
      readStructure(
        altered(bytes, 'species', () => [0, 1]),
        'blob',
      ),
    ).toThrow(bad);
    expect(() =>
      readStructure(
        altered(bytes, 'cellA', (cell) => cell.slice(1)),
        'blob',
      ),
    ).toThrow(bad);
    expect(() => readStructure(withMeta(bytes, { elements: 'Li' }), 'blob')).toThrow(bad);
    expect(() => readStructure(withMeta(bytes, { periodic: [true] }), 'blob')).toThrow(bad);
  });
});

describe('labels as blobs', () => {
  it('come back bit for bit', () => {
    fc.assert(
      fc.property(fc.array(labels, { minLength: 1, maxLength: 4 }), (frames) => {
        const bytes = writeLabelBundle(frames);
        for (const view of [bytes, asBuffer(bytes)]) expect(readLabelBundle(view, 'blob')).toEqual(frames);
      }),
    );
  });

  it('are refused where arrays do not fit each other', () => {
    const bytes = writeLabelBundle([oneLabel, oneLabel]);
    for (const counts of [[1], [1, 2], [3, -1], [0, 0], [-1, 3]]) {
      expect(
        () =>
          readLabelBundle(
            altered(bytes, 'atomCounts', () => counts),
            'blob',
          ),
        `${counts}`,
      ).toThrow(bad);
    }
    for (const name of ['species', 'cellsA', 'positionsA', 'energiesEv', 'forcesEvA', 'virialsEv']) {
      expect(
        () =>
          readLabelBundle(
            altered(bytes, name, (data) => data.slice(1)),
            'blob',
          ),
        name,
      ).toThrow(bad);
    }
    expect(() =>
      readLabelBundle(
        altered(bytes, 'species', () => [0, 7]),
        'blob',
      ),
    ).toThrow(bad);
    for (const meta of [{ methodNotes: null }, { methodNotes: ['PBE'] }, { configurationTypes: [1, 2] }]) {
      expect(() => readLabelBundle(withMeta(bytes, meta), 'blob')).toThrow(bad);
    }
  });
});

describe('configurations as blobs', () => {
  it('come back bit for bit, with steps, grades and places where they have any', () => {
    fc.assert(
      fc.property(configurations, (written) => {
        const bytes = writeConfigurations(written);
        for (const view of [bytes, asBuffer(bytes)]) expect(readConfigurationBundle(view, 'blob')).toEqual(written);
        expect(writeConfigurations(readConfigurationBundle(bytes, 'blob'))).toEqual(bytes);
      }),
    );
  });

  it('are refused where arrays do not fit each other', () => {
    const bytes = writeConfigurations([oneChosen, oneChosen]);
    const read = (other: Uint8Array) => () => readConfigurationBundle(other, 'blob');
    for (const counts of [[1], [1, 2], [3, -1], [0, 0], [-1, 3]]) {
      expect(read(altered(bytes, 'atomCounts', () => counts)), `${counts}`).toThrow(bad);
    }
    for (const name of ['species', 'cellsA', 'positionsA', 'steps', 'grades', 'candidates']) {
      expect(read(altered(bytes, name, (data) => data.slice(1))), name).toThrow(bad);
    }
    expect(read(altered(bytes, 'species', () => [0, 7]))).toThrow(bad);
    expect(read(withMeta(bytes, { elements: [1] }))).toThrow(bad);
    const { entries, meta } = readBundle(bytes, 'blob');
    expect(read(writeBundle({ entries: entries.filter(({ name }) => name !== 'steps'), meta }))).toThrow(bad);
    expect(read(writeStructure(oneAtom))).toThrow(bad);
  });
});

describe('MD states as blobs', () => {
  it('come back bit for bit', () => {
    fc.assert(
      fc.property(states, finite, (state, meanTotalEnergyEv) => {
        const bytes = writeState(state, meanTotalEnergyEv);
        for (const view of [bytes, asBuffer(bytes)]) {
          expect(readState(view, 'blob')).toEqual({ state, meanTotalEnergyEv });
        }
      }),
    );
  });

  it('are refused where arrays do not fit each other', () => {
    const bytes = writeState(oneState, 1);
    for (const name of ['step', 'cellA', 'positionsA', 'velocitiesAFs', 'thermostatPositions', 'meanTotalEnergyEv']) {
      expect(
        () =>
          readState(
            altered(bytes, name, (data) => data.slice(1)),
            'blob',
          ),
        name,
      ).toThrow(bad);
    }
    expect(() =>
      readState(
        altered(bytes, 'conservedReferenceEv', () => [1, 2]),
        'blob',
      ),
    ).toThrow(bad);
  });
});

describe('states of fits as blobs', () => {
  it('come back bit for bit', () => {
    fc.assert(
      fc.property(fitStates, (state) => {
        const bytes = writeFitState(state);
        for (const view of [bytes, asBuffer(bytes)]) expect(readFitState(view, 'blob')).toEqual(state);
        expect(writeFitState(readFitState(bytes, 'blob'))).toEqual(bytes);
      }),
    );
  });

  it('are refused where arrays do not fit each other', () => {
    const bytes = writeFitState(oneFitState);
    const checkpoint = { state: oneFitState, fit: { seed: '12', cutoffA: 5 } };
    expect(readFitCheckpoint(writeFitCheckpoint(checkpoint), 'file')).toEqual(checkpoint);
    expect(() => readFitCheckpoint(bytes, 'file')).toThrow(/file: the state does not say which fit it belongs to/);
    const read = (other: Uint8Array) => () => readFitState(other, 'blob');
    for (const name of ['iteration', 'scaling', 'parameters', 'gradient', 'inverseHessian', 'losses']) {
      expect(read(altered(bytes, name, (data) => data.slice(1))), name).toThrow(bad);
    }
    expect(read(altered(bytes, 'iteration', () => [-1]))).toThrow(bad);
    for (const meta of [{ phase: 'training' }, { phase: null }, { fresh: 1 }]) {
      expect(read(withMeta(bytes, meta))).toThrow(bad);
    }
  });
});

describe('pieces of trajectories as blobs', () => {
  it('come back bit for bit', () => {
    fc.assert(
      fc.property(fc.nat(4), doublesOf(12), doublesOf(4), (count, frames, energies) => {
        const some = energies.slice(0, count);
        const piece = {
          frames: frames.slice(0, 3 * count),
          frameSteps: Int32Array.from({ length: count }, (_, k) => 7 * k),
          energies: { potentialEv: some, kineticEv: some, conservedEv: some },
        };
        const bytes = writeTrajectory(piece, oneAtom, 2);
        for (const view of [bytes, asBuffer(bytes)]) {
          expect(readTrajectory(view, 'blob')).toEqual({
            positionsA: piece.frames,
            steps: piece.frameSteps,
            kineticEv: some,
          });
        }
      }),
    );
  });

  it('are refused where arrays do not fit each other', () => {
    const bytes = writeTrajectory(onePiece, oneAtom, 2);
    for (const name of ['steps', 'positionsA', 'kineticEv']) {
      expect(
        () =>
          readTrajectory(
            altered(bytes, name, (data) => data.slice(1)),
            'blob',
          ),
        name,
      ).toThrow(bad);
    }
  });
});

describe('damaged blobs', () => {
  it('of every kind are refused or are another of that kind, and never a crash', () => {
    const readers: [Uint8Array, (bytes: Uint8Array) => unknown][] = [
      [writeStructure(oneAtom), (bytes) => readStructure(bytes, 'blob')],
      [writeLabelBundle([oneLabel]), (bytes) => readLabelBundle(bytes, 'blob')],
      [writeConfigurations([oneChosen]), (bytes) => readConfigurationBundle(bytes, 'blob')],
      [writeState(oneState, 1), (bytes) => readState(bytes, 'blob')],
      [writeFitState(oneFitState), (bytes) => readFitState(bytes, 'blob')],
      [writeTrajectory(onePiece, oneAtom, 2), (bytes) => readTrajectory(bytes, 'blob')],
    ];
    for (const [sound, read] of readers) {
      for (const bytes of damaged(sound)) {
        try {
          read(bytes);
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          expect(error.code).toBe('bad-bundle');
        }
      }
    }
  });
});
