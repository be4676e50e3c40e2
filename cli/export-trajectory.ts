/** `varve export-trajectory EVENT FILE`: a recorded run as extended XYZ or a LAMMPS dump, unwrapped. */
import { findEvent } from '../src/audit/find-event.ts';
import { recordedRun } from '../src/audit/hand-over/recorded-trajectory.ts';
import { trajectoryFormatOf } from '../src/campaign/trajectory-file.ts';
import { TRAJECTORY_WRITERS, type WrittenFrame } from '../src/formats/trajectory-writers.ts';
import { InputError } from '../src/numerics/input-error.ts';
import { escapeControl } from '../store/escape-control.ts';
import { formatTime } from './analysed-trajectory.ts';
import { counted, formatBytes } from './output/numbers.ts';
import { demandFree, writeOutput } from './output/output-file.ts';
import { printJson, withStore } from './output/store-access.ts';

interface ExportFlags {
  readonly store: string;
  readonly format?: 'extxyz' | 'dump';
  readonly force?: boolean;
  readonly json?: boolean;
}

export function exportTrajectory(name: string, file: string, flags: ExportFlags): void {
  const format = flags.format ?? trajectoryFormatOf(file);
  if ((format !== 'extxyz' && format !== 'dump') || file.endsWith('.gz')) {
    throw new InputError('unknown-format', 'the name of the file does not say a format that can be written', {
      where: file,
      expected: '.xyz, .extxyz, .dump or .lammpstrj',
      remedy: 'say it with --format extxyz or dump',
    });
  }
  const force = flags.force === true;
  demandFree(file, force);
  withStore(flags.store, (store) => {
    const run = recordedRun(store, findEvent(store, name));
    let frames = 0;
    let timeFs = 0;
    function* texts(written: Iterable<WrittenFrame>): Generator<string> {
      for (const frame of written) {
        frames += 1;
        timeFs = frame.timeFs;
        yield TRAJECTORY_WRITERS[format as 'extxyz' | 'dump'](frame);
      }
    }
    const bytes = writeOutput(file, texts(run.frames), force);
    const { segments, atoms } = run;
    if (flags.json) {
      printJson({
        file,
        format,
        frames,
        atoms,
        runLengthFs: timeFs,
        bytes,
        events: segments.map(({ eventId }) => eventId),
      });
      return;
    }
    const held = `${counted(frames, 'frame')} of ${counted(atoms, 'atom')}, ${formatTime(timeFs)}, ${formatBytes(bytes)}`;
    process.stdout.write(`${escapeControl(file)}: ${held}, from ${counted(segments.length, 'segment')}\n`);
  });
}
