/** What the commands of `varve analyse` share: requests from flags, progress, thinned tables. */
import type { MobileRequest, TrajectoryRequest } from '../src/campaign/trajectory-view.ts';
import { InputError } from '../src/numerics/input-error.ts';
import type { MobileFlags, TrajectoryFlags } from './analyse-command.ts';
import { ByteProgress } from './output/byte-progress.ts';
import { renderColumns } from './output/text-table.ts';

/** Rows of a table for people; `--json` has all. */
const MOST_ROWS = 25;

const common = (path: string, flags: TrajectoryFlags, progress: ByteProgress): TrajectoryRequest => ({
  path,
  format: flags.format,
  elements: flags.elements,
  unwrapped: flags.unwrapped,
  every: flags.every,
  timeStepFs: flags.timeStepFs ?? 1,
  stepsPerFrame: flags.stepsPerFrame,
  onProgress: (bytes) => {
    if (process.stderr.isTTY) progress.show('reading', path, bytes);
  },
});

/** Does the work with a request for the file; the progress line is gone when it ends. */
export async function withTrajectoryFile<T>(
  path: string,
  flags: TrajectoryFlags,
  work: (request: TrajectoryRequest) => Promise<T>,
): Promise<T> {
  const progress = new ByteProgress();
  try {
    return await work(common(path, flags, progress));
  } finally {
    progress.finish();
  }
}

export const withMobileFile = <T>(
  path: string,
  flags: MobileFlags,
  work: (request: MobileRequest) => Promise<T>,
): Promise<T> =>
  withTrajectoryFile(path, flags, (request) =>
    work({ ...request, species: flags.species, keepDrift: flags.keepDrift }),
  );

/** For analyses by place alone: frames may be as far apart as they like, and need no steps. */
export const timeless = <T extends TrajectoryRequest>(request: T): T => ({
  ...request,
  unwrapped: true,
  stepsPerFrame: 1,
});

/** What goes wrong with a trajectory or one of its frames, with the name of the file, and the line where that is known. */
export function atPlace<T>(path: string, line: number | null, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const where = line === null ? path : `${path}:${line}`;
    throw new InputError(error.code, error.what, { ...error.details, where });
  }
}

/** @throws InputError `trajectory-too-short` */
export function demandFrames(path: string, found: number, needed: number): void {
  if (found >= needed) return;
  throw new InputError('trajectory-too-short', 'the trajectory is too short', {
    where: path,
    expected: `at least ${needed} frames`,
    found: String(found),
  });
}

/** The table, evenly thinned to what one reads, and a line that says so. */
export function thinnedTable(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const kept =
    rows.length <= MOST_ROWS
      ? rows
      : Array.from({ length: MOST_ROWS }, (_, k) => rows[Math.round((k * (rows.length - 1)) / (MOST_ROWS - 1))]!);
  const columns = heading.map((_, k) => k);
  const note = kept.length === rows.length ? '' : `${kept.length} of ${rows.length} rows; --json has all\n`;
  return `${renderColumns([heading, ...kept], columns)}\n${note}`;
}

/** A time in fs, ps or ns, whichever is readable. */
export function formatTime(timeFs: number): string {
  const [factor, unit] = timeFs >= 1e6 ? [1e6, 'ns'] : timeFs >= 1000 ? [1000, 'ps'] : [1, 'fs'];
  return `${Number((timeFs / factor).toPrecision(4))} ${unit}`;
}
