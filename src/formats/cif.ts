/**
 * CIF files (read only): each block with atom sites is a configuration. The cell comes from lengths and angles, the atoms
 * from the sites by all symmetry operations; a site within `siteToleranceA` of a special position is put onto it exactly
 * (structure/site-orbit.ts). Atoms follow one another site by site, then in the order of the operations, inside the cell.
 * Labels of sites are kept; displacement parameters, bonds, references and all other items are not read.
 */

import { InputError } from '../numerics/input-error.ts';
import { closestPairs } from '../structure/closest-pair.ts';
import { siteOrbit } from '../structure/site-orbit.ts';
import type { Structure } from '../structure/structure.ts';
import { type CifBlock, readCifBlocks } from './cif-block.ts';
import { readCell } from './cif-cell.ts';
import { type CifSite, hasSites, readSites } from './cif-sites.ts';
import { readSymmetry, type SpaceGroupTable } from './cif-symmetry.ts';
import { cifError } from './cif-tokens.ts';
import { MAX_ATOMS } from './file-limits.ts';

export interface CifStructure {
  readonly name: string;
  /** Line of the block's header. */
  readonly line: number;
  readonly structure: Structure;
  /** Label of each atom's site. */
  readonly labels: readonly string[];
  /** How many tags of the block say nothing that is read. */
  readonly unreadTags: number;
}

export interface CifOptions {
  /** For blocks that name their space group and list no operations. */
  readonly table?: SpaceGroupTable;
  /** Images of a site nearer than this are one atom, Å. */
  readonly siteToleranceA?: number;
}

/** No two atoms are nearer, Å: H₂ is 0.74 long. */
const ONE_PLACE_A = 0.3;
const READ = /^_(cell_(length|angle)|symmetry_|space_group_|atom_site_(fract|label|type_symbol|occupancy|calc_flag))/;

/** @throws InputError `bad-cif`, `partial-occupancy`, `overlapping-atoms`, with file and line */
export function readCif(text: string, fileName: string, options: CifOptions = {}): CifStructure[] {
  return readCifBlocks(text, fileName)
    .filter(hasSites)
    .map((block) => readStructure(block, fileName, options));
}

function readStructure(block: CifBlock, fileName: string, { table, siteToleranceA = 0.02 }: CifOptions): CifStructure {
  const sites = readSites(block, fileName);
  const cellA = readCell(block, fileName);
  const operations = readSymmetry(block, cellA, fileName, table);
  if (sites.length === 0 || sites.length * operations.length > MAX_ATOMS) {
    const found = `${sites.length} sites, ${operations.length} operations`;
    throw cifError(fileName, block.line, 'no number of atoms', `1 to ${MAX_ATOMS}`, found);
  }
  const elements = [...new Set(sites.map(({ element }) => element))];
  const species: number[] = [];
  const owners: CifSite[] = [];
  const positions: number[] = [];
  for (const site of sites) {
    const where = `${fileName}:${site.line}`;
    for (const point of placed(where, () => siteOrbit(site.fractional, operations, cellA, siteToleranceA)).points) {
      species.push(elements.indexOf(site.element));
      owners.push(site);
      for (let axis = 0; axis < 3; axis++) {
        positions.push(point[0]! * cellA[axis]! + point[1]! * cellA[3 + axis]! + point[2]! * cellA[6 + axis]!);
      }
    }
  }
  const structure: Structure = {
    cellA,
    periodic: [true, true, true],
    elements,
    species: Int32Array.from(species),
    positionsA: Float64Array.from(positions),
  };
  refuseCoincidence(structure, owners, fileName);
  const unreadTags = [...block.columns.keys()].filter((tag) => !READ.test(tag)).length;
  return { name: block.name, line: block.line, structure, labels: owners.map(({ label }) => label), unreadTags };
}

/** Puts the place into an error that does not know it. */
function placed<T>(where: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError('bad-cif', error.what, { ...error.details, where });
  }
}

/** Two sites in one place are disorder that the occupancies do not tell, or a site listed twice. */
function refuseCoincidence(structure: Structure, owners: readonly CifSite[], fileName: string): void {
  const { closest } = placed(`${fileName}:${owners[0]!.line}`, () => closestPairs(structure, ONE_PLACE_A));
  if (closest === undefined) return;
  const [first, second] = [owners[closest.atomI]!, owners[closest.atomJ]!].sort((p, q) => p.line - q.line) as [
    CifSite,
    CifSite,
  ];
  throw new InputError('overlapping-atoms', 'two atoms are all but in one place', {
    where: `${fileName}:${second.line}`,
    expected: `no two nearer than ${ONE_PLACE_A} Å`,
    found: `${JSON.stringify(second.label.slice(0, 40))} on ${JSON.stringify(first.label.slice(0, 40))} of line ${first.line}, ${closest.distanceA.toFixed(3)} Å apart`,
    remedy: 'leave one of the sites, or give a special position with more digits',
  });
}
