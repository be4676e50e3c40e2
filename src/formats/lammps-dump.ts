/**
 * LAMMPS' text dumps, as `dump custom` and `dump atom` write them, read as a stream: TIMESTEP, NUMBER OF ATOMS, BOX BOUNDS
 * (orthogonal, triclinic, general) and ATOMS with columns in any order: positions `xu yu zu` or `xsu ysu zsu` (unwrapped),
 * `x y z` or `xs ys zs`, which image flags `ix iy iz` unwrap where they are there; `element`, else `type`; `id`, by which
 * atoms are sorted, since their order changes from frame to frame. Lengths are Å, as in the units metal and real.
 */

import { MAX_SPECIES } from './file-limits.ts';
import { type DumpBox, readBox } from './lammps-box.ts';
import type { LineFeed } from './line-feed.ts';
import { wordsOf } from './text-lines.ts';
import {
  atomCountOf,
  badTrajectory,
  nextLine,
  nextLineOrEnd,
  numberAt,
  type ParsedFrame,
  type ParserOptions,
  type TrajectoryAtoms,
} from './trajectory-frames.ts';

/** @throws InputError `bad-trajectory` with file and line */
export function* parseLammpsDump(lines: LineFeed, options: ParserOptions): Generator<ParsedFrame | null, void> {
  const order = new AtomOrder(lines, options.elements ?? null);
  let step = 0;
  let count = 0;
  let box: DumpBox | null = null;
  let line = 1;
  let positionsA = new Float64Array(0);
  let values: Float64Array | null = null;
  while (yield* nextLineOrEnd(lines)) {
    if (lines.fieldCount() === 0) continue;
    const heading = lines.text().trim();
    if (heading === 'ITEM: TIMESTEP') {
      line = lines.line;
      yield* nextLine(lines, 'a step');
      step = numberAt(lines, 0, 'a step');
      if (!Number.isSafeInteger(step) || step < 0)
        throw badTrajectory(lines, 'no step', 'a whole number', lines.text());
    } else if (heading === 'ITEM: NUMBER OF ATOMS') {
      yield* nextLine(lines, 'a number of atoms');
      count = atomCountOf(lines, lines.text());
      if (positionsA.length === 0) positionsA = new Float64Array(3 * count);
      if (positionsA.length !== 3 * count) {
        throw badTrajectory(lines, 'the number of atoms changes', `${positionsA.length / 3}`, `${count}`);
      }
    } else if (heading === 'ITEM: UNITS') {
      yield* nextLine(lines, 'units');
      if (!/^\s*(metal|real)\s*$/.test(lines.text()))
        throw badTrajectory(lines, 'lengths are not in Å', 'metal or real', lines.text());
    } else if (heading === 'ITEM: TIME') yield* nextLine(lines, 'a time');
    else if (heading.startsWith('ITEM: BOX BOUNDS')) box = yield* readBox(lines, heading);
    else if (/^ITEM: ATOMS\s/.test(heading)) {
      if (box === null || count === 0) throw badTrajectory(lines, 'atoms come before their number and box');
      const columns = columnsOf(lines, heading, options.column);
      if (columns.value >= 0) values ??= new Float64Array(count);
      order.begin(count);
      for (let row = 0; row < count; row++) {
        if (!lines.advance()) yield* nextLine(lines, `${count} atoms, found ${row}`);
        if (lines.fieldCount() !== columns.width) {
          throw badTrajectory(lines, 'not as many columns as ATOMS says', `${columns.width}`, lines.text());
        }
        const slot = order.place(row, columns);
        putPosition(lines, columns, box, positionsA, 3 * slot);
        if (values !== null) values[slot] = numberAt(lines, columns.value, `a number in column ${options.column}`);
      }
      const atoms = order.end(box.periodic, { positionsA, values });
      yield { atoms, line, step, cellA: box.cellA, positionsA, values, wrapped: columns.wrapped };
    } else throw badTrajectory(lines, 'no item of a dump', 'ITEM: …', heading);
  }
}

interface DumpColumns {
  readonly width: number;
  /** Field of x, y and z. */
  readonly position: readonly [number, number, number];
  readonly scaled: boolean;
  readonly wrapped: boolean;
  /** Fields of the image flags; null where they are absent, or not needed. */
  readonly image: readonly [number, number, number] | null;
  /** −1 where absent. */
  readonly id: number;
  readonly element: number;
  readonly type: number;
  readonly value: number;
}

function columnsOf(lines: LineFeed, heading: string, column: string | undefined): DumpColumns {
  const names = wordsOf(heading).slice(2);
  const triple = (suffix: string, prefix = ''): [number, number, number] | null => {
    const fields = ['x', 'y', 'z'].map((axis) => names.indexOf(`${prefix}${axis}${suffix}`));
    return fields.includes(-1) ? null : (fields as [number, number, number]);
  };
  const image = triple('', 'i');
  const choices = [
    { position: triple('u'), scaled: false, unwrapped: true },
    { position: triple('su'), scaled: true, unwrapped: true },
    { position: triple(''), scaled: false, unwrapped: false },
    { position: triple('s'), scaled: true, unwrapped: false },
  ];
  const chosen = choices.find(({ position }) => position !== null);
  const [element, type] = [names.indexOf('element'), names.indexOf('type')];
  if (chosen === undefined)
    throw badTrajectory(lines, 'no positions', 'xu yu zu, x y z, xs ys zs or xsu ysu zsu', heading);
  if (element < 0 && type < 0) throw badTrajectory(lines, 'no species', 'a column element or type', heading);
  const value = column === undefined ? -1 : names.indexOf(column);
  if (column !== undefined && value < 0)
    throw badTrajectory(lines, `no column is called ${column.slice(0, 40)}`, undefined, heading);
  return {
    width: names.length,
    position: chosen.position!,
    scaled: chosen.scaled,
    wrapped: !chosen.unwrapped && image === null,
    image: chosen.unwrapped ? null : image,
    id: names.indexOf('id'),
    element,
    type,
    value,
  };
}

function putPosition(lines: LineFeed, columns: DumpColumns, box: DumpBox, positionsA: Float64Array, to: number): void {
  const x = numberAt(lines, columns.position[0], 'a position');
  const y = numberAt(lines, columns.position[1], 'a position');
  const z = numberAt(lines, columns.position[2], 'a position');
  const { cellA, originA } = box;
  let [a, b, c] = columns.scaled ? [x, y, z] : [0, 0, 0];
  if (columns.image !== null) {
    a += numberAt(lines, columns.image[0], 'an image flag');
    b += numberAt(lines, columns.image[1], 'an image flag');
    c += numberAt(lines, columns.image[2], 'an image flag');
  }
  for (let axis = 0; axis < 3; axis++) {
    const base = columns.scaled ? originA[axis]! : axis === 0 ? x : axis === 1 ? y : z;
    positionsA[to + axis] =
      a === 0 && b === 0 && c === 0 ? base : base + (a * cellA[axis]! + b * cellA[3 + axis]! + c * cellA[6 + axis]!);
  }
}

/** Which atom a row is: by its id, where it has one, else by its place. Ids of the first frame rank atoms. */
class AtomOrder {
  readonly #lines: LineFeed;
  readonly #typeNames: readonly string[] | null;
  readonly #names: string[] = [];
  /** Place of each id; of the first frame, until it ends, the row. */
  readonly #slots = new Map<number, number>();
  readonly #ids: number[] = [];
  #seen: Int32Array = new Int32Array(0);
  #species: Int32Array = new Int32Array(0);
  #frame = 0;
  #atoms: TrajectoryAtoms | null = null;

  constructor(lines: LineFeed, typeNames: readonly string[] | null) {
    this.#lines = lines;
    this.#typeNames = typeNames;
  }

  begin(count: number): void {
    this.#frame += 1;
    if (this.#seen.length > 0) return;
    this.#seen = new Int32Array(count);
    this.#species = new Int32Array(count);
  }

  /** The atom of this row; its species is checked, or in the first frame kept. */
  place(row: number, columns: DumpColumns): number {
    const lines = this.#lines;
    let slot = row;
    if (columns.id >= 0) {
      const id = numberAt(lines, columns.id, 'an atom id');
      if (this.#atoms === null) {
        if (this.#slots.has(id)) throw badTrajectory(lines, 'an atom is there twice', 'each id once', String(id));
        this.#slots.set(id, row);
        this.#ids.push(id);
      } else slot = this.#slots.get(id) ?? -1;
      if (slot < 0) throw badTrajectory(lines, 'an atom is not in the first frame', undefined, `id ${id}`);
    }
    if (this.#seen[slot] === this.#frame)
      throw badTrajectory(lines, 'an atom is there twice', 'each id once', lines.text());
    this.#seen[slot] = this.#frame;
    const species = this.#speciesOf(columns);
    if (this.#atoms === null) this.#species[slot] = species;
    else if (this.#atoms.species[slot] !== species)
      throw badTrajectory(lines, 'an atom changes its species', undefined, lines.text());
    return slot;
  }

  /** Sorts the first frame by id. */
  end(
    periodic: readonly [boolean, boolean, boolean],
    data: { readonly positionsA: Float64Array; readonly values: Float64Array | null },
  ): TrajectoryAtoms {
    if (this.#atoms !== null) return this.#atoms;
    const rows = Int32Array.from(this.#species.keys());
    if (this.#ids.length > 0) rows.sort((p, q) => this.#ids[p]! - this.#ids[q]!);
    const { positionsA, values } = data;
    const [oldA, oldValues] = [positionsA.slice(), values?.slice()];
    rows.forEach((row, slot) => {
      positionsA.set(oldA.subarray(3 * row, 3 * row + 3), 3 * slot);
      if (values !== null) values[slot] = oldValues![row]!;
      if (this.#ids.length > 0) this.#slots.set(this.#ids[row]!, slot);
    });
    this.#atoms = { elements: this.#names, species: Int32Array.from(rows, (row) => this.#species[row]!), periodic };
    return this.#atoms;
  }

  #speciesOf(columns: DumpColumns): number {
    const lines = this.#lines;
    const name = columns.element >= 0 ? lines.word(columns.element) : this.#nameOfType(lines.word(columns.type));
    const known = this.#names.indexOf(name);
    if (known >= 0) return known;
    if (this.#names.length >= MAX_SPECIES) throw badTrajectory(lines, `more than ${MAX_SPECIES} different species`);
    return this.#names.push(name) - 1;
  }

  #nameOfType(type: string): string {
    if (!/^\d{1,9}$/.test(type)) throw badTrajectory(this.#lines, 'no type of an atom', 'a number from 1', type);
    if (this.#typeNames === null) return type;
    const name = this.#typeNames[Number(type) - 1];
    if (name !== undefined) return name;
    throw badTrajectory(
      this.#lines,
      'a type has no element',
      `types 1 to ${this.#typeNames.length}, as --elements names them`,
      type,
    );
  }
}
