/** Reads `.cfg` files (described in mlip-cfg.ts) configuration by configuration; knows the line that it is at. */

import { InputError } from '../numerics/input-error.ts';
import type { Structure } from '../structure/structure.ts';
import { readNumber } from './exact-decimal.ts';
import { MAX_ATOMS, MAX_SPECIES } from './file-limits.ts';
import { atomLayout } from './mlip-cfg-atoms.ts';
import { TextLines, wordsOf } from './text-lines.ts';

export interface CfgRecord {
  readonly structure: Structure;
  readonly energyEv?: number;
  /** N×3, eV/Å. */
  readonly forcesEvA?: Float64Array;
  /** 3×3 row-major, eV. */
  readonly virialEv?: Float64Array;
  readonly siteEnergiesEv?: Float64Array;
  /** Further columns of numbers by name, e.g. `charge`. */
  readonly columns?: ReadonlyMap<string, Float64Array>;
  /** Values by name, in the order of the file; those of one name given in several lines are joined by newlines. */
  readonly features: ReadonlyMap<string, string>;
}

/** A configuration as it stands in a file. */
export interface CfgFrame extends CfgRecord {
  /** Line of its BEGIN_CFG, counted from 1. */
  readonly line: number;
}

const VIRIAL_PLACES: Readonly<Record<string, readonly number[]>> = {
  xx: [0],
  yy: [4],
  zz: [8],
  yz: [5, 7],
  xz: [2, 6],
  xy: [1, 3],
};

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
  columns?: Map<string, Float64Array>;
  features: Map<string, string>;
}

export class CfgReader {
  readonly #lines: TextLines;
  readonly #fileName: string;
  /** Grows with the types that are found where the caller has no names for them. */
  readonly #elements: string[];
  readonly #named: boolean;
  #current = '';

  constructor(text: string, fileName: string, elements: readonly string[] | null) {
    this.#lines = new TextLines(text);
    this.#fileName = fileName;
    this.#elements = [...(elements ?? [])];
    this.#named = elements !== null;
  }

  /** The next configuration, or null at the end of the file. */
  next(): CfgFrame | null {
    const opening = this.#nextWords();
    if (opening === null) return null;
    if (opening[0] !== 'BEGIN_CFG') this.#fail('no start of a configuration', 'BEGIN_CFG', opening.join(' '));
    const begun = this.#lines.line;
    const draft: Draft = { rows: [], direct: false, features: new Map() };
    const seen = new Set<string>();
    for (;;) {
      const words = this.#nextWords();
      if (words === null) return this.#fail(`the configuration that begins in line ${begun} does not end`, 'END_CFG');
      const key = words[0]!.replace(/:$/, '');
      if (key === 'END_CFG') return this.#finish(draft, begun);
      if (key !== 'Feature') {
        if (seen.has(key)) this.#fail(`${key} is given twice`);
        seen.add(key);
      }
      this.#readBlock(key, words, draft);
    }
  }

  #readBlock(key: string, words: string[], draft: Draft): void {
    if (key === 'Size') draft.size = this.#size(this.#only(words, 'the number of atoms'));
    else if (key === 'Supercell') this.#readSupercell(draft);
    else if (key === 'AtomData') this.#readAtoms(words.slice(1), draft);
    else if (key === 'Energy') draft.energyEv = this.#number(this.#only(words, 'the energy'));
    else if (key === 'PlusStress') draft.virialEv = this.#readVirial(words.slice(1));
    else if (key === 'Feature') this.#readFeature(draft);
    else if (key === 'Features') this.#readFeatureTable(words.slice(1), draft);
    else if (key === 'Stress' || key === 'Virial') {
      this.#fail(`${key} blocks have no agreed sign and unit`, 'PlusStress, the virial −dE/dε in eV', key);
    } else this.#fail('no such block', 'Size, Supercell, AtomData, Energy, PlusStress, Feature or END_CFG', key);
  }

  #readSupercell(draft: Draft): void {
    while (draft.rows.length < 3 && /^\s*[-+.\d]/.test(this.#lines.peek() ?? '')) {
      const words = this.#words('a lattice vector');
      if (words.length !== 3) this.#fail('no lattice vector', 'three numbers', words.join(' '));
      draft.rows.push(words.map((word) => this.#number(word)));
    }
  }

  #readAtoms(columns: string[], draft: Draft): void {
    const size = draft.size;
    if (size === undefined) throw this.#error('AtomData comes before Size', 'Size first');
    const layout = atomLayout(columns, (what, expected) => this.#error(what, expected, columns.join(' ')));
    const type: number[] = [];
    const x: number[] = [];
    const f: number[] = [];
    const site: number[] = [];
    const further = layout.further.map((at) => ({ at, values: [] as number[] }));
    for (let i = 0; i < size; i++) {
      const words = this.#words(`atom ${i + 1} of ${size}`);
      if (words.length !== columns.length) {
        this.#fail('a row does not fit its header', `${columns.length} columns`, `${words.length}`);
      }
      const id = layout.id < 0 ? undefined : words[layout.id]!;
      if (id !== undefined && id !== String(i + 1)) this.#fail('atoms are not in order', `id ${i + 1}`, id);
      type.push(layout.type < 0 ? this.#type('0') : this.#type(words[layout.type]!));
      for (const at of layout.positions) x.push(this.#number(words[at]!));
      for (const at of layout.forces) f.push(this.#number(words[at]!));
      if (layout.siteEnergy >= 0) site.push(this.#number(words[layout.siteEnergy]!));
      for (const { at, values } of further) values.push(this.#number(words[at]!));
    }
    draft.type = Int32Array.from(type);
    draft.positions = Float64Array.from(x);
    draft.direct = layout.direct;
    if (layout.forces.length > 0) draft.forcesEvA = Float64Array.from(f);
    if (layout.siteEnergy >= 0) draft.siteEnergiesEv = Float64Array.from(site);
    if (further.length > 0) {
      draft.columns = new Map(further.map(({ at, values }) => [columns[at]!, Float64Array.from(values)]));
    }
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
    const match = /^\s*Feature\s+(\S+)(?:[\t ](.*))?$/s.exec(this.#current);
    if (match === null) throw this.#error('a feature has no name', 'Feature name value');
    addFeature(draft, match[1]!, (match[2] ?? '').trim());
  }

  /** The older layout: names in the line, values in the next. */
  #readFeatureTable(names: string[], draft: Draft): void {
    if (names.length === 0) return;
    const values = this.#words('the values of the features');
    if (values.length !== names.length)
      this.#fail('not a value for each feature', `${names.length}`, `${values.length}`);
    for (const [k, name] of names.entries()) addFeature(draft, name, values[k]!);
  }

  #finish(draft: Draft, line: number): CfgFrame {
    const { type, rows } = draft;
    let { positions } = draft;
    if (type === undefined || positions === undefined) return this.#fail('the configuration has no atoms', 'AtomData');
    const cellA = new Float64Array(9);
    for (const [k, row] of rows.entries()) cellA.set(row, 3 * k);
    if (draft.direct) {
      if (rows.length < 3) this.#fail('direct positions need a cell', 'three lattice vectors', `${rows.length}`);
      positions = cartesian(positions, cellA);
    }
    const { energyEv, forcesEvA, virialEv, siteEnergiesEv, columns, features } = draft;
    return {
      line,
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
      ...(columns === undefined ? {} : { columns }),
      features,
    };
  }

  /** Words of the next line that is not blank; null at the end. */
  #nextWords(): string[] | null {
    for (let line = this.#lines.next(); line !== null; line = this.#lines.next()) {
      this.#current = line;
      const words = wordsOf(line);
      if (words.length > 0) return words;
    }
    return null;
  }

  /** What stands alone behind the key, or alone in the next line. */
  #only(words: string[], what: string): string {
    const found = words.length > 1 ? words.slice(1) : this.#words(what);
    if (found.length !== 1) this.#fail('more than one number', what, found.join(' '));
    return found[0]!;
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
    const count = this.#named ? this.#elements.length : MAX_SPECIES;
    if (type < 0 || type >= count) {
      const names = this.#named ? ` (${this.#elements.join(' ')})` : '';
      this.#fail('no such atom type', `0 … ${count - 1}${names}`, word);
    }
    while (this.#elements.length <= type) this.#elements.push(numberedType(this.#elements.length));
    return type;
  }

  #number(word: string): number {
    return readNumber(word) ?? this.#fail('not a finite number', 'a number', word);
  }

  #fail(what: string, expected?: string, found?: string): never {
    throw this.#error(what, expected, found);
  }

  #error(what: string, expected?: string, found?: string): InputError {
    return new InputError('bad-cfg', what, {
      where: `${this.#fileName}:${Math.max(1, this.#lines.line)}`,
      ...(expected === undefined ? {} : { expected }),
      ...(found === undefined ? {} : { found: found.slice(0, 80) }),
    });
  }
}

/** What stands for an element where a type has only its number; no element is called so. */
const numberedType = (type: number): string => `type ${type}`;

/** Whether all types have the names of elements. */
export const areNamed = (elements: readonly string[]): boolean => elements.every((element) => !element.includes(' '));

function addFeature({ features }: Draft, name: string, value: string): void {
  const before = features.get(name);
  features.set(name, before === undefined ? value : `${before}\n${value}`);
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
