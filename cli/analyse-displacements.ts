/** `varve analyse displacements FILE` and `varve analyse density FILE`: how far atoms come, and where they are (R7). */
import { type DisplacementDistribution, DisplacementSum } from '../src/analysis/displacements.ts';
import { TrajectoryDensity } from '../src/analysis/trajectory-density.ts';
import { type MobileRequest, mobileFrames } from '../src/campaign/trajectory-view.ts';
import { InputError } from '../src/numerics/input-error.ts';
import type { DensityFlags, DisplacementFlags } from './analyse-command.ts';
import { demandFrames, formatTime, thinnedTable, timeless, withMobileFile } from './analysed-trajectory.ts';
import { counted, formatNumber } from './output/numbers.ts';
import { printJson } from './output/store-access.ts';

interface Displacements extends DisplacementDistribution {
  readonly timeFs: number;
}

export async function displacements(path: string, flags: DisplacementFlags): Promise<void> {
  const found = await withMobileFile(path, flags, (request) =>
    flags.after === undefined ? overWholeRun(request, flags) : after(request, flags, flags.after),
  );
  const { timeFs, meanA, samples, distancesA, densityPerA } = found;
  if (flags.json) {
    printJson({
      species: flags.species,
      origins: flags.origins,
      timeFs,
      meanA,
      samples,
      binA: flags.bin,
      distancesA: [...distancesA],
      densityPerA: [...densityPerA],
    });
    return;
  }
  const of = flags.origins === 'multiple' && flags.after !== undefined ? 'every frame' : 'the first frame';
  const rows = Array.from(distancesA, (distanceA, k) => [formatNumber(distanceA, 4), formatNumber(densityPerA[k]!)]);
  process.stdout.write(
    `${flags.species.join(', ')} after ${formatTime(timeFs)} from ${of}: ` +
      `mean displacement ${formatNumber(meanA)} Å, ${counted(samples, 'displacement')}\n` +
      thinnedTable(['displacement (Å)', 'part of the atoms (1/Å)'], rows),
  );
}

/** From the first frame to the last. */
async function overWholeRun(request: MobileRequest, flags: DisplacementFlags): Promise<Displacements> {
  let firstA: Float64Array | undefined;
  let lastA = new Float64Array(0);
  let [frames, lastFs] = [0, 0];
  for await (const { mobileA, timeFs } of mobileFrames(request)) {
    firstA ??= mobileA.slice();
    if (lastA.length === 0) lastA = new Float64Array(mobileA.length);
    lastA.set(mobileA);
    lastFs = timeFs;
    frames += 1;
  }
  demandFrames(request.path, frames, 2);
  const sum = new DisplacementSum(1, { binA: flags.bin, origins: 'single', direction: flags.direction });
  sum.add(firstA!);
  sum.add(lastA);
  return { timeFs: lastFs, ...sum.result() };
}

async function after(request: MobileRequest, flags: DisplacementFlags, timeFs: number): Promise<Displacements> {
  let sum: DisplacementSum | undefined;
  let firstA: Float64Array | undefined;
  for await (const { mobileA, timeFs: nowFs } of mobileFrames(request)) {
    if (firstA === undefined) {
      firstA = mobileA.slice();
      continue;
    }
    if (sum === undefined) {
      // The second frame says how far frames are apart.
      sum = new DisplacementSum(wholeFrames(timeFs, nowFs, request.path), {
        binA: flags.bin,
        origins: flags.origins,
        direction: flags.direction,
      });
      sum.add(firstA);
    }
    sum.add(mobileA);
  }
  demandFrames(request.path, sum === undefined ? 1 : 2, 2);
  return { timeFs, ...sum!.result() };
}

function wholeFrames(timeFs: number, intervalFs: number, path: string): number {
  const frames = timeFs / intervalFs;
  if (Math.round(frames) >= 1 && Math.abs(frames - Math.round(frames)) < 1e-6) return Math.round(frames);
  throw new InputError('bad-option', 'the time is no whole number of frames', {
    where: path,
    expected: `--after a multiple of ${intervalFs} fs`,
    found: `${timeFs} fs`,
  });
}

export async function density(path: string, flags: DensityFlags): Promise<void> {
  const found = await withMobileFile(path, flags, (request) => accumulate(request, flags));
  const { places, cellA, frames, atoms } = found;
  const values = places.densityPerA3();
  if (flags.json) {
    const cell = [0, 3, 6].map((at) => [...cellA.subarray(at, at + 3)]);
    printJson({
      species: flags.species,
      frames,
      atoms,
      cellA: cell,
      grid: flags.grid,
      bandwidthA: flags.bandwidth,
      densityPerA3: [...values],
    });
    return;
  }
  const [, nb, nc] = flags.grid;
  const order = [...values.keys()].sort((a, b) => values[b]! - values[a]!).slice(0, HIGHEST);
  const rows = order.map((at) => {
    const index = [Math.floor(at / (nb * nc)), Math.floor(at / nc) % nb, at % nc];
    return [index.map((i, k) => (i / flags.grid[k as 0]).toFixed(3)).join(' '), formatNumber(values[at]!)];
  });
  process.stdout.write(
    `${counted(atoms, `${flags.species.join(', ')} atom`)}, ${counted(frames, 'frame')}, ` +
      `grid of ${flags.grid.join(' × ')} points, bandwidth ${flags.bandwidth} Å; the densest points (--json has all)\n` +
      thinnedTable(['place (parts of the cell)', 'probability density (1/Å³)'], rows),
  );
}

/** Points of a density that people are shown. */
const HIGHEST = 20;

/** Over the cell of the first frame. */
async function accumulate(request: MobileRequest, flags: DensityFlags) {
  let places: TrajectoryDensity | undefined;
  let firstCellA: Float64Array = new Float64Array(9);
  let [frames, atoms] = [0, 0];
  // The drift of the framework is known of unwrapped positions alone.
  const untimed = request.keepDrift === true ? timeless(request) : { ...request, stepsPerFrame: 1 };
  for await (const { mobileA, cellA } of mobileFrames(untimed)) {
    if (places === undefined) {
      places = new TrajectoryDensity(cellA, flags.grid, flags.bandwidth);
      firstCellA = cellA.slice();
      atoms = mobileA.length / 3;
    }
    places.add(mobileA);
    frames += 1;
  }
  demandFrames(request.path, frames, 1);
  return { places: places!, cellA: firstCellA, frames, atoms };
}
