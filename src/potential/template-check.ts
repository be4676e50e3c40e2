/** What every user of a template relies on, checked once where a template comes from outside. */
import { InputError } from '../numerics/input-error.ts';
import type { MtpTemplate } from './template.ts';

const MAX_BASIC_RANK = 20;

/**
 * Indices in range, labels as many as stated, products in an order that can be followed.
 * @throws InputError `bad-template`, which names the entry
 */
export function checkTemplate(template: MtpTemplate): void {
  const { radialFunctions, basic, products, momentCount, scalars } = template;
  const basicCount = basic.length / 4;
  if (!(basicCount >= 1 && basicCount <= momentCount)) {
    fail('more basic moments than moments', undefined, `1 … ${momentCount}`, `${basicCount}`);
  }
  let labels = 0;
  const known = new Set<string>();
  let twice: { readonly where: string; readonly found: string } | undefined;
  for (let b = 0; b < basicCount; b++) {
    const [mu, x, y, z] = basic.subarray(4 * b, 4 * b + 4) as unknown as [number, number, number, number];
    const where = `entry ${b} of alpha_index_basic`;
    if (mu < 0 || mu >= radialFunctions) fail('no such radial function', where, `0 … ${radialFunctions - 1}`, `${mu}`);
    if (x < 0 || y < 0 || z < 0 || x + y + z > MAX_BASIC_RANK) {
      fail('not the powers of a monomial', where, `non-negative, at most ${MAX_BASIC_RANK} in all`, `${x}, ${y}, ${z}`);
    }
    const key = [mu, x, y, z].join(', ');
    twice ??= known.has(key) ? { where, found: `{${key}}` } : undefined;
    known.add(key);
    labels = Math.max(labels, mu + 1);
  }
  if (labels !== radialFunctions) {
    fail('radial functions that no moment uses', undefined, `${labels} radial functions`, `${radialFunctions}`);
  }
  if (twice !== undefined) fail('the same basic moment twice', twice.where, undefined, twice.found);
  checkProducts(products, basicCount, momentCount);
  const written = new Uint8Array(momentCount).fill(1, 0, basicCount);
  for (let t = 3; t < products.length; t += 4) written[products[t]!] = 1;
  for (const [s, k] of scalars.entries()) {
    if (k < 0 || k >= momentCount || written[k] === 0) {
      fail('a basis function is no computed moment', `entry ${s} of alpha_moment_mapping`, undefined, `${k}`);
    }
  }
}

function checkProducts(products: Int32Array, basicCount: number, momentCount: number): void {
  const UNKNOWN = 0;
  const OPEN = 1;
  const READ = 2;
  const state = new Uint8Array(momentCount).fill(READ, 0, basicCount);
  for (let t = 0; t < products.length / 4; t++) {
    const [i, j, , k] = products.subarray(4 * t, 4 * t + 4) as unknown as [number, number, number, number];
    const where = `entry ${t} of alpha_index_times`;
    for (const factor of [i, j]) {
      if (factor < 0 || factor >= momentCount) fail('no such moment', where, `0 … ${momentCount - 1}`, `${factor}`);
      if (state[factor] === UNKNOWN) fail('a moment is used before it is computed', where, undefined, `${factor}`);
      state[factor] = READ;
    }
    if (k < 0 || k >= momentCount) fail('no such moment', where, `0 … ${momentCount - 1}`, `${k}`);
    if (state[k] === READ) fail('a moment is changed after it was used', where, undefined, `${k}`);
    state[k] = OPEN;
  }
}

function fail(what: string, where?: string, expected?: string, found?: string): never {
  throw new InputError('bad-template', what, {
    ...(where === undefined ? {} : { where }),
    ...(expected === undefined ? {} : { expected }),
    ...(found === undefined ? {} : { found }),
  });
}
