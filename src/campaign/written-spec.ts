/**
 * A recorded spec as a user would write it: files named by their content, which the store holds, defaults filled in. Read
 * again it gives the same recorded spec, to the byte.
 */
import { stringify } from 'yaml';
import { InputError } from '../numerics/input-error.ts';
import type { CampaignSpec, WrittenFile, WrittenSpec } from './spec.ts';
import type { Written } from './spec-field.ts';

/** The order in which specs are written; what is not named here follows. */
const FIELD_ORDER = [
  'varve',
  'name',
  'seed',
  'elements',
  'labels',
  'trainingSets',
  'potentials',
  'structures',
  'dynamics',
];

export function writtenSpec(spec: CampaignSpec): Written {
  const labels = mapNamed(spec.labels, ({ name, sha256, method }) => ({ file: { name, sha256 }, method }));
  const structures = mapNamed(spec.structures, ({ file, ...recipe }) =>
    file === undefined ? recipe : { file: { name: file.name, sha256: file.sha256 }, ...recipe },
  );
  const fields: { [name: string]: unknown } = { ...spec, labels, structures };
  const names = [...new Set([...FIELD_ORDER, ...Object.keys(fields)])].filter((name) => fields[name] !== undefined);
  return Object.fromEntries(names.map((name) => [name, fields[name]])) as Written;
}

/**
 * The inverse, where every file is one that these specs know.
 * @throws InputError `no-such-content`
 */
export function recordedSpec(written: WrittenSpec, known: readonly CampaignSpec[]): CampaignSpec {
  const knownLabels = known.flatMap(({ labels }) => Object.values(labels));
  const knownFiles = known.flatMap(({ structures }) => Object.values(structures).flatMap(({ file }) => file ?? []));
  const labels = mapNamed(written.labels, ({ file, method }) => ({ ...contentOf(file, knownLabels), method }));
  const structures = mapNamed(written.structures, ({ file, ...recipe }) =>
    file === undefined ? recipe : { ...recipe, file: contentOf(file, knownFiles) },
  );
  return { ...written, labels, structures } as unknown as CampaignSpec;
}

function contentOf<T extends { readonly sha256: string }>(file: WrittenFile, known: readonly T[]): T {
  const found = typeof file === 'string' ? undefined : known.find(({ sha256 }) => sha256 === file.sha256);
  if (found !== undefined && typeof file !== 'string') return { ...found, name: file.name };
  throw new InputError('no-such-content', 'a file is not known by its content', { found: JSON.stringify(file) });
}

/** YAML with these lines above it, each made a comment. */
export function specYaml(spec: CampaignSpec, comment: readonly string[]): string {
  const lines = comment.flatMap((text) => text.split('\n')).map((line) => `# ${line}\n`);
  // Aliases would be refused when it is read.
  return `${lines.join('')}${stringify(writtenSpec(spec), { version: '1.2', schema: 'core', aliasDuplicateObjects: false, lineWidth: 120 })}`;
}

const mapNamed = <T>(record: { readonly [name: string]: T }, map: (item: T) => object): { [name: string]: object } =>
  Object.fromEntries(Object.entries(record).map(([name, item]) => [name, map(item)]));
