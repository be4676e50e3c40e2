/** A stage in a few words: what it is, how much of it there is, its main results, what replays and corrections say of it. */

import type { RecordedCorrection, RecordedCorrections } from '../../src/audit/correct/recorded-corrections.ts';
import { readFieldName } from '../../src/audit/explain/field-names.ts';
import { foldRuns } from '../../src/audit/explain/runs.ts';
import type { Stage, StageRole } from '../../src/audit/explain/stages.ts';
import type { RecordedVerdict, RecordedVerdicts } from '../../src/audit/replay/recorded-verdicts.ts';
import type { StoredEvent } from '../../store/event.ts';
import { counted, formatDuration, formatNumber } from './numbers.ts';

interface StageWords {
  readonly title: string;
  readonly about: string;
  /** Results worth naming first. */
  readonly results: readonly string[];
}

export const STAGE_WORDS: { readonly [role in StageRole]: StageWords } = {
  earlier: {
    title: 'Earlier rounds',
    about: 'Rounds of labels, fits and runs from which the later ones learned; folded into one here.',
    results: [],
  },
  files: {
    title: 'Files from outside',
    about:
      'Bytes that were imported as they are. Where they came from is not recorded beyond their name; their hash says which bytes they are.',
    results: [],
  },
  labels: {
    title: 'Labels',
    about: 'Configurations with energies, forces and stresses, read from the files or computed by a label engine.',
    results: ['configurations', 'atoms'],
  },
  sets: {
    title: 'Training and validation sets',
    about: 'Lists of labelled configurations, each named by the SHA-256 of the list.',
    results: [],
  },
  fits: {
    title: 'Fits of the potential',
    about: 'Interatomic potentials fitted to the training set, and the active sets by which they grade configurations.',
    results: ['validationEnergyRmseMevAtom', 'validationForceRmseEvA'],
  },
  structures: {
    title: 'Structures',
    about: 'Simulation cells, with disorder and displacements drawn from a seed.',
    results: ['atoms', 'volumeA3PerAtom'],
  },
  sampling: {
    title: 'MD that grades itself',
    about:
      'Molecular dynamics under the potential of the moment, which keeps states that the training set does not cover.',
    results: ['timePs', 'largestGrade', 'selected'],
  },
  selections: {
    title: 'Selections',
    about: 'Configurations taken from runs, and those chosen of them for labels.',
    results: ['candidates', 'selected', 'largestGrade'],
  },
  equilibration: {
    title: 'Equilibration MD',
    about: 'Molecular dynamics that brings each run to its temperature; cut into segments, each an event.',
    results: ['meanTemperatureK', 'timePs'],
  },
  production: {
    title: 'Production MD',
    about: 'Molecular dynamics that is analysed; cut into segments, each an event.',
    results: ['meanTemperatureK', 'timePs'],
  },
  diffusion: {
    title: 'Diffusion of each run',
    about: 'Mean square displacement and diffusion coefficient of one run.',
    results: ['diffusionCm2S', 'alpha'],
  },
  means: {
    title: 'Means over runs',
    about: 'One diffusion coefficient for each structure and temperature, with the scatter between runs as its error.',
    results: ['diffusionCm2S', 'alpha'],
  },
  arrhenius: {
    title: 'Arrhenius line',
    about:
      'Prefactor and activation energy from the diffusion coefficients at all temperatures, and their extrapolation.',
    results: ['activationEnergyMev', 'diffusionCm2S'],
  },
  profiles: {
    title: 'Profiles and widths',
    about: 'Energies and concentrations of the mobile atoms across the cell, and the widths of boundaries in them.',
    results: ['widthA', 'meanSiteEnergyEv'],
  },
  boundaries: {
    title: 'Boundaries',
    about: 'Formation energies of boundaries, and their diffusion coefficients by Hart’s equation.',
    results: ['formationEnergyMevA2', 'diffusionCm2S'],
  },
  grains: {
    title: 'Polycrystals and mixtures',
    about: 'Wiener’s bounds of materials that are made of bulk and boundaries.',
    results: ['contrast'],
  },
  analyses: {
    title: 'Other analyses',
    about: 'Jumps between cages, radial distributions, displacements, phonons, and structures at 0 K summed up.',
    results: ['netJumpsPerAtomNs', 'lowestThz', 'energyDifferenceMevAtom'],
  },
  other: { title: 'Other events', about: 'Events of kinds that have no stage of their own.', results: [] },
};

/** Lengths of time add up over the segments of a run; of all else the range is told. */
const SUMMED = new Set(['timePs']);

export const stageTitle = ({ role, round }: Stage): string =>
  `${STAGE_WORDS[role].title}${round > 1 && role !== 'earlier' ? `, round ${round}` : ''}`;

/** Less than this is not worth telling. */
const TOLD_MS = 100;

/** `8 events in 4 runs, 1 stopped, 2.1 s of computing`. */
export function stageCounts({ role, events, sets }: Stage): string {
  if (role === 'sets') return counted(sets.length, 'list');
  const runs = foldRuns(events).length;
  const computing = events.reduce(
    (sum, { obs }) => sum + (typeof obs?.durationMs === 'number' ? obs.durationMs : 0),
    0,
  );
  const tally = (status: string): string[] => {
    const count = events.filter(({ core }) => core.outcome.status === status).length;
    return count === 0 ? [] : [`${count} ${status}`];
  };
  return [
    `${counted(events.length, 'event')}${runs < events.length ? ` in ${counted(runs, 'run')}` : ''}`,
    ...tally('stopped'),
    ...tally('failed'),
    ...(computing < TOLD_MS ? [] : [`${formatDuration(computing)} of computing`]),
  ].join(', ');
}

/** Main results with their units, as ranges over the stage. */
export function stageResults({ role, events, sets }: Stage): string {
  if (role === 'sets') return named(sets.map(({ items, input }) => `${counted(items, 'configuration')} for ${input}`));
  if (role === 'files') return named(events.map(({ core }) => String(core.task.params.name)));
  return rangesOf(events, STAGE_WORDS[role].results).join(', ');
}

/** A list that names three at most. */
function named(names: readonly string[]): string {
  const left = names.length - 3;
  return `${names.slice(0, 3).join(', ')}${left > 0 ? ` and ${left} more` : ''}`;
}

export function rangesOf(events: readonly StoredEvent[], results: readonly string[]): string[] {
  return results.flatMap((result) => {
    const values = events.map(({ core }) => core.results[result]).filter((value) => typeof value === 'number');
    if (values.length === 0) return [];
    const { label, unit } = readFieldName([result]);
    const suffix = unit === '' ? '' : ` ${unit}`;
    if (SUMMED.has(result))
      return [
        `${label} ${formatNumber(
          values.reduce((a, b) => a + b, 0),
          5,
        )}${suffix} in all`,
      ];
    const [low, high] = [Math.min, Math.max].map((pick) => formatNumber(values.reduce((a, b) => pick(a, b))));
    return [`${label} ${low === high ? low : `${low} to ${high}`}${suffix}`];
  });
}

export interface ReplayTally {
  readonly identical: number;
  readonly differs: number;
  readonly notComparable: number;
  readonly events: number;
}

/** An event of which any replay differs counts as different, whatever others say. */
export function worstVerdict(verdicts: readonly RecordedVerdict[] | undefined): RecordedVerdict['verdict'] | undefined {
  return (['differs', 'identical', 'not-comparable'] as const).find((worst) =>
    verdicts?.some(({ verdict }) => verdict === worst),
  );
}

export function tallyReplays(events: readonly StoredEvent[], verdicts: RecordedVerdicts): ReplayTally {
  const worst = events.map(({ eventId }) => worstVerdict(verdicts.get(eventId)));
  const count = (verdict: RecordedVerdict['verdict']): number => worst.filter((found) => found === verdict).length;
  return {
    identical: count('identical'),
    differs: count('differs'),
    notComparable: count('not-comparable'),
    events: events.length,
  };
}

/** `12 of 14 replayed: identical`; empty where nothing was replayed. */
export function replaySummary({ identical, differs, notComparable, events }: ReplayTally): string {
  const replayed = identical + differs;
  const verdict =
    differs === 0 ? 'identical' : `${differs} ${differs === 1 ? 'DIFFERS' : 'DIFFER'}, ${identical} identical`;
  return [
    ...(replayed === 0 ? [] : [`${replayed} of ${events} replayed: ${verdict}`]),
    ...(notComparable === 0 ? [] : [`${notComparable} not comparable`]),
  ].join(', ');
}

/** How an event is corrected at present. */
export const correctionKinds = (corrections: RecordedCorrections, eventId: string): Set<RecordedCorrection['kind']> =>
  new Set(corrections.get(eventId)?.flatMap(({ kind, inEffect }) => (inEffect ? [kind] : [])));

/** `1 retracted`; empty where nothing was corrected. */
export function correctionSummary(events: readonly StoredEvent[], corrections: RecordedCorrections): string {
  const kinds = events.flatMap(({ eventId }) => [...correctionKinds(corrections, eventId)]);
  return (['retract', 'supersede', 'violation'] as const)
    .flatMap((kind) => {
      const count = kinds.filter((found) => found === kind).length;
      return count === 0 ? [] : [`${count} ${CORRECTION_WORDS[kind]}`];
    })
    .join(', ');
}

export const CORRECTION_WORDS = {
  retract: 'retracted',
  supersede: 'superseded',
  violation: 'with another result recorded too',
} as const;
