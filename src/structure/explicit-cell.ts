/** A crystal given by its lattice vectors and the fractional coordinates of its sites: any material, no symmetry. */
import { InputError } from '../numerics/input-error.ts';
import type { Crystal } from './crystal.ts';
import { cellVolumeA3 } from './structure.ts';

export interface ExplicitCell {
  /** Lattice vectors as rows, Å. */
  readonly latticeVectorsA: readonly (readonly [number, number, number])[];
  readonly sites: readonly {
    readonly element: string;
    readonly fractional: readonly [number, number, number];
    /** Name by which disorder can address the site; the element where absent. */
    readonly label?: string | undefined;
  }[];
}

/**
 * @param elements the order of the species; every site's element must be among them
 * @throws InputError `bad-structure` for a left-handed or flat cell or a position beyond the range of a double;
 *   `unknown-species` for an element that is not listed
 */
export function explicitCrystal(cell: ExplicitCell, elements: readonly string[]): Crystal {
  const cellA = Float64Array.from(cell.latticeVectorsA.flat());
  const volumeA3 = cellVolumeA3(cellA);
  if (!(volumeA3 > 1e-6 && Number.isFinite(volumeA3))) {
    throw new InputError('bad-structure', 'the lattice vectors are not a right-handed set that spans a volume', {
      where: 'latticeVectorsA',
      expected: 'a positive, finite volume',
      found: `${volumeA3} Å³`,
      remedy: 'exchange two lattice vectors, or give three independent ones',
    });
  }
  const positionsA = new Float64Array(3 * cell.sites.length);
  const species = new Int32Array(cell.sites.length);
  cell.sites.forEach((site, i) => {
    const element = elements.indexOf(site.element);
    if (element < 0) {
      throw new InputError('unknown-species', `element ${site.element} is not among the campaign's`, {
        where: `sites[${i}]`,
        expected: `one of ${elements.join(', ')}`,
        found: site.element,
      });
    }
    species[i] = element;
    for (let axis = 0; axis < 3; axis++) {
      for (let k = 0; k < 3; k++) positionsA[3 * i + axis]! += site.fractional[k]! * cellA[3 * k + axis]!;
      if (Number.isFinite(positionsA[3 * i + axis])) continue;
      throw new InputError('bad-structure', 'the position is not finite', {
        where: `sites[${i}]`,
        found: site.fractional.join(', '),
      });
    }
  });
  return {
    structure: { cellA, periodic: [true, true, true], elements, species, positionsA },
    siteLabels: cell.sites.map((site) => site.label ?? site.element),
  };
}
