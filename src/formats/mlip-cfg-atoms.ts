/** The header of AtomData in `.cfg` files: which column holds what, in whatever order the columns are. */
import type { InputError } from '../numerics/input-error.ts';

export interface AtomLayout {
  /** −1 where there is no such column. */
  readonly id: number;
  readonly type: number;
  readonly siteEnergy: number;
  readonly positions: readonly number[];
  /** Whether the positions count in lattice vectors. */
  readonly direct: boolean;
  /** Empty where there are none. */
  readonly forces: readonly number[];
  /** Columns that mean nothing here and are kept. */
  readonly further: readonly number[];
}

/** @throws what `error` makes */
export function atomLayout(
  columns: readonly string[],
  error: (what: string, expected: string) => InputError,
): AtomLayout {
  if (new Set(columns).size !== columns.length) throw error('a column is named twice', 'distinct names');
  const place = (name: string): number => columns.indexOf(name);
  const triple = (...names: string[]): number[] => {
    const places = names.map(place);
    if (places.every((at) => at < 0)) return [];
    if (places.some((at) => at < 0)) throw error('a column is missing', names.join(' '));
    return places;
  };
  const direct = triple('direct_x', 'direct_y', 'direct_z');
  const cartesian = triple('cartes_x', 'cartes_y', 'cartes_z');
  const forces = triple('fx', 'fy', 'fz');
  if (direct.length + cartesian.length !== 3) {
    const what = direct.length === 0 ? 'columns are missing' : 'positions are given twice';
    throw error(what, 'either cartes_x cartes_y cartes_z or direct_x direct_y direct_z');
  }
  const positions = [...direct, ...cartesian];
  const [id, type, siteEnergy] = [place('id'), place('type'), place('site_en')];
  const known = new Set([id, type, siteEnergy, ...positions, ...forces]);
  const further = columns.map((_, at) => at).filter((at) => !known.has(at));
  return { id, type, siteEnergy, positions, direct: direct.length > 0, forces, further };
}
