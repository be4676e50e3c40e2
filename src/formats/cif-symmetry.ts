/**
 * The symmetry operations of a CIF block: listed, or, where a table of space groups is at hand, those of its symbol or
 * number. Nothing is assumed where a block says nothing.
 */
import type { SpaceGroupNames, SpaceGroupSetting } from '../structure/space-group-settings.ts';
import { latticeStrain, type SymmetryOperation } from '../structure/symmetry-operation.ts';
import type { CifBlock } from './cif-block.ts';
import { readOperation, readOperations } from './cif-operation.ts';
import { cifError } from './cif-tokens.ts';
import { columnOf, itemOf } from './cif-values.ts';

/** All settings that the names may mean. */
export type SpaceGroupTable = (names: SpaceGroupNames) => readonly SpaceGroupSetting[];

const OPERATIONS = ['_space_group_symop_operation_xyz', '_symmetry_equiv_pos_as_xyz'];
const HALL = ['_space_group_name_hall', '_symmetry_space_group_name_hall'];
const HERMANN_MAUGUIN = ['_space_group_name_h-m_alt', '_space_group_name_h-m_full', '_symmetry_space_group_name_h-m'];
const NUMBER = ['_space_group_it_number', '_symmetry_int_tables_number'];
/** Lengths to one part in a thousand, as files round them. */
const MAX_STRAIN = 2e-3;
const REMEDY = "list them in the file, of a complete cell _space_group_symop_operation_xyz 'x, y, z'";

/**
 * @param table of space groups, for blocks that list no operations
 * @throws InputError `bad-cif`, with file and line
 */
export function readSymmetry(
  block: CifBlock,
  cellA: Float64Array,
  fileName: string,
  table?: SpaceGroupTable,
): readonly SymmetryOperation[] {
  const listed = columnOf(block, OPERATIONS);
  if (listed !== undefined) {
    const operations = readOperations(listed, fileName);
    operations.forEach((operation, k) => {
      if (latticeStrain(operation, cellA) < MAX_STRAIN) return;
      const { line, text } = listed[k]!;
      throw cifError(fileName, line, 'the cell does not have the symmetry of an operation', 'equal lengths', text);
    });
    return operations;
  }
  const hall = itemOf(block, HALL, fileName);
  const symbol = itemOf(block, HERMANN_MAUGUIN, fileName);
  const number = itemOf(block, NUMBER, fileName);
  const named = hall ?? symbol ?? number;
  if (named === undefined) {
    throw cifError(fileName, block.line, 'the block does not say its symmetry', OPERATIONS[0], undefined, REMEDY);
  }
  if (number?.text === '1' || symbol?.text.replace(/\s/g, '').toUpperCase() === 'P1') {
    return [readOperation({ ...named, text: 'x,y,z' }, fileName)];
  }
  if (table === undefined) {
    throw cifError(
      fileName,
      named.line,
      'the block names a space group and lists no operations',
      OPERATIONS[0],
      named.text,
      REMEDY,
    );
  }
  const settings = table({
    ...(hall === undefined ? {} : { hall: hall.text }),
    ...(symbol === undefined ? {} : { hermannMauguin: symbol.text }),
    ...(number !== undefined && /^\d{1,3}$/.test(number.text) ? { number: Number(number.text) } : {}),
  });
  const fitting = settings.filter(({ operations }) =>
    operations.every((operation) => latticeStrain(operation, cellA) < MAX_STRAIN),
  );
  if (fitting.length === 1) return fitting[0]!.operations;
  const what =
    fitting.length === 0 ? 'no space group of that name fits the cell' : 'the space group has several settings';
  const choices = fitting.length === 0 ? settings : fitting;
  const expected = choices.length === 0 ? 'a known symbol' : `one of ${choices.map(({ name }) => name).join(', ')}`;
  throw cifError(fileName, named.line, what, expected.slice(0, 400), named.text, REMEDY);
}
