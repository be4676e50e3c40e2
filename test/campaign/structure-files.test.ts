import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { campaignRoles } from '../../src/audit/diff/event-roles.ts';
import type { PlannedCampaign } from '../../src/campaign/campaign-view.ts';
import { recordedSpecSchema } from '../../src/campaign/spec.ts';
import { type LoadedSpec, loadSpec } from '../../src/campaign/spec-file.ts';
import { exactDecimal } from '../../src/formats/exact-decimal.ts';
import { argyrodite } from '../../src/structure/argyrodite.ts';
import { inverseCell } from '../../src/structure/structure.ts';
import { sha256Hex } from '../../store/hash.ts';
import { ImaginedLog } from './imagined-log.ts';
import { SPEC } from './spec-text.ts';

const LABELS = 'labels/li6ps5cl-gpaw-pw400.extxyz';
const FROM_FILE = SPEC.replace('prototype: { name: argyrodite, latticeConstantA: 10.25 }', 'file: cells/bulk.cif');

/** The argyrodite of the prototype, all 52 atoms as sites of their own. */
const CIF = (() => {
  const { structure, siteLabels } = argyrodite({ latticeConstantA: 10.25 });
  const inverse = inverseCell(structure.cellA);
  const rows = siteLabels.map((label, i) => {
    const at = structure.positionsA.subarray(3 * i, 3 * i + 3);
    const fractional = [0, 1, 2].map((k) => exactDecimal(inverse[3 * k + k]! * at[k]!));
    return `${label} ${structure.elements[structure.species[i]!]} ${fractional.join(' ')}`;
  });
  const cell = ['a', 'b', 'c'].map((axis) => `_cell_length_${axis} 10.25`).join('\n');
  const angles = ['alpha', 'beta', 'gamma'].map((name) => `_cell_angle_${name} 90`).join('\n');
  const tags = ['label', 'type_symbol', 'fract_x', 'fract_y', 'fract_z'].map((tag) => `_atom_site_${tag}`).join('\n');
  return `data_bulk\n${cell}\n${angles}\n_space_group_symop_operation_xyz 'x,y,z'\nloop_\n${tags}\n${rows.join('\n')}\n`;
})();

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'varve-files-'));
  for (const name of ['labels', 'cells']) mkdirSync(join(folder, name));
  copyFileSync(fileURLToPath(new URL(`../../examples/${LABELS}`, import.meta.url)), join(folder, LABELS));
  writeFileSync(join(folder, 'cells/bulk.cif'), CIF);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const load = (text: string): LoadedSpec => {
  writeFileSync(join(folder, 'spec.yaml'), text);
  return loadSpec(join(folder, 'spec.yaml'));
};

describe('a structure from a file', () => {
  it('is known by the content of the file, and its normalised spec can be read again', () => {
    const { spec, files } = load(FROM_FILE);
    const sha256 = sha256Hex(CIF);
    expect(spec.structures['anion-ordered-bulk']!.file).toEqual({
      name: 'bulk.cif',
      sha256,
      bytes: CIF.length,
      format: 'cif',
    });
    expect(files.get(sha256)).toBe(join(folder, 'cells/bulk.cif'));
    expect(recordedSpecSchema.parse(spec)).toEqual(spec);
  });

  it('is imported once, then made by a task that names the import', () => {
    const { spec } = load(
      FROM_FILE.replace('prototype: { name: argyrodite, latticeConstantA: 10.25 }', 'file: cells/bulk.cif'),
    );
    const log = new ImaginedLog();
    const first = log.plan(spec);
    const imports = first.ready.filter(({ task }) => task.kind === 'blob.import');
    expect(imports.map(({ purpose }) => purpose)).toEqual(['import li6ps5cl-gpaw-pw400.extxyz', 'import bulk.cif']);
    expect(first.ready.some(({ task }) => task.kind === 'structure.create')).toBe(false);
    for (const planned of imports) log.complete(planned);
    const second = log.plan(spec);
    const made = second.ready.filter(({ task }) => task.kind === 'structure.create');
    expect(made).toHaveLength(3);
    const file = { event: log.events[1]!.eventId, output: 'content' };
    for (const { task } of made) {
      expect(task.inputs).toEqual({ file });
      expect(task.params.file).toEqual({ name: 'bulk.cif', format: 'cif' });
    }
    expect(second.expectedTasks).toBe(first.expectedTasks);
    for (const planned of made) log.complete(planned);
    const roles = campaignRoles({ plan: log.plan(spec) } as unknown as PlannedCampaign);
    expect(roles.get('file of structure anion-ordered-bulk')).toBe(file.event);
  });

  it('is refused before anything is written, with field, file and line', () => {
    writeFileSync(join(folder, 'cells/bulk.cif'), CIF.replace('_cell_angle_gamma 90', '_cell_angle_gamma 0'));
    expect(() => load(FROM_FILE)).toThrow(
      /spec\.yaml:\d+: structures\.anion-ordered-bulk, bulk\.cif:7: _cell_angle_gamma/,
    );
    expect(() => load(FROM_FILE.replace('bulk.cif', 'none.cif'))).toThrow(
      /none\.cif: the file of a structure cannot be read/,
    );
    expect(() => load(FROM_FILE.replace('bulk.cif', 'bulk.pdb'))).toThrow(
      /spec\.yaml:\d+: structures\.anion-ordered-bulk\.file: the name/,
    );
    const two = FROM_FILE.replace(
      'file: cells/bulk.cif',
      'file: cells/bulk.cif\n    prototype: { name: argyrodite, latticeConstantA: 10.25 }',
    );
    expect(() => load(two)).toThrow(/give one of prototype, cell and file/);
  });
});
