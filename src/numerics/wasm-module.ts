/**
 * A writer of WebAssembly modules: one imported memory, which threads may share, exported functions, locals, structured loops, doubles and pairs of
 * doubles (fixed-width SIMD). Only what kernels need. No relaxed SIMD, no fused multiply-add: every operation that can be
 * written here has one result (WebAssembly core specification 2.0 with the fixed-width SIMD proposal).
 */

/** Size of a page of memory, and how many a memory may have. */
export const PAGE_BYTES = 65536;
export const MAX_PAGES = 65536;

/** A memory of at least so many bytes that threads may share. */
export const sharedMemory = (bytes: number): WebAssembly.Memory =>
  new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE_BYTES), maximum: MAX_PAGES, shared: true });

/** Makes the memory at least so large; its buffer is another one afterwards. */
export function reserve(memory: WebAssembly.Memory, bytes: number): void {
  const missing = Math.ceil(bytes / PAGE_BYTES) - memory.buffer.byteLength / PAGE_BYTES;
  if (missing > 0) memory.grow(missing);
}

export type ValueType = 'i32' | 'f64' | 'v128';

const VALUE_TYPES: { readonly [type in ValueType]: number } = { i32: 0x7f, f64: 0x7c, v128: 0x7b };

/** Operations without immediates. */
const OPERATIONS = {
  'i32.eqz': [0x45],
  'i32.eq': [0x46],
  'i32.ne': [0x47],
  'i32.lt_u': [0x49],
  'i32.gt_u': [0x4b],
  'i32.ge_u': [0x4f],
  'i32.add': [0x6a],
  'i32.sub': [0x6b],
  'i32.mul': [0x6c],
  'i32.div_u': [0x6e],
  'i32.and': [0x71],
  'i32.shl': [0x74],
  'i32.shr_u': [0x76],
  'f64.ge': [0x66],
  'f64.ne': [0x62],
  'f64.gt': [0x64],
  'f64.neg': [0x9a],
  'f64.sqrt': [0x9f],
  'f64.add': [0xa0],
  'f64.sub': [0xa1],
  'f64.mul': [0xa2],
  'f64.div': [0xa3],
  'f64x2.splat': [0xfd, 0x14],
  'f64x2.abs': [0xfd, 0xec, 0x01],
  'f64x2.sqrt': [0xfd, 0xef, 0x01],
  'f64x2.add': [0xfd, 0xf0, 0x01],
  'f64x2.sub': [0xfd, 0xf1, 0x01],
  'f64x2.mul': [0xfd, 0xf2, 0x01],
  'f64x2.div': [0xfd, 0xf3, 0x01],
  'f64x2.max': [0xfd, 0xf5, 0x01],
} as const;

export type Operation = keyof typeof OPERATIONS;

/** Opcode and log2 of the natural alignment. */
const MEMORY_OPERATIONS = {
  'i32.load': [[0x28], 2],
  'i32.load8_u': [[0x2d], 0],
  'f64.load': [[0x2b], 3],
  'i32.store': [[0x36], 2],
  'f64.store': [[0x39], 3],
  'v128.load': [[0xfd, 0x00], 4],
  'v128.load64_splat': [[0xfd, 0x0a], 3],
  'v128.store': [[0xfd, 0x0b], 4],
} as const;

export type MemoryOperation = keyof typeof MEMORY_OPERATIONS;

export class FunctionCode {
  readonly bytes: number[] = [];
  readonly #parameters: number;
  readonly #locals: ValueType[] = [];

  constructor(parameters: number) {
    this.#parameters = parameters;
  }

  /** A new local variable. */
  local(type: ValueType): number {
    this.#locals.push(type);
    return this.#parameters + this.#locals.length - 1;
  }

  get locals(): readonly ValueType[] {
    return this.#locals;
  }

  get(local: number): this {
    return this.#emit(0x20, ...unsigned(local));
  }

  set(local: number): this {
    return this.#emit(0x21, ...unsigned(local));
  }

  tee(local: number): this {
    return this.#emit(0x22, ...unsigned(local));
  }

  i32(value: number): this {
    return this.#emit(0x41, ...signed(value));
  }

  f64(value: number): this {
    return this.#emit(0x44, ...new Uint8Array(Float64Array.of(value).buffer));
  }

  op(...operations: Operation[]): this {
    for (const operation of operations) this.#emit(...OPERATIONS[operation]);
    return this;
  }

  /** Address on the stack; `offset` bytes are added to it. Addresses need not be aligned. */
  memory(operation: MemoryOperation, offset: number): this {
    const [code, alignment] = MEMORY_OPERATIONS[operation];
    return this.#emit(...code, alignment, ...unsigned(offset));
  }

  /** Address and pair on the stack: the pair with one of its doubles read from the address. */
  loadLane(lane: 0 | 1, offset: number): this {
    return this.#emit(0xfd, 0x57, 3, ...unsigned(offset), lane);
  }

  /** Two pairs on the stack, a and b: the pair of their first, or of their second, doubles. */
  interleave(half: 0 | 1): this {
    const first = 8 * half;
    const lanes = Array.from({ length: 16 }, (_, k) => (k < 8 ? first + k : first + k + 8));
    return this.#emit(0xfd, 0x0d, ...lanes);
  }

  extractLane(lane: 0 | 1): this {
    return this.#emit(0xfd, 0x21, lane);
  }

  replaceLane(lane: 0 | 1): this {
    return this.#emit(0xfd, 0x22, lane);
  }

  /** Address and pair on the stack: stores one of its doubles. */
  storeLane(lane: 0 | 1, offset: number): this {
    return this.#emit(0xfd, 0x5b, 3, ...unsigned(offset), lane);
  }

  /** Repeats while `condition`, which leaves an i32 on the stack, is not 0; runs at least once. */
  repeatWhile(body: () => void, condition: () => void): this {
    this.#emit(0x03, 0x40);
    body();
    condition();
    return this.#emit(0x0d, 0, 0x0b);
  }

  /** Runs the body if the i32 on the stack is not 0. */
  when(body: () => void): this {
    this.#emit(0x04, 0x40);
    body();
    return this.#emit(0x0b);
  }

  call(functionIndex: number): this {
    return this.#emit(0x10, ...unsigned(functionIndex));
  }

  #emit(...bytes: number[]): this {
    for (const byte of bytes) this.bytes.push(byte);
    return this;
  }
}

interface WasmFunction {
  readonly name: string;
  readonly parameters: readonly ValueType[];
  readonly results: readonly ValueType[];
  readonly code: FunctionCode;
}

export class ModuleWriter {
  readonly #functions: WasmFunction[] = [];

  /** @returns the function's index, for `call` */
  add(
    name: string,
    parameters: readonly ValueType[],
    results: readonly ValueType[],
    write: (code: FunctionCode) => void,
  ): number {
    const code = new FunctionCode(parameters.length);
    write(code);
    this.#functions.push({ name, parameters, results, code });
    return this.#functions.length - 1;
  }

  /** The module imports its memory as `env.memory`: shared, of any size up to 4 GiB. */
  bytes(): Uint8Array<ArrayBuffer> {
    const types = this.#functions.map(({ parameters, results }) => [
      0x60,
      ...vector(parameters.map((type) => [VALUE_TYPES[type]])),
      ...vector(results.map((type) => [VALUE_TYPES[type]])),
    ]);
    const memoryImport = [...text('env'), ...text('memory'), 0x02, 0x03, ...unsigned(0), ...unsigned(MAX_PAGES)];
    const bodies = this.#functions.map(({ code }) => {
      const locals = code.locals.map((type) => [1, VALUE_TYPES[type]]);
      return sized([...vector(locals), ...code.bytes, 0x0b]);
    });
    return Uint8Array.from([
      ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
      ...section(1, vector(types)),
      ...section(2, vector([memoryImport])),
      ...section(3, vector(this.#functions.map((_, k) => unsigned(k)))),
      ...section(7, vector(this.#functions.map(({ name }, k) => [...text(name), 0x00, ...unsigned(k)]))),
      ...section(10, vector(bodies)),
    ]);
  }
}

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest === 0 ? low : low | 0x80);
  } while (rest > 0);
  return bytes;
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value | 0; ; ) {
    const low = rest & 0x7f;
    rest >>= 7;
    const last = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
    bytes.push(last ? low : low | 0x80);
    if (last) return bytes;
  }
}

/** One after another into one list; spreading a large one into a call would overflow the stack. */
function joined(parts: readonly (readonly number[])[]): number[] {
  const all: number[] = [];
  for (const part of parts) for (const byte of part) all.push(byte);
  return all;
}

const vector = (items: readonly (readonly number[])[]): number[] => joined([unsigned(items.length), ...items]);
const sized = (content: readonly number[]): number[] => joined([unsigned(content.length), content]);
const section = (id: number, content: readonly number[]): number[] => joined([[id], sized(content)]);
const text = (characters: string): number[] => sized([...new TextEncoder().encode(characters)]);
