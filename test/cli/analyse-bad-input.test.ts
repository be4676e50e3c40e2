import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { jumps, occupancy } from '../../cli/analyse-cages.ts';
import type { CageFlags, DiffusionFlags, FitFlags, ProfileFlags, RdfFlags } from '../../cli/analyse-command.ts';
import { alpha, diffusion } from '../../cli/analyse-diffusion.ts';
import { msd } from '../../cli/analyse-msd.ts';
import { profile } from '../../cli/analyse-profile.ts';
import { rdf } from '../../cli/analyse-rdf.ts';
import { InputError } from '../../src/numerics/input-error.ts';
import { inTemporaryFolder } from '../campaigns/cli-process.ts';

const FRAMES = 30;
const ATOMS = 8;

interface Fault {
  readonly lattice?: string;
  readonly stepA?: number;
  readonly frames?: number;
  /** Instead of the line of atom 3 in frame 4, which is line 35. */
  readonly line?: string;
}

/** Li and S that drift along x by 0.1 Å a frame, folded into a cube of 10 Å. */
function xyz({ lattice = 'Lattice="10 0 0 0 10 0 0 0 10" ', stepA = 0.1, frames = FRAMES, line }: Fault = {}): string {
  return Array.from({ length: frames }, (_, frame) => {
    const atoms = Array.from({ length: ATOMS }, (_, i) => {
      if (line !== undefined && frame === 3 && i === 2) return line;
      const x = [0, 1, 2].map((axis) => (1.2 * i + 0.3 * axis + (axis === 0 ? stepA * frame * (i % 3) : 0)) % 10);
      return `${i % 2 === 0 ? 'Li' : 'S'} ${x.map((a) => a.toFixed(6)).join(' ')}`;
    });
    return `${ATOMS}\n${lattice}Properties=species:S:1:pos:R:3 pbc="T T T"\n${atoms.join('\n')}\n`;
  }).join('');
}

const timed = { species: ['Li'], timeStepFs: 2 };
const fit: FitFlags = { ...timed, fitWindow: [0.1, 1] };
const cage: CageFlags = { ...timed, centre: 'S', notBondedTo: 'none', bond: 2.8, margin: 1, backWithinFs: 1000 };
const heights: ProfileFlags = { ...timed, slice: 1 };
const pair: RdfFlags = { ...timed, reach: 5, shell: 0.1 };
const diffusive: DiffusionFlags = { ...fit, carrierDensity: 0.02 };

const COMMANDS: Readonly<Record<string, (path: string) => Promise<void>>> = {
  'msd, first origin': (path) => msd(path, { ...fit, origins: 'single' }),
  'msd, all origins': (path) => msd(path, { ...fit, origins: 'multiple' }),
  alpha: (path) => alpha(path, fit),
  diffusion: (path) => diffusion([path], diffusive),
  jumps: (path) => jumps(path, cage),
  occupancy: (path) => occupancy(path, cage),
  rdf: (path) => rdf(path, pair),
  profile: (path) => profile(path, heights),
};

/** What each command must say of a file, with the place; null where it may take it. */
const FILES: readonly (readonly [name: string, content: string | Uint8Array, says: RegExp])[] = [
  ['empty.xyz', '', /empty\.xyz: the file holds no frame/],
  ['blank.xyz', '\n\n', /blank\.xyz: the file holds no frame/],
  ['nan.xyz', xyz({ line: 'Li nan 0 0' }), /nan\.xyz:35: not a finite number/],
  ['infinite.xyz', xyz({ line: 'Li 1e400 0 0' }), /infinite\.xyz:35: not a finite number/],
  ['columns.xyz', xyz({ line: 'Li 1 2' }), /columns\.xyz:35: not as many columns/],
  ['other.xyz', xyz({ line: 'Xx 1 2 3' }), /other\.xyz:35: atom 3 is another/],
  ['grows.xyz', `${xyz({ frames: 1 })}9\n\n`, /grows\.xyz:11: the number of atoms changes/],
  ['huge.xyz', '99999999999999999999\n\n', /huge\.xyz:1: no number of atoms; expected an integer from 1 to 1000000/],
  ['cut.xyz', xyz().slice(0, -100), /cut\.xyz:2\d\d: /],
  ['flat.xyz', xyz({ lattice: 'Lattice="10 0 0 10 0 0 0 0 10" ' }), /flat\.xyz:1: the lattice vectors span no volume/],
  ['no-cell.xyz', xyz({ lattice: '' }), /no-cell\.xyz:1: the lattice vectors span no volume/],
  ['cut.xyz.gz', gzipSync(xyz()).subarray(0, -30), /cut\.xyz\.gz: the file cannot be unpacked; .*the end of the file/],
  ['damaged.xyz.gz', Uint8Array.of(0x1f, 0x8b, ...new Uint8Array(40).fill(7)), /cannot be unpacked; .*damaged data/],
  ['binary.xyz', Uint8Array.from({ length: 4000 }, (_, k) => k % 251), /binary\.xyz:1: no number of atoms/],
];

const written = vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
afterEach(() => written.mockClear());

/** The message; nothing may have been written by then. */
async function refusal(work: Promise<void>): Promise<string> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(InputError);
  expect(written).not.toHaveBeenCalled();
  return (error as InputError).message;
}

describe.each(Object.entries(COMMANDS))('varve analyse refuses bad input: %s', (name, command) => {
  it('in files, with file and line, before it prints anything', () =>
    inTemporaryFolder(async (folder) => {
      for (const [file, content, says] of FILES) {
        writeFileSync(join(folder, file), content);
        expect(await refusal(command(join(folder, file)))).toMatch(says);
      }
      expect(await refusal(command(join(folder, 'missing.xyz')))).toMatch(/missing\.xyz: .*found no such file/);
      mkdirSync(join(folder, 'folder.xyz'));
      expect(await refusal(command(join(folder, 'folder.xyz')))).toMatch(/folder\.xyz: .*found a folder/);
      writeFileSync(join(folder, 'nameless'), xyz());
      expect(await refusal(command(join(folder, 'nameless')))).toMatch(/does not say its format/);
      writeFileSync(join(folder, 'no-lithium.xyz'), xyz().replaceAll('Li', 'Na'));
      expect(await refusal(command(join(folder, 'no-lithium.xyz')))).toMatch(/no-lithium\.xyz: no atom of species Li/);
    }));

  it('that is too short, or whose atoms leap, where that matters', () =>
    inTemporaryFolder(async (folder) => {
      const at = (file: string, fault: Fault): string => {
        writeFileSync(join(folder, file), xyz(fault));
        return join(folder, file);
      };
      const [one, leaps] = [at('one.xyz', { frames: 1 }), at('leaps.xyz', { stepA: 2.6 })];
      const isOfPlaces = ['occupancy', 'rdf', 'profile'].includes(name);
      if (!['rdf', 'profile'].includes(name))
        expect(await refusal(command(one))).toMatch(/one\.xyz: .*at least 2 frames/);
      // Places and cages are those of nearest images: how an atom came there does not matter.
      if (isOfPlaces || name === 'jumps') return expect(command(leaps)).resolves.toBeUndefined();
      expect(await refusal(command(leaps))).toMatch(
        /leaps\.xyz:11, atom 2 .*lattice vector 1: .*at most a quarter of the cell's height, 2\.500 Å; found 2\.600 Å/,
      );
    }));
});

describe('varve analyse refuses what makes no sense', () => {
  it('of its options, before it reads a file where it can', () =>
    inTemporaryFolder(async (folder) => {
      const path = join(folder, 'good.xyz');
      writeFileSync(path, xyz());
      const cases: [() => Promise<void>, RegExp][] = [
        [() => msd(path, { ...fit, timeStepFs: 0 }), /time step must be above 0/],
        [() => alpha(path, { ...fit, fitWindow: [0.9, 0.1] }), /two rising parts/],
        [
          () => alpha(path, { ...fit, fitWindow: [0.98, 1] }),
          /good\.xyz: the trajectory is too short for the fit window/,
        ],
        [() => diffusion(['missing.xyz'], { ...diffusive, temperature: 0 }), /temperatureK must be positive/],
        [() => rdf(path, { ...pair, reach: 1e9 }), /1 to 100000 shells/],
        [() => profile(path, { ...heights, slice: 1e-9 }), /expected a width between/],
        [() => jumps(path, { ...cage, bond: 0 }), /good\.xyz:1: no bond is so long; .*found 0 Å/],
        [() => occupancy(path, { ...cage, bond: 1e9 }), /good\.xyz:1: no bond is so long/],
        [() => jumps(path, { ...cage, margin: -1 }), /must not be negative/],
      ];
      for (const [work, says] of cases) expect(await refusal(work())).toMatch(says);
    }));
});
