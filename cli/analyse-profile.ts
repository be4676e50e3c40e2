/** `varve analyse profile FILE`: concentration, and a number of the atoms, along the third lattice vector. */
import { type BoundaryWidth, boundaryWidth } from '../src/analysis/boundary-width.ts';
import { HeightProfile, type ProfilePoint } from '../src/analysis/height-profile.ts';
import { type MobileRequest, mobileFrames } from '../src/campaign/trajectory-view.ts';
import type { ProfileFlags } from './analyse-command.ts';
import { atPlace, timeless, withMobileFile } from './analysed-trajectory.ts';
import { formatNumber } from './output/numbers.ts';
import { printJson } from './output/store-access.ts';
import { renderColumns } from './output/text-table.ts';

export async function profile(path: string, flags: ProfileFlags): Promise<void> {
  const found = await withMobileFile(path, flags, (request) =>
    accumulate({ ...request, keepDrift: true, column: flags.column }),
  );
  const points =
    flags.bandwidth === undefined
      ? found.slices(flags.slice).points
      : found.smoothed(flags.bandwidth, Math.round(found.heightA / flags.slice));
  const widths = widthOf(found, flags);
  if (flags.json) {
    printJson({
      heightA: found.heightA,
      mean: found.mean,
      heightsA: points.map(({ heightA }) => heightA),
      concentration: points.map(({ concentration }) => concentration),
      values: flags.column === undefined ? null : points.map(({ mean }) => mean),
      boundary: widths,
    });
    return;
  }
  process.stdout.write(`${table(points, found, flags)}\n${widths === null ? '' : describe(widths, flags)}`);
}

async function accumulate(request: MobileRequest): Promise<HeightProfile> {
  const sum = new HeightProfile(request.column !== undefined);
  for await (const { positionsA, cellA, mobile, values, line } of mobileFrames(timeless(request))) {
    atPlace(request.path, line, () => sum.add(positionsA, cellA, mobile, values));
  }
  return sum;
}

/** δ, where boundaries are said to be there. */
function widthOf(found: HeightProfile, flags: ProfileFlags): BoundaryWidth | null {
  if (flags.boundaries === undefined) return null;
  return boundaryWidth(found, {
    sliceA: flags.slice,
    boundaries: flags.boundaries,
    of: flags.column === undefined ? 'concentration' : 'mean',
    ...(flags.bandwidth === undefined ? {} : { bandwidthA: flags.bandwidth }),
  });
}

function table(points: readonly ProfilePoint[], found: HeightProfile, flags: ProfileFlags): string {
  const withValues = flags.column !== undefined;
  const rows = points.map(({ heightA, concentration, mean }) => [
    formatNumber(heightA, 4),
    formatNumber(concentration, 4),
    ...(withValues ? [mean === null ? 'no atoms' : formatNumber(mean - found.mean!, 4)] : []),
  ]);
  const heading = [
    'height (Å)',
    `${flags.species.join(', ')} over the mean (ratio)`,
    ...(withValues ? [`${flags.column} less its mean (unit of the file)`] : []),
  ];
  return renderColumns([heading, ...rows], [0, 1, 2]);
}

function describe(found: BoundaryWidth, flags: ProfileFlags): string {
  const { widthA, widthStandardErrorA, centreA, spacingA, boundaryConcentration } = found;
  return (
    `δ = ${formatNumber(widthA)} ± ${formatNumber(widthStandardErrorA, 2)} Å (6 σ, one standard error), τ = δ/l = ${formatNumber(widthA / spacingA)} with l = ${formatNumber(spacingA)} Å; ` +
    `boundaries at ${formatNumber(centreA)} Å and every ${formatNumber(spacingA)} Å above; ` +
    `${flags.species.join(', ')} there: ${formatNumber(boundaryConcentration)} of the mean\n`
  );
}
