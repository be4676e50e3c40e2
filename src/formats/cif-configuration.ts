/** Blocks of CIF files as configurations: the name of the block and the labels of the sites are kept. */
import type { CifStructure } from './cif.ts';
import type { Configuration, Lose } from './configuration.ts';

/** Column that holds the labels of sites. */
export const SITE_LABELS = 'site';

export function fromCif({ name, line, structure, labels, unreadTags }: CifStructure, lose: Lose): Configuration {
  if (unreadTags > 0) lose('tags that say nothing of cell, symmetry or sites');
  const words = labels.map((label) => (/^\S+$/.test(label) ? label : label.replace(/\s+/g, '_') || '_'));
  return {
    structure,
    line,
    columns: new Map(),
    texts: new Map([[SITE_LABELS, { type: 'S', width: 1, words }]]),
    info: new Map(name === '' ? [] : [['name', name]]),
    remarks: [],
  };
}
