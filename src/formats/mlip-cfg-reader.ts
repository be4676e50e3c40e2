/** Reads `.cfg` files (described in mlip-cfg.ts) configuration by configuration; knows the line that it is at. */
import { InputError } from '../numerics/input-error.ts';
import type { Structure } from '../structure/structure.ts';

export interface CfgRecord {
  readonly structure: Structure;
  readonly energyEv?: number;
  /** N×3, eV/Å. */
  readonly forcesEvA?: Float64Array;
  /** 3×3 row-major, eV. */
  readonly virialEv?: Float64Array;
  readonly siteEnergiesEv?: Float64Array;
  /** Values by name, in the order of the file; those of one name given in several lines are joined by newlines. */
  readonly features: ReadonlyMap<string, string>;
}

const VIRIAL_PLACES: Readonly<Record<string, readonly number[]>> = {
  xx: [0],
  yy: [4],
  zz: [8],
  yz: [5, 7],
  xz: [2, 6],
  xy: [1, 3],
};

const MAX_ATOMS = 10_000_000;

/** What has been read of a configuration so far. */
interface Draft {
  size?: number;
  rows: number[][];
  type?: Int32Array;
  positions?: Float64Array;
  direct: boolean;
  energyEv?: number;
  forcesEvA?: Float64Array;
  siteEnergiesEv?: Float64Array;
  virialEv?: Float64Array;
  features: Map<string, string>;
}

export class CfgReader {
  readonly #lines: string[];
  readonly #fileName: string;
  readonly #elements: readonly string[];
  #at = 0;

  constructor(text: string, fileName: string, elements: readonly string[]) {
    this.#lines = text.split(/\r?\n/);
    this.#fileName = fileName;
    this.#elements = elements;
  }

  /** The next configuration, or null at the end of the file. */
  next(): CfgRecord | null {
    const opening = this.#nextWords();
    if (opening === null) return null;
    if (opening[0] !== 'BEGIN_CFG') this.#fail('no start of a configuration', 'BEGIN_CFG', opening.join(' '));
    const begun = this.#at;
    const draft: Draft = { rows: [], direct: false, features: new Map() };
    const seen = new Set<string>();
    for (;;) {
      const words = this.#nextWords();
      if (words === null) return this.#fail(`the configuration that begins in line ${begun} does not end`, 'END_CFG');
      const key = words[0]!.replace(/:$/, '');
      if (key === 'END_CFG') return this.#finish(draft);
      if (key !== 'Feature') {
        if (seen.has(key)) this.#fail(`${key} is given twice`);
        seen.add(key);
      }
      this.#readBlock(key, words, draft);
    }
  }

  #readBlock(key: string, words: string[], draft: Draft): void {
    if (key === 'Size') draft.size = this.#size(words[1] ?? this.#words('the number of atoms')[0]!);
    else if (key === 'Supercell') this.#readSupercell(draft);
    else if (key === 'AtomData') this.#readAtoms(words.slice(1), draft);
    else if (key === 'Energy') draft.energyEv = this.#number(words[1] ?? this.#words('the energy')[0]!);
    else if (key === 'PlusStress') draft.virialEv = this.#readVirial(words.slice(1));
    else if (key === 'Feature') this.#readFeature(draft);
    else if (key === 'Stress' || key === 'Virial') {
      this.#fail(`${key} blocks have no agreed sign and unit`, 'PlusStress, in eV', key);
    } else this.#fail('no such block', 'Size, Supercell, AtomData, Energy, PlusStress, Feature or END_CFG', key);
  }

  #readSupercell(draft: Draft): void {
    while (draft.rows.length < 3 && /^\s*[-+.\d]/.test(this.#lines[this.#at] ?? '')) {
      const words = this.#words('a lattice vector');
      if (words.length !== 3) this.#fail('no lattice vector', 'three numbers', words.join(' '));
      draft.rows.push(words.map((word) => this.#number(word)));
    }
  }

  #readAtoms(columns: string[], draft: Draft): void {
    const size = draft.size;
    if (size === undefined) throw this.#error('AtomData comes before Size', 'Size first');
    if (new Set(columns).size !== columns.length)
      this.#fail('a column is named twice', 'distinct names', columns.join(' '));
    const place = (name: string): number => columns.indexOf(name);
    const triple = (names: [string, string, string]): number[] | null => {
      const places = names.map(place);
      if (places.every((at) => at < 0)) return null;
      if (places.some((at) => at < 0)) this.#fail('a column is missing', names.join(' '), columns.join(' '));
      return places;
    };
    const direct = triple(['direct_x', 'direct_y', 'direct_z']);
    const positions = triple(['cartes_x', 'cartes_y', 'cartes_z']) ?? direct;
    const forces = triple(['fx', 'fy', 'fz']);
    const [idAt, typeAt, siteAt] = [place('id'), place('type'), place('site_en')];
    if (typeAt < 0 || positions === null) {
      throw this.#error('columns are missing', 'type and cartes_x cartes_y cartes_z', columns.join(' '));
    }
    const type: number[] = [];
    const x: number[] = [];
    const f: number[] = [];
    const site: number[] = [];
    for (let i = 0; i < size; i++) {
      const words = this.#words(`atom ${i + 1} of ${size}`);
      if (words.length !== columns.length) {
        this.#fail('a row does not fit its header', `${columns.length} columns`, `${words.length}`);
      }
      if (idAt >= 0 && words[idAt] !== String(i + 1)) this.#fail('atoms are not in order', `id ${i + 1}`, words[idAt]);
      type.push(this.#type(words[typeAt]!));
      for (const at of positions) x.push(this.#number(words[at]!));
      for (const at of forces ?? []) f.push(this.#number(words[at]!));
      if (siteAt >= 0) site.push(this.#number(words[siteAt]!));
    }
    draft.type = Int32Array.from(type);
    draft.positions = Float64Array.from(x);
    draft.direct = positions === direct;
    if (forces !== null) draft.forcesEvA = Float64Array.from(f);
    if (siteAt >= 0) draft.siteEnergiesEv = Float64Array.from(site);
  }

  #readVirial(names: string[]): Float64Array {
    if (names.length !== 6 || new Set(names).size !== 6 || names.some((name) => !Object.hasOwn(VIRIAL_PLACES, name))) {
      this.#fail('the components of PlusStress are not named', 'xx yy zz yz xz xy in any order', names.join(' '));
    }
    const words = this.#words('the components of PlusStress');
    if (words.length !== 6) this.#fail('PlusStress is not complete', '6 numbers', `${words.length}`);
    const virialEv = new Float64Array(9);
    for (const [at, name] of names.entries()) {
      const component = this.#number(words[at]!);
      for (const place of VIRIAL_PLACES[name]!) virialEv[place] = component;
    }
    return virialEv;
  }

  #readFeature(draft: Draft): void {
    const match = /^\s*Feature\s+(\S+)(?:[\t ](.*))?$/.exec(this.#lines[this.#at - 1]!);
    if (match === null) throw this.#error('a feature has no name', 'Feature name value');
    const value = (match[2] ?? '').trim();
    const before = draft.features.get(match[1]!);
    draft.features.set(match[1]!, before === undefined ? value : `${before}\n${value}`);
  }

  #finish(draft: Draft): CfgRecord {
    const { type, rows } = draft;
    let { positions } = draft;
    if (type === undefined || positions === undefined) return this.#fail('the configuration has no atoms', 'AtomData');
    const cellA = new Float64Array(9);
    for (const [k, row] of rows.entries()) cellA.set(row, 3 * k);
    if (draft.direct) {
      if (rows.length < 3) this.#fail('direct positions need a cell', 'three lattice vectors', `${rows.length}`);
      positions = cartesian(positions, cellA);
    }
    const { energyEv, forcesEvA, virialEv, siteEnergiesEv, features } = draft;
    return {
      structure: {
        cellA,
        periodic: [rows.length > 0, rows.length > 1, rows.length > 2],
        elements: this.#elements,
        species: type,
        positionsA: positions,
      },
      ...(energyEv === undefined ? {} : { energyEv }),
      ...(forcesEvA === undefined ? {} : { forcesEvA }),
      ...(virialEv === undefined ? {} : { virialEv }),
      ...(siteEnergiesEv === undefined ? {} : { siteEnergiesEv }),
      features,
    };
  }

  /** Words of the next line that is not blank; null at the end. */
  #nextWords(): string[] | null {
    while (this.#at < this.#lines.length) {
      const line = this.#lines[this.#at++]!.trim();
      if (line !== '') return line.split(/\s+/);
    }
    return null;
  }

  #words(what: string): string[] {
    return this.#nextWords() ?? this.#fail('the file ends early', what);
  }

  #size(word: string): number {
    const size = /^\d{1,9}$/.test(word) ? Number(word) : -1;
    if (size < 0 || size > MAX_ATOMS) this.#fail('no number of atoms', `an integer up to ${MAX_ATOMS}`, word);
    return size;
  }

  #type(word: string): number {
    const type = /^\d{1,6}$/.test(word) ? Number(word) : -1;
    if (type < 0 || type >= this.#elements.length) {
      this.#fail('no such atom type', `0 … ${this.#elements.length - 1} (${this.#elements.join(' ')})`, word);
    }
    return type;
  }

  #number(word: string): number {
    const value = /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(word) ? Number(word) : Number.NaN;
    if (!Number.isFinite(value)) this.#fail('not a finite number', 'a number', word);
    return value;
  }

  #fail(what: string, expected?: string, found?: string): never {
    throw this.#error(what, expected, found);
  }

  #error(what: string, expected?: string, found?: string): InputError {
    return new InputError('bad-cfg', what, {
      where: `${this.#fileName}:${Math.max(1, Math.min(this.#at, this.#lines.length))}`,
      ...(expected === undefined ? {} : { expected }),
      ...(found === undefined ? {} : { found: found.slice(0, 80) }),
    });
  }
}

function cartesian(direct: Float64Array, cellA: Float64Array): Float64Array {
  const positionsA = new Float64Array(direct.length);
  for (let i = 0; i < direct.length; i += 3) {
    for (let axis = 0; axis < 3; axis++) {
      positionsA[i + axis] =
        direct[i]! * cellA[axis]! + direct[i + 1]! * cellA[3 + axis]! + direct[i + 2]! * cellA[6 + axis]!;
    }
  }
  return positionsA;
}
