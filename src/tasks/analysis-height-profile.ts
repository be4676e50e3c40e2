/**
 * `analysis.height-profile` (R5): where the mobile atoms of a run are along the third lattice vector, and what the potential
 * gives each of them as its energy, over the frames of its production. One pass, piece by piece: the memory is that of one
 * piece. Heights are those above the framework's own centre as it was in the first frame.
 */
import { z } from 'zod';
import { HeightProfile } from '../analysis/height-profile.ts';
import { atomsOfSpecies, FrameworkDrift, framesOf, requireFrame } from '../analysis/paths.ts';
import { atomMassesAmu } from '../dynamics/masses.ts';
import { DEFAULT_SKIN_A, VerletList } from '../dynamics/verlet-list.ts';
import { ARRAY_BUNDLE_MEDIA_TYPE } from '../formats/array-bundle.ts';
import { readState } from '../formats/md-state-bundle.ts';
import { readStructure } from '../formats/structure-bundle.ts';
import { readTrajectory } from '../formats/trajectory-bundle.ts';
import { InputError } from '../numerics/input-error.ts';
import { createCompiledEvaluator } from '../potential/compiled-evaluate.ts';
import { emptyEvaluation } from '../potential/evaluate.ts';
import { potentialOf } from './potential-input.ts';
import { writeHistogram } from './profile-bundle.ts';
import { blobName, defineKind, singleInput } from './task-kind.ts';

export const analysisHeightProfile = defineKind({
  kind: 'analysis.height-profile',
  v: 1,
  class: 'exact',
  params: z.strictObject({
    species: z.string(),
    /** Of the frames, each n-th is taken. */
    everyFrames: z.int().min(1),
  }),
  /** Inputs: `structure`, `potential`, `state` (of the run, for its cell where that did not change), `trajectory` (list). */
  run(context) {
    const { species, everyFrames } = context.params;
    const structureBlob = singleInput(context, 'structure');
    const structure = readStructure(structureBlob.bytes, blobName(structureBlob));
    const chosen = atomsOfSpecies(structure.species, [structure.elements.indexOf(species)]);
    if (chosen.length === 0) {
      throw new InputError('no-mobile-atoms', 'no atom of the species is in the structure', { found: species });
    }
    const stateBlob = singleInput(context, 'state');
    const { cellA: runCellA } = readState(stateBlob.bytes, blobName(stateBlob)).state;
    const potential = potentialOf(context);
    const evaluator = createCompiledEvaluator(potential, context.crew);
    const list = new VerletList(potential.maxDistanceA, DEFAULT_SKIN_A);
    const drift = new FrameworkDrift({
      species: structure.species,
      massesAmu: atomMassesAmu(structure),
      mobileSpecies: [structure.elements.indexOf(species)],
    });
    const atoms = structure.species.length;
    const profile = new HeightProfile(true);
    let evaluation = emptyEvaluation(atoms);
    let frame = 0;
    for (const blob of context.stream('trajectory')) {
      const piece = readTrajectory(blob.bytes, blobName(blob));
      let inPiece = 0;
      if (piece.positionsA.length !== 3 * atoms * piece.steps.length) requireFrame(piece.positionsA, atoms, frame);
      for (const positionsA of framesOf(piece.positionsA, atoms)) {
        const cellA = piece.cellsA?.subarray(9 * inPiece, 9 * inPiece + 9) ?? runCellA;
        inPiece += 1;
        frame += 1;
        if ((frame - 1) % everyFrames !== 0) continue;
        const driftA = drift.at(positionsA);
        const steady = positionsA.map((x, at) => x - driftA[at % 3]!);
        const now = { ...structure, cellA, positionsA: steady };
        evaluation = evaluator.evaluate(now, list.update(now), evaluation);
        profile.add(steady, cellA, chosen, evaluation.siteEnergiesEv);
      }
    }
    evaluator.release();
    if (frame === 0) throw new InputError('broken-trajectory', 'the trajectory holds no frame');
    const { histogram } = profile;
    return {
      outcome: { status: 'done' },
      outputs: { profile: { bytes: writeHistogram(histogram, species), mediaType: ARRAY_BUNDLE_MEDIA_TYPE } },
      results: {
        frames: histogram.frames,
        mobileAtoms: chosen.length,
        meanHeightA: profile.heightA,
        /** As the potential divides the total among atoms: differences within one potential alone mean something. */
        meanSiteEnergyEv: profile.mean! + 0,
      },
      modules: [evaluator.module],
    };
  },
});
