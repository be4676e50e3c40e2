/** `varve analyse msd FILE`: the mean square displacement, from the first frame or from every one. */
import { MsdParts, msdCurve } from '../src/analysis/msd.ts';
import { type DirectedMsd, SingleOriginMsd } from '../src/analysis/single-origin-msd.ts';
import { collectPathBlocks, type MobileRequest, mobileFrames } from '../src/campaign/trajectory-view.ts';
import type { FitFlags } from './analyse-command.ts';
import { demandFrames, thinnedTable, withMobileFile } from './analysed-trajectory.ts';
import { formatNumber } from './output/numbers.ts';
import { printJson } from './output/store-access.ts';

type Curves = DirectedMsd & { readonly timesFs: Float64Array };

export async function msd(path: string, flags: FitFlags): Promise<void> {
  const found = await withMobileFile(path, flags, flags.origins === 'multiple' ? fromEveryFrame : fromFirstFrame);
  const { timesFs, msdA2, msdParallelA2, msdPerpendicularA2 } = found;
  if (flags.json) {
    const lists = { timesFs, msdA2, msdParallelA2, msdPerpendicularA2 };
    printJson(Object.fromEntries(Object.entries(lists).map(([name, values]) => [name, [...values]])));
    return;
  }
  const rows = Array.from(timesFs, (timeFs, k) => [
    formatNumber(timeFs, 6),
    ...[msdA2, msdParallelA2, msdPerpendicularA2].map((curve) => formatNumber(curve[k]!, 4)),
  ]);
  const heading = ['time (fs)', 'MSD (Å²)', 'parallel, x and y (Å²)', 'perpendicular, z (Å²)'];
  process.stdout.write(thinnedTable(heading, rows));
}

async function fromFirstFrame(request: MobileRequest): Promise<Curves> {
  const curve = new SingleOriginMsd();
  const timesFs: number[] = [];
  for await (const { mobileA, timeFs } of mobileFrames(request)) {
    curve.add(mobileA);
    timesFs.push(timeFs);
  }
  demandFrames(request.path, timesFs.length, 2);
  return { timesFs: Float64Array.from(timesFs), ...curve.curves() };
}

async function fromEveryFrame(request: MobileRequest): Promise<Curves> {
  const parts = await collectPathBlocks(request, (extent) => {
    demandFrames(request.path, extent.frames, 2);
    return new MsdParts(extent, { origins: 'multiple', frameIntervalFs: extent.frameIntervalFs });
  });
  const averaged = parts.result();
  return {
    timesFs: averaged.timesFs,
    msdA2: msdCurve(averaged, 'all'),
    msdParallelA2: msdCurve(averaged, 'parallel'),
    msdPerpendicularA2: msdCurve(averaged, 'perpendicular'),
  };
}
