import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { varve, varveJson } from '../../campaigns/cli-process.ts';
import { newFolder } from '../../store/store-fixture.ts';
import { crateFaults } from './crate-rules.ts';
import { goldenStore } from './golden-campaign.ts';
import { provFaults } from './prov-json-rules.ts';

describe('varve export', () => {
  it('writes a crate and a PROV-JSON file, and overwrites nothing', async () => {
    const store = goldenStore().dir;
    const folder = newFolder();
    const [crate, prov] = [join(folder, 'crate'), join(folder, 'prov.json')];
    const cell = 'fits/level-4/trainingEnergy';
    const report = await varveJson<{ events: number; files: number; filesLeftOut: number }>([
      ...['export', '--format', 'ro-crate', '--without-blobs', '--out', crate, '--store', store],
    ]);
    expect(report).toMatchObject({ format: 'ro-crate', campaign: 'argyrodite-micro', cell: null, events: 45 });
    const metadata = readFileSync(join(crate, 'ro-crate-metadata.json'), 'utf8');
    const files = readdirSync(crate, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(crateFaults(JSON.parse(metadata))).toEqual([]);
    expect(files.length).toBe(report.files + 2);
    expect(report.filesLeftOut).toBe(2);
    const written = await varve(['export', '--format', 'prov', '--cell', cell, '--out', prov, '--store', store]);
    expect(written).toMatchObject({ code: 0, stderr: '' });
    expect(written.stdout).toContain(`what ${cell} of argyrodite-micro rests on, 5 events`);
    expect(provFaults(JSON.parse(readFileSync(prov, 'utf8')))).toEqual([]);
    for (const [format, out] of [
      ['ro-crate', crate],
      ['prov', prov],
    ] as const) {
      const again = await varve(['export', '--format', format, '--out', out, '--store', store]);
      expect(again.code).toBe(2);
      expect(again.stderr).toMatch(/overwrites nothing; give another --out/);
    }
    expect(readFileSync(join(crate, 'ro-crate-metadata.json'), 'utf8')).toBe(metadata);
    expect(readdirSync(folder).sort()).toEqual(['crate', 'prov.json']);
  });

  it('refuses what it cannot do, and leaves nothing behind', async () => {
    const store = goldenStore().dir;
    const folder = newFolder();
    const refused = async (args: readonly string[], code: number, message: RegExp): Promise<void> => {
      const ended = await varve(['export', '--store', store, ...args]);
      expect(ended.stderr).toMatch(message);
      expect(ended.code).toBe(code);
      expect(readdirSync(folder)).toEqual([]);
    };
    const out = join(folder, 'out');
    await refused(['--format', 'zip', '--out', out], 2, /Allowed choices/);
    await refused(['--format', 'prov', '--out', out, '--cell', 'fits/x/y'], 2, /no cell is called fits\/x\/y/);
    await refused(
      ['--format', 'prov', '--out', out, '--campaign', 'a', '--cell', 'b/c/d'],
      2,
      /exclude each other.*a:b\/c\/d/,
    );
    await refused(
      ['--format', 'prov', '--out', join(folder, 'no', 'such', 'place')],
      2,
      /could not be written \(ENOENT\)/,
    );
    await refused(['--format', 'ro-crate', '--out', join(store, 'HEAD', 'x')], 2, /could not be written \(ENOTDIR\)/);
    mkdirSync(out);
    const ended = await varve(['export', '--store', store, '--format', 'ro-crate', '--out', out]);
    expect(ended.code).toBe(2);
    expect(existsSync(join(out, 'ro-crate-metadata.json'))).toBe(false);
  });
});
