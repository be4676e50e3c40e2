/**
 * From numbers to places along an axis, with the marks that people read it by. Ticks are whole multiples of 1, 2 or 5
 * times a power of ten, so their texts are exact. The same numbers give the same places everywhere.
 */
import { exp, log } from '../../numerics/elementary.ts';
import { exponentOf, formatNumber, powerOfTen } from '../number-text.ts';

export interface Tick {
  readonly at: number;
  /** Empty for the small ones between. */
  readonly text: string;
}

export interface Scale {
  /** 0 at the lower end, 1 at the upper. */
  place(value: number): number;
  /** The same of a number in the measure of the axis. */
  placeMeasure(measure: number): number;
  readonly ticks: readonly Tick[];
  /** What the numbers at the ticks are to be multiplied by: a power of ten, or empty. */
  readonly factor: string;
}

/** What an axis runs over, in its own measure: the values, or on a log axis their natural logarithms. */
export interface Span {
  readonly low: number;
  readonly high: number;
}

/** No physical number is outside; within, no arithmetic here overflows. */
const LARGEST = 1e300;

export const canShow = (value: number, scale: 'linear' | 'log'): boolean =>
  Math.abs(value) <= LARGEST && (scale === 'linear' || value >= 1 / LARGEST);

/** @param value one that can be shown */
export const measureOf = (value: number, scale: 'linear' | 'log'): number => (scale === 'linear' ? value : log(value));

/** @param aim about how many ticks with a text */
export function makeScale({ low, high }: Span, scale: 'linear' | 'log', aim: number): Scale {
  const placeMeasure = (measure: number): number => (measure - low) / (high - low);
  const place = (value: number): number => placeMeasure(measureOf(value, scale));
  const marks =
    scale === 'linear' ? linearTicks(low, high, aim) : { ticks: logTicks(exp(low), exp(high), aim), factor: '' };
  return { place, placeMeasure, ...marks };
}

const STEPS = [1, 2, 5, 10];

/** Multiples of a round step within the range. */
function roundMultiples(low: number, high: number, aim: number): { multiples: number[]; exponent: number } {
  const rough = high / aim - low / aim;
  const exponent = exponentOf(rough);
  const step = STEPS.find((candidate) => candidate >= rough / Number(`1e${exponent}`)) ?? 10;
  const size = Number(`${step}e${exponent}`);
  const multiples: number[] = [];
  for (let k = Math.ceil(low / size); k * size <= high && multiples.length < 100; k += 1) multiples.push(k * step + 0);
  return { multiples, exponent };
}

function linearTicks(low: number, high: number, aim: number): { ticks: Tick[]; factor: string } {
  const { multiples, exponent } = roundMultiples(low, high, aim);
  const textsBy = (shift: number): string[] => multiples.map((multiple) => decimalText(multiple, exponent - shift));
  const longest = (texts: readonly string[]): number => Math.max(0, ...texts.map(({ length }) => length));
  const largest = exponentOf(Math.max(Math.abs(low), Math.abs(high)));
  const inFull = largest > 20 || largest < -20 ? undefined : textsBy(0);
  const shifted = largest >= 5 || largest < -2 ? textsBy(largest) : undefined;
  const usesFactor = shifted !== undefined && (inFull === undefined || longest(shifted) < longest(inFull));
  const texts = usesFactor ? shifted : (inFull ?? []);
  return {
    ticks: multiples.map((multiple, k) => ({ at: Number(`${multiple}e${exponent}`), text: texts[k]! })),
    factor: usesFactor ? powerOfTen(largest) : '',
  };
}

/** integer × 10^exponent, written out. */
export function decimalText(integer: number, exponent: number): string {
  if (integer === 0) return '0';
  const sign = integer < 0 ? '−' : '';
  const digits = String(Math.abs(integer));
  if (exponent >= 0) return `${sign}${digits}${'0'.repeat(exponent)}`;
  const padded = digits.padStart(1 - exponent, '0');
  const decimals = padded.slice(exponent).replace(/0+$/, '');
  return `${sign}${padded.slice(0, exponent)}${decimals === '' ? '' : `.${decimals}`}`;
}

function logTicks(low: number, high: number, aim: number): Tick[] {
  const [first, last] = [exponentOf(low), exponentOf(high)];
  const within = (multiples: readonly number[], textOf: (multiple: number, exponent: number) => string): Tick[] => {
    const ticks: Tick[] = [];
    for (let exponent = first; exponent <= last; exponent += 1) {
      for (const multiple of multiples) {
        const at = Number(`${multiple}e${exponent}`);
        if (at >= low && at <= high) ticks.push({ at, text: textOf(multiple, exponent) });
      }
    }
    return ticks;
  };
  const decades = last - first;
  if (decades >= 3) {
    const every = Math.ceil(decades / aim);
    const text = (multiple: number, exponent: number): string =>
      multiple === 1 && exponent % every === 0 ? decadeText(exponent, first, last) : '';
    return within(decades <= 8 ? [1, 2, 3, 4, 5, 6, 7, 8, 9] : [1], text);
  }
  const plain = first >= -2 && last <= 3;
  const text = (multiple: number, exponent: number): string =>
    plain ? decimalText(multiple, exponent) : formatNumber(Number(`${multiple}e${exponent}`));
  const few = within([1, 2, 5], text);
  if (few.length >= 3) {
    const small = within([3, 4, 6, 7, 8, 9], () => '');
    return [...few, ...small];
  }
  const { multiples, exponent } = roundMultiples(low, high, aim);
  return multiples
    .filter((multiple) => multiple > 0)
    .map((multiple) => ({
      at: Number(`${multiple}e${exponent}`),
      text: plain ? decimalText(multiple, exponent) : formatNumber(Number(`${multiple}e${exponent}`), 6),
    }));
}

const decadeText = (exponent: number, first: number, last: number): string =>
  first >= -2 && last <= 4 ? decimalText(1, exponent) : powerOfTen(exponent);
