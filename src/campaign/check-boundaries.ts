/** Whether what a spec says of boundaries holds together: every complaint names the field, and what would do instead. */
import { inKeyOrder, type JsonValue } from '../formats/json-document.ts';
import { BOUNDARY_DIRECTIONS } from '../projections/boundary-results.ts';
import { rowOf, type WrittenSpec } from './spec.ts';
import type { BoundarySpec } from './spec-boundaries.ts';
import { potentialNames, schemePotential } from './spec-scheme.ts';

type Path = readonly (string | number)[];
type Complain = (path: Path, message: string) => void;

export function checkBoundaries(spec: WrittenSpec, complain: Complain): void {
  const boundaries = Object.entries(spec.boundaries ?? {});
  const taken = new Map<string, string>();
  for (const [name, entry] of boundaries) {
    const at = (...path: Path): Path => ['boundaries', name, ...path];
    if (!checkNames(spec, entry, at, complain)) continue;
    const other = taken.get(entry.boundary);
    if (other !== undefined) complain(at('boundary'), `is that of ${other} already; a bicrystal belongs to one entry`);
    taken.set(entry.boundary, name);
    const clash = [name, ...BOUNDARY_DIRECTIONS.map((direction) => `${name}-${direction}`)].find(
      (row) => row !== entry.boundary && spec.dynamics.runs.some((run) => rowOf(run) === row),
    );
    if (clash !== undefined) complain(at(), `has cells called ${clash}, as those of runs are: give it another name`);
    checkStructures(spec, entry, at, complain);
    checkRuns(spec, entry, at, complain);
  }
  checkMacro(spec, complain);
}

type At = (...path: Path) => Path;

function checkNames(spec: WrittenSpec, entry: BoundarySpec, at: At, complain: Complain): boolean {
  const structures = Object.keys(spec.structures);
  const known = { boundary: structures, bulk: structures, potential: potentialNames(spec) };
  const lost = (['boundary', 'bulk', 'potential'] as const).filter((field) => !known[field].includes(entry[field]));
  for (const field of lost) {
    const what = field === 'potential' ? 'potential' : 'structure';
    complain(at(field), `names no ${what} of this spec; expected one of ${known[field].join(', ')}`);
  }
  return lost.length === 0;
}

function checkStructures({ structures }: WrittenSpec, entry: BoundarySpec, at: At, complain: Complain): void {
  const [boundary, bulk] = [structures[entry.boundary]!, structures[entry.bulk]!];
  if (boundary.boundary?.reference !== undefined || (boundary.boundary === undefined && boundary.file === undefined)) {
    complain(at('boundary'), 'is no bicrystal; expected a structure with a `boundary` that is not a bulk reference');
    return;
  }
  const recipe = ({ boundary: made, supercell, prototype, cell }: typeof boundary) => {
    const {
      reference: _reference,
      shift: _shift,
      separationA: _separation,
      allowUnequalBoundaries: _,
      ...geometry
    } = made ?? {};
    return same({ geometry, supercell, prototype, cell });
  };
  const needsReference = boundary.boundary !== undefined && bulk.file === undefined;
  if (needsReference && (bulk.boundary?.reference !== 'bulk' || recipe(bulk) !== recipe(boundary))) {
    complain(at('bulk'), `is not the bulk of ${entry.boundary}; expected the same recipe with \`reference: bulk\``);
  }
  if (entry.gammaSurface !== undefined && boundary.boundary === undefined) {
    complain(at('gammaSurface'), 'needs a bicrystal that is made by its recipe: one from a file cannot be shifted');
  }
  for (const stage of ['anneal', 'relax'] as const) {
    if (same(boundary[stage]) !== same(bulk[stage])) {
      complain(at('bulk'), `is not prepared as ${entry.boundary} is: ${stage} of the two structures must be the same`);
    }
  }
  if (boundary.relax !== undefined && !['z', 'fixed'].includes(boundary.relax.cell)) {
    complain(['structures', entry.boundary, 'relax', 'cell'], 'must be z (or fixed) for a bicrystal and its bulk');
  }
  if (boundary.anneal !== undefined && boundary.anneal.barostat.cell !== 'z') {
    complain(['structures', entry.boundary, 'anneal', 'barostat'], 'must have the cell z for a bicrystal and its bulk');
  }
}

function checkRuns(spec: WrittenSpec, entry: BoundarySpec, at: At, complain: Complain): void {
  const { equilibration, runs } = spec.dynamics;
  const runsOf = (structure: string) =>
    runs.flatMap((run, k) => (run.structure === structure && run.potential === entry.potential ? [{ ...run, k }] : []));
  for (const field of ['boundary', 'bulk'] as const) {
    const own = runsOf(entry[field]);
    const rows = [...new Set(own.map(rowOf))];
    if (rows.length === 0) {
      complain(at(field), `has no runs under ${entry.potential}; add ${entry[field]} to dynamics.runs`);
    } else if (rows.length > 1) {
      complain(
        at(field),
        `has runs in several rows, ${rows.join(' and ')}: which of them belong to the boundary is open`,
      );
    }
    for (const { cell, k } of own) {
      const free = cell ?? equilibration.barostat?.cell ?? 'isotropic';
      if (equilibration.ensemble === 'npt' && free !== 'z') {
        complain(['dynamics', 'runs', k], 'must have the cell z: a bicrystal and its bulk keep x and y');
      }
    }
  }
  const membersAt = (structure: string, temperatureK: number): number =>
    runsOf(structure).find(({ temperaturesK }) => temperaturesK.includes(temperatureK))?.members ?? 0;
  const fits = fitsOf(spec, entry.potential);
  const { widthFromK, temperaturesK = [] } = entry.profile;
  for (const [field, temperatureK] of [
    ['widthFromK', widthFromK] as const,
    ...temperaturesK.map((t) => ['temperaturesK', t] as const),
  ]) {
    const [ofBoundary, ofBulk] = [entry.boundary, entry.bulk].map((name) =>
      Math.min(fits, membersAt(name, temperatureK)),
    );
    if (ofBoundary === 0 || ofBulk === 0) {
      complain(at('profile', field), `is ${temperatureK} K, at which bicrystal and bulk must both have runs`);
    } else if (ofBulk! < ofBoundary!) {
      complain(
        at('bulk'),
        `has fewer members at ${temperatureK} K than the fits of the bicrystal's runs: ${ofBoundary}`,
      );
    }
  }
}

/** How many fits a potential has: of a scheme's one for each run of the scheme. */
function fitsOf({ potentials, schemes = {} }: WrittenSpec, potential: string): number {
  const own = potentials[potential]?.members;
  if (own !== undefined) return own;
  const scheme = Object.entries(schemes).find(([name, { levels }]) =>
    levels.some((level) => schemePotential(name, level) === potential),
  );
  return scheme?.[1].runs ?? 1;
}

function checkMacro({ macro, boundaries = {}, dynamics }: WrittenSpec, complain: Complain): void {
  if (macro === undefined) return;
  const rows = [...new Set(dynamics.runs.map(rowOf))];
  macro.bulks.forEach((name, k) => {
    if (rows.includes(name)) return;
    complain(['macro', 'bulks', k], `names no row of dynamics.runs; expected one of ${rows.join(', ')}`);
  });
  const kinds = macro.boundaries ?? Object.keys(boundaries);
  if (kinds.length === 0) complain(['macro'], 'needs boundaries: a section `boundaries` with one at least');
  kinds.forEach((name, k) => {
    if (Object.hasOwn(boundaries, name)) return;
    complain(['macro', 'boundaries', k], `names no boundary; expected one of ${Object.keys(boundaries).join(', ')}`);
  });
  const { probabilities } = macro;
  if (probabilities === undefined) return;
  const sum = kinds.reduce((total, name) => total + (probabilities[name] ?? 0), 0);
  if (Object.keys(probabilities).sort().join() !== [...kinds].sort().join() || !(Math.abs(sum - 1) < 1e-9)) {
    complain(['macro', 'probabilities'], `must give each of ${kinds.join(', ')} a share, together 1`);
  }
}

const same = (value: unknown): string => JSON.stringify(inKeyOrder((value ?? null) as JsonValue, ''));
