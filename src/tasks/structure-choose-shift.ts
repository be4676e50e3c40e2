/**
 * `structure.choose-shift` (S8): the lowest point of a γ-surface, from the rows that `structure.search-shifts` relaxed. Stops
 * where no point of the mesh came to a minimum.
 */
import { z } from 'zod';
import { ARRAY_BUNDLE_MEDIA_TYPE } from '../formats/array-bundle.ts';
import { JSON_MEDIA_TYPE, type JsonValue, readJsonDocument, writeJsonDocument } from '../formats/json-document.ts';
import { readStructure } from '../formats/structure-bundle.ts';
import { InputError } from '../numerics/input-error.ts';
import type { GammaPoint } from '../structure/gamma-surface.ts';
import { minimumSummary } from './relaxer.ts';
import { blobName, defineKind, type TaskContext } from './task-kind.ts';

interface RowDocument {
  readonly mesh: readonly [number, number];
  readonly row: number;
  readonly points: readonly GammaPoint[];
}

export const structureChooseShift = defineKind({
  kind: 'structure.choose-shift',
  v: 1,
  class: 'exact',
  params: z.strictObject({}),
  run(context) {
    const rows = readRows(context);
    const points = rows.flatMap((row) => row.points);
    const surface = { bytes: writeJsonDocument({ mesh: [...rows[0]!.mesh], points } as unknown as JsonValue) };
    const outputs = { surface: { ...surface, mediaType: JSON_MEDIA_TYPE } };
    const sound = points.filter(({ fault }) => fault === null);
    const counts = { points: points.length, converged: sound.length };
    const lowest = lowestOf(sound);
    if (lowest === undefined) {
      const faults = [...new Set(points.map(({ fault }) => fault))].slice(0, 3).join('; ');
      return {
        outcome: {
          status: 'stopped',
          reason: { quantity: 'points', message: `no point of the γ-surface came to a minimum: ${faults}` },
        },
        outputs,
        results: counts,
      };
    }
    const blob = structureOf(context, rows, lowest);
    const structure = readStructure(blob.bytes, blobName(blob));
    const unshifted = points.find(({ members }) => members.some(([i, j]) => i === 0 && j === 0));
    return {
      outcome: { status: 'done' },
      outputs: { structure: { bytes: blob.bytes, mediaType: ARRAY_BUNDLE_MEDIA_TYPE }, ...outputs },
      results: {
        ...counts,
        ...minimumSummary(structure, lowest.energyEv),
        shift: [...lowest.shift],
        separationA: lowest.separationA,
        areBoundariesEqual: lowest.areBoundariesEqual,
        highestEnergyEv: sound.reduce((highest, { energyEv }) => Math.max(highest, energyEv), lowest.energyEv),
        unshiftedEnergyEv: unshifted?.fault === null ? unshifted.energyEv : null,
      },
    };
  },
});

/** Of equal energies, the first. */
const lowestOf = (points: readonly GammaPoint[]): GammaPoint | undefined =>
  points.reduce<GammaPoint | undefined>(
    (lowest, point) => (lowest === undefined || point.energyEv < lowest.energyEv ? point : lowest),
    undefined,
  );

/** @throws InputError `bad-mesh` where the rows are not those of one mesh, each once, in their order */
function readRows(context: TaskContext<unknown>): RowDocument[] {
  const rows = context
    .inputs('rows')
    .map((blob) => readJsonDocument(blob.bytes, blobName(blob)) as unknown as RowDocument);
  const [n, m] = rows[0]?.mesh ?? [0, 0];
  const whole = rows.length === n && rows.every(({ mesh, row }, k) => row === k && mesh[0] === n && mesh[1] === m);
  if (whole && n > 0) return rows;
  throw new InputError('bad-mesh', 'these are not the rows of one mesh', {
    expected: `${n} rows of a ${n} × ${m} mesh, in their order`,
    found: rows.map(({ mesh, row }) => `row ${row} of ${mesh.join(' × ')}`).join(', ') || 'none',
  });
}

/** The structures are those of the rows that have a minimum, in the order of the rows. */
function structureOf(context: TaskContext<unknown>, rows: readonly RowDocument[], lowest: GammaPoint) {
  const withMinimum = rows.filter(({ points }) => points.some(({ fault }) => fault === null));
  const structures = context.inputs('structures');
  if (structures.length !== withMinimum.length) {
    throw new InputError('bad-mesh', 'there must be a structure of each row with a minimum', {
      expected: String(withMinimum.length),
      found: String(structures.length),
    });
  }
  return structures[withMinimum.findIndex(({ points }) => points.includes(lowest))]!;
}
