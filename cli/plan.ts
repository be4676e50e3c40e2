/** `varve plan --scale paper`: what the published campaign would cost here. Runs nothing but short measurements. */
import { availableParallelism } from 'node:os';
import { measureSpeed } from '../src/campaign/cost/measured-speeds.ts';
import { type CostLine, costOf } from '../src/campaign/cost/paper-cost.ts';
import { paperScale } from '../src/campaign/cost/paper-scale.ts';
import { formatNumber } from './output/numbers.ts';
import { printJson } from './output/store-access.ts';
import { renderColumns } from './output/text-table.ts';

export interface PlanFlags {
  readonly scale: 'paper';
  readonly cores?: number;
  readonly json?: boolean;
}

export function plan({ cores = availableParallelism(), json }: PlanFlags): void {
  const amounts = paperScale();
  const levels = [...new Set([...amounts.dynamics, ...amounts.fits].map(({ level }) => level))].sort((a, b) => a - b);
  // The first measurement would be that of the compiler.
  measureSpeed(levels[0]!, () => performance.now());
  const speeds = levels.map((level) => {
    process.stderr.write(`measuring level ${level} …\n`);
    return measureSpeed(level, () => performance.now());
  });
  const lines = costOf(amounts, speeds);
  const total = (of: (line: CostLine) => number, among = lines): number =>
    among.reduce((sum, line) => sum + of(line), 0);
  const kinds = [...new Set(lines.map(({ kind }) => kind))].map((kind) => {
    const among = lines.filter((line) => line.kind === kind);
    return {
      kind,
      coreHours: total(({ coreHours }) => coreHours, among),
      storageGb: total(({ storageGb }) => storageGb, among),
    };
  });
  const summary = {
    cores,
    coreHours: total(({ coreHours }) => coreHours),
    days: daysOn(cores, lines),
    storageGb: total(({ storageGb }) => storageGb),
  };
  if (json) {
    printJson({ scale: 'paper', ...summary, kinds, lines, speeds, assumptions: amounts.assumptions });
    return;
  }
  const number = (value: number): string => formatNumber(value, 3);
  process.stdout.write(
    'What the published campaign (Ou et al. 2024) would cost on this machine; nothing of it was run\n\n',
  );
  const table = [
    ['task kind', 'what', 'how many', 'core hours', 'longest task (h)', 'storage (GB)'],
    ...lines.map(({ kind, what, count, coreHours, longestTaskHours, storageGb }) => [
      kind,
      what,
      String(count),
      number(coreHours),
      number(longestTaskHours),
      storageGb === 0 ? '' : number(storageGb),
    ]),
    ...kinds.map(({ kind, coreHours, storageGb }) => [kind, 'together', '', number(coreHours), '', number(storageGb)]),
  ];
  process.stdout.write(`${renderColumns(table, [2, 3, 4, 5])}\n\n`);
  const speedTable = [
    ['level', 'step of dynamics (µs/atom, one core)', 'gradient of a loss (µs/atom, one core)'],
    ...speeds.map(({ level, stepUsAtom, gradientUsAtom }) => [
      String(level),
      number(stepUsAtom),
      number(gradientUsAtom),
    ]),
  ];
  process.stdout.write(`measured now, on 416 atoms and on 4 × 52 atoms\n${renderColumns(speedTable, [0, 1, 2])}\n\n`);
  process.stdout.write(
    `${number(summary.coreHours)} core hours, ${number(summary.storageGb)} GB; ${number(summary.days)} days on ${cores} cores, if they are always busy\n` +
      'assumed where the paper does not say:\n' +
      amounts.assumptions.map((text) => `  ${text}\n`).join(''),
  );
}

/** Never less than the longest task: a run goes on by itself. */
const daysOn = (cores: number, lines: readonly CostLine[]): number =>
  Math.max(
    lines.reduce((sum, { coreHours }) => sum + coreHours, 0) / cores,
    ...lines.map(({ longestTaskHours }) => longestTaskHours),
  ) / 24;
