/** What an amount of work costs: core hours and storage by task kind, from measured speeds. */
import { exp, log } from '../../numerics/elementary.ts';
import type { LevelSpeed } from './measured-speeds.ts';
import type { Amounts } from './paper-scale.ts';

export interface CostLine {
  readonly kind: 'label.compute' | 'potential.fit' | 'md.run';
  readonly what: string;
  /** Labels, fits or runs. */
  readonly count: number;
  readonly coreHours: number;
  readonly storageGb: number;
  /** The longest task of the line: less time than this it cannot take on any number of cores but by splitting tasks. */
  readonly longestTaskHours: number;
}

const SECONDS_AN_HOUR = 3600;
const GRADIENTS_A_FIT = 1350;
/** Measured (GPAW, see paper-scale.ts): CPU seconds by number of atoms. */
const LABEL_SECONDS = [
  [13, 11],
  [52, 105],
  [104, 475],
] as const;
const DYNAMICS_STEP_PART = 48 / 105;
/** Bytes of a position, and what compression leaves of them. */
const POSITION_BYTES = 24;
const COMPRESSED = 0.62;
const LABEL_BYTES_AN_ATOM = 120;

export function costOf({ dynamics, fits, labels }: Amounts, speeds: readonly LevelSpeed[]): CostLine[] {
  const speedAt = (level: number): LevelSpeed => speeds.find((speed) => speed.level === level)!;
  const lines: CostLine[] = [];
  for (const { what, labels: count, atoms, isDynamics } of labels) {
    const seconds = labelSeconds(atoms) * (isDynamics ? DYNAMICS_STEP_PART : 1);
    const hours = seconds / SECONDS_AN_HOUR;
    const storageGb = (count * atoms * LABEL_BYTES_AN_ATOM) / 1e9;
    lines.push({ kind: 'label.compute', what, count, coreHours: count * hours, storageGb, longestTaskHours: hours });
  }
  for (const { what, fits: count, level, configurations, atoms } of fits) {
    const seconds = (GRADIENTS_A_FIT * configurations * atoms * speedAt(level).gradientUsAtom) / 1e6;
    const hours = seconds / SECONDS_AN_HOUR;
    lines.push({ kind: 'potential.fit', what, count, coreHours: count * hours, storageGb: 0, longestTaskHours: hours });
  }
  for (const { what, runs: count, atoms, level, steps, frames } of dynamics) {
    const hours = (steps * atoms * speedAt(level).stepUsAtom) / 1e6 / SECONDS_AN_HOUR;
    const storageGb = (count * frames * atoms * POSITION_BYTES * COMPRESSED) / 1e9;
    lines.push({ kind: 'md.run', what, count, coreHours: count * hours, storageGb, longestTaskHours: hours });
  }
  return merged(lines);
}

/** Lines of one name added up: levels are not told apart. */
function merged(lines: readonly CostLine[]): CostLine[] {
  const byName = new Map<string, CostLine>();
  for (const line of lines) {
    const name = `${line.kind} ${line.what}`;
    const known = byName.get(name);
    byName.set(
      name,
      known === undefined
        ? line
        : {
            ...line,
            count: known.count + line.count,
            coreHours: known.coreHours + line.coreHours,
            storageGb: known.storageGb + line.storageGb,
            longestTaskHours: Math.max(known.longestTaskHours, line.longestTaskHours),
          },
    );
  }
  return [...byName.values()];
}

/** Between and beyond the sizes measured by the power law of the two nearest. */
function labelSeconds(atoms: number): number {
  const above = LABEL_SECONDS.findIndex(([size]) => size >= atoms);
  const upper = above < 1 ? (above === 0 ? 1 : LABEL_SECONDS.length - 1) : above;
  const [[a, ta], [b, tb]] = [LABEL_SECONDS[upper - 1]!, LABEL_SECONDS[upper]!];
  return ta * exp((log(atoms / a) * log(tb / ta)) / log(b / a));
}
