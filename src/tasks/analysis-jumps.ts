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
    /** Part of the cages, over all frames, that hold 0, 1, … atoms. */
    occupancy: [...found.occupancy],
    /** How many atoms jumped 0, 1, … times, back-jumps counted. */
    atomsByJumps: histogram(found.jumpsOfAtom),
  };
}

function histogram(counts: Int32Array): number[] {
  const found = new Array<number>(counts.reduce((most, count) => Math.max(most, count), 0) + 1).fill(0);
  for (const count of counts) found[count]! += 1;
  return found;
}
