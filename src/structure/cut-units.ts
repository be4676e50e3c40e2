/**
 * Which groups of atoms a boundary plane cuts: PS₄ tetrahedra, cages of Li around an anion, any centre with the atoms of one
 * kind of site around it. Counted in each crystal as if it went on beyond the plane.
 */
import { InputError } from '../numerics/input-error.ts';
import { cellLengthsA } from './bicrystal.ts';
import type { CellVectors, CoincidenceCell } from './coincidence-cell.ts';
import type { CubicHost, HostSite } from './cubic-host.ts';
import { fillCell } from './grain.ts';
import { coordinatesIn, dot, type IntegerVector, vector } from './integer-lattice.ts';

export interface UnitKind {
  /** Site labels of the centre and of the atoms around it. */
  readonly centre: string;
  readonly around: string;
  /** Atoms of that label nearer than this to the centre belong to it, Å. */
  readonly withinA: number;
}

/** The groups of argyrodites, for a lattice constant near 10.25 Å. */
export const PS4_UNIT: UnitKind = { centre: '4b', around: '16e', withinA: 2.6 };
export const LITHIUM_CAGE: UnitKind = { centre: '4c', around: '24g', withinA: 3 };

/** One group that the plane cuts. */
export interface CutUnit {
  /** How many of the atoms around the centre are below and above the plane (on it counts as above). */
  readonly below: number;
  readonly above: number;
  readonly isCentreAbove: boolean;
}

/**
 * The groups that one plane cuts, in each crystal, in the area of one coincidence cell.
 * @param cutOffsetA as the bicrystal's: how far above `planeThrough` the plane lies, Å
 * @throws InputError `bad-structure` for a label that the host does not have
 */
export function cutUnits(
  host: CubicHost,
  cell: CoincidenceCell,
  kind: UnitKind,
  planeThrough: readonly [number, number, number] = [0, 0, 0],
  cutOffsetA = 0,
): { readonly inA: readonly CutUnit[]; readonly inB: readonly CutUnit[] } {
  const drop = -cutOffsetA / cellLengthsA(host, cell)[2];
  const cutIn = (vectors: CellVectors): CutUnit[] => {
    const around = heightsAround(host, kind, vectors[2]);
    return fillCell(host, vectors, planeThrough, [0, 0, drop]).flatMap(({ site, fractional }) => {
      const ligands = around.get(site)?.map((dz) => level(fractional[2] + dz));
      if (ligands === undefined) return [];
      // The plane lies at every whole multiple of z: a group meets the one at its top or at its bottom, the same plane.
      const [lowest, highest] = [Math.min(0, ...ligands), Math.max(0, ...ligands)];
      return Array.from({ length: highest - lowest }, (_, k) => {
        const below = ligands.filter((floor) => floor <= lowest + k).length;
        return { below, above: ligands.length - below, isCentreAbove: lowest + k < 0 };
      });
    });
  };
  return { inA: cutIn(cell.vectorsA), inB: cutIn(cell.vectorsB) };
}

/**
 * The intervals of cuts that leave every group of these kinds whole in the unturned crystal: heights above `planeThrough`
 * along the plane's normal, Å, within one repeat of z.
 */
export function uncutWindows(
  host: CubicHost,
  cell: CoincidenceCell,
  kinds: readonly UnitKind[],
  planeThrough: readonly [number, number, number] = [0, 0, 0],
): { readonly fromA: number; readonly toA: number }[] {
  const lengthA = cellLengthsA(host, cell)[2];
  const spans = kinds.flatMap((kind) => {
    const around = heightsAround(host, kind, cell.vectorsA[2]);
    return fillCell(host, cell.vectorsA, planeThrough, [0, 0, 0]).flatMap(({ site, fractional }) => {
      const relative = around.get(site);
      if (relative === undefined) return [];
      const [from, to] = [Math.min(0, ...relative) + fractional[2], Math.max(0, ...relative) + fractional[2]];
      return [-1, 0, 1].map((turn) => [from + turn, to + turn] as const);
    });
  });
  spans.sort((a, b) => a[0] - b[0]);
  const windows: { fromA: number; toA: number }[] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const [from, to] of spans) {
    if (from > end + 1e-9 && end >= -0.5 && end < 0.5) windows.push({ fromA: end * lengthA, toA: from * lengthA });
    end = Math.max(end, to);
  }
  return windows;
}

/** For each site at the centre of a group: how far above it, as fractions of z, the atoms around it are. */
function heightsAround(host: CubicHost, kind: UnitKind, z: IntegerVector): Map<HostSite, number[]> {
  const zSquared = Number(dot(z, z));
  return new Map(
    centreSites(host, kind).map(({ site, around }) => [
      site,
      around.map((d) => (2 * z.reduce((sum, x, k) => sum + Number(x) * d[k]!, 0)) / zSquared),
    ]),
  );
}

/** On the plane counts as above it, as in the grains. */
const level = (height: number): number => Math.floor(height + 1e-9);

/** Sites of the centre's label, each with the vectors (fractions of a) to the atoms around it. */
function centreSites(host: CubicHost, { centre, around, withinA }: UnitKind): { site: HostSite; around: number[][] }[] {
  for (const label of [centre, around]) {
    if (host.sites.some((site) => site.label === label)) continue;
    throw new InputError('bad-structure', `no atom lies on a site called ${label}`, {
      expected: `one of ${[...new Set(host.sites.map((site) => site.label))].join(', ')}`,
      found: label,
    });
  }
  const within2 = (withinA / host.latticeConstantA) * (withinA / host.latticeConstantA);
  const translations = nearTranslations(host, withinA);
  return host.sites.flatMap((site) => {
    if (site.label !== centre) return [];
    const vectors = host.sites
      .filter(({ label }) => label === around)
      .flatMap(({ fractional }) => translations.map((t) => t.map((x, k) => fractional[k]! + x - site.fractional[k]!)))
      .filter((d) => d.reduce((sum, x) => sum + x * x, 0) < within2);
    return [{ site, around: vectors }];
  });
}

/** Lattice translations, fractions of a, as far as groups of this size and sites within one cell can need. */
function nearTranslations({ lattice, latticeConstantA }: CubicHost, withinA: number): number[][] {
  const reach = 2 * (Math.ceil(withinA / latticeConstantA) + 1);
  const found: number[][] = [];
  for (let x = -reach; x <= reach; x++) {
    for (let y = -reach; y <= reach; y++) {
      for (let z = -reach; z <= reach; z++) {
        if (coordinatesIn(lattice, vector([x, y, z])) !== undefined) found.push([x / 2, y / 2, z / 2]);
      }
    }
  }
  return found;
}
