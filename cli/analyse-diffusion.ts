/** `varve analyse alpha FILE` and `varve analyse diffusion FILE…`: the exponent, and D with its errors side by side. */
import { conductivityMsCm } from '../src/analysis/conductivity.ts';
import { fitDiffusion, windowLags } from '../src/analysis/diffusion.ts';
import { DIRECTIONS, type Direction } from '../src/analysis/direction.ts';
import type { Exponent } from '../src/analysis/exponent-verdict.ts';
import { MsdParts } from '../src/analysis/msd.ts';
import { type PooledDiffusion, poolReplicas } from '../src/analysis/replicas.ts';
import {
  ORIGINS,
  type Origins,
  type RunDiffusion,
  RunParts,
  type TwoEstimates,
} from '../src/analysis/run-diffusion.ts';
import { collectPathBlocks, type PathExtent, type PathSink } from '../src/campaign/trajectory-view.ts';
import { quantile95 } from '../src/numerics/student-t.ts';
import { escapeControl } from '../store/escape-control.ts';
import type { DiffusionFlags, FitFlags } from './analyse-command.ts';
import { atPlace, demandFrames, formatTime, withMobileFile } from './analysed-trajectory.ts';
import { counted, formatNumber } from './output/numbers.ts';
import { printJson } from './output/store-access.ts';
import { renderColumns } from './output/text-table.ts';

const NAMES: Readonly<Record<Direction, string>> = {
  all: 'all',
  parallel: 'parallel (x, y)',
  perpendicular: 'perpendicular (z)',
};
const ORIGIN_NAMES: Readonly<Record<Origins, string>> = { multipleOrigins: 'every frame', singleOrigin: 'first frame' };

export async function alpha(path: string, flags: FitFlags): Promise<void> {
  const origins = flags.origins ?? 'multiple';
  const parts = await collected(
    path,
    flags,
    (extent) => new MsdParts(extent, { origins, frameIntervalFs: extent.frameIntervalFs }),
  );
  const msd = parts.result();
  const found = DIRECTIONS.map((direction) => {
    const { alpha, alphaStandardError, alphaInterval, verdict } = fitDiffusion(msd, direction, {
      window: flags.fitWindow,
    });
    return [direction, { alpha, alphaStandardError, alphaInterval, verdict }] as const;
  });
  if (flags.json) {
    const runLengthFs = msd.timesFs[msd.timesFs.length - 1];
    printJson({ origins, runLengthFs, fitWindow: flags.fitWindow, directions: Object.fromEntries(found) });
    return;
  }
  const rows = found.map(([direction, exponent]) => [NAMES[direction], ...exponentFields(exponent)]);
  process.stdout.write(
    `${renderColumns([['direction', 'α', '95 % interval', 'normal diffusion (0.9 to 1.1)'], ...rows])}\n`,
  );
}

export async function diffusion(files: readonly string[], flags: DiffusionFlags): Promise<void> {
  const { temperature, carrierDensity } = flags;
  // σ is proportional to D. Before any file is read: what is refused is refused at once.
  const perDiffusion = temperature === undefined ? null : conductivityMsCm(1, temperature, carrierDensity);
  const runs: RunDiffusion[] = [];
  for (const path of files) {
    const parts = await collected(
      path,
      flags,
      (extent) => new RunParts(extent, { frameIntervalFs: extent.frameIntervalFs, window: flags.fitWindow }),
    );
    runs.push(parts.result());
  }
  const shown = ORIGINS.filter((origins) => flags.origins === undefined || origins.startsWith(flags.origins));
  const pooled = runs.length < 2 ? null : pool(runs, shown);
  const sigma = perDiffusion === null ? null : conductivityOf(runs, pooled, shown[0]!, perDiffusion);
  if (flags.json) {
    printJson({
      runs: runs.map((run, k) => ({ file: files[k], ...jsonOf(run, shown) })),
      replicas: pooled,
      conductivity: sigma,
    });
    return;
  }
  for (const [k, run] of runs.entries()) process.stdout.write(renderRun(files[k]!, run, shown));
  if (pooled !== null) process.stdout.write(renderReplicas(pooled, shown));
  process.stdout.write(renderConductivity(sigma, flags));
}

const collected = <Sink extends PathSink>(
  path: string,
  flags: FitFlags,
  begin: (extent: PathExtent) => Sink,
): Promise<Sink> =>
  withMobileFile(path, flags, (request) =>
    collectPathBlocks(request, (extent) => {
      demandFrames(path, extent.frames, 2);
      // Before hours of averaging, not after.
      atPlace(path, null, () => windowLags(extent.frames, flags.fitWindow));
      return begin(extent);
    }),
  );

type PooledRuns = Omit<PooledDiffusion, 'meanTemperatureK'>;
type Pooled = Readonly<Record<Direction, Partial<Record<Origins, PooledRuns>>>>;

function pool(runs: readonly RunDiffusion[], shown: readonly Origins[]): Pooled {
  const of = (direction: Direction, origins: Origins): PooledRuns => {
    // The file does not tell temperatures, and none is needed for the mean.
    const replicas = runs.map((run) => ({ temperatureK: 0, ...run.directions[direction][origins].jackknife }));
    const { meanTemperatureK, ...pooled } = poolReplicas(replicas);
    return pooled;
  };
  return Object.fromEntries(
    DIRECTIONS.map((direction) => [
      direction,
      Object.fromEntries(shown.map((origins) => [origins, of(direction, origins)])),
    ]),
  ) as unknown as Pooled;
}

function jsonOf({ runLengthFs, windowFs, directions }: RunDiffusion, shown: readonly Origins[]): object {
  const kept = Object.entries(directions).map(([direction, estimates]) => [
    direction,
    Object.fromEntries(shown.map((origins) => [origins, estimates[origins]])),
  ]);
  return { runLengthFs, windowFs, directions: Object.fromEntries(kept) };
}

function renderRun(
  path: string,
  { runLengthFs, windowFs, directions }: RunDiffusion,
  shown: readonly Origins[],
): string {
  const rows = DIRECTIONS.flatMap((direction) =>
    shown.map((origins) => {
      const { jackknife, generalised } = directions[direction][origins];
      const { diffusionCm2S, standardErrorCm2S, degreesOfFreedom } = jackknife;
      const half = standardErrorCm2S === null ? null : quantile95(degreesOfFreedom) * standardErrorCm2S;
      return [
        NAMES[direction],
        ORIGIN_NAMES[origins],
        estimate(diffusionCm2S, half === null ? null : [diffusionCm2S - half, diffusionCm2S + half]),
        generalised === null ? 'nothing moved' : estimate(generalised.diffusionCm2S, generalised.interval95Cm2S),
        ...exponentFields(jackknife),
      ];
    }),
  );
  const heading = [
    'direction',
    'origins',
    'D, line and jackknife (cm²/s)',
    'D, generalised least squares (cm²/s)',
    'α',
    '95 % interval',
    'normal diffusion',
  ];
  const title = `${escapeControl(path)}: ${formatTime(runLengthFs)}, fitted from ${formatTime(windowFs[0])} to ${formatTime(windowFs[1])}; 95 % intervals in brackets`;
  return `${title}\n${renderColumns([heading, ...rows])}\n`;
}

function renderReplicas(pooled: Pooled, shown: readonly Origins[]): string {
  const rows = DIRECTIONS.flatMap((direction) =>
    shown.map((origins) => {
      const { diffusionCm2S, diffusionErrorCm2S, exponent } = pooled[direction][origins]!;
      const { between, within, halfWidth95 } = diffusionErrorCm2S;
      return [
        NAMES[direction],
        ORIGIN_NAMES[origins],
        estimate(
          diffusionCm2S,
          halfWidth95 === null ? null : [diffusionCm2S - halfWidth95, diffusionCm2S + halfWidth95],
        ),
        ...[between, within].map((error) => (error === null ? 'unknown' : formatNumber(error))),
        ...exponentFields(exponent),
      ];
    }),
  );
  const heading = [
    'direction',
    'origins',
    'D (cm²/s)',
    'error between runs (cm²/s)',
    'error within runs (cm²/s)',
    'α',
    '95 % interval',
    'normal diffusion',
  ];
  const { replicas } = pooled.all[shown[0]!]!;
  return `mean of ${counted(replicas, 'replica')}, the larger error counting\n${renderColumns([heading, ...rows])}\n`;
}

interface Conductivity {
  readonly valueMsCm: number;
  /** That of D; the uncertainty of Λ is not in it. */
  readonly interval95MsCm: readonly [number, number] | null;
}

/** σ of D in all directions together, of the mean over replicas; null without a D above 0. */
function conductivityOf(
  runs: readonly RunDiffusion[],
  pooled: Pooled | null,
  origins: Origins,
  perDiffusion: number,
): Conductivity | null {
  const [value, interval] =
    pooled === null ? ofRun(runs[0]!.directions.all[origins]) : ofReplicas(pooled.all[origins]!);
  if (!(value > 0)) return null;
  return {
    valueMsCm: value * perDiffusion,
    interval95MsCm: interval === null ? null : [interval[0] * perDiffusion, interval[1] * perDiffusion],
  };
}

type Bounded = readonly [value: number, interval: readonly [number, number] | null];

const ofRun = ({ generalised, jackknife }: TwoEstimates): Bounded =>
  generalised === null ? [jackknife.diffusionCm2S, null] : [generalised.diffusionCm2S, generalised.interval95Cm2S];

function ofReplicas({ diffusionCm2S, diffusionErrorCm2S: { halfWidth95 } }: PooledRuns): Bounded {
  return [diffusionCm2S, halfWidth95 === null ? null : [diffusionCm2S - halfWidth95, diffusionCm2S + halfWidth95]];
}

function renderConductivity(found: Conductivity | null, flags: DiffusionFlags): string {
  if (found === null) return '';
  const { valueMsCm, interval95MsCm } = found;
  return `σ = ${estimate(valueMsCm, interval95MsCm)} mS/cm at ${flags.temperature} K, with Λ = ${flags.carrierDensity} 1/Å³\n`;
}

const estimate = (value: number, interval: readonly [number, number] | null): string =>
  `${formatNumber(value)} ${interval === null ? '(no error)' : `[${interval.map((bound) => formatNumber(bound)).join(', ')}]`}`;

function exponentFields({ alpha, alphaInterval, verdict }: Exponent): string[] {
  if (alpha === null) return ['none: nothing moved', '', verdict];
  return [
    alpha.toFixed(3),
    alphaInterval === null ? 'unknown' : `[${alphaInterval.map((bound) => bound.toFixed(3)).join(', ')}]`,
    verdict,
  ];
}
