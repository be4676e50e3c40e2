/** D of a component of a mixture at the temperature to which its line was extrapolated, with its interval. */
import { type JsonValue, readJsonDocument } from '../formats/json-document.ts';
import { InputError } from '../numerics/input-error.ts';
import { blobName, type InputBlob } from './task-kind.ts';

export interface ComponentLine {
  readonly temperatureK: number;
  /** Value, and the ends of its 95 % interval, cm²/s; an end that is not known is null. */
  readonly diffusionCm2S: number;
  readonly interval95Cm2S: readonly [number | null, number | null];
  /** Å; of boundaries alone. */
  readonly widthA?: number;
}

/**
 * From the output `line` of `analysis.arrhenius` or `analysis.boundary-diffusion`.
 * @throws InputError `no-diffusion` where the line has no value there
 */
export function readComponent(blob: InputBlob): ComponentLine {
  const where = blobName(blob);
  const document = readJsonDocument(blob.bytes, where) as { readonly [name: string]: JsonValue };
  const { extrapolatedToK, diffusionCm2S, diffusionInterval95Cm2S, widthA } = document;
  if (typeof diffusionCm2S !== 'number' || document.withheld !== undefined) {
    throw new InputError('no-diffusion', 'a component has no diffusion coefficient', { where });
  }
  return {
    temperatureK: extrapolatedToK as number,
    diffusionCm2S,
    interval95Cm2S: diffusionInterval95Cm2S as [number | null, number | null],
    ...(typeof widthA === 'number' ? { widthA } : {}),
  };
}

/** @throws InputError `unlike-temperatures` */
export function requireOneTemperature(lines: readonly ComponentLine[]): number {
  const temperatures = [...new Set(lines.map(({ temperatureK }) => temperatureK))];
  if (temperatures.length === 1) return temperatures[0]!;
  throw new InputError('unlike-temperatures', 'the components were extrapolated to different temperatures', {
    found: temperatures.map((temperatureK) => `${temperatureK} K`).join(', '),
  });
}

/**
 * Wiener's bounds rise with the D of every component, so they lie between those of all lower ends and those of all upper
 * ends: wider than a 95 % interval, as if all errors went the same way. Null where an end is not known.
 */
export function boundsOfEnds<T>(
  lines: readonly ComponentLine[],
  at: (diffusionsCm2S: readonly number[]) => T,
): readonly [T | null, T | null] {
  const end = (k: 0 | 1): T | null => {
    const ends = lines.map(({ interval95Cm2S }) => interval95Cm2S[k]);
    return ends.every((value) => value !== null) ? at(ends) : null;
  };
  return [end(0), end(1)];
}
