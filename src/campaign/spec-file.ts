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
import { formatOfName } from '../formats/configuration-file.ts';
import { readLabels } from '../formats/extxyz-labels.ts';
import { inKeyOrder, type JsonValue } from '../formats/json-document.ts';
import { InputError } from '../numerics/input-error.ts';
import { methodIdentity } from '../tasks/label-method.ts';
import { STRUCTURE_FORMATS } from '../tasks/schemas.ts';
import { decodeUtf8, readLimited } from './limited-file.ts';
import { type CampaignSpec, type ImportedFile, type ImportedStructure, specSchema, type WrittenSpec } from './spec.ts';
import { checkStructures } from './structure-task.ts';

const MAX_SPEC_BYTES = 1024 * 1024;
/** Longer than the longest string of the language is no use. */
const MAX_LABEL_BYTES = 500 * 1024 * 1024;
const MAX_STRUCTURE_BYTES = 64 * 1024 * 1024;

export interface LoadedSpec {
  readonly spec: CampaignSpec;
  /** Where the content of each imported file can be read, by SHA-256. */
  readonly files: ReadonlyMap<string, string>;
  /** Packs whose events a run takes in before it begins. */
  readonly packs: readonly string[];
}

/** @throws InputError `bad-spec`, or what the label files' readers throw */
export function loadSpec(path: string): LoadedSpec {
  const bytes = readLimited(path, MAX_SPEC_BYTES, 'spec', 'check the path');
  const { written: whole, placeOf } = readSpec(decodeUtf8(bytes, 'bad-spec', path), path);
  const { history = [], ...written } = whole;
  const packs = history.map((file, k) => packAt(resolve(dirname(path), file), placeOf(['history', k])));
  const files = new Map<string, string>();
  const labels = Object.fromEntries(
    Object.entries(written.labels).map(([name, { file, method }]) => {
      const filePath = resolve(dirname(path), file);
      const imported = importLabels(filePath, method, written.elements, placeOf(['labels', name, 'file']));
      files.set(imported.sha256, filePath);
      return [name, imported] as const;
    }),
  );
  const contents = new Map<string, Uint8Array>();
  const structures = Object.fromEntries(
    Object.entries(written.structures).map(([name, { file, ...recipe }]) => {
      if (file === undefined) return [name, recipe] as const;
      const filePath = resolve(dirname(path), file);
      const { imported, content } = importStructure(filePath, placeOf(['structures', name, 'file']));
      files.set(imported.sha256, filePath);
      contents.set(imported.sha256, content);
      return [name, { ...recipe, file: imported }] as const;
    }),
  );
  // As the log will give it back: keys in a fixed order, and no −0.
  const spec = inKeyOrder({ ...written, labels, structures } as unknown as JsonValue, '') as unknown as CampaignSpec;
  refuseMixedMethods(spec, placeOf);
  checkStructures(spec, placeOf, (sha256) => contents.get(sha256)!);
  return { spec, files, packs };
}

function packAt(filePath: string, asked: string): string {
  if (existsSync(filePath)) return filePath;
  throw new InputError('no-file', 'the pack is not there', {
    where: filePath,
    remedy: `asked for by ${asked}; without it, leave the line out: what it holds is then computed`,
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
  const checked = specSchema.safeParse(document.toJS({ maxAliasCount: 0 }));
  if (checked.success) return { written: checked.data, placeOf };
  const faults = checked.error.issues.flatMap((issue) => describeIssue(issue, placeOf));
  throw new InputError('bad-spec', `the spec has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}`, {
    where: fileName,
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

const fieldName = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (name, key) => (typeof key === 'number' ? `${name}[${key}]` : name === '' ? String(key) : `${name}.${String(key)}`),
    '',
  ) || 'the spec';

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
  filePath: string,
  method: ImportedFile['method'],
  elements: readonly string[],
  asked: string,
): ImportedFile {
  const content = readLimited(filePath, MAX_LABEL_BYTES, 'label file', `asked for by ${asked}`);
  const frames = readLabels(decodeUtf8(content, 'bad-extxyz', filePath), filePath, elements);
  return {
    name: basename(filePath),
    sha256: sha256Hex(content),
    bytes: content.length,
    configurations: frames.length,
    method,
    methodNotes: [...new Set(frames.map((frame) => frame.methodNote))].sort(),
  };
}

function importStructure(filePath: string, asked: string): { imported: ImportedStructure; content: Uint8Array } {
  const named = formatOfName(filePath);
  const format = STRUCTURE_FORMATS.find((known) => known === named);
  if (format === undefined) {
    throw new InputError('unknown-format', 'the name of the file does not say a format of structures', {
      where: asked,
      expected: '.cif, POSCAR, CONTCAR, .vasp, .poscar, .xyz, .extxyz, .lmp, .data or .cfg',
      found: basename(filePath),
      remedy: 'rename it, or turn it into one of these: varve convert',
    });
  }
  const content = readLimited(filePath, MAX_STRUCTURE_BYTES, 'file of a structure', `asked for by ${asked}`);
  const imported = { name: basename(filePath), sha256: sha256Hex(content), bytes: content.length, format };
  return { imported, content };
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
