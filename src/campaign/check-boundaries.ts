/** Whether what a spec says of boundaries holds together: every complaint names the field, and what would do instead. */
import { inKeyOrder, type JsonValue } from '../formats/json-document.ts';
import { BOUNDARY_DIRECTIONS } from '../projections/boundary-results.ts';
import type { WrittenSpec } from './spec.ts';
import type { BoundarySpec } from './spec-boundaries.ts';

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
      (row) => row !== entry.boundary && Object.hasOwn(spec.structures, row),
    );
    if (clash !== undefined) complain(at(), `has cells called ${clash}, as a structure is: give it another name`);
    checkStructures(spec, entry, at, complain);
    checkRuns(spec, entry, at, complain);
  }
  checkMacro(spec, complain);
}

type At = (...path: Path) => Path;

function checkNames(spec: WrittenSpec, entry: BoundarySpec, at: At, complain: Complain): boolean {
  const known = { boundary: spec.structures, bulk: spec.structures, potential: spec.potentials };
  const lost = (['boundary', 'bulk', 'potential'] as const).filter(
    (field) => !Object.hasOwn(known[field], entry[field]),
  );
  for (const field of lost) {
    const what = field === 'potential' ? 'potential' : 'structure';
    complain(at(field), `names no ${what} of this spec; expected one of ${Object.keys(known[field]).join(', ')}`);
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

function checkRuns({ dynamics, potentials }: WrittenSpec, entry: BoundarySpec, at: At, complain: Complain): void {
  const runsOf = (structure: string) =>
    dynamics.runs.flatMap((run, k) => (run.structure === structure ? [{ ...run, k }] : []));
  const { equilibration } = dynamics;
  for (const field of ['boundary', 'bulk'] as const) {
    const runs = runsOf(entry[field]);
    if (runs.length === 0) complain(at(field), `has no runs; add ${entry[field]} to dynamics.runs`);
    for (const { potential, cell, k } of runs) {
      if (potential !== entry.potential) {
        complain(['dynamics', 'runs', k, 'potential'], `must be ${entry.potential}, that of the boundary`);
      }
      const free = cell ?? equilibration.barostat?.cell ?? 'isotropic';
      if (equilibration.ensemble === 'npt' && free !== 'z') {
        complain(['dynamics', 'runs', k], 'must have the cell z: a bicrystal and its bulk keep x and y');
      }
    }
  }
  const membersAt = (structure: string, temperatureK: number): number =>
    runsOf(structure).find(({ temperaturesK }) => temperaturesK.includes(temperatureK))?.members ?? 0;
  const fits = potentials[entry.potential]!.members;
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

function checkMacro({ macro, boundaries = {}, structures, dynamics }: WrittenSpec, complain: Complain): void {
  if (macro === undefined) return;
  macro.bulks.forEach((name, k) => {
    if (!dynamics.runs.some((run) => run.structure === name)) {
      const known = Object.hasOwn(structures, name)
        ? 'has no runs in dynamics.runs'
        : 'names no structure of this spec';
      complain(['macro', 'bulks', k], known);
    }
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
