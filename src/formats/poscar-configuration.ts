/** POSCAR files as configurations and back. */
import type { Configuration, Lose } from './configuration.ts';
import { type Poscar, writePoscar } from './poscar.ts';

export function fromPoscar({ structure, comment, mayMove, unread }: Poscar, lose: Lose): Configuration {
  for (const what of unread) lose(what);
  return {
    structure,
    line: 1,
    ...(mayMove === undefined ? {} : { mayMove }),
    columns: new Map(),
    texts: new Map(),
    info: new Map(comment === '' ? [] : [['comment', comment]]),
    remarks: [],
  };
}

export function toPoscar(configuration: Configuration, where: string, lose: Lose): string {
  const { structure, energyEv, forcesEvA, virialEv, siteEnergiesEv, mayMove, columns, texts, info } = configuration;
  if (energyEv !== undefined) lose('energy');
  if (forcesEvA !== undefined) lose('forces');
  if (virialEv !== undefined) lose('virial');
  if (siteEnergiesEv !== undefined) lose('site energies');
  for (const name of [...columns.keys(), ...texts.keys()]) lose(`column ${name}`);
  for (const name of info.keys()) if (name !== 'comment') lose(name);
  if (configuration.remarks.length > 0) lose('words of the comment that are no key=value');
  const asked = info.get('comment') ?? '';
  const comment = asked.replace(/\s+/g, ' ').trim();
  if (comment !== asked) lose('white space of the comment');
  return writePoscar({ structure, comment, ...(mayMove === undefined ? {} : { mayMove }) }, where, lose);
}
