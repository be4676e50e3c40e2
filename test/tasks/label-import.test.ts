import { describe, expect, it } from 'vitest';
import { readLabels } from '../../src/formats/extxyz-labels.ts';
import { readLabelBundle } from '../../src/formats/label-bundle.ts';
import { ELEMENTS, labelParams, realLabels, Workbench } from './workbench.ts';

const bench = new Workbench();
const imported = (file: string | Uint8Array, params: object = {}) =>
  bench.run('label.import', { ...labelParams, ...params }, { file: bench.put(file) });

describe('label.import', () => {
  it('keeps every number of the file, and names the method as the campaign and the file state it', () => {
    const { outcome, outputs, results } = imported(realLabels(3));
    expect(outcome).toEqual({ status: 'done' });
    const method = 'GPAW 22.8.0, PBE, plane waves 400 eV [GPAW-22.8.0 PBE PW400 Gamma dav d1e-5]';
    expect(results).toEqual({ configurations: 3, atoms: 156, methods: [method] });
    expect(readLabelBundle(bench.get(outputs.labels!), 'labels')).toEqual(
      readLabels(realLabels(3), 'file', ELEMENTS).map((frame) => ({ ...frame, methodNote: method })),
    );
  });

  it('lists every method that the frames name', () => {
    const file = realLabels(2).replace('label="GPAW-22.8.0 PBE', 'label="GPAW-22.8.0 LDA');
    expect(imported(file).results.methods).toHaveLength(2);
  });

  it('of bad content fails, saying what and where, and does not throw', () => {
    const text = realLabels(2);
    const cases: [string | Uint8Array, object][] = [
      ['', { code: 'bad-extxyz', where: 'labels.extxyz' }],
      ['rubbish', { code: 'bad-extxyz', where: 'labels.extxyz:1' }],
      [Buffer.from([0xff, 0xfe, 0x00]), { code: 'bad-extxyz', what: 'the file is not UTF-8 text' }],
      [text.replace(/energy=\S+/, ''), { code: 'bad-label', where: 'labels.extxyz:2' }],
      [text.replace(/energy=\S+/, 'energy=nan'), { code: 'bad-label', where: 'labels.extxyz:2' }],
      [text.replace(/virial="\S+/, 'virial="-40'), { code: 'bad-label', what: 'virial contradicts stress' }],
      [text.replace(/^Li/m, 'Na'), { code: 'unknown-species', where: 'labels.extxyz:3' }],
      [text.slice(0, -2000), { code: 'bad-extxyz', where: 'labels.extxyz:55', what: 'the file ends within a frame' }],
      [
        text.replace(/^Li +\S+ +\S+ +\S+/m, 'Li 4.37 7.06 7.63'),
        { code: 'overlapping-atoms', where: 'labels.extxyz:2' },
      ],
    ];
    for (const [file, error] of cases) {
      expect(imported(file)).toEqual({
        outcome: { status: 'failed', error: expect.objectContaining(error) },
        outputs: {},
        results: {},
      });
    }
  });

  it('of a cell as thin as nothing fails at once', () => {
    const file =
      '1\nLattice="9 0 0 0 9 0 0 0 1e-9" Properties=species:S:1:pos:R:3:forces:R:3 energy=1 stress="0 0 0 0 0 0"\nLi 0 0 0 0 0 0\n';
    expect(imported(file).outcome).toMatchObject({
      status: 'failed',
      error: { code: 'singular-cell', where: 'labels.extxyz:2' },
    });
  });
});
