/**
 * Fields of a spec as a user names them, `dynamics.runs[0].temperaturesK`: found in the schema, so that a misspelt one is
 * refused with what it may have meant, and set or taken out in a spec as it is written.
 */
import { z } from 'zod';
import { InputError } from '../numerics/input-error.ts';
import { nearestWords } from './nearest-words.ts';
import { specSchema } from './spec.ts';

export type FieldPath = readonly (string | number)[];

/** A value of a spec as it is written. */
export type Written = null | boolean | number | string | Written[] | { [key: string]: Written };

/** The part of a JSON schema that says which fields there are. */
interface Shape {
  readonly properties?: { readonly [name: string]: Shape };
  readonly additionalProperties?: Shape | boolean;
  readonly items?: Shape | boolean;
  readonly prefixItems?: readonly Shape[];
  readonly anyOf?: readonly Shape[];
}

let shape: Shape | undefined;
const specShape = (): Shape => {
  shape ??= z.toJSONSchema(specSchema, { io: 'input', unrepresentable: 'any' }) as Shape;
  return shape;
};

/**
 * @param spec that the field is to be of: names of structures, potentials and so on may hold dots, and are found in it
 * @throws InputError `no-field`
 */
export function findField(text: string, spec: Written): FieldPath {
  const path: (string | number)[] = [];
  let [at, value, rest]: [Shape | undefined, Written | undefined, string] = [specShape(), spec, text];
  while (rest !== '' || path.length === 0) {
    const step: Step | undefined = at === undefined ? undefined : nextStep(at, value, rest);
    if (step === undefined) throw noField(text, path, rest, at, value);
    path.push(step.key);
    at = step.shape;
    value = memberOf(value, step.key);
    // Between fields a dot; before an index nothing.
    rest = step.rest.startsWith('.') ? step.rest.slice(1) : step.rest;
    if (step.rest !== '' && rest === '') throw noField(text, path, '', at, value);
  }
  return path;
}

interface Step {
  readonly key: string | number;
  readonly shape: Shape;
  readonly rest: string;
}

function nextStep(at: Shape, value: Written | undefined, rest: string): Step | undefined {
  const shapes = at.anyOf ?? [at];
  const index = /^\[(\d{1,6})\]/.exec(rest);
  if (index !== null) {
    const key = Number(index[1]);
    const items = shapes.map(({ prefixItems, items: all }) => prefixItems?.[key] ?? (prefixItems ? undefined : all));
    const found = items.find((item) => typeof item === 'object');
    const isThere = Array.isArray(value) ? key <= value.length : key === 0;
    return found === undefined || !isThere
      ? undefined
      : { key, shape: found as Shape, rest: rest.slice(index[0].length) };
  }
  for (const { properties = {}, additionalProperties } of shapes) {
    const word = /^[^.[]+/.exec(rest)?.[0] ?? '';
    if (Object.hasOwn(properties, word)) return { key: word, shape: properties[word]!, rest: rest.slice(word.length) };
    if (typeof additionalProperties !== 'object') continue;
    const names = isRecord(value) ? Object.keys(value).sort((a, b) => b.length - a.length) : [];
    const named = names.find((name) => rest.startsWith(name) && /^([.[]|$)/.test(rest.slice(name.length))) ?? word;
    if (named !== '') return { key: named, shape: additionalProperties, rest: rest.slice(named.length) };
  }
  return undefined;
}

function noField(
  text: string,
  path: FieldPath,
  rest: string,
  at: Shape | undefined,
  value: Written | undefined,
): InputError {
  const place = path.length === 0 ? 'the spec' : fieldName(path);
  const shapes = at?.anyOf ?? (at === undefined ? [] : [at]);
  const isList = shapes.some(({ items, prefixItems }) => items !== undefined || prefixItems !== undefined);
  const names = [
    ...shapes.flatMap(({ properties = {} }) => Object.keys(properties)),
    ...(isRecord(value) ? Object.keys(value) : []),
  ];
  const word = /^[^.[]*/.exec(rest)![0];
  const near = nearestWords(word, [...new Set(names)]);
  const said = (name: string): string => (path.length === 0 ? name : `${place}.${name}`);
  const lengthOf = Array.isArray(value) ? value.length : 0;
  return new InputError('no-field', `the spec has no field ${text}`, {
    where: place,
    ...(isList
      ? { expected: `${place}[0] to ${place}[${lengthOf}], the last being a new one` }
      : { expected: names.length === 0 ? 'nothing below it' : near.length > 0 ? 'perhaps' : 'one of' }),
    found: rest === '' ? 'nothing after the dot' : rest,
    ...(isList ? {} : { list: (near.length > 0 ? near : names).map(said) }),
    remedy: 'docs/spec.md lists the fields',
  });
}

/** `dynamics.runs[0].members`; `the spec` for an empty path. */
export const fieldName = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (name, key) => (typeof key === 'number' ? `${name}[${key}]` : name === '' ? String(key) : `${name}.${String(key)}`),
    '',
  ) || 'the spec';

const isRecord = (value: Written | undefined): value is { [key: string]: Written } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function memberOf(value: Written | undefined, key: string | number): Written | undefined {
  if (typeof key === 'number') return Array.isArray(value) ? value[key] : undefined;
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

export const valueAt = (spec: Written, path: FieldPath): Written | undefined =>
  path.reduce<Written | undefined>(memberOf, spec);

/** The spec with another value there; what encloses it is made where it is not there yet. */
export function withField(spec: Written | undefined, path: FieldPath, value: Written): Written {
  const [key, ...deeper] = path;
  if (key === undefined) return value;
  const inner = withField(memberOf(spec, key), deeper, value);
  if (typeof key === 'number') {
    const items = Array.isArray(spec) ? [...spec] : [];
    items[key] = inner;
    return items;
  }
  return { ...(isRecord(spec) ? spec : {}), [key]: inner };
}

/** The spec without the field, which then takes its default where it has one. @throws InputError `no-field` where it is not there */
export function withoutField(spec: Written, path: FieldPath): Written {
  const key = path.at(-1)!;
  const parentPath = path.slice(0, -1);
  const parent = valueAt(spec, parentPath);
  if (parent === undefined || memberOf(parent, key) === undefined) {
    throw new InputError('no-field', `${fieldName(path)} is not set in the spec, so it cannot be taken out`, {
      where: fieldName(parentPath),
    });
  }
  const kept = Array.isArray(parent)
    ? parent.filter((_, k) => k !== key)
    : Object.fromEntries(Object.entries(parent as { [name: string]: Written }).filter(([name]) => name !== key));
  return withField(spec, parentPath, kept);
}
