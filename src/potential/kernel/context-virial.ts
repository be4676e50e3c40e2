/** The virial that a context sums up: set to zero, and taken into a column of a design matrix. */
import type { FunctionCode } from '../../numerics/wasm-module.ts';
import { field } from './records.ts';

export function clearVirial(code: FunctionCode, context: number): void {
  for (let k = 0; k < 9; k++) {
    code
      .get(context)
      .f64(0)
      .memory('f64.store', field.virial + 8 * k);
  }
}

/** Forces go to the rows of a column behind the energy's, and the virial starts at zero. */
export function beginColumn(code: FunctionCode, context: number, column: number): void {
  code.get(context).get(column).i32(8).op('i32.add').memory('i32.store', field.forces);
  clearVirial(code, context);
}

/** Adds the virial to its rows of the column, which follow the forces. @param row a local for their address */
export function addVirial(code: FunctionCode, context: number, column: number, row: number): void {
  code.get(column).get(context).memory('i32.load', field.atoms).i32(24).op('i32.mul', 'i32.add').set(row);
  for (let k = 0; k < 9; k++) {
    const of = 8 + 8 * k;
    code.get(row).get(row).memory('f64.load', of);
    code
      .get(context)
      .memory('f64.load', field.virial + 8 * k)
      .op('f64.add')
      .memory('f64.store', of);
  }
}
