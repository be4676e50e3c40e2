/**
 * Loads the library of space groups: its WebAssembly is read from the package's folder and instantiated once, on the first
 * call, without a network and without waiting, under every supported Node version.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { analyze_cell, hall_symbol_entry, initSync, operations_from_number } from '@spglib/moyo-wasm';
import type { SymmetryLibrary } from '../structure/symmetry-library.ts';

let loaded: SymmetryLibrary | undefined;

/** Some 10 ms on the first call. */
export function loadSymmetry(): SymmetryLibrary {
  if (loaded !== undefined) return loaded;
  const { resolve } = createRequire(import.meta.url);
  const module = new Uint8Array(readFileSync(resolve('@spglib/moyo-wasm/moyo_wasm_bg.wasm')));
  initSync({ module });
  const { version } = JSON.parse(readFileSync(resolve('@spglib/moyo-wasm/package.json'), 'utf8')) as {
    version: string;
  };
  loaded = {
    name: `@spglib/moyo-wasm ${version}`,
    module,
    analyseCell: (cell, symprecA) => analyze_cell(cell, symprecA, 'Standard'),
    setting: hall_symbol_entry,
    operations: (hallNumber) => {
      const { number } = hall_symbol_entry(hallNumber);
      return operations_from_number(number, { type: 'HallNumber', value: hallNumber }, false);
    },
  };
  return loaded;
}
