/** Every task kind, by name and version. */
import { InputError } from '../numerics/input-error.ts';
import { analysisArrhenius } from './analysis-arrhenius.ts';
import { analysisBoundaryDiffusion } from './analysis-boundary-diffusion.ts';
import { analysisBoundaryEnergy } from './analysis-boundary-energy.ts';
import { analysisBoundaryWidth } from './analysis-boundary-width.ts';
import { analysisCarrierDensity } from './analysis-carrier-density.ts';
import { analysisDiffusion } from './analysis-diffusion.ts';
import { analysisDisplacements } from './analysis-displacements.ts';
import { analysisGroundState } from './analysis-ground-state.ts';
import { analysisHeightProfile } from './analysis-height-profile.ts';
import { analysisJumps } from './analysis-jumps.ts';
import { analysisMixture } from './analysis-mixture.ts';
import { analysisPhonons } from './analysis-phonons.ts';
import { analysisPolycrystal } from './analysis-polycrystal.ts';
import { analysisRdf } from './analysis-rdf.ts';
import { analysisReplicas } from './analysis-replicas.ts';
import { blobImport } from './blob-import.ts';
import { configurationsSample } from './configurations-sample.ts';
import { configurationsSelect } from './configurations-select.ts';
import { labelImport } from './label-import.ts';
import { labelReference } from './label-reference.ts';
import { mdRun } from './md-run.ts';
import { potentialActiveSet } from './potential-active-set.ts';
import { potentialErrors } from './potential-errors.ts';
import { potentialFit } from './potential-fit.ts';
import { structureChooseShift } from './structure-choose-shift.ts';
import { structureCreate } from './structure-create.ts';
import { structureRelax } from './structure-relax.ts';
import { structureSearchShifts } from './structure-search-shifts.ts';
import type { TaskKind } from './task-kind.ts';

// biome-ignore lint/suspicious/noExplicitAny: each kind checks its own parameters by its schema
type AnyKind = TaskKind<any>;

const kinds: readonly AnyKind[] = [
  structureCreate,
  blobImport,
  labelImport,
  labelReference,
  potentialFit,
  potentialActiveSet,
  potentialErrors,
  configurationsSample,
  configurationsSelect,
  structureRelax,
  structureSearchShifts,
  structureChooseShift,
  mdRun,
  analysisDiffusion,
  analysisReplicas,
  analysisArrhenius,
  analysisBoundaryEnergy,
  analysisHeightProfile,
  analysisBoundaryWidth,
  analysisBoundaryDiffusion,
  analysisPolycrystal,
  analysisMixture,
  analysisCarrierDensity,
  analysisJumps,
  analysisRdf,
  analysisDisplacements,
  analysisPhonons,
  analysisGroundState,
];

const byName = new Map<string, AnyKind>(kinds.map((kind) => [`${kind.kind}@${kind.v}`, kind]));

/** @throws InputError `unknown-kind` */
export function findKind(kind: string, v: number): AnyKind {
  const found = byName.get(`${kind}@${v}`);
  if (found !== undefined) return found;
  throw new InputError('unknown-kind', `this version of varve does not know ${kind} version ${v}`, {
    expected: `one of ${[...byName.keys()].join(', ')}`,
  });
}

/** The version of a kind's numbers that this varve computes; undefined for a kind that it does not know. */
export const currentVersion = (kind: string): number | undefined => kinds.find((known) => known.kind === kind)?.v;
