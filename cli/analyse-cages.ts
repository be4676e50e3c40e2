/** `varve analyse jumps FILE` and `varve analyse occupancy FILE`: mobile atoms between cages. */
import { findCageCentres } from '../src/analysis/cage-centres.ts';
import { type CageJumps, CageTracker, ratePerAtomNs, rateStandardError } from '../src/analysis/cage-jumps.ts';
import { type MobileRequest, mobileFrames } from '../src/campaign/trajectory-view.ts';
import type { CageFlags } from './analyse-command.ts';
import { atPlace, demandFrames, formatTime, withMobileFile } from './analysed-trajectory.ts';
import { formatNumber } from './output/numbers.ts';
import { printJson } from './output/store-access.ts';
import { renderColumns } from './output/text-table.ts';

export async function jumps(path: string, flags: CageFlags): Promise<void> {
  const found = await track(path, flags);
  const rates = {
    jumpsPerAtomNs: ratePerAtomNs(found.jumps, found),
    standardErrorPerAtomNs: rateStandardError(found),
    backJumpsPerAtomNs: ratePerAtomNs(found.backJumps, found),
    netJumpsPerAtomNs: ratePerAtomNs(found.netJumps, found),
  };
  const { atoms, cages, frames, timeFs, jumps, backJumps, netJumps, jumpsOfAtom } = found;
  if (flags.json) {
    printJson({ atoms, cages, frames, timeFs, jumps, backJumps, netJumps, ...rates, jumpsOfAtom: [...jumpsOfAtom] });
    return;
  }
  const error = rates.standardErrorPerAtomNs;
  const rows = [
    ['jumps', String(jumps), formatNumber(rates.jumpsPerAtomNs), error === null ? 'unknown' : formatNumber(error)],
    ['back-jumps', String(backJumps), formatNumber(rates.backJumpsPerAtomNs), ''],
    ['net (jumps less twice the back-jumps)', String(netJumps), formatNumber(rates.netJumpsPerAtomNs), ''],
  ];
  const heading = ['', 'number', `per ${flags.species.join(', ')} atom and ns`, 'standard error (per atom and ns)'];
  process.stdout.write(`${describe(found, flags)}\n${renderColumns([heading, ...rows], [1, 2, 3])}\n`);
}

export async function occupancy(path: string, flags: CageFlags): Promise<void> {
  const found = await track(path, flags);
  const { atoms, cages, frames } = found;
  if (flags.json) {
    printJson({ atoms, cages, frames, meanOccupancy: meanOf(found), occupancy: [...found.occupancy] });
    return;
  }
  const rows = Array.from(found.occupancy, (part, n) => [String(n), formatNumber(100 * part)]).filter(
    ([, part]) => part !== '0',
  );
  const heading = [`${flags.species.join(', ')} atoms in a cage`, 'part of the cages (%)'];
  const mean = `mean: ${formatNumber(meanOf(found))} atoms a cage`;
  process.stdout.write(`${describe(found, flags)}; ${mean}\n${renderColumns([heading, ...rows], [0, 1])}\n`);
}

const meanOf = ({ occupancy }: CageJumps): number => occupancy.reduce((sum, part, n) => sum + n * part, 0);

function describe({ atoms, cages, frames, timeFs }: CageJumps, flags: CageFlags): string {
  const rule = flags.notBondedTo === 'none' ? '' : ` not bonded to ${flags.notBondedTo}`;
  return `${atoms} ${flags.species.join(', ')} atoms, ${cages} cages around ${flags.centre}${rule}, ${frames} frames${flags.timeStepFs === undefined ? '' : `, ${formatTime(timeFs)}`}`;
}

const track = (path: string, flags: CageFlags): Promise<CageJumps> =>
  withMobileFile(path, flags, (request) => trackCages(request, flags));

async function trackCages(request: MobileRequest, flags: CageFlags): Promise<CageJumps> {
  // Distances to centres are those of nearest images: nothing need be unwrapped, and drift moves both alike.
  const placed = { ...request, keepDrift: true, unwrapped: true };
  let tracker: CageTracker | null = null;
  for await (const { atoms, positionsA, cellA, mobile, timeFs, line } of mobileFrames(placed)) {
    if (tracker === null) {
      const rule = {
        centre: flags.centre,
        bondA: flags.bond,
        ...(flags.notBondedTo === 'none' ? {} : { notBondedTo: flags.notBondedTo }),
      };
      const centres = atPlace(request.path, line, () => findCageCentres({ ...atoms, cellA, positionsA }, rule));
      tracker = new CageTracker({ centres, mobile, marginA: flags.margin, backWithinFs: flags.backWithinFs });
    }
    const cages = tracker;
    atPlace(request.path, line, () => cages.add(positionsA, cellA, timeFs));
  }
  const found = tracker!.result();
  demandFrames(request.path, found.frames, 2);
  return found;
}
