/** `varve mtp grade` and `varve mtp select`: D-optimality of configurations against a training set, without a store. */
import { placeWhole, writeText } from '../src/audit/hand-over/export-file.ts';
import { type CfgRecord, writeCfg } from '../src/formats/mlip-cfg.ts';
import { type ActiveSet, type ActiveSetOptions, buildActiveSet, undetermined } from '../src/potential/active-set.ts';
import { atConfiguration, type NamedConfigurations } from '../src/potential/candidate-rows.ts';
import { createGrader } from '../src/potential/grader.ts';
import { type MtpPotential, parameterCount } from '../src/potential/potential.ts';
import { selectAdd } from '../src/potential/select-add.ts';
import { buildNeighbourList } from '../src/structure/neighbour-list.ts';
import { counted, formatNumber } from './output/numbers.ts';
import { printJson } from './output/store-access.ts';
import { renderColumns } from './output/text-table.ts';
import { readConfigurations, readPotential } from './potential-file.ts';

interface ActiveSetFlags {
  readonly mode: 'cfg' | 'nbh';
  readonly initThreshold: number;
  readonly swapThreshold: number;
  readonly json?: boolean;
}

const optionsOf = ({ mode, initThreshold, swapThreshold }: ActiveSetFlags): ActiveSetOptions => ({
  mode: mode === 'nbh' ? 'neighbourhood' : 'configuration',
  weighting: 'vibrations',
  initThreshold,
  swapThreshold,
});

const named = (name: string, records: readonly CfgRecord[]): NamedConfigurations => ({
  name,
  structures: records.map(({ structure }) => structure),
});

/** `varve mtp grade POT.mtp TRAIN.cfg FILE.cfg` */
export function grade(potentialPath: string, trainingPath: string, cfgPath: string, flags: ActiveSetFlags): void {
  const potential = readPotential(potentialPath);
  const training = named(trainingPath, readConfigurations(trainingPath, potential));
  const configurations = readConfigurations(cfgPath, potential);
  const set = buildActiveSet(potential, training, optionsOf(flags));
  const grader = createGrader(set, potential);
  const grades = configurations.map(({ structure }, k) =>
    atConfiguration(cfgPath, k, () => grader.grade(structure, buildNeighbourList(structure, potential.maxDistanceA))),
  );
  if (flags.json) {
    printJson(grades.map((found) => found.grade));
    return;
  }
  const rows = grades.map((found, k) => [
    String(k + 1),
    String(configurations[k]!.structure.species.length),
    formatNumber(found.grade, 6),
    ...(found.atom === null ? [] : [String(found.atom + 1)]),
  ]);
  const heading = ['configuration', 'atoms', 'grade', ...(flags.mode === 'nbh' ? ['worst atom'] : [])];
  process.stdout.write(`${renderColumns([heading, ...rows], [0, 1, 2, 3])}\n${describe(set, potential, training)}`);
}

/** `varve mtp select POT.mtp TRAIN.cfg POOL.cfg OUT.cfg` */
export function select(
  potentialPath: string,
  trainingPath: string,
  poolPath: string,
  outPath: string,
  flags: ActiveSetFlags & { readonly threshold: number; readonly limit?: number },
): void {
  const potential = readPotential(potentialPath);
  const training = named(trainingPath, readConfigurations(trainingPath, potential));
  const pool = readConfigurations(poolPath, potential);
  const { selected, activeSet } = selectAdd(potential, training, named(poolPath, pool), {
    ...optionsOf(flags),
    selectThreshold: flags.threshold,
    ...(flags.limit === undefined ? {} : { limit: flags.limit }),
  });
  const records = selected.map(({ index, grade: found }) => ({
    ...pool[index]!,
    features: new Map([...pool[index]!.features, ['MV_grade', String(found)]]),
  }));
  placeWhole(outPath, (path) => writeText(path, [writeCfg(records)]));
  if (flags.json) {
    printJson(selected.map(({ index, grade: found }) => ({ configuration: index + 1, grade: found })));
    return;
  }
  const rows = selected.map(({ index, grade: found }) => [
    String(index + 1),
    String(pool[index]!.structure.species.length),
    formatNumber(found, 6),
  ]);
  const table =
    rows.length === 0 ? '' : `${renderColumns([['configuration', 'atoms', 'grade'], ...rows], [0, 1, 2])}\n`;
  process.stdout.write(
    `${table}${rows.length} of ${counted(pool.length, 'configuration')} chosen and written to ${outPath}\n` +
      describe(activeSet, potential, training),
  );
}

/** A line about the active set, and a warning where it leaves parameters undetermined. */
function describe(set: ActiveSet, potential: MtpPotential, training: NamedConfigurations): string {
  const { rows, pairs } = undetermined(set, potential);
  const m = parameterCount(potential);
  const owners = new Set(set.configurations.filter((owner) => owner >= 0));
  const own = [...owners].filter((owner) => owner < training.structures.length).length;
  const line =
    `active set: ${m - rows} of ${m} rows, from ${own} of the ${counted(training.structures.length, 'configuration')} ` +
    `in ${training.name}${owners.size > own ? ` and ${owners.size - own} of the pool` : ''}\n`;
  if (rows === 0) return line;
  const missing =
    pairs.length === 0
      ? ''
      : `, among them those of pairs of types that never come within ${potential.maxDistanceA} Å of each other ` +
        `(central-neighbour ${pairs.map((pair) => pair.join('-')).join(', ')})`;
  return (
    `${line}warning: ${rows} of ${m} directions of the parameters are not determined by these configurations${missing}. ` +
    `A grade of ~${formatNumber(0.1 / set.initThreshold, 1)} or more says only that something along them is new, not how far off it is.\n`
  );
}
