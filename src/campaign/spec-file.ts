/**
 * Reads a campaign spec: YAML within limits → schema → label files read, checked and replaced by their hashes →
 * structures made once in memory. Only a spec that passes all of it reaches a store.
 * Every complaint names the file, the line and the field.
 */
import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { type Document, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { sha256Hex } from '../../store/hash.ts';
import { readLabels } from '../formats/extxyz-labels.ts';
import { InputError } from '../numerics/input-error.ts';
import { methodIdentity } from '../tasks/label-method.ts';
import { type CampaignSpec, type ImportedFile, specSchema, type WrittenSpec } from './spec.ts';
import { checkStructures } from './structure-task.ts';

const MAX_SPEC_BYTES = 1024 * 1024;
const MAX_LABEL_BYTES = 1024 * 1024 * 1024;

export interface LoadedSpec {
  readonly spec: CampaignSpec;
  /** Where the content of each imported file can be read, by SHA-256. */
  readonly files: ReadonlyMap<string, string>;
}

/** @throws InputError `bad-spec`, or what the label files' readers throw */
export function loadSpec(path: string): LoadedSpec {
  const text = readLimited(path, MAX_SPEC_BYTES, 'spec').toString('utf8');
  const written = parseSpec(text, path);
  const files = new Map<string, string>();
  const labels = Object.fromEntries(
    Object.entries(written.labels).map(([name, { file, method }]) => {
      const filePath = resolve(dirname(path), file);
      const imported = importLabels(filePath, method, written.elements);
      files.set(imported.sha256, filePath);
      return [name, imported] as const;
    }),
  );
  const spec = { ...written, labels };
  refuseMixedMethods(spec, path);
  checkStructures(spec, path);
  return { spec, files };
}

/** @throws InputError `bad-spec` that lists every fault with its line and field */
export function parseSpec(text: string, fileName: string): WrittenSpec {
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
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 0 });
  } catch {
    throw new InputError('bad-spec', 'the spec uses YAML aliases', {
      where: fileName,
      remedy: 'write the repeated part out',
    });
  }
  const checked = specSchema.safeParse(value);
  if (checked.success) return checked.data;
  const faults = checked.error.issues.flatMap((issue) => describeIssue(issue, document, lines, fileName));
  throw new InputError('bad-spec', `the spec has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}`, {
    where: fileName,
    remedy: `\n${faults.map((line) => `  ${line}`).join('\n')}`,
  });
}

function describeIssue(issue: z.core.$ZodIssue, document: Document, lines: LineCounter, fileName: string): string[] {
  const fields = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
  const message = issue.code === 'unrecognized_keys' ? 'is no field of the spec' : issue.message;
  return fields.map((path) => `${fileName}:${lineOf(path, document, lines)}: ${fieldName(path)}: ${message}`);
}

const fieldName = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (name, key) => (typeof key === 'number' ? `${name}[${key}]` : name === '' ? String(key) : `${name}.${String(key)}`),
    '',
  ) || 'the spec';

/** Line of the field, or of the nearest enclosing one that is there. */
function lineOf(path: readonly PropertyKey[], document: Document, lines: LineCounter): number {
  for (let depth = path.length; depth > 0; depth--) {
    const node = document.getIn(path.slice(0, depth), true) as { range?: [number, number, number] } | undefined;
    if (node?.range != null) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

function importLabels(filePath: string, method: ImportedFile['method'], elements: readonly string[]): ImportedFile {
  const content = readLimited(filePath, MAX_LABEL_BYTES, 'label file');
  const frames = readLabels(content.toString('utf8'), filePath, elements);
  return {
    name: basename(filePath),
    sha256: sha256Hex(content),
    bytes: content.length,
    configurations: frames.length,
    method,
    methodNotes: [...new Set(frames.map((frame) => frame.methodNote))].sort(),
  };
}

/** Two labels are of one method where the spec's statement and the files' own notes are equal. */
function refuseMixedMethods(spec: CampaignSpec, path: string): void {
  for (const [name, set] of Object.entries(spec.trainingSets)) {
    const methods = new Set(
      set.labels.flatMap((label) => {
        const { method, methodNotes } = spec.labels[label]!;
        return methodNotes.map((note) => methodIdentity(method, note));
      }),
    );
    if (methods.size > 1 && !set.allowMixedMethods) {
      throw new InputError('mixed-methods', 'the training set mixes labels of different methods', {
        where: `${path}: trainingSets.${name}`,
        expected: 'labels of one method',
        found: [...methods].join(' and '),
        remedy: 'if that is meant, say so with allowMixedMethods: true',
      });
    }
  }
}

function readLimited(path: string, maxBytes: number, what: string): Buffer {
  let size: number;
  try {
    size = statSync(path).size;
    if (size <= maxBytes) return readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new InputError('unreadable-file', `the ${what} cannot be read`, {
      where: path,
      found: code === 'ENOENT' ? 'no such file' : code === 'EISDIR' ? 'a folder' : String(code),
      remedy: 'check the path',
    });
  }
  throw new InputError('file-too-large', `the ${what} is too large`, {
    where: path,
    expected: `at most ${maxBytes} bytes`,
    found: `${size} bytes`,
  });
}
