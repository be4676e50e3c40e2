/** `varve analyse symmetry FILE`: the space group of a structure. */
import { loadSymmetry } from '../src/execution/symmetry.ts';
import { composition, type Structure } from '../src/structure/structure.ts';
import { type StructureSymmetry, structureSymmetry } from '../src/structure/symmetry.ts';
import type { SymmetryFlags } from './analyse-structure-command.ts';
import { readOneStructure } from './analysed-structure.ts';
import { printJson } from './output/store-access.ts';
import { renderColumns } from './output/text-table.ts';

export function symmetry(path: string, flags: SymmetryFlags): void {
  const structure = readOneStructure(path, flags.species, flags.frame);
  const found = structureSymmetry(structure, flags.symprec, loadSymmetry());
  if (flags.json) printJson(jsonOf(structure, found));
  else process.stdout.write(`${renderColumns(rowsOf(structure, found))}\n`);
}

function rowsOf(structure: Structure, found: StructureSymmetry): string[][] {
  const { operations, refused } = found;
  const deviationA = Math.max(0, ...operations.map((operation) => operation.deviationA));
  return [
    ['space group', `${found.symbol} (No. ${found.number})`],
    ['Pearson symbol', found.pearson],
    [
      'atoms',
      `${structure.species.length} (${formulaOf(structure)}); primitive cell ${found.primitive.species.length}`,
    ],
    ['sites', sitesOf(structure, found).join(', ')],
    ['conventional cell', cellText(found.conventional.cellA)],
    [
      'operations',
      `${operations.length} that hold to ${deviationA.toExponential(1)} Å${refused > 0 ? `; ${refused} refused` : ''}`,
    ],
    ['symprec', `${found.symprecA} Å, ${found.library}`],
  ];
}

const formulaOf = (structure: Structure): string =>
  composition(structure)
    .map((count, k) => (count === 0 ? '' : `${structure.elements[k]}${count}`))
    .filter(Boolean)
    .join(' ');

/** `24 Li on g`, in the order in which they come. */
function sitesOf({ species, elements }: Structure, { wyckoffs }: StructureSymmetry): string[] {
  const counts = new Map<string, number>();
  species.forEach((s, i) => {
    const site = `${elements[s]} on ${wyckoffs[i]}`;
    counts.set(site, (counts.get(site) ?? 0) + 1);
  });
  return [...counts].map(([site, count]) => `${count} ${site}`);
}

function cellText(cellA: Float64Array): string {
  const row = (k: number): number[] => [...cellA.subarray(3 * k, 3 * k + 3)];
  const lengths = [0, 1, 2].map((k) => Math.hypot(...row(k)));
  const angles = [
    [1, 2],
    [0, 2],
    [0, 1],
  ].map(([p, q]) => {
    const dot = row(p!).reduce((sum, x, axis) => sum + x * row(q!)[axis]!, 0);
    return (Math.acos(dot / (lengths[p!]! * lengths[q!]!)) * 180) / Math.PI;
  });
  return `${lengths.map((length) => length.toFixed(4)).join(', ')} Å; ${angles.map((angle) => angle.toFixed(3)).join(', ')}°`;
}

function jsonOf(structure: Structure, found: StructureSymmetry): unknown {
  return {
    number: found.number,
    symbol: found.symbol,
    hallNumber: found.hallNumber,
    pearson: found.pearson,
    symprecA: found.symprecA,
    library: found.library,
    atoms: structure.species.length,
    wyckoffs: found.wyckoffs,
    operations: found.operations.map(({ rotation, translation, atoms, deviationA }) => ({
      rotation: [0, 3, 6].map((at) => [...rotation.subarray(at, at + 3)]),
      translation: [...translation],
      atoms: [...atoms],
      deviationA,
    })),
    operationsRefused: found.refused,
    primitive: cellJson(found.primitive),
    conventional: cellJson(found.conventional),
  };
}

const cellJson = ({ cellA, positionsA, species, elements }: Structure): unknown => ({
  cellA: [0, 3, 6].map((at) => [...cellA.subarray(at, at + 3)]),
  elements: Array.from(species, (s) => elements[s]),
  positionsA: Array.from(species, (_, i) => [...positionsA.subarray(3 * i, 3 * i + 3)]),
});
