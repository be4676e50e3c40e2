/**
 * The format of varve's numeric blobs: named arrays of exact numbers behind one canonical header.
 *
 * Bytes: `VARVEAB1` (8 bytes ASCII); header length H as unsigned 32-bit little-endian; 4 zero bytes; H bytes of UTF-8
 * JSON, padded with spaces to a multiple of 8; then the arrays in the order of the header, little-endian, each padded
 * with zero bytes to a multiple of 8.
 * Header: `{"arrays":[{"dtype":"f64"|"i32"|"u8","name":…,"shape":[…],"unit":…}…],"meta":{…}}`, keys sorted.
 */
import { InputError } from '../numerics/input-error.ts';
import { inKeyOrder, type JsonObject } from './json-document.ts';

export type BundleArray = Float64Array | Int32Array | Uint8Array;

export interface BundleEntry {
  readonly name: string;
  readonly shape: readonly number[];
  /** Unit of every number, `1` for counts and indices. */
  readonly unit: string;
  readonly data: BundleArray;
}

export interface ArrayBundle {
  readonly entries: readonly BundleEntry[];
  readonly meta: JsonObject;
}

export const ARRAY_BUNDLE_MEDIA_TYPE = 'application/vnd.varve.array-bundle';

const MAGIC = 'VARVEAB1';
const MAX_HEADER_BYTES = 64 * 1024 * 1024;
const BYTES_PER_ITEM = { f64: 8, i32: 4, u8: 1 } as const;
type Dtype = keyof typeof BYTES_PER_ITEM;

const dtypeOf = (data: BundleArray): Dtype =>
  data instanceof Float64Array ? 'f64' : data instanceof Int32Array ? 'i32' : 'u8';
const padded = (bytes: number): number => Math.ceil(bytes / 8) * 8;
const itemCount = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

/** @throws Error (ours) where an array's length is not that of its shape, or a float is not finite */
export function writeBundle(bundle: ArrayBundle): Uint8Array {
  for (const { name, shape, data } of bundle.entries) {
    if (itemCount(shape) !== data.length) throw new Error(`array ${name}: ${data.length} items for shape [${shape}]`);
    if (data instanceof Float64Array) {
      const bad = data.findIndex((value) => !Number.isFinite(value));
      if (bad >= 0) throw new Error(`array ${name}: item ${bad} is ${data[bad]}, which must never reach a blob`);
    }
  }
  const header = new TextEncoder().encode(
    JSON.stringify(
      inKeyOrder(
        {
          arrays: bundle.entries.map(({ name, shape, unit, data }) => ({
            dtype: dtypeOf(data),
            name,
            shape: [...shape],
            unit,
          })),
          meta: bundle.meta,
        },
        '',
      ),
    ),
  );
  const headerBytes = padded(header.length);
  const dataBytes = bundle.entries.reduce((sum, { data }) => sum + padded(data.byteLength), 0);
  const out = new Uint8Array(16 + headerBytes + dataBytes);
  out.set(new TextEncoder().encode(MAGIC));
  new DataView(out.buffer).setUint32(8, headerBytes, true);
  out.fill(0x20, 16, 16 + headerBytes);
  out.set(header, 16);
  let offset = 16 + headerBytes;
  for (const { data } of bundle.entries) {
    out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += padded(data.byteLength);
  }
  return out;
}

/**
 * @param where names the blob in errors
 * @throws InputError `bad-bundle` for anything that `writeBundle` did not write
 */
export function readBundle(bytes: Uint8Array, where: string): ArrayBundle {
  const refuse = (what: string): never => {
    throw new InputError('bad-bundle', `not a bundle of arrays: ${what}`, { where });
  };
  if (bytes.length < 16 || new TextDecoder('latin1').decode(bytes.subarray(0, 8)) !== MAGIC)
    refuse('wrong first bytes');
  const headerBytes = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(8, true);
  if (headerBytes > MAX_HEADER_BYTES || 16 + headerBytes > bytes.length) refuse('the header is longer than the blob');
  let header: { arrays?: unknown; meta?: unknown } | null = null;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(16, 16 + headerBytes)));
  } catch {
    refuse('the header is not JSON');
  }
  if (!Array.isArray(header?.arrays) || !isObject(header.meta)) return refuse('no arrays or meta');
  let offset = 16 + headerBytes;
  const names = new Set<string>();
  const entries = (header.arrays as unknown[]).map((entry): BundleEntry => {
    if (!isDescriptor(entry)) return refuse(`${JSON.stringify(entry).slice(0, 200)} describes no array`);
    const { name, dtype, shape, unit } = entry;
    if (names.has(name)) refuse(`array ${JSON.stringify(name)} is there twice`);
    names.add(name);
    const items = itemCount(shape);
    const byteLength = items * BYTES_PER_ITEM[dtype];
    if (offset + padded(byteLength) > bytes.length) refuse(`array ${JSON.stringify(name)} is cut off`);
    // Not bytes.slice: where `bytes` is a Node Buffer, that is a view of the whole file.
    const copy = new Uint8Array(bytes.subarray(offset, offset + byteLength)).buffer;
    offset += padded(byteLength);
    const data =
      dtype === 'f64' ? new Float64Array(copy) : dtype === 'i32' ? new Int32Array(copy) : new Uint8Array(copy);
    if (!data.every(Number.isFinite)) refuse(`array ${JSON.stringify(name)} holds a number that is not finite`);
    return { name, shape, unit, data };
  });
  if (offset !== bytes.length) refuse('bytes follow the last array');
  return { entries, meta: header.meta as JsonObject };
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isDescriptor(entry: unknown): entry is { name: string; dtype: Dtype; shape: number[]; unit: string } {
  if (!isObject(entry)) return false;
  const { name, dtype, shape, unit } = entry;
  return (
    typeof name === 'string' &&
    typeof unit === 'string' &&
    typeof dtype === 'string' &&
    Object.hasOwn(BYTES_PER_ITEM, dtype) &&
    Array.isArray(shape) &&
    shape.every((n) => Number.isSafeInteger(n) && (n as number) >= 0)
  );
}

/**
 * The array of that name, demanded to be of doubles and, where a shape is given, of that shape.
 * @throws InputError `bad-bundle` where it is not there
 */
export function doubles(bundle: ArrayBundle, name: string, where: string, shape?: readonly number[]): Float64Array {
  const data = shaped(bundle, name, where, shape);
  if (!(data instanceof Float64Array))
    throw new InputError('bad-bundle', `no array of doubles called ${name}`, { where });
  return data;
}

/** As `doubles`, of 32-bit integers. @throws InputError `bad-bundle` where it is not there */
export function integers(bundle: ArrayBundle, name: string, where: string, shape?: readonly number[]): Int32Array {
  const data = shaped(bundle, name, where, shape);
  if (!(data instanceof Int32Array))
    throw new InputError('bad-bundle', `no array of integers called ${name}`, { where });
  return data;
}

function shaped(
  bundle: ArrayBundle,
  name: string,
  where: string,
  shape: readonly number[] | undefined,
): BundleArray | undefined {
  const entry = bundle.entries.find((candidate) => candidate.name === name);
  if (entry === undefined || shape === undefined || entry.shape.join() === shape.join()) return entry?.data;
  throw new InputError('bad-bundle', `array ${name} does not fit the others`, {
    where,
    expected: `shape ${shape.join(' × ')}`,
    found: entry.shape.join(' × '),
  });
}
