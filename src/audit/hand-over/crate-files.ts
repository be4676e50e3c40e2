/**
 * The files of a crate: the blobs that its events name, each once. A blob that the crate holds is called by its path in
 * the crate; one that it does not hold (too large for what was asked, or purged from the store) by its hash.
 */
import type { BlobDescriptor } from '../../../store/event.ts';
import { inputsOf, outputsOf } from '../../../store/event-shape.ts';
import { ARRAY_BUNDLE_MEDIA_TYPE } from '../../formats/array-bundle.ts';
import { JSON_MEDIA_TYPE } from '../../formats/json-document.ts';
import { absentBlobId, type CrateEntity, reference, references, uriPart } from './crate-entity.ts';
import { readmePath } from './crate-readme.ts';
import { isStep, parameterId } from './crate-steps.ts';
import { eventName } from './event-words.ts';
import { blobOf, executedTask, type ProvenanceScope, type ProvenanceSource } from './provenance-scope.ts';

export interface CrateContent {
  /** Blobs of more bytes than this are described but left out; all are held where it is absent. */
  readonly maxBlobBytes?: number | undefined;
}

export interface CrateFile {
  readonly id: string;
  readonly hash: string;
  readonly descriptor: Omit<BlobDescriptor, 'hash'>;
  readonly name: string;
  /** What the file was called where it came from. */
  readonly originalName: string | undefined;
  readonly held: boolean;
  /** Ids of the parameters that it stood for. */
  readonly roles: Set<string>;
}

/** A manifest: a long list of inputs as one. */
export interface CrateCollection {
  readonly id: string;
  readonly file: CrateFile;
  readonly items: number;
  readonly members: readonly CrateFile[];
  readonly roles: Set<string>;
}

export interface CrateFiles {
  /** By hash. */
  readonly files: ReadonlyMap<string, CrateFile>;
  readonly collections: ReadonlyMap<string, CrateCollection>;
}

export const workflowPath = 'campaign.json';
export const workflowInputId = (label: string): string => `#workflow-input-${uriPart(label)}`;

const extensions: { readonly [mediaType: string]: string } = {
  [JSON_MEDIA_TYPE]: '.json',
  [ARRAY_BUNDLE_MEDIA_TYPE]: '.varveab',
  'text/x-mlip-mtp': '.mtp',
  'chemical/x-extxyz': '.extxyz',
  'chemical/x-cif': '.cif',
  'chemical/x-vasp-poscar': '.vasp',
  'chemical/x-mlip-cfg': '.cfg',
  'chemical/x-lammps-data': '.data',
};

/** Files from outside that the spec names, each with what it is there for. */
export const importedFiles = ({ spec }: ProvenanceScope): (readonly [name: string, sha256: string])[] => [
  ...Object.entries(spec.labels).map(([name, { sha256 }]) => [name, sha256] as const),
  ...Object.entries(spec.structures).flatMap(([name, { file }]) =>
    file === undefined ? [] : [[`structure ${name}`, file.sha256] as const],
  ),
];

export function gatherFiles(scope: ProvenanceScope, source: ProvenanceSource, content: CrateContent): CrateFiles {
  const files = new Map<string, CrateFile>();
  const collections = new Map<string, CrateCollection>();

  const add = (hash: string, descriptor: CrateFile['descriptor'], name: string, originalName?: string): CrateFile => {
    const known = files.get(hash);
    if (known !== undefined) return known;
    const held = isHeld(hash, descriptor.bytes);
    const id = held ? pathOf(scope, hash, descriptor.mediaType) : absentBlobId(hash);
    const file = { id, hash, descriptor, name, originalName, held, roles: new Set<string>() };
    files.set(hash, file);
    return file;
  };
  const isHeld = (hash: string, bytes: number): boolean =>
    hash === scope.campaign.specHash ||
    (bytes <= (content.maxBlobBytes ?? Number.POSITIVE_INFINITY) &&
      !(scope.purges.has(hash) && source.blobBytes(hash) === null));

  const collect = (hash: string): CrateCollection => {
    const known = collections.get(hash);
    if (known !== undefined) return known;
    const entries = source.manifest(hash);
    const descriptor = { bytes: source.blobBytes(hash)!, mediaType: JSON_MEDIA_TYPE };
    const file = add(hash, descriptor, `manifest of ${entries.length} items`);
    const members = [...new Set(entries.map((entry) => files.get(blobOf(scope, entry))!))];
    const collection = { id: `#manifest-${hash}`, file, items: entries.length, members, roles: new Set<string>() };
    collections.set(hash, collection);
    return collection;
  };

  for (const event of scope.events) {
    const task = executedTask(scope, event);
    for (const { name, input } of inputsOf({ task })) {
      const used = 'manifest' in input ? collect(input.manifest) : files.get(blobOf(scope, input))!;
      used.roles.add(parameterId(task, 'input', name));
    }
    for (const [name, { hash, ...descriptor }] of outputsOf(event.core)) {
      const originalName = task.kind === 'blob.import' ? String(task.params.name) : undefined;
      const file = add(hash, descriptor, `${name} of ${eventName(scope, event)}`, originalName);
      if (isStep(event)) file.roles.add(parameterId(task, 'output', name));
    }
  }
  for (const [label, sha256] of importedFiles(scope)) {
    files.get(sha256)?.roles.add(workflowInputId(label));
  }
  return { files, collections };
}

const pathOf = (scope: ProvenanceScope, hash: string, mediaType: string): string =>
  hash === scope.campaign.specHash
    ? workflowPath
    : `blobs/${hash.slice(0, 2)}/${hash}${Object.hasOwn(extensions, mediaType) ? extensions[mediaType] : ''}`;

/** Properties that every file has; the workflow's entity adds its own. */
export function fileEntity(scope: ProvenanceScope, file: CrateFile): CrateEntity {
  const { bytes, mediaType, dtype, shape, unit } = file.descriptor;
  const layout = Object.entries({ dtype, shape: shape?.join(' × '), unit })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} ${value}`);
  const purged = scope.purges.get(file.hash);
  const absence = purged === undefined ? 'Left out of this crate.' : `Its bytes were purged: ${purged}.`;
  const description = [...layout, ...(file.held ? [] : [absence])].join('; ');
  return {
    '@id': file.id,
    '@type': 'File',
    name: file.name,
    ...(file.originalName === undefined ? {} : { alternateName: file.originalName }),
    ...(description === '' ? {} : { description }),
    encodingFormat: mediaType === ARRAY_BUNDLE_MEDIA_TYPE ? [mediaType, reference(readmePath)] : mediaType,
    contentSize: String(bytes),
    sha256: file.hash,
    ...references('exampleOfWork', file.roles),
  };
}

export const collectionEntity = ({ id, file, items, members, roles }: CrateCollection): CrateEntity => ({
  '@id': id,
  '@type': 'Collection',
  name: file.name,
  description: `${items} items of ${members.length === 1 ? 'one file' : `${members.length} files`}; the manifest names each.`,
  mainEntity: reference(file.id),
  ...references('hasPart', [file.id, ...members.map((member) => member.id)]),
  ...references('exampleOfWork', roles),
});
