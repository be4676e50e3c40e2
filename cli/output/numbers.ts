/** Numbers for people: with their unit, their interval, and no more digits than the interval supports. */
import type { DynamicsSpeed } from '../../src/campaign/dynamics-speed.ts';
import { formatNumber } from '../../src/projections/number-text.ts';
import type { Cell } from '../../src/projections/table.ts';

export { formatNumber };

const bound = (value: number | null): string => (value === null ? 'unbounded' : formatNumber(value));

/** `value [low, high] unit`, or why there is none. */
export function formatCell(cell: Cell): string {
  if (cell.value === null) return cell.status;
  if (cell.text !== undefined) return cell.text;
  const interval = cell.interval95 === null ? '' : ` [${cell.interval95.map(bound).join(', ')}]`;
  const range = cell.range === undefined ? '' : ` (${cell.range.map((value) => formatNumber(value)).join('–')})`;
  const verdict = cell.verdict === undefined ? '' : `, ${cell.verdict}`;
  return `${formatNumber(cell.value, cell.digits)}${interval}${range}${cell.unit === '' ? '' : ` ${cell.unit}`}${verdict}`;
}

export function formatPublished({ published, unit, digits }: Cell): string {
  if (published === null) return '';
  const { value, text, what } = published;
  return `${text ?? [formatNumber(value, digits), unit].filter(Boolean).join(' ')} (${what})`;
}

export function formatDuration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return milliseconds < 9950 ? `${(milliseconds / 1000).toFixed(1)} s` : `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Powers of ten, as disks and file managers count. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(4, Math.floor(Math.log10(bytes) / 3));
  return `${Number((bytes / 1000 ** power).toPrecision(3))} ${['bytes', 'kB', 'MB', 'GB', 'TB'][power]}`;
}

/** `0.63 ns/day, 52 400 atom·steps/s`. */
export const formatSpeed = ({ nsPerDay, atomStepsPerSecond }: DynamicsSpeed): string =>
  `${formatNumber(nsPerDay)} ns/day, ${formatNumber(atomStepsPerSecond)} atom·steps/s`;

export const shortId = (hash: string): string => hash.slice(0, 12);

/** `1 event`, `2 events`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
