/**
 * Reads a campaign spec: YAML within limits → schema → files of labels and structures replaced by their hashes →
 * structures made once in memory. Only a spec that passes all of it reaches a store.
 * Every complaint names the file, the line and the field.
 */
import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { type Document, isMap, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import type { z } from 'zod';
import { sha256Hex } from '../../store/hash.ts';
import type { Store } from '../../store/store.ts';
import { formatOfName } from '../formats/configuration-file.ts';
import { readLabels } from '../formats/extxyz-labels.ts';
import { inKeyOrder, type JsonValue } from '../formats/json-document.ts';
import { InputError } from '../numerics/input-error.ts';
import { methodIdentity } from '../tasks/label-method.ts';
import { STRUCTURE_FORMATS } from '../tasks/schemas.ts';
import { decodeUtf8, readLimited } from './limited-file.ts';
import {
  type CampaignSpec,
  type ImportedFile,
  type ImportedStructure,
  specSchema,
  type WrittenFile,
  type WrittenSpec,
} from './spec.ts';
import { fieldName } from './spec-field.ts';
import { checkStructures } from './structure-task.ts';

const MAX_SPEC_BYTES = 1024 * 1024;
/** Longer than the longest string of the language is no use. */
const MAX_LABEL_BYTES = 500 * 1024 * 1024;
const MAX_STRUCTURE_BYTES = 64 * 1024 * 1024;

export interface LoadedSpec {
  readonly spec: CampaignSpec;
  /** Where the content of each imported file can be read, by SHA-256; of files that the store holds nothing. */
  readonly files: ReadonlyMap<string, string>;
  /** Whose events a run takes in before it begins. */
  readonly packs: readonly NamedPack[];
}

export interface NamedPack {
  readonly path: string;
  /** File, line and field of the spec that name it. */
  readonly asked: string;
}

/** Bytes that a store holds, by SHA-256. */
export type StoredContent = (sha256: string) => Uint8Array | undefined;

export const storedContent =
  ({ blobs }: Pick<Store, 'blobs'>): StoredContent =>
  (sha256) =>
    blobs.has(sha256) ? blobs.get(sha256) : undefined;

/**
 * @param stored for specs that name files by content
 * @throws InputError `bad-spec`, `no-such-content`, or what the files' readers throw
 */
export function loadSpec(path: string, stored?: StoredContent): LoadedSpec {
  const bytes = readLimited(path, MAX_SPEC_BYTES, 'spec', 'check the path');
  const { written, placeOf } = readSpec(decodeUtf8(bytes, 'bad-spec', path), path);
  return completeSpec(written, placeOf, { folder: dirname(path), stored });
}

interface FileSources {
  /** Relative paths begin here. */
  readonly folder: string;
  readonly stored: StoredContent | undefined;
}

/**
 * The written spec with its files read, checked and replaced by their hashes, and each structure made once.
 * @throws as `loadSpec`
 */
export function completeSpec(whole: WrittenSpec, placeOf: PlaceOf, sources: FileSources): LoadedSpec {
  const { history = [], ...written } = whole;
  const packs = history.map((file, k) => packAt(resolve(sources.folder, file), placeOf(['history', k])));
  const files = new Map<string, string>();
  const readFile = (file: WrittenFile, maxBytes: number, what: string, asked: string): ReadFile => {
    if (typeof file !== 'string') return readStored(file, asked, sources.stored);
    const path = resolve(sources.folder, file);
    const content = readLimited(path, maxBytes, what, `asked for by ${asked}`);
    const sha256 = sha256Hex(content);
    files.set(sha256, path);
    return { path, name: basename(path), content, sha256 };
  };
  const labels = Object.fromEntries(
    Object.entries(written.labels).map(([name, { file, method }]) => {
      const read = readFile(file, MAX_LABEL_BYTES, 'label file', placeOf(['labels', name, 'file']));
      return [name, importLabels(read, method, written.elements)] as const;
    }),
  );
  const contents = new Map<string, Uint8Array>();
  const structures = Object.fromEntries(
    Object.entries(written.structures).map(([name, { file, ...recipe }]) => {
      if (file === undefined) return [name, recipe] as const;
      const asked = placeOf(['structures', name, 'file']);
      const format = structureFormat(typeof file === 'string' ? basename(file) : file.name, asked);
      const { content, sha256, name: fileName } = readFile(file, MAX_STRUCTURE_BYTES, 'file of a structure', asked);
      contents.set(sha256, content);
      return [name, { ...recipe, file: { name: fileName, sha256, bytes: content.length, format } }] as const;
    }),
  );
  // As the log will give it back: keys in a fixed order, and no −0.
  const spec = inKeyOrder({ ...written, labels, structures } as unknown as JsonValue, '') as unknown as CampaignSpec;
  refuseMixedMethods(spec, placeOf);
  checkStructures(spec, placeOf, (sha256) => contents.get(sha256)!);
  return { spec, files, packs };
}

function packAt(path: string, asked: string): NamedPack {
  if (existsSync(path)) return { path, asked };
  throw new InputError('no-file', 'the pack is not there', {
    where: path,
    remedy: `asked for by ${asked}; without it, leave the line out: what it holds is then computed`,
  });
}

interface ReadFile {
  /** For errors. */
  readonly path: string;
  readonly name: string;
  readonly content: Uint8Array;
  readonly sha256: string;
}

function readStored(
  { name, sha256 }: Exclude<WrittenFile, string>,
  asked: string,
  stored: StoredContent | undefined,
): ReadFile {
  const content = stored?.(sha256);
  if (content !== undefined) return { path: name, name, content, sha256 };
  throw new InputError('no-such-content', `the store does not hold the content of ${name}`, {
    where: asked,
    expected: `the bytes with SHA-256 ${sha256}`,
    remedy: 'name the store that holds them with --store, or give the path of the file',
  });
}

/** @throws InputError `bad-spec` that lists every fault with its line and field */
export const parseSpec = (text: string, fileName: string): WrittenSpec => readSpec(text, fileName).written;

/** File, line and field of a path in the spec, as complaints begin with it. */
export type PlaceOf = (path: readonly PropertyKey[]) => string;

function readSpec(text: string, fileName: string): { written: WrittenSpec; placeOf: PlaceOf } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, version: '1.2', schema: 'core', uniqueKeys: true });
  const fault = document.errors[0];
  if (fault !== undefined) {
    const { line, col } = lines.linePos(fault.pos[0]);
    throw new InputError('bad-spec', 'the spec is not valid YAML', {
      where: `${fileName}:${line}:${col}`,
      found: fault.message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, ''),
      remedy: 'indentation, a missing colon or an unclosed quote are the usual causes',
    });
  }
  refuseAliases(document, lines, fileName);
  const placeOf: PlaceOf = (path) => `${fileName}:${lineOf(path, document, lines)}: ${fieldName(path)}`;
  return { written: checkWritten(document.toJS({ maxAliasCount: 0 }), fileName, placeOf), placeOf };
}

/**
 * @param where the spec comes from
 * @throws InputError `bad-spec` that lists every fault
 */
export function checkWritten(value: unknown, where: string, placeOf: PlaceOf): WrittenSpec {
  const checked = specSchema.safeParse(value);
  if (checked.success) return checked.data;
  const faults = checked.error.issues.flatMap((issue) => describeIssue(issue, placeOf));
  throw new InputError('bad-spec', `the spec has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}`, {
    where,
    list: faults,
  });
}

function refuseAliases(document: Document, lines: LineCounter, fileName: string): void {
  visit(document, {
    Alias(_, { source, range }) {
      throw new InputError('bad-spec', 'the spec uses YAML aliases', {
        where: `${fileName}:${lines.linePos(range?.[0] ?? 0).line}`,
        found: `*${source}`,
        remedy: 'write the repeated part out',
      });
    },
  });
}

function describeIssue(issue: z.core.$ZodIssue, placeOf: PlaceOf): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${placeOf([...issue.path, key])}: is no field of the spec`);
  }
  const message = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
  return [`${placeOf(issue.path)}: ${message}`];
}

/** Line of the field, or of the nearest enclosing one that is there. */
function lineOf(path: readonly PropertyKey[], document: Document, lines: LineCounter): number {
  for (let depth = path.length; depth > 0; depth--) {
    const parent = depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true);
    const pair = isMap(parent)
      ? parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(path[depth - 1]))
      : undefined;
    const node = (pair?.key ?? document.getIn(path.slice(0, depth), true)) as { range?: [number, number, number] };
    if (node?.range != null) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

function importLabels(
  { path, name, content, sha256 }: ReadFile,
  method: ImportedFile['method'],
  elements: readonly string[],
): ImportedFile {
  const frames = readLabels(decodeUtf8(content, 'bad-extxyz', path), path, elements);
  return {
    name,
    sha256,
    bytes: content.length,
    configurations: frames.length,
    method,
    methodNotes: [...new Set(frames.map((frame) => frame.methodNote))].sort(),
  };
}

function structureFormat(fileName: string, asked: string): ImportedStructure['format'] {
  const named = formatOfName(fileName);
  const format = STRUCTURE_FORMATS.find((known) => known === named);
  if (format !== undefined) return format;
  throw new InputError('unknown-format', 'the name of the file does not say a format of structures', {
    where: asked,
    expected: '.cif, POSCAR, CONTCAR, .vasp, .poscar, .xyz, .extxyz, .lmp, .data or .cfg',
    found: fileName,
    remedy: 'rename it, or turn it into one of these: varve convert',
  });
}

/** Two labels are of one method where the spec's statement and the files' own notes are equal. */
function refuseMixedMethods(spec: CampaignSpec, placeOf: PlaceOf): void {
  for (const [name, set] of Object.entries(spec.trainingSets)) {
    const methods = new Set(
      set.labels.flatMap((label) => {
        const { method, methodNotes } = spec.labels[label]!;
        return methodNotes.map((note) => methodIdentity(method, note));
      }),
    );
    if (methods.size > 1 && !set.allowMixedMethods) {
      throw new InputError('mixed-methods', 'the training set mixes labels of different methods', {
        where: placeOf(['trainingSets', name]),
        expected: 'labels of one method',
        found: [...methods].join(' and '),
        remedy: 'if that is meant, say so with allowMixedMethods: true',
      });
    }
  }
}
