import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { findCageCentres } from '../../src/analysis/cage-centres.ts';
import { conductivityMsCm } from '../../src/analysis/conductivity.ts';
import { writeExtxyz } from '../../src/formats/extxyz.ts';
import { dumpFrame } from '../../src/formats/trajectory-writers.ts';
import { RandomStream } from '../../src/numerics/philox.ts';
import { createArgyrodite } from '../analysis/argyrodite-cell.ts';
import { randomWalk } from '../analysis/walks.ts';
import { inTemporaryFolder, varve, varveJson } from '../campaigns/cli-process.ts';
import { copyMicroStore } from '../campaigns/micro-store.ts';
import { wander, xdatcar, xyz } from '../formats/trajectories.ts';

interface MsdReport {
  readonly timesFs: number[];
  readonly msdA2: number[];
  readonly msdParallelA2: number[];
  readonly msdPerpendicularA2: number[];
}

const CUBE = [8, 0, 0, 0, 9, 0, 0, 0, 10];
const made = wander(30, CUBE, 1.5);

/** MSD of the Li atoms since frame 0, from what was planted; drift in. */
function planted(k: number): { all: number; perpendicular: number } {
  let [all, perpendicular] = [0, 0];
  for (const i of [0, 1, 4]) {
    for (let axis = 0; axis < 3; axis++) {
      const moved = made.frames[k]!.positionsA[3 * i + axis]! - made.frames[0]!.positionsA[3 * i + axis]!;
      all += moved ** 2 / 3;
      if (axis === 2) perpendicular += moved ** 2 / 3;
    }
  }
  return { all, perpendicular };
}

const withFiles = <T>(use: (at: (name: string) => string) => Promise<T>): Promise<T> =>
  inTemporaryFolder(async (folder) => {
    const at = (name: string): string => join(folder, name);
    writeFileSync(at('XDATCAR'), xdatcar(made));
    writeFileSync(at('XDATCAR.gz'), gzipSync(xdatcar(made, 'each')));
    writeFileSync(at('walk.xyz'), xyz(made));
    const dump = made.frames.map((frame, k) => dumpFrame({ atoms: made.atoms, ...frame, step: 50 * k, timeFs: 0 }));
    writeFileSync(
      at('walk.dump'),
      dump
        .join('')
        .replaceAll('element', 'charge')
        .replaceAll(/ (Li|S|Cl) /g, ' 0 '),
    );
    return use(at);
  });

/** A walk of Li with a known D, as an XYZ file without a cell. */
function walkFile(stream: number, frames = 61): string {
  const walk = { atoms: 60, frames, frameIntervalFs: 1000, diffusionCm2S: [3e-6, 3e-6, 3e-6] } as const;
  return randomWalk(walk, stream)
    .framesA.map(
      (x) => `60\n\n${Array.from({ length: 60 }, (_, i) => `Li ${x.slice(3 * i, 3 * i + 3).join(' ')}`).join('\n')}\n`,
    )
    .join('');
}

describe('varve analyse msd', () => {
  it('gives the planted displacements of every format, since frame 0', () =>
    withFiles(async (at) => {
      for (const [file, args, stepFs] of [
        ['XDATCAR', [], 2],
        ['XDATCAR.gz', [], 2],
        ['walk.xyz', [], 2],
        ['walk.dump', ['--elements', 'Li,S,Cl'], 100],
        ['walk.dump', ['--elements', 'Li,S,Cl', '--steps-per-frame', '1'], 2],
      ] as const) {
        const found = await varveJson<MsdReport>([
          'analyse',
          'msd',
          at(file),
          '--species',
          'Li',
          '--time-step-fs',
          '2',
          '--keep-drift',
          ...args,
        ]);
        expect(Object.keys(found)).toEqual(['timesFs', 'msdA2', 'msdParallelA2', 'msdPerpendicularA2']);
        expect(found.timesFs).toEqual(Array.from({ length: 30 }, (_, k) => k * stepFs));
        found.msdA2.forEach((value, k) => {
          const { all, perpendicular } = planted(k);
          expect(value).toBeCloseTo(all, 8);
          expect(found.msdPerpendicularA2[k]).toBeCloseTo(perpendicular, 8);
          expect(found.msdParallelA2[k]).toBeCloseTo(all - perpendicular, 8);
        });
      }
    }));

  it('takes out the drift of the other species, weighed by mass, and averages over origins where asked', () =>
    withFiles(async (at) => {
      const args = ['analyse', 'msd', at('walk.xyz'), '--species', 'Li', '--time-step-fs', '2'];
      const found = await varveJson<MsdReport>(args);
      const drift = (axis: number): number => {
        const of = (i: number) =>
          made.frames[29]!.positionsA[3 * i + axis]! - made.frames[0]!.positionsA[3 * i + axis]!;
        return (32.06 * of(2) + 35.45 * of(3)) / 67.51;
      };
      let expected = 0;
      for (const i of [0, 1, 4]) {
        for (let axis = 0; axis < 3; axis++) {
          const moved = made.frames[29]!.positionsA[3 * i + axis]! - made.frames[0]!.positionsA[3 * i + axis]!;
          expected += (moved - drift(axis)) ** 2 / 3;
        }
      }
      expect(found.msdA2[29]).toBeCloseTo(expected, 8);
      const multiple = await varveJson<MsdReport>([...args, '--origins', 'multiple']);
      expect(multiple.msdA2[29]).toBeCloseTo(expected, 8);
      expect(multiple.msdA2[1]).not.toBeCloseTo(found.msdA2[1]!, 3);
    }));

  it('prints a table with units', () =>
    withFiles(async (at) => {
      const { stdout, code } = await varve(['analyse', 'msd', at('XDATCAR'), '--species', 'Li', '--time-step-fs', '2']);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^time \(fs\) +MSD \(Å²\) +parallel, x and y \(Å²\) +perpendicular, z \(Å²\)\n/);
      expect(stdout).toMatch(/25 of 30 rows; --json has all\n$/);
    }));

  it.each([
    [['--species', 'Na', '--time-step-fs', '2'], 'unknown-species', /expected one of Li, S, Cl; found Na/],
    [
      ['--species', 'Li', '--time-step-fs', '0'],
      'bad-time-step',
      /must be above 0; expected a number of fs above 0; found 0 fs/,
    ],
    [['--species', 'Li', '--time-step-fs', '-2'], 'bad-time-step', /found -2 fs/],
    [['--species', 'Li', '--time-step-fs', '2', '--every', '99'], 'trajectory-too-short', /at least 2 frames; found 1/],
    [
      ['--species', 'Li', '--time-step-fs', '2', '--every', '99', '--origins', 'multiple'],
      'trajectory-too-short',
      /found 1/,
    ],
  ])('refuses %j', (args, code, message) =>
    withFiles(async (at) => {
      const ended = await varve(['analyse', 'msd', at('XDATCAR'), ...args, '--json']);
      expect(ended.code).toBe(2);
      expect(ended.stderr).toMatch(message);
      expect(JSON.parse(ended.stdout)).toMatchObject({ error: { code } });
    }),
  );

  it('says what is wrong with a file, where', () =>
    withFiles(async (at) => {
      const refused = async (file: string, code: string, message: RegExp): Promise<void> => {
        const ended = await varve(['analyse', 'msd', at(file), '--species', 'Li', '--time-step-fs', '2', '--json']);
        expect(ended.code).toBe(2);
        expect(ended.stderr).toMatch(message);
        expect(JSON.parse(ended.stdout)).toMatchObject({ error: { code } });
      };
      writeFileSync(at('cut.gz.XDATCAR'), gzipSync(xdatcar(made)).subarray(0, 400));
      writeFileSync(at('broken.xyz'), `${xyz(made)}5\nx\nLi 0 0\n`);
      writeFileSync(at('uneven.dump'), readFileSync(at('walk.dump'), 'utf8').replace('TIMESTEP\n150', 'TIMESTEP\n151'));
      await refused('absent.xyz', 'unreadable-file', /no such file/);
      await refused('strange.txt', 'unknown-format', /--format xdatcar, extxyz or dump/);
      await refused('cut.gz.XDATCAR', 'bad-gzip', /cannot be unpacked/);
      await refused('broken.xyz', 'bad-trajectory', /broken.xyz:213: /);
      await refused('walk.dump', 'unknown-species', /name the types with --elements/);
      const uneven = await varve([
        'analyse',
        'msd',
        at('uneven.dump'),
        '--species',
        'Li',
        '--elements',
        'Li,S,Cl',
        '--time-step-fs',
        '2',
      ]);
      expect(uneven.stderr).toMatch(/uneven.dump:43: .*expected step 150; found step 151/);
    }));
});

describe('varve analyse alpha and diffusion', () => {
  it('find the planted D and α of a walk, with both errors, and pool replicas', () =>
    inTemporaryFolder(async (folder) => {
      const files = [1, 2, 3].map((stream) => join(folder, `${stream}.xyz`));
      files.forEach((file, k) => {
        writeFileSync(file, walkFile(k));
      });
      const common = ['--species', 'Li', '--time-step-fs', '1000', '--fit-window', '0.1,1'];
      const alpha = await varveJson<{ origins: string; directions: { all: { alpha: number; verdict: string } } }>([
        'analyse',
        'alpha',
        files[0]!,
        ...common,
      ]);
      expect(alpha.origins).toBe('multiple');
      expect(Math.abs(alpha.directions.all.alpha - 1)).toBeLessThan(0.2);
      interface Found {
        readonly runs: {
          runLengthFs: number;
          windowFs: number[];
          directions: Record<
            string,
            Record<
              string,
              {
                jackknife: { diffusionCm2S: number };
                generalised: { diffusionCm2S: number; standardErrorCm2S: number };
              }
            >
          >;
        }[];
        readonly replicas: { all: { multipleOrigins: { diffusionCm2S: number; replicas: number } } } | null;
        readonly conductivity: { valueMsCm: number; interval95MsCm: [number, number] };
      }
      const found = await varveJson<Found>(['analyse', 'diffusion', ...files, ...common, '--temperature', '600']);
      expect(found.runs.map(({ runLengthFs }) => runLengthFs)).toEqual([60_000, 60_000, 60_000]);
      expect(found.runs[0]!.windowFs).toEqual([6000, 60_000]);
      const { diffusionCm2S, standardErrorCm2S } = found.runs[0]!.directions.all!.multipleOrigins!.generalised;
      expect(Math.abs(diffusionCm2S - 3e-6) / standardErrorCm2S).toBeLessThan(4);
      expect(standardErrorCm2S / 3e-6).toBeLessThan(0.1);
      expect(found.replicas!.all.multipleOrigins.replicas).toBe(3);
      expect(found.replicas!.all.multipleOrigins.diffusionCm2S / 3e-6).toBeCloseTo(1, 0.7);
      const { valueMsCm, interval95MsCm } = found.conductivity;
      expect(valueMsCm / conductivityMsCm(found.replicas!.all.multipleOrigins.diffusionCm2S, 600)).toBeCloseTo(1, 10);
      expect(interval95MsCm[1]).toBeGreaterThan(valueMsCm);
      const { stdout } = await varve(['analyse', 'diffusion', ...files.slice(0, 1), ...common]);
      expect(stdout).toMatch(/1\.xyz: 60 ps, fitted from 6 ps to 60 ps; 95 % intervals in brackets/);
      expect(stdout).toMatch(/D, generalised least squares \(cm²\/s\)/);
      expect(stdout).not.toMatch(/replica/);
    }));

  it('refuse a trajectory too short for the fit window, and a window that is none', () =>
    inTemporaryFolder(async (folder) => {
      const file = join(folder, 'short.xyz');
      writeFileSync(file, walkFile(1, 8));
      for (const what of ['alpha', 'diffusion']) {
        const args = ['analyse', what, file, '--species', 'Li', '--time-step-fs', '1'];
        const ended = await varve(args);
        expect(ended.code).toBe(2);
        expect(ended.stderr).toMatch(
          /too short for the fit window; expected at least 5 frames between 0.6 and 1 of the run/,
        );
        expect((await varve([...args, '--fit-window', '0.9,0.1'])).stderr).toMatch(/two rising parts/);
      }
    }));
});

describe('varve export-trajectory', () => {
  it('writes a recorded run, whose MSD is the one that the campaign recorded', () =>
    inTemporaryFolder(async (folder) => {
      const store = join(folder, 'store');
      await copyMicroStore(store);
      const log = await varveJson<{ eventId: string; kind: string }[]>(['log', '--store', store]);
      const { eventId } = log.find(({ kind }) => kind === 'analysis.diffusion')!;
      const shown = await varveJson<{
        core: { task: { params: { timeStepFs: number } }; results: { finalMsdA2: { Li: number } } };
      }>(['show', eventId, '--store', store]);
      const { timeStepFs } = shown.core.task.params;
      for (const name of ['run.xyz', 'run.dump']) {
        const file = join(folder, name);
        const written = await varveJson<{ frames: number; events: string[] }>([
          'export-trajectory',
          eventId,
          file,
          '--store',
          store,
        ]);
        expect(written.events.length).toBeGreaterThan(0);
        const msd = await varveJson<MsdReport>([
          'analyse',
          'msd',
          file,
          '--species',
          'Li',
          '--time-step-fs',
          String(timeStepFs),
        ]);
        expect(msd.timesFs.length).toBe(written.frames);
        expect(msd.msdA2.at(-1)! / shown.core.results.finalMsdA2.Li).toBeCloseTo(1, 10);
      }
      const last = log.findLast(({ kind }) => kind === 'md.run')!;
      const { stdout } = await varve(['export-trajectory', last.eventId, join(folder, 'last.xyz'), '--store', store]);
      expect(stdout).toMatch(/last.xyz: \d+ frames of \d+ atoms, [\d.]+ [fp]s, .* from \d+ segments?\n/);
      const again = await varve(['export-trajectory', last.eventId, join(folder, 'last.xyz'), '--store', store]);
      expect(again.stderr).toMatch(/there is something under this name already/);
      const other = await varve(['export-trajectory', '1', join(folder, 'x.xyz'), '--store', store]);
      expect(other.stderr).toMatch(/the event has no trajectory/);
    }));
});

describe('varve analyse jumps, occupancy, rdf and profile', () => {
  /** Ordered argyrodite in which one Li goes to a neighbouring cage in frame 3 and stays. */
  function crystal(): string {
    const structure = createArgyrodite(0);
    const centres = findCageCentres(structure, { centre: 'S', notBondedTo: 'P' });
    const at = (i: number, positionsA = structure.positionsA): number[] => [...positionsA.subarray(3 * i, 3 * i + 3)];
    const gap = (p: readonly number[], q: readonly number[]): number => Math.hypot(...p.map((x, axis) => x - q[axis]!));
    const own = centres.find((c) => gap(at(c), at(0)) < 3)!;
    const next = centres.find((c) => c !== own && gap(at(c), at(own)) < 7.3)!;
    return Array.from({ length: 6 }, (_, k) => {
      const positionsA = structure.positionsA.slice();
      const step = at(next).map((x, axis) => x - at(own)[axis]!);
      if (k >= 3) for (let axis = 0; axis < 3; axis++) positionsA[axis]! += step[axis]!;
      return writeExtxyz({
        structure: { ...structure, positionsA },
        info: new Map(),
        columns: new Map([
          ['energies', { width: 1, data: positionsA.filter((_, c) => c % 3 === 2).map((z) => -2 + 0.01 * z) }],
        ]),
      });
    }).join('');
  }

  it('count the jump that was made, the cages that it leaves uneven, bonds, and slices', () =>
    inTemporaryFolder(async (folder) => {
      const file = join(folder, 'crystal.xyz');
      writeFileSync(file, crystal());
      const li = ['--species', 'Li', '--time-step-fs', '100'];
      const jumps = await varveJson<Record<string, number>>(['analyse', 'jumps', file, ...li]);
      // One jump of 192 Li in 0.5 ps.
      expect(jumps).toMatchObject({
        atoms: 192,
        cages: 32,
        frames: 6,
        timeFs: 500,
        jumps: 1,
        backJumps: 0,
        netJumps: 1,
      });
      expect(jumps.jumpsPerAtomNs).toBeCloseTo(1 / 192 / 0.0005, 9);
      const occupancy = await varveJson<{ meanOccupancy: number; occupancy: number[] }>([
        'analyse',
        'occupancy',
        file,
        '--species',
        'Li',
      ]);
      expect(occupancy.meanOccupancy).toBeCloseTo(6, 12);
      expect(occupancy.occupancy[5]).toBeCloseTo(0.5 / 32, 12);
      expect(occupancy.occupancy[6]).toBeCloseTo(31 / 32, 12);
      expect(occupancy.occupancy[7]).toBeCloseTo(0.5 / 32, 12);
      const rdf = await varveJson<{ pair: string[]; radiiA: number[]; neighbours: number[] }>([
        'analyse',
        'rdf',
        file,
        '--species',
        'P,S',
        '--reach',
        '3',
      ]);
      expect(rdf.pair).toEqual(['P', 'S']);
      expect(rdf.neighbours.at(-1)).toBeCloseTo(4, 9);
      const profile = await varveJson<{
        heightA: number;
        mean: number;
        heightsA: number[];
        concentration: number[];
        values: number[];
        boundary: null;
      }>(['analyse', 'profile', file, '--species', 'S', '--column', 'energies', '--slice', '5.125']);
      expect(profile.heightA).toBeCloseTo(20.5, 9);
      expect(profile.concentration).toEqual([1, 1, 1, 1]);
      expect(profile.values[3]! - profile.values[0]!).toBeCloseTo(
        0.01 * (profile.heightsA[3]! - profile.heightsA[0]!),
        2,
      );
      for (const [args, shown] of [
        [
          ['jumps', ...li],
          /192 Li atoms, 32 cages around S not bonded to P, 6 frames, 500 fs\n[^\n]*per Li atom and ns/,
        ],
        [['occupancy', ...li], /Li atoms in a cage +part of the cages \(%\)/],
        [['rdf', '--species', 'Li,S'], /r \(Å\) +g\(r\), S around Li +S atoms within \(number\)/],
        [['profile', '--species', 'Li', '--slice', '4'], /height \(Å\) +Li over the mean \(ratio\)/],
      ] as const) {
        const [what, ...rest] = args;
        expect((await varve(['analyse', what, file, ...rest])).stdout).toMatch(shown);
      }
    }));

  it('finds the planted width of boundaries', () =>
    inTemporaryFolder(async (folder) => {
      const random = new RandomStream('0000000000000aa1', 0);
      const frames = Array.from({ length: 10 }, () => {
        const rows = Array.from({ length: 1500 }, () => {
          const z = 80 * random.uniform();
          const off = z - 25 - 40 * Math.round((z - 25) / 40);
          return `Li 1 1 ${z} ${-2 + 0.2 * Math.exp((-off * off) / 18)}`;
        });
        return `1500\nLattice="20 0 0 0 20 0 0 0 80" Properties=species:S:1:pos:R:3:energies:R:1\n${rows.join('\n')}\n`;
      });
      const file = join(folder, 'boundaries.xyz');
      writeFileSync(file, frames.join(''));
      const args = [
        'analyse',
        'profile',
        file,
        '--species',
        'Li',
        '--column',
        'energies',
        '--slice',
        '2',
        '--boundaries',
        '2',
      ];
      const { boundary } = await varveJson<{ boundary: { widthA: number; spacingA: number; centreA: number } }>(args);
      expect(boundary.widthA / 18).toBeCloseTo(1, 1);
      expect(boundary.spacingA).toBeCloseTo(40, 9);
      expect(boundary.centreA).toBeCloseTo(25, 0);
      expect((await varve(args)).stdout).toMatch(
        /δ = 1[78][.\d]* ± [\d.·⁻⁰-⁹]+ Å \(6 σ, one standard error\), τ = δ\/l = 0\.4/,
      );
    }));

  it('refuse what makes no sense', () =>
    inTemporaryFolder(async (folder) => {
      const file = join(folder, 'crystal.xyz');
      writeFileSync(file, crystal());
      for (const [args, message] of [
        [['rdf', '--species', 'Li,S,P'], /one or two species/],
        [['rdf', '--species', 'Li', '--shell', '0'], /shells of 0 Å up to 10 Å/],
        [['rdf', '--species', 'Xe'], /no atom of species Xe is in the trajectory/],
        [['jumps', '--species', 'Li', '--time-step-fs', '1', '--centre', 'Se'], /no atom of species Se is there/],
        [['jumps', '--species', 'Li'], /required option '--time-step-fs <n>'/],
        [['jumps', '--species', 'Li', '--time-step-fs', '1', '--margin', '-1'], /must not be negative/],
        [
          ['profile', '--species', 'Li', '--column', 'charge'],
          /crystal.xyz:2: no column of single numbers is called charge/,
        ],
        [['profile', '--species', 'Li', '--slice', '50'], /too wide or too fine/],
      ] as const) {
        const [what, ...rest] = args;
        const ended = await varve(['analyse', what, file, ...rest]);
        expect(ended.stderr).toMatch(message);
        expect(ended.code).toBe(2);
      }
    }));
});
