/**
 * Configurations without labels as a bundle of arrays: a list of structures (structure-list.ts), and steps [F], of the
 * run that each is from. Where they were graded, grades [F]; where they were chosen among others, candidates [F], their
 * places among those from 0.
 */
import type { Structure } from '../structure/structure.ts';
import { doubles, integers, readBundle, writeBundle } from './array-bundle.ts';
import { readStructureList, structureEntries } from './structure-list.ts';

export interface Configuration {
  readonly structure: Structure;
  readonly step: number;
  /** Extrapolation grade, where it was graded. */
  readonly grade?: number;
  /** Place among the candidates that it was chosen from. */
  readonly candidate?: number;
}

/** @param configurations at least one, all of the same elements and periodicity; all graded or none; likewise chosen */
export function writeConfigurations(configurations: readonly Configuration[]): Uint8Array {
  const [{ structure, ...first }] = configurations as readonly [Configuration, ...Configuration[]];
  const shape = [configurations.length];
  return writeBundle({
    entries: [
      ...structureEntries(configurations.map((configuration) => configuration.structure)),
      { name: 'steps', shape, unit: '1', data: Int32Array.from(configurations, ({ step }) => step) },
      ...(first.grade === undefined
        ? []
        : [{ name: 'grades', shape, unit: '1', data: Float64Array.from(configurations, ({ grade }) => grade!) }]),
      ...(first.candidate === undefined
        ? []
        : [{ name: 'candidates', shape, unit: '1', data: Int32Array.from(configurations, (c) => c.candidate!) }]),
    ],
    meta: { elements: [...structure.elements], periodic: [...structure.periodic] },
  });
}

/** @throws InputError `bad-bundle` where the bytes are not those of configurations */
export function readConfigurationBundle(bytes: Uint8Array, where: string): Configuration[] {
  const bundle = readBundle(bytes, where);
  const { structures } = readStructureList(bundle, where);
  const shape = [structures.length];
  const has = (name: string): boolean => bundle.entries.some((entry) => entry.name === name);
  const steps = integers(bundle, 'steps', where, shape);
  const grades = has('grades') ? doubles(bundle, 'grades', where, shape) : undefined;
  const candidates = has('candidates') ? integers(bundle, 'candidates', where, shape) : undefined;
  return structures.map((structure, k) => ({
    structure,
    step: steps[k]!,
    ...(grades === undefined ? {} : { grade: grades[k]! }),
    ...(candidates === undefined ? {} : { candidate: candidates[k]! }),
  }));
}
