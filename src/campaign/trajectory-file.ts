/** Trajectories from files that a user names: the format by the name, gzip by the first bytes, read as a stream. */
import { closeSync, createReadStream, openSync, readSync, statSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { parseExtxyzTrajectory } from '../formats/extxyz-trajectory.ts';
import { parseLammpsDump } from '../formats/lammps-dump.ts';
import {
  type ReadOptions,
  readFrames,
  type TrajectoryFrame,
  type TrajectoryParser,
} from '../formats/trajectory-frames.ts';
import { parseXdatcar } from '../formats/xdatcar.ts';
import { InputError } from '../numerics/input-error.ts';

export const TRAJECTORY_FORMATS = ['xdatcar', 'extxyz', 'dump'] as const;
export type TrajectoryFormat = (typeof TRAJECTORY_FORMATS)[number];

const PARSERS: Readonly<Record<TrajectoryFormat, TrajectoryParser>> = {
  xdatcar: parseXdatcar,
  extxyz: parseExtxyzTrajectory,
  dump: parseLammpsDump,
};

const PIECE_BYTES = 1 << 20;

/** The format that a file's name stands for, `.gz` aside, or undefined. */
export function trajectoryFormatOf(path: string): TrajectoryFormat | undefined {
  const name = path.replace(/^.*[/\\]/, '').replace(/\.gz$/i, '');
  if (/^XDATCAR([._-].*)?$/i.test(name) || /[._-]XDATCAR$|\.xdatcar$/i.test(name)) return 'xdatcar';
  if (/\.(ext)?xyz$/i.test(name)) return 'extxyz';
  return /\.(dump|lammpstrj|lammpsdump)$/i.test(name) || /^dump([._-].*)?$/.test(name) ? 'dump' : undefined;
}

/**
 * Frames of the file, unwrapped (formats/trajectory-frames.ts).
 * @param format by the name where left out
 * @throws InputError `unknown-format`, `unreadable-file`, `bad-gzip`, and those of the format, with line
 */
export async function* readTrajectoryFile(
  path: string,
  options: ReadOptions & { readonly format?: TrajectoryFormat | undefined } = {},
): AsyncGenerator<TrajectoryFrame, void> {
  const format = options.format ?? trajectoryFormatOf(path);
  if (format === undefined) {
    throw new InputError('unknown-format', 'the name of the file does not say its format', {
      where: path,
      expected: 'XDATCAR, .xyz, .extxyz, .dump or .lammpstrj, with or without .gz',
      remedy: 'say it with --format xdatcar, extxyz or dump',
    });
  }
  yield* readFrames(piecesOf(path), path, PARSERS[format], options);
}

async function* piecesOf(path: string): AsyncGenerator<Uint8Array, void> {
  const zipped = isGzip(path);
  const file = createReadStream(path, { highWaterMark: PIECE_BYTES });
  if (!zipped) {
    try {
      yield* file;
    } catch (error) {
      throw unreadable(path, error);
    }
    return;
  }
  const text = new PassThrough({ highWaterMark: PIECE_BYTES });
  const done = pipeline(file, createGunzip({ chunkSize: PIECE_BYTES }), text);
  // Told of by the loop below, which ends with the same error.
  done.catch(() => {});
  try {
    yield* text;
    await done;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!String(code).startsWith('Z_')) throw unreadable(path, error);
    throw new InputError('bad-gzip', 'the file cannot be unpacked', {
      where: path,
      expected: 'a whole gzip file',
      found: code === 'Z_BUF_ERROR' ? 'the end of the file within packed data' : `damaged data (${code})`,
      remedy: 'copy or pack it anew, or unpack what is left of it with gzip -dc',
    });
  } finally {
    file.destroy();
    text.destroy();
  }
}

function isGzip(path: string): boolean {
  try {
    const stat = statSync(path);
    if (!stat.isFile()) throw unreadable(path, null, stat.isDirectory() ? 'a folder' : 'no regular file');
    const descriptor = openSync(path, 'r');
    try {
      const first = Buffer.alloc(2);
      return readSync(descriptor, first, 0, 2, 0) === 2 && first[0] === 0x1f && first[1] === 0x8b;
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown, found?: string): unknown {
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  if (error instanceof InputError || (found === undefined && code === undefined)) return error;
  return new InputError('unreadable-file', 'the trajectory cannot be read', {
    where: path,
    found: found ?? (code === 'ENOENT' ? 'no such file' : String(code)),
    remedy: 'check the path',
  });
}
