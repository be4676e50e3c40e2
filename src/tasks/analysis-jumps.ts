/**
 * `analysis.jumps` (R7): jumps of the mobile atoms of one run between cages, and how many atoms the cages hold. Centres are
 * found in the first frame: 4c in ordered argyrodite, 4a and 4c in disordered. One pass, a piece of the trajectory at a time.
 */
import { z } from 'zod';
import { findCageCentres } from '../analysis/cage-centres.ts';
import {
  type CageJumps,
  CageTracker,
  netJumpsOfAtom,
  ratePerAtomNs,
  rateStandardError,
} from '../analysis/cage-jumps.ts';
import { atomsOfSpecies } from '../analysis/paths.ts';
import { JSON_MEDIA_TYPE, type JsonObject, writeJsonDocument } from '../formats/json-document.ts';
import { cageRuleShape, runShape } from './analysis-schemas.ts';
import { runFrames } from './run-frames.ts';
import { defineKind } from './task-kind.ts';

export const analysisJumps = defineKind({
  kind: 'analysis.jumps',
  v: 1,
  class: 'exact',
  params: z.strictObject({ ...runShape, ...cageRuleShape }),
  /** Inputs: `structure`, `start` (state), `trajectory` (list). */
  run(context) {
    const { mobileSpecies, centre, notBondedTo, bondA, marginA, backWithinFs } = context.params;
    const { structure, frames } = runFrames(context);
    const mobile = atomsOfSpecies(structure.species, [structure.elements.indexOf(mobileSpecies)]);
    const rule = { centre, bondA, ...(notBondedTo === undefined ? {} : { notBondedTo }) };
    let tracker: CageTracker | null = null;
    for (const { positionsA, cellA, timeFs } of frames()) {
      tracker ??= new CageTracker({
        centres: findCageCentres({ ...structure, cellA, positionsA }, rule),
        mobile,
        marginA,
        backWithinFs,
      });
      tracker.add(positionsA, cellA, timeFs);
    }
    const found = tracker!.result();
    const results = summary(found);
    const document = {
      ...results,
      occupancy: [...found.occupancy],
      jumpsOfAtom: [...found.jumpsOfAtom],
      backJumpsOfAtom: [...found.backJumpsOfAtom],
    };
    return {
      outcome: { status: 'done' },
      outputs: { jumps: { bytes: writeJsonDocument(document), mediaType: JSON_MEDIA_TYPE } },
      results,
    };
  },
});

function summary(found: CageJumps): JsonObject {
  const { atoms, cages, frames, timeFs, jumps, backJumps, netJumps } = found;
  return {
    atoms,
    cages,
    frames,
    timePs: timeFs / 1000,
    jumps,
    backJumps,
    netJumps,
    jumpsPerAtomNs: ratePerAtomNs(jumps, found),
    jumpsStandardErrorPerAtomNs: rateStandardError(found),
    backJumpsPerAtomNs: ratePerAtomNs(backJumps, found),
    backJumpsStandardErrorPerAtomNs: rateStandardError(found, found.backJumpsOfAtom),
    netJumpsPerAtomNs: ratePerAtomNs(netJumps, found),
    netJumpsStandardErrorPerAtomNs: rateStandardError(found, netJumpsOfAtom(found)),
    meanOccupancy: found.occupancy.reduce((sum, part, n) => sum + n * part, 0),
  };
}
