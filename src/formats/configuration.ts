/**
 * A configuration as files hold it: a structure with what a file says of it. Every format of configurations is read into
 * this and written from it (configuration-file.ts); a writer names what its format has no place for.
 */
import { InputError } from '../numerics/input-error.ts';
import type { Structure } from '../structure/structure.ts';
import type { TextColumn } from './extxyz.ts';

export interface Configuration {
  readonly structure: Structure;
  /** Line of the file where it begins, counted from 1. */
  readonly line: number;
  readonly energyEv?: number;
  /** N×3, eV/Å. */
  readonly forcesEvA?: Float64Array;
  /** 3×3 row-major, −dE/dε, eV. */
  readonly virialEv?: Float64Array;
  readonly siteEnergiesEv?: Float64Array;
  /** N×3, 1 where an atom may move in that direction. */
  readonly mayMove?: Uint8Array;
  /** Further numbers of the atoms by name, N×width. */
  readonly columns: ReadonlyMap<string, { readonly width: number; readonly data: Float64Array }>;
  /** Further words of the atoms by name, N×width. */
  readonly texts: ReadonlyMap<string, TextColumn>;
  /** Further values by name; several lines of one are joined by LF. */
  readonly info: ReadonlyMap<string, string>;
  /** Words without a name. */
  readonly remarks: readonly string[];
}

/** Is told what a file holds that has no place in the other. */
export type Lose = (what: string) => void;

/**
 * The same with the species in another order, or more of them.
 * @throws InputError `unknown-species` for an element that is not among them
 */
export function withSpecies(configuration: Configuration, species: readonly string[], fileName: string): Configuration {
  const { structure } = configuration;
  const present = new Set(structure.species);
  const index = structure.elements.map((element, from) => {
    const to = species.indexOf(element);
    if (to >= 0 || !present.has(from)) return to;
    throw new InputError('unknown-species', `element ${element} is not among the species`, {
      where: `${fileName}:${configuration.line}`,
      expected: `one of ${species.join(', ')}`,
      found: element,
      remedy: 'add it to --species',
    });
  });
  return {
    ...configuration,
    structure: { ...structure, elements: species, species: structure.species.map((from) => index[from]!) },
  };
}
