/** The variance study as text and JSON: what stands below its tables, and which further runs would halve an error. */
import type { FurtherRuns } from '../../src/analysis/variance/further-runs.ts';
import type { GroupedScatter } from '../../src/analysis/variance/grouped-scatter.ts';
import type { FurtherStudy } from '../../src/campaign/further-study.ts';
import type { SetName } from '../../src/projections/variance/variance-sets.ts';
import type { LevelStudy } from '../../src/projections/variance/variance-study.ts';
import { headingOf } from '../../src/projections/variance/variance-table.ts';
import { escapeControl } from '../../store/escape-control.ts';
import { counted, formatDuration, formatNumber } from './numbers.ts';

export function renderStudyNotes(levels: readonly LevelStudy[], leftOut: number): string {
  const stated = levels.flatMap((level) =>
    level.statedDeviation === null ? [] : [`  ${headingOf(level)}: ${formatNumber(100 * level.statedDeviation)} %`],
  );
  const lines = [
    '',
    'Sets come from lineage: A runs of one potential, B one run each of fits to one training set, C one run each of scheme runs.',
    'Intervals: of A, B, C by χ² (bootstrap in --json); of components and mean by generalised pivots. Both take ln D as normal.',
    ...(stated.length === 0
      ? []
      : ['What the runs’ own error estimates say of the scatter by sampling (not used above):', ...stated]),
    ...(leftOut === 0 ? [] : [`${counted(leftOut, 'run')} left out: their potential was not fitted here.`]),
  ];
  return `${lines.map(escapeControl).join('\n')}\n`;
}

const TARGETS: { readonly [target in FurtherStudy['target']]: string } = {
  mean: 'the mean of ln D',
  sampling: 'the variance by sampling',
  fit: 'the variance by fits',
  training: 'the variance by training sets',
};

export function renderFurther(further: readonly FurtherStudy[]): string {
  const lines = further.flatMap(({ level, target, seconds, answer, why }) => {
    if (answer === undefined) return [`${headingOf(level)}: no answer, ${why}`];
    const over = target === 'mean' ? ` over ${level.decomposition!.meanOver}` : '';
    const unit = (name: string, value: number | null): string[] =>
      value === null ? [] : [`${name} ${formatDuration(1000 * value)}`];
    return [
      `${headingOf(level)}: to halve the standard error of ${TARGETS[target]}${over}: ${describe(answer.cheapest)}`,
      `  at ${duration(answer.cheapest.cost)}; with other variances that are as likely the cheapest is ${duration(answer.cost95[0])} to ${duration(answer.cost95[1])} (95 %),` +
        ` and these runs do in ${Math.round(100 * answer.suffices)} % of the cases`,
      `  measured: ${[...unit('a run', seconds.run), ...unit('a fit', seconds.fit), ...unit('a scheme run', seconds.scheme)].join(', ')}`,
    ];
  });
  return `\nFurther runs, by recorded times of tasks on the machines that ran them\n${lines.map((line) => `  ${escapeControl(line)}`).join('\n')}\n`;
}

const duration = (seconds: number): string =>
  Number.isFinite(seconds) ? formatDuration(1000 * seconds) : 'more than was tried';

function describe({
  newSchemes,
  fitsOfNewSchemes,
  runsOfNewFits,
  runsOfNewSchemes,
  fitsOfEachScheme,
  runsOfEachFit,
  added,
}: FurtherRuns): string {
  const parts = [
    ...(runsOfEachFit > 1 ? [`every fit to have ${counted(runsOfEachFit, 'run')}`] : []),
    ...(fitsOfEachScheme > 1
      ? [`every scheme run to have ${counted(fitsOfEachScheme, 'fit')}, new ones of ${counted(runsOfNewFits, 'run')}`]
      : []),
    ...(newSchemes > 0
      ? [
          `${counted(newSchemes, 'new scheme run')} of ${counted(fitsOfNewSchemes, 'fit')} of ${counted(runsOfNewSchemes, 'run')} each`,
        ]
      : []),
  ];
  return `${parts.join('; ')} (${counted(added.schemes, 'scheme run')}, ${counted(added.fits, 'further fit')}, ${counted(added.runs, 'run')} more)`;
}

export function levelJson(level: LevelStudy, names: readonly SetName[]) {
  const { runs, decomposition } = level;
  return {
    structure: level.structure,
    temperatureK: level.temperatureK,
    level: runs.level,
    key: level.key,
    verdict: level.verdict,
    runs: runs.nested.map((fits) =>
      fits.map((ofFit) => ({
        fit: ofFit[0]!.fit.eventId,
        fitSeed: ofFit[0]!.fit.seed ?? null,
        training: ofFit[0]!.fit.training.manifest,
        roots: ofFit[0]!.fit.training.roots,
        members: ofFit.map(({ diffusion, seed }) => ({
          event: diffusion.eventId,
          seed: seed ?? null,
          diffusionCm2S: diffusion.core.results.diffusionCm2S,
        })),
      })),
    ),
    sets: Object.fromEntries(
      names.map((name) => {
        const found = level.sets[name];
        return [
          name,
          found === undefined
            ? null
            : {
                relative: found.relative === null ? null : scatterJson(found.relative, 100, 'Percent'),
                plain: scatterJson(found.plain, 1, 'Cm2S'),
                events: found.events,
              },
        ];
      }),
    ),
    decomposition:
      decomposition === undefined
        ? null
        : {
            components: decomposition.components.map(({ level: seenAt, sources, degreesOfFreedom, ...component }) => ({
              level: seenAt,
              sources,
              degreesOfFreedom,
              deviationPercent: 100 * component.deviation,
              deviationInterval95Percent: component.deviation95.map((end) => 100 * end),
              share: component.share,
              shareInterval95: component.share95,
            })),
            meanLnDiffusion: decomposition.mean,
            meanLnDiffusionStandardError: decomposition.meanStandardError,
            meanLnDiffusionInterval95: decomposition.mean95,
            meanOver: decomposition.meanOver,
          },
    statedDeviationPercent: level.statedDeviation === null ? null : 100 * level.statedDeviation,
  };
}

const scatterJson = (scatter: GroupedScatter, scale: number, unit: string) => ({
  values: scatter.values,
  groups: scatter.groups,
  degreesOfFreedom: scatter.degreesOfFreedom,
  [`deviation${unit}`]: scale * scatter.deviation,
  [`chiSquared95${unit}`]: scatter.chiSquared95.map((end) => scale * end),
  [`bootstrap95${unit}`]: scatter.bootstrap95 === null ? null : scatter.bootstrap95.map((end) => scale * end),
});

export const furtherJson = ({ level, target, seconds, answer, why }: FurtherStudy) => ({
  structure: level.structure,
  temperatureK: level.temperatureK,
  level: level.runs.level,
  target,
  secondsOfRun: seconds.run,
  secondsOfFit: seconds.fit,
  secondsOfScheme: seconds.scheme,
  answer:
    answer === undefined
      ? null
      : {
          ...answer.cheapest,
          costSeconds: answer.cheapest.cost,
          cost: undefined,
          costInterval95Seconds: answer.cost95.map((seconds) => (Number.isFinite(seconds) ? seconds : null)),
          suffices: answer.suffices,
        },
  why: why ?? null,
});
