/** One structure from a file that a user names, in any format that holds structures. */
import { decodeUtf8, readLimited } from '../src/campaign/limited-file.ts';
import { loadSymmetry } from '../src/execution/symmetry.ts';
import { formatOfName, readConfigurations } from '../src/formats/configuration-file.ts';
import { InputError } from '../src/numerics/input-error.ts';
import { spaceGroupSettings } from '../src/structure/space-group-settings.ts';
import type { Structure } from '../src/structure/structure.ts';

const MOST_BYTES = 256 * 1024 * 1024;

/**
 * @param species elements of types 0, 1, …: what they are called, or in which order they are wanted
 * @param frame counted from 1; without it the file must hold one structure
 */
export function readOneStructure(
  path: string,
  species: readonly string[] | undefined,
  frame: number | undefined,
): Structure {
  const format = formatOfName(path);
  if (format === undefined || format === 'mtp') {
    throw new InputError('unknown-format', 'the name of the file does not say a format of structures', {
      where: path,
      expected: '.cif, POSCAR, CONTCAR, .vasp, .poscar, .xyz, .extxyz, .lmp, .data or .cfg',
      remedy: 'rename it, or turn it into one of these: varve convert --from FORMAT',
    });
  }
  const text = decodeUtf8(readLimited(path, MOST_BYTES, 'file of a structure', 'check the path'), 'bad-file', path);
  const all = readConfigurations(
    text,
    path,
    format,
    species ?? null,
    () => {},
    (names) => spaceGroupSettings(loadSymmetry(), names),
  );
  const chosen = all[(frame ?? 1) - 1];
  if (chosen !== undefined && (frame !== undefined || all.length === 1)) return chosen.structure;
  throw new InputError('no-frame', frame === undefined ? 'the file holds several structures' : 'there is no such one', {
    where: path,
    expected: `--frame from 1 to ${all.length}`,
    ...(frame === undefined ? {} : { found: String(frame) }),
  });
}
