/** What the parts of a training kernel have in common: the batches of a labelled configuration, and areas of zeros. */
import type { FunctionCode } from '../../numerics/wasm-module.ts';
import { clearVirial } from './context-virial.ts';
import type { KernelLayout } from './layout.ts';
import { BATCH, field, trainee, training } from './records.ts';

/** Fills from the address on the stack up to the one that `end` leaves with zeros, 16 bytes at a time. */
export function clear(code: FunctionCode, end: () => FunctionCode): void {
  const [at, last] = [code.local('i32'), code.local('i32')];
  const zero = code.local('v128');
  code.set(at);
  end().set(last);
  code.repeatWhile(
    () => code.get(at).get(zero).memory('v128.store', 0),
    () => code.get(at).i32(16).op('i32.add').tee(at).get(last).op('i32.lt_u'),
  );
}

/**
 * For each batch of a configuration: unless `batch` is null, prepares the context and computes the batch; then the body.
 * Locals: context, first atom, number of atoms.
 */
export function forEachBatch(
  code: FunctionCode,
  layout: KernelLayout,
  { own, configuration }: { readonly own: number; readonly configuration: number },
  batch: number | null,
  body: (context: number, first: number, count: number) => void,
): void {
  const i32 = (): number => code.local('i32');
  const [context, groups, first, count, atoms] = [i32(), i32(), i32(), i32(), i32()];
  const ofOwn = (of: number): FunctionCode => code.get(own).memory('i32.load', of);
  code.get(configuration).memory('i32.load', training.atoms).set(atoms);
  ofOwn(trainee.contexts).set(context);
  ofOwn(trainee.groups).set(groups);
  code.i32(0).set(first);
  code.repeatWhile(
    () => {
      code.get(atoms).get(first).op('i32.sub').tee(count).i32(BATCH).op('i32.gt_u');
      code.when(() => code.i32(BATCH).set(count));
      if (batch !== null) {
        for (const name of ['atoms', 'positions', 'species', 'start', 'neighbours', 'images', 'shifts'] as const) {
          code.get(context).get(configuration).memory('i32.load', training[name]).memory('i32.store', field[name]);
        }
        for (const name of ['forces', 'siteEnergies', 'bytesPerAtom'] as const) {
          code.get(context);
          ofOwn(trainee[name]).memory('i32.store', field[name]);
        }
        code.get(context).get(groups).memory('i32.store', field.groups);
        clearVirial(code, context);
        // Lanes that no atom takes must not count.
        code.get(count).i32(BATCH).op('i32.lt_u');
        code.when(() => {
          for (const from of [layout.moments, layout.tangents]) {
            code.get(context).i32(from).op('i32.add');
            clear(code, () =>
              code
                .get(context)
                .i32(from + layout.adjoints - layout.moments)
                .op('i32.add'),
            );
          }
        });
        code.get(context).get(first).get(count).call(batch);
      }
      body(context, first, count);
      code.get(context).i32(layout.contextBytes).op('i32.add').set(context);
      code.get(groups);
      ofOwn(trainee.bytesPerAtom).i32(BATCH).op('i32.mul', 'i32.add').set(groups);
    },
    () => code.get(first).i32(BATCH).op('i32.add').tee(first).get(atoms).op('i32.lt_u'),
  );
}
