import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PAGE_BEGINNING } from '../../cli/output/page/page.ts';
import { writePage } from '../../cli/output/page-file.ts';
import { InputError } from '../../src/numerics/input-error.ts';
import { newFolder } from '../store/store-fixture.ts';

describe('writing a page', () => {
  it('replaces a page that was written before, and nothing else', () => {
    const folder = newFolder();
    const page = join(folder, 'page.html');
    writePage(page, `${PAGE_BEGINNING}first`);
    writePage(page, `${PAGE_BEGINNING}second`);
    mkdirSync(join(folder, 'folder.html'));
    symlinkSync(page, join(folder, 'link.html'));
    writeFileSync(join(folder, 'notes.html'), '<!doctype html>\n<p>mine</p>\n');
    for (const name of ['folder.html', 'link.html', 'notes.html']) {
      expect(() => writePage(join(folder, name), `${PAGE_BEGINNING}third`)).toThrow(InputError);
      expect(() => writePage(join(folder, name), `${PAGE_BEGINNING}third`)).toThrow(/something else under this name/);
    }
    expect(() => writePage(join(folder, 'nowhere/page.html'), PAGE_BEGINNING)).toThrow(/cannot be written \(ENOENT\)/);
    expect(readFileSync(page, 'utf8')).toBe(`${PAGE_BEGINNING}second`);
    expect(readFileSync(join(folder, 'notes.html'), 'utf8')).toContain('mine');
    expect(readdirSync(folder).sort()).toEqual(['folder.html', 'link.html', 'notes.html', 'page.html']);
  });
});
