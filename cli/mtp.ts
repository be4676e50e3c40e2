/** `varve mtp …`: moment tensor potentials by themselves, without a store. */
import { decodeUtf8, readLimited } from '../src/campaign/limited-file.ts';
import { readCfg } from '../src/formats/mlip-cfg.ts';
import { readMtp } from '../src/formats/mtp.ts';
import { InputError } from '../src/numerics/input-error.ts';
import { createCompiledEvaluator } from '../src/potential/compiled-evaluate.ts';
import { type FitErrors, fitErrors } from '../src/potential/fit-errors.ts';
import type { MtpPotential } from '../src/potential/potential.ts';
import { generateTemplate } from '../src/potential/template.ts';
import { buildNeighbourList } from '../src/structure/neighbour-list.ts';
import { formatNumber } from './output/numbers.ts';
import { printJson } from './output/store-access.ts';
import { renderColumns } from './output/text-table.ts';

interface JsonFlag {
  readonly json?: boolean;
}

/** `varve mtp eval POT.mtp FILE.cfg` */
export function evaluate(potentialPath: string, cfgPath: string, flags: JsonFlag): void {
  const potential = readPotential(potentialPath);
  const evaluator = createCompiledEvaluator(potential);
  const results = readConfigurations(cfgPath, potential).map(({ structure }) => {
    const list = buildNeighbourList(structure, potential.maxDistanceA);
    const { energyEv, siteEnergiesEv, forcesEvA, virialEv } = evaluator.evaluate(structure, list);
    return {
      natoms: structure.species.length,
      energyEv,
      siteEnergiesEv: [...siteEnergiesEv],
      forcesEvA: rowsOf(forcesEvA),
      virialEv: rowsOf(virialEv),
    };
  });
  if (flags.json) {
    printJson(results);
    return;
  }
  const rows = results.map(({ natoms, energyEv, forcesEvA, virialEv }, k) => [
    String(k + 1),
    String(natoms),
    energyEv.toFixed(8),
    formatNumber(Math.max(...forcesEvA.map((force) => Math.hypot(...force))), 6),
    formatNumber((virialEv[0]![0]! + virialEv[1]![1]! + virialEv[2]![2]!) / 3, 6),
  ]);
  const heading = ['configuration', 'atoms', 'E (eV)', 'largest |F| (eV/Å)', 'trace of the virial / 3 (eV)'];
  process.stdout.write(`${renderColumns([heading, ...rows], [0, 1, 2, 3, 4])}\n`);
}

/** `varve mtp errors POT.mtp FILE.cfg` */
export function errors(potentialPath: string, cfgPath: string, flags: JsonFlag): void {
  const potential = readPotential(potentialPath);
  const labelled = readConfigurations(cfgPath, potential).map(({ structure, energyEv, forcesEvA, virialEv }, k) => {
    if (energyEv === undefined || forcesEvA === undefined || virialEv === undefined) {
      throw new InputError('no-labels', 'the configuration has no energy, forces or stress to compare with', {
        where: `${cfgPath}, configuration ${k + 1}`,
      });
    }
    return { structure, energyEv, forcesEvA, virialEv };
  });
  const found = fitErrors(potential, labelled);
  if (flags.json) {
    printJson(found);
    return;
  }
  process.stdout.write(`${renderColumns(errorRows(found), [1])}\n`);
}

function errorRows(found: FitErrors): string[][] {
  const number = (value: number): string => formatNumber(value, 5);
  return [
    ['configurations', String(found.configurations)],
    ['atoms', String(found.atoms)],
    ['energy, root-mean-square error', `${number(found.energyRmseMevAtom)} meV/atom`],
    ['energy, mean absolute error', `${number(found.energyMaeMevAtom)} meV/atom`],
    ['energy, largest error', `${number(found.energyMaxMevAtom)} meV/atom`],
    ['force on an atom, root-mean-square error', `${number(found.forceRmseEvA)} eV/Å`],
    ['force component, root-mean-square error', `${number(found.forceComponentRmseEvA)} eV/Å`],
    ['force component, mean absolute error', `${number(found.forceComponentMaeEvA)} eV/Å`],
    ['force on an atom, largest error', `${number(found.forceMaxEvA)} eV/Å`],
    ['stress, root-mean-square error', found.stressRmseGpa === null ? 'none' : `${number(found.stressRmseGpa)} GPa`],
  ];
}

interface TemplateFlags extends JsonFlag {
  readonly species: number;
  readonly radial: number;
}

/** `varve mtp template LEVEL` */
export function template(level: number, { species, radial, json }: TemplateFlags): void {
  const { basic, products, momentCount, scalars, radialFunctions } = generateTemplate(level);
  const counts = {
    level,
    scalars: scalars.length,
    basics: basic.length / 4,
    moments: momentCount,
    products: products.length / 4,
    parameters: species * species * radialFunctions * radial + species + scalars.length,
  };
  if (json) {
    printJson(counts);
    return;
  }
  const rows = Object.entries(counts).map(([name, count]) => [name, String(count)]);
  process.stdout.write(`${renderColumns(rows, [1])}\n`);
}

const MOST_BYTES = 256 * 1024 * 1024;

const readText = (path: string, what: string): string =>
  decodeUtf8(readLimited(path, MOST_BYTES, what, 'check the path'), 'bad-file', path);

export const readPotential = (path: string): MtpPotential => readMtp(readText(path, 'potential'), path);

/** A potential knows its species by number only. */
export const readConfigurations = (path: string, { speciesCount }: MtpPotential) =>
  readCfg(
    readText(path, 'file of configurations'),
    path,
    Array.from({ length: speciesCount }, (_, type) => `type ${type}`),
  );

const rowsOf = (values: Float64Array): number[][] =>
  Array.from({ length: values.length / 3 }, (_, row) => [...values.subarray(3 * row, 3 * row + 3)]);
