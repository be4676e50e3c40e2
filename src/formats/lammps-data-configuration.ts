/** LAMMPS data files as configurations and back. */
import type { Configuration, Lose } from './configuration.ts';
import { type LammpsData, writeLammpsData } from './lammps-data.ts';

export function fromLammpsData({ structure, title, unread }: LammpsData, lose: Lose): Configuration {
  for (const what of unread) lose(what);
  return {
    structure,
    line: 1,
    columns: new Map(),
    texts: new Map(),
    info: new Map(title === '' ? [] : [['comment', title]]),
    remarks: [],
  };
}

export function toLammpsData(configuration: Configuration, where: string, lose: Lose): string {
  const { structure, energyEv, forcesEvA, virialEv, siteEnergiesEv, mayMove, columns, texts, info } = configuration;
  if (energyEv !== undefined) lose('energy');
  if (forcesEvA !== undefined) lose('forces');
  if (virialEv !== undefined) lose('virial');
  if (siteEnergiesEv !== undefined) lose('site energies');
  if (mayMove !== undefined) lose('which atoms may move');
  for (const name of [...columns.keys(), ...texts.keys()]) lose(`column ${name}`);
  for (const name of info.keys()) if (name !== 'comment') lose(name);
  if (configuration.remarks.length > 0) lose('words of the comment that are no key=value');
  const asked = info.get('comment') ?? '';
  const title = asked.replace(/\s+/g, ' ').trim();
  if (title !== asked) lose('white space of the comment');
  return writeLammpsData(structure, title === '' ? 'LAMMPS data' : title, where, lose);
}
