import { describe, expect, it } from 'vitest';
import { argyrodite } from '../../src/structure/argyrodite.ts';
import { type ExplicitCell, explicitCrystal } from '../../src/structure/explicit-cell.ts';
import { withElements } from '../../src/structure/structure.ts';

const hexagonal: ExplicitCell = {
  latticeVectorsA: [
    [3, 0, 0],
    [-1.5, 2.598, 0],
    [0, 0, 5],
  ],
  sites: [
    { element: 'S', fractional: [0, 0, 0], label: 'top' },
    { element: 'Li', fractional: [0.5, 0.5, 0.25] },
  ],
};

describe('a crystal by its cell and sites', () => {
  it('has Cartesian positions, species in the order of the elements, and labels or elements as site names', () => {
    const { structure, siteLabels } = explicitCrystal(hexagonal, ['Li', 'S']);
    expect([...structure.cellA]).toEqual([3, 0, 0, -1.5, 2.598, 0, 0, 0, 5]);
    expect([...structure.positionsA]).toEqual([0, 0, 0, 0.75, 1.299, 1.25]);
    expect([...structure.species]).toEqual([1, 0]);
    expect(siteLabels).toEqual(['top', 'Li']);
  });

  it('refuses left-handed, flat and overflowing cells, and positions that are no numbers', () => {
    const vectors = hexagonal.latticeVectorsA;
    for (const latticeVectorsA of [
      [vectors[1]!, vectors[0]!, vectors[2]!],
      [vectors[0]!, vectors[0]!, vectors[2]!],
      [
        [1e200, 0, 0],
        [0, 1e200, 0],
        [0, 0, 1e200],
      ] as const,
    ]) {
      expect(() => explicitCrystal({ ...hexagonal, latticeVectorsA }, ['Li', 'S'])).toThrow(
        expect.objectContaining({ code: 'bad-structure', message: expect.stringContaining('latticeVectorsA') }),
      );
    }
    const far = { ...hexagonal, sites: [{ element: 'Li', fractional: [1e308, 0, 0] as const }] };
    expect(() => explicitCrystal(far, ['Li'])).toThrow(/sites\[0\]/);
  });

  it('refuses an element that is not listed, naming the site', () => {
    expect(() => explicitCrystal(hexagonal, ['Li', 'O'])).toThrow(
      expect.objectContaining({
        code: 'unknown-species',
        message: "sites[0]: element S is not among the campaign's; expected one of Li, O; found S",
      }),
    );
  });
});

describe('another list of elements', () => {
  it('keeps every atom the element that it was', () => {
    const { structure } = argyrodite({ latticeConstantA: 10.25 });
    const other = withElements(structure, ['Cl', 'O', 'S', 'P', 'Li']);
    const symbols = (s: typeof structure): string[] => Array.from(s.species, (species) => s.elements[species]!);
    expect(symbols(other)).toEqual(symbols(structure));
    expect(() => withElements(structure, ['Li', 'P', 'S'])).toThrow(/element Cl is not among the campaign's/);
  });
});
