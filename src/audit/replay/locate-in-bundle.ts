/**
 * The first place in which two bundles of arrays differ. Where the bundle runs in time (it has an array `steps`), first
 * means the earliest frame over all its arrays; else the first array of the header.
 */
import type { ArrayBundle, BundleArray, BundleEntry } from '../../formats/array-bundle.ts';
import type { Difference } from './difference.ts';
import { exactNumber, unitsInLastPlace } from './exact-number.ts';
import { locateInJson } from './locate-in-json.ts';

export type Located = Omit<Difference, 'part'>;

/** Where one array differs first. */
interface ArrayDifference {
  readonly entry: BundleEntry;
  readonly other: BundleArray;
  /** Index of the first number that differs. */
  readonly at: number;
  /** Index along the first axis of a bundle in time; 0 otherwise. */
  readonly frame: number;
}

/** @param elementOf the element of an atom, where it is known */
export function locateInBundle(
  recorded: ArrayBundle,
  recomputed: ArrayBundle,
  elementOf: (atom: number) => string | undefined,
): Located | undefined {
  const others = new Map(recomputed.entries.map((entry) => [entry.name, entry]));
  const steps = recorded.entries.find((entry) => entry.name === 'steps');
  const found = recorded.entries.flatMap((entry) => {
    const other = others.get(entry.name);
    return other === undefined ? [] : (firstDifference(entry, other, steps) ?? []);
  });
  const first = found.reduce<ArrayDifference | undefined>(
    (earliest, candidate) => (earliest === undefined || candidate.frame < earliest.frame ? candidate : earliest),
    undefined,
  );
  if (first !== undefined) {
    return { ...describe(first, steps, elementOf), extent: extentOf(recorded, others) };
  }
  return (
    locateInJson(shapesOf(recorded), shapesOf(recomputed), '') ?? locateInJson(recorded.meta, recomputed.meta, 'meta')
  );
}

const shapesOf = ({ entries }: ArrayBundle): { [name: string]: string } =>
  Object.fromEntries(
    entries.map(({ name, shape, unit }) => [`shape and unit of ${name}`, `[${shape.join(', ')}] ${unit}`]),
  );

function firstDifference(
  entry: BundleEntry,
  other: BundleEntry,
  steps: BundleEntry | undefined,
): ArrayDifference | undefined {
  if (entry.data.constructor !== other.data.constructor) return undefined;
  const common = Math.min(entry.data.length, other.data.length);
  for (let at = 0; at < common; at++) {
    if (Object.is(entry.data[at], other.data[at])) continue;
    const runsInTime = steps !== undefined && entry.shape[0] === steps.data.length;
    const frame = runsInTime ? Math.floor(at / (entry.data.length / entry.shape[0]!)) : 0;
    return { entry, other: other.data, at, frame };
  }
  return undefined;
}

function describe(
  { entry, other, at, frame }: ArrayDifference,
  steps: BundleEntry | undefined,
  elementOf: (atom: number) => string | undefined,
): Located {
  const { name, shape, unit, data } = entry;
  const runsInTime = steps !== undefined && shape[0] === steps.data.length;
  const index = indicesOf(shape, at);
  const inFrame = runsInTime ? index.slice(1) : index;
  const vectors = shape.at(-1) === 3 && inFrame.length === 2 && !name.startsWith('cell');
  const atom = vectors ? inFrame[0]! : undefined;
  const element = atom === undefined ? undefined : elementOf(atom);
  const step = runsInTime ? steps.data[frame]! : undefined;
  const lastEqualStep = runsInTime && frame > 0 ? steps.data[frame - 1]! : undefined;
  const words = [
    `array ${name}`,
    ...(step === undefined
      ? []
      : [
          `step ${step}${lastEqualStep === undefined ? ' (the first that was sampled)' : ` (equal until step ${lastEqualStep})`}`,
        ]),
    ...(atom === undefined ? [] : [`atom ${atom}${element === undefined ? '' : ` (${element})`}`, 'xyz'[inFrame[1]!]!]),
    ...(atom === undefined && inFrame.length > 0 ? [`index [${inFrame.join(', ')}]`] : []),
  ];
  return {
    place: words.join(', '),
    unit,
    recorded: exactNumber(data[at]!),
    recomputed: exactNumber(other[at]!),
    unitsInLastPlace: unitsInLastPlace(data[at]!, other[at]!),
    ...(step === undefined ? {} : { step }),
    ...(lastEqualStep === undefined ? {} : { lastEqualStep }),
    ...(atom === undefined ? {} : { atom }),
  };
}

function indicesOf(shape: readonly number[], at: number): number[] {
  const indices: number[] = [];
  let rest = at;
  for (const length of [...shape].reverse()) {
    indices.unshift(rest % length);
    rest = Math.floor(rest / length);
  }
  return indices;
}

function extentOf(recorded: ArrayBundle, others: ReadonlyMap<string, BundleEntry>): NonNullable<Difference['extent']> {
  let differing = 0;
  let numbers = 0;
  const largest: { [unit: string]: number } = {};
  for (const { name, data, unit } of recorded.entries) {
    const other = others.get(name)?.data;
    numbers += data.length;
    for (let k = 0; other !== undefined && k < Math.min(data.length, other.length); k++) {
      if (Object.is(data[k], other[k])) continue;
      differing += 1;
      largest[unit] = Math.max(largest[unit] ?? 0, Math.abs(data[k]! - other[k]!));
    }
  }
  return { differing, numbers, largest };
}
