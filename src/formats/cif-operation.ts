/**
 * Symmetry operations as CIF writes them, `-x+y, x, z+1/3`, and the list of them: a closed group with the identity.
 */
import { determinant3 } from '../numerics/determinant.ts';
import { compose, counterOf, type SymmetryOperation, TRANSLATION_PARTS } from '../structure/symmetry-operation.ts';
import { type CifToken, cifError } from './cif-tokens.ts';

const MAX_OPERATIONS = 400;
const MAX_LENGTH = 100;
/** Signed terms: a letter, a fraction or a decimal. No digit can be matched in two ways. */
const TERM = /([+-]?)(?:([xyz])|(\d+)\/(\d+)|(\d*\.\d+|\d+\.?))/gy;

/** @throws InputError `bad-cif` for an operation that is none, is listed twice, or that is missing in the group */
export function readOperations(values: readonly CifToken[], fileName: string): SymmetryOperation[] {
  const first = values[0]!;
  if (values.length > MAX_OPERATIONS) {
    throw cifError(fileName, first.line, 'too many symmetry operations', `at most ${MAX_OPERATIONS}`);
  }
  const operations = values.map((value) => readOperation(value, fileName));
  const count = counterOf(operations);
  operations.forEach((operation, k) => {
    if (count(operation) > 1)
      throw cifError(fileName, values[k]!.line, 'a symmetry operation is listed twice', undefined, values[k]!.text);
  });
  const remedy = 'list all operations of the space group, centring translations included';
  const identity = readOperation({ ...first, text: 'x,y,z' }, fileName);
  if (count(identity) === 0) {
    throw cifError(fileName, first.line, 'the identity is not among the operations', 'x, y, z', undefined, remedy);
  }
  operations.forEach((p, i) => {
    operations.forEach((q, j) => {
      if (count(compose(p, q)) === 1) return;
      const both = `${values[i]!.text} after ${values[j]!.text}`;
      throw cifError(fileName, values[i]!.line, 'the operations are no group', 'every product listed', both, remedy);
    });
  });
  return operations;
}

/** `x,y,z` and the like; spaces and letter case mean nothing. @throws InputError `bad-cif` */
export function readOperation(value: CifToken, fileName: string): SymmetryOperation {
  const refuse = (): never => {
    throw cifError(fileName, value.line, 'not a symmetry operation', "three terms such as 'x, -y, z+1/2'", value.text);
  };
  const rows = value.text.slice(0, MAX_LENGTH).toLowerCase().replace(/[\s']/g, '').split(',');
  if (rows.length !== 3 || value.text.length > MAX_LENGTH) refuse();
  const rotation = new Int32Array(9);
  const translation = new Float64Array(3);
  rows.forEach((row, k) => {
    let at = 0;
    TERM.lastIndex = 0;
    for (let term = TERM.exec(row); term !== null; term = TERM.exec(row)) {
      const [, mark, letter, over, under, decimal] = term;
      if (mark === '' && at > 0) refuse();
      at = TERM.lastIndex;
      const sign = mark === '-' ? -1 : 1;
      if (letter !== undefined) rotation[3 * k + 'xyz'.indexOf(letter)]! += sign;
      else if (decimal !== undefined) translation[k]! += sign * Number(decimal);
      else translation[k]! += sign * (Number(over) / Number(under));
    }
    if (at === 0 || at !== row.length || !Number.isFinite(translation[k])) refuse();
    translation[k] = exactPart(translation[k]!);
  });
  if (Math.abs(determinant3(rotation)) !== 1) refuse();
  return { rotation, translation };
}

/** Within [0, 1), and the nearest 24th where it is within 0.0005 of one: files round 1/3 to 0.333. */
function exactPart(translation: number): number {
  const parts = Math.round(translation * TRANSLATION_PARTS);
  const exact = Math.abs(translation - parts / TRANSLATION_PARTS) < 5e-4 ? parts / TRANSLATION_PARTS : translation;
  return exact - Math.floor(exact);
}
