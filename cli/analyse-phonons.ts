/** `varve analyse phonons POT.mtp FILE`: phonons of a structure under a potential, and whether it is stable (R9). */
import { type DensityOfStates, densityOfStates } from '../src/analysis/phonons/density-of-states.ts';
import type { ForceConstants } from '../src/analysis/phonons/force-constants.ts';
import { inverseCm, type PhononsAt } from '../src/analysis/phonons/frequencies.ts';
import type { ModeGroup } from '../src/analysis/phonons/gamma-modes.ts';
import { type GroundStateRow, groundStateRow } from '../src/analysis/phonons/ground-state.ts';
import type { StabilityVerdict } from '../src/analysis/phonons/stability.ts';
import { onlyIdentity, structurePhonons } from '../src/analysis/phonons/structure-phonons.ts';
import { atomMassesAmu } from '../src/dynamics/masses.ts';
import { loadSymmetry } from '../src/execution/symmetry.ts';
import { InputError } from '../src/numerics/input-error.ts';
import { createCompiledEvaluator } from '../src/potential/compiled-evaluate.ts';
import type { Evaluation } from '../src/potential/evaluate.ts';
import type { MtpPotential } from '../src/potential/potential.ts';
import { buildNeighbourList } from '../src/structure/neighbour-list.ts';
import type { Structure } from '../src/structure/structure.ts';
import { structureSymmetry } from '../src/structure/symmetry.ts';
import type { PhononFlags } from './analyse-structure-command.ts';
import { readOneStructure } from './analysed-structure.ts';
import { formatNumber } from './output/numbers.ts';
import { printJson } from './output/store-access.ts';
import { renderColumns } from './output/text-table.ts';
import { readPotential } from './potential-file.ts';

/** Beyond this a structure is not relaxed, and its phonons mean little. */
const RELAXED_EV_A = 0.01;

interface Found {
  readonly row: GroundStateRow;
  readonly constants: ForceConstants;
  readonly gamma: readonly ModeGroup[];
  readonly stability: StabilityVerdict;
  readonly path: readonly PhononsAt[];
  readonly dos: DensityOfStates | null;
}

export function phonons(potentialPath: string, path: string, flags: PhononFlags): void {
  const potential = readPotential(potentialPath);
  if (flags.species === undefined || flags.species.length !== potential.speciesCount) {
    throw new InputError('no-species', 'the potential numbers its elements, and does not say what they are', {
      where: potentialPath,
      expected: `${potential.speciesCount} elements`,
      found: flags.species === undefined ? 'no --species' : flags.species.join(', '),
      remedy: 'name the elements of types 0, 1, … with --species, e.g. Li,P,S,Cl',
    });
  }
  const structure = readOneStructure(path, flags.species, flags.frame);
  const reference = flags.reference === undefined ? null : readOneStructure(flags.reference, flags.species, undefined);
  const found = analyse(structure, reference, potential, flags);
  if (found.constants.residualForceEvA > RELAXED_EV_A) {
    const force = formatNumber(found.constants.residualForceEvA);
    process.stderr.write(`the structure is not relaxed: a force of ${force} eV/Å is left; its phonons mean little\n`);
  }
  if (flags.json) printJson(jsonOf(found, structure, flags));
  else process.stdout.write(textOf(found, structure));
}

function analyse(
  structure: Structure,
  reference: Structure | null,
  potential: MtpPotential,
  flags: PhononFlags,
): Found {
  const evaluator = createCompiledEvaluator(potential);
  const evaluate = (of: Structure): Evaluation =>
    evaluator.evaluate(of, buildNeighbourList(of, potential.maxDistanceA));
  const energyEvAtom = (of: Structure): number => evaluate(of).energyEv / of.species.length;
  const symmetry = structureSymmetry(structure, flags.symprec, loadSymmetry());
  const { constants, gamma, stability, path, mesh } = structurePhonons(structure, (of) => evaluate(of).forcesEvA, {
    supercell: flags.supercell,
    operations: flags.reduce ? symmetry.operations : onlyIdentity(symmetry.operations),
    massesAmu: atomMassesAmu(structure),
    toleranceThz: flags.tolerance,
    mesh: flags.mesh,
    path: flags.path === undefined ? undefined : { corners: flags.path, pointsPerSegment: flags.points },
    amplitudeA: flags.displacement,
    acousticSumRule: flags.sumRule,
  });
  const referenceEvAtom = reference === null ? null : energyEvAtom(reference);
  return {
    row: groundStateRow(structure, symmetry, stability, energyEvAtom(structure), referenceEvAtom),
    constants,
    gamma,
    stability,
    path,
    dos: mesh.length === 0 ? null : densityOfStates(mesh, flags.dosWidth),
  };
}

const thzText = (thz: number): string => `${formatNumber(Math.abs(thz), 4)}${thz < 0 ? 'i' : ''}`;

function textOf({ row, constants, gamma, stability, path, dos }: Found, structure: Structure): string {
  const difference = row.energyDifferenceMevAtom;
  const summary = [
    ['cell', `${row.atoms} atoms, ∛V ${row.effectiveLatticeConstantA.toFixed(4)} Å`],
    ['space group', `${row.spaceGroupSymbol} (No. ${row.spaceGroupNumber}), symprec ${row.symprecA} Å`],
    [
      'energy',
      `${row.energyEvAtom.toFixed(6)} eV/atom${difference === null ? '' : `, ${formatNumber(difference)} meV/atom from the reference`}`,
    ],
    ['largest force left', `${formatNumber(constants.residualForceEvA)} eV/Å`],
    ['force calls', `${constants.forceCalls} of ${constants.cell.supercell.species.length} atoms`],
    ['drift of the sum rule', `${formatNumber(constants.driftEvA2)} eV/Å²`],
    ['dynamically', stabilityText(stability)],
  ];
  const modes = gamma.map(({ frequencyThz: thz, degeneracy, kind, elementShares }) => [
    thzText(thz),
    formatNumber(Math.abs(inverseCm(thz)), 4) + (thz < 0 ? 'i' : ''),
    String(degeneracy),
    kind,
    elementShares
      .map((share, k) => (share < 0.005 ? '' : `${structure.elements[k]} ${Math.round(100 * share)} %`))
      .filter(Boolean)
      .join(', '),
  ]);
  const parts = [
    renderColumns(summary),
    `modes at q = 0\n${renderColumns([['THz', 'cm⁻¹', 'times', '', 'who moves'], ...modes], [0, 1, 2])}`,
  ];
  if (path.length > 0) {
    const rows = path.map(({ q, frequenciesThz }) => [
      q.map((x) => x.toFixed(4)).join(' '),
      ...frequenciesThz.map(thzText),
    ]);
    parts.push(`along the path: q and frequencies in THz\n${renderColumns(rows)}`);
  }
  if (dos !== null) {
    const rows = dos.frequenciesThz.map((thz, k) => [thz.toFixed(4), dos.densityPerThz[k]!.toFixed(6)]);
    parts.push(`density of states\n${renderColumns([['THz', 'states/THz'], ...rows], [0, 1])}`);
  }
  return `${parts.join('\n\n')}\n`;
}

function stabilityText({
  verdict,
  lowestThz,
  lowestAt,
  imaginaryModes,
  pointsWithImaginaryModes,
  points,
}: StabilityVerdict): string {
  const lowest = `lowest frequency ${thzText(lowestThz)} THz at q = ${lowestAt.map((x) => formatNumber(x)).join(', ')}`;
  if (verdict === 'stable') return `stable: no imaginary mode at ${points} q points; ${lowest}`;
  return `unstable: ${imaginaryModes} imaginary modes at ${pointsWithImaginaryModes} of ${points} q points; ${lowest}`;
}

function jsonOf(
  { row, constants, gamma, stability, path, dos }: Found,
  structure: Structure,
  flags: PhononFlags,
): unknown {
  return {
    ...row,
    elements: structure.elements,
    supercell: flags.supercell,
    displacementA: flags.displacement,
    reducedBySymmetry: flags.reduce,
    acousticSumRule: flags.sumRule,
    forceCalls: constants.forceCalls,
    residualForceEvA: constants.residualForceEvA,
    driftEvA2: constants.driftEvA2,
    stabilityVerdict: stability,
    gamma,
    path,
    dos,
  };
}
