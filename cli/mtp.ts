/** `varve mtp …`: moment tensor potentials by themselves, without a store. */
import { type CfgFrame, writeCfgRecord } from '../src/formats/mlip-cfg.ts';
import { InputError } from '../src/numerics/input-error.ts';
import { createCompiledEvaluator } from '../src/potential/compiled-evaluate.ts';
import type { Evaluation } from '../src/potential/evaluate.ts';
import { fitErrors } from '../src/potential/fit-errors.ts';
import type { MtpPotential } from '../src/potential/potential.ts';
import { generateTemplate } from '../src/potential/template.ts';
import { buildNeighbourList } from '../src/structure/neighbour-list.ts';
import { readLabelledFile } from './labelled-file.ts';
import { renderFitErrors } from './output/fit-error-table.ts';
import { formatNumber } from './output/numbers.ts';
import { demandFree, writeOutput } from './output/output-file.ts';
import { printJson } from './output/store-access.ts';
import { renderColumns } from './output/text-table.ts';
import { readConfigurations, readPotential } from './potential-file.ts';

interface JsonFlag {
  readonly json?: boolean;
}

interface EvalFlags extends JsonFlag {
  readonly out?: string;
  readonly force?: boolean;
}

/** `varve mtp eval POT.mtp FILE.cfg` */
export function evaluate(potentialPath: string, cfgPath: string, flags: EvalFlags): void {
  const force = flags.force === true;
  if (flags.out !== undefined) demandFree(flags.out, force);
  const potential = readPotential(potentialPath);
  const frames = readConfigurations(cfgPath, potential);
  const evaluations = evaluateAll(potential, frames, cfgPath);
  if (flags.out !== undefined) writeOutput(flags.out, predicted(frames, evaluations), force);
  if (flags.json) {
    for (const piece of jsonOf(evaluations)) process.stdout.write(piece);
    return;
  }
  const rows = evaluations.map(({ energyEv, siteEnergiesEv, forcesEvA, virialEv: v }, k) => [
    String(k + 1),
    String(siteEnergiesEv.length),
    energyEv.toFixed(8),
    formatNumber(
      rowsOf(forcesEvA).reduce((largest, force) => Math.max(largest, Math.hypot(...force)), 0),
      6,
    ),
    formatNumber((v[0]! + v[4]! + v[8]!) / 3, 6),
  ]);
  const heading = ['configuration', 'atoms', 'E (eV)', 'largest |F| (eV/Å)', 'trace of the virial / 3 (eV)'];
  process.stdout.write(`${renderColumns([heading, ...rows], [0, 1, 2, 3, 4])}\n`);
}

/** One configuration a piece: together they can be longer than a string may be. */
function* jsonOf(evaluations: readonly Evaluation[]): Generator<string> {
  for (const [k, { energyEv, siteEnergiesEv, forcesEvA, virialEv }] of evaluations.entries()) {
    const item = {
      natoms: siteEnergiesEv.length,
      energyEv,
      siteEnergiesEv: [...siteEnergiesEv],
      forcesEvA: rowsOf(forcesEvA),
      virialEv: rowsOf(virialEv),
    };
    yield `${k === 0 ? '[' : ','}\n${JSON.stringify(item)}`;
  }
  yield '\n]\n';
}

function evaluateAll(potential: MtpPotential, frames: readonly CfgFrame[], path: string): Evaluation[] {
  const evaluator = createCompiledEvaluator(potential);
  return frames.map(({ structure, line }) => {
    try {
      return evaluator.evaluate(structure, buildNeighbourList(structure, potential.maxDistanceA));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const where = [`${path}:${line}`, error.details.where].filter((part) => part !== undefined).join(', ');
      throw new InputError(error.code, error.what, { ...error.details, where });
    }
  });
}

/** The configurations with predictions in place of labels, as MLIP-2's calc-efs writes them. */
function* predicted(frames: readonly CfgFrame[], evaluations: readonly Evaluation[]): Generator<string> {
  for (const [k, { energyEv, forcesEvA, siteEnergiesEv, virialEv }] of evaluations.entries()) {
    const { line, ...frame } = frames[k]!;
    const features = new Map([...frame.features, ['EFS_by', 'MTP']]);
    const record = { ...frame, energyEv, forcesEvA, siteEnergiesEv, virialEv, features };
    yield `${k > 0 ? '\n' : ''}${writeCfgRecord(record, `configuration of line ${line}`)}`;
  }
}

interface ErrorsFlags extends JsonFlag {
  readonly species?: readonly string[];
}

/** `varve mtp errors POT.mtp FILE.cfg` */
export function errors(potentialPath: string, cfgPath: string, flags: ErrorsFlags): void {
  const potential = readPotential(potentialPath);
  const { speciesCount } = potential;
  if (flags.species !== undefined && flags.species.length !== speciesCount) {
    throw new InputError('bad-option', '--species does not fit the potential', {
      where: potentialPath,
      expected: `${speciesCount} species`,
      found: String(flags.species.length),
    });
  }
  const labelled = readLabelledFile(cfgPath, 'file of configurations', flags.species ?? speciesCount);
  const found = fitErrors(potential, labelled);
  if (flags.json) {
    printJson(found);
    return;
  }
  process.stdout.write(`${renderFitErrors([found])}\n`);
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

const rowsOf = (values: Float64Array): number[][] =>
  Array.from({ length: values.length / 3 }, (_, row) => [...values.subarray(3 * row, 3 * row + 3)]);
