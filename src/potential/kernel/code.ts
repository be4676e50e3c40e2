/**
 * Writes the WebAssembly kernel of a template: energies, forces and virial of the atoms of a block, a batch at a time.
 *
 * For each atom of the batch: neighbours within the cutoff, radial functions, planar monomials, and sums over the
 * neighbours. Then, for all atoms of the batch in lanes, the other basic moments, the products of moments, energies, and
 * the derivatives back to the sums. Then, for each atom again, the derivatives by the neighbours.
 *
 * Every sum runs over neighbours in the order of the list (even and odd ones apart), over monomials and products in the
 * order of the template: its bits depend on configuration and potential alone.
 */

import { type FunctionCode, ModuleWriter } from '../../numerics/wasm-module.ts';
import { clearVirial } from './context-virial.ts';
import { writeForceSums, writeForces, writePolynomials } from './gradients.ts';
import type { KernelLayout } from './layout.ts';
import {
  writeAdjoints,
  writeBasicMoments,
  writeContractions,
  writeEnergies,
  writeExpansions,
  writeProducts,
} from './moments.ts';
import { writeGather, writeMonomials, writeRadial } from './neighbours.ts';
import type { KernelPlan } from './plan.ts';
import { BATCH, block, CHUNK, CHUNK_BYTES, field } from './records.ts';

export function kernelModule(plan: KernelPlan, layout: KernelLayout): Uint8Array<ArrayBuffer> {
  const writer = new ModuleWriter();
  const { batch } = addBatch(writer, plan, layout);
  writer.add('block', ['i32', 'i32'], [], (code) => writeBlock(code, batch));
  writer.add('fold', ['i32', 'i32'], [], writeFold);
  return writer.bytes();
}

/** Repeats for each atom of a batch; locals: lane, atom, and its groups. */
export function forEachLane(
  code: FunctionCode,
  batch: { readonly context: number; readonly first: number; readonly count: number },
  body: (lane: number, atom: number, groups: number) => void,
): void {
  const { context, first, count } = batch;
  const [lane, atom, groups] = [code.local('i32'), code.local('i32'), code.local('i32')];
  code.i32(0).set(lane).get(context).memory('i32.load', field.groups).set(groups);
  code.repeatWhile(
    () => {
      code.get(first).get(lane).op('i32.add').set(atom);
      body(lane, atom, groups);
      code.get(groups).get(context).memory('i32.load', field.bytesPerAtom).op('i32.add').set(groups);
    },
    () => code.get(lane).i32(1).op('i32.add').tee(lane).get(count).op('i32.lt_u'),
  );
}

/** Address, but for its offset, of a lane's number of groups. */
export const countAddress = (code: FunctionCode, context: number, lane: number): FunctionCode =>
  code.get(context).get(lane).i32(2).op('i32.shl', 'i32.add');

/** What is called of a batch's steps by itself, too. */
export interface BatchSteps {
  readonly batch: number;
  readonly contract: number;
  readonly polynomials: number;
  readonly forces: number;
}

/** Adds (context, first, count): from the neighbours of the atoms to the derivatives by their summed moments. */
export function addMoments(
  writer: ModuleWriter,
  plan: KernelPlan,
  layout: KernelLayout,
): { readonly moments: number; readonly contract: number } {
  const gather = writer.add('gather', ['i32', 'i32', 'i32'], ['i32'], (code) => writeGather(code, layout));
  const radial = writer.add('radial', ['i32', 'i32'], [], (code) => writeRadial(code, plan, layout));
  const monomials = writer.add('monomials', ['i32', 'i32'], [], (code) => writeMonomials(code, plan, layout));
  const sums = writer.add('sums', ['i32', 'i32', 'i32', 'i32'], [], (code) => writeBasicMoments(code, plan, layout));
  const expand = writer.add('expand', ['i32'], [], (code) => writeExpansions(code, layout, layout.moments));
  const multiply = writer.add('multiply', ['i32'], [], (code) => writeProducts(code, layout));
  const energies = writer.add('energies', ['i32'], [], (code) => writeEnergies(code, layout));
  const sweepBack = writer.add('sweepBack', ['i32'], [], (code) => writeAdjoints(code, layout));
  const contract = writer.add('contract', ['i32'], [], (code) => writeContractions(code, layout, layout.adjoints));
  const moments = writer.add('moments', ['i32', 'i32', 'i32'], [], (code) => {
    const [context, first, count] = [0, 1, 2];
    const found = code.local('i32');
    forEachLane(code, { context, first, count }, (lane, atom, groups) => {
      code.get(context).get(atom).get(groups).call(gather).set(found);
      countAddress(code, context, lane).get(found).memory('i32.store', layout.counts);
      code.get(groups).get(found).call(radial);
      code.get(groups).get(found).call(monomials);
      code.get(context).get(groups).get(found).get(lane).call(sums);
    });
    for (const step of [expand, multiply, energies, sweepBack, contract]) code.get(context).call(step);
  });
  return { moments, contract };
}

/** Adds `batch` (context, first, count): energies and forces of the atoms from first on; and its steps. */
export function addBatch(writer: ModuleWriter, plan: KernelPlan, layout: KernelLayout): BatchSteps {
  const { moments, contract } = addMoments(writer, plan, layout);
  const polynomials = writer.add('polynomials', ['i32', 'i32'], [], (code) =>
    writePolynomials(code, plan, layout, layout.adjoints),
  );
  const forceSums = writer.add('forceSums', ['i32', 'i32', 'i32'], [], (code) => writeForceSums(code, plan, layout));
  const forces = writer.add('forces', ['i32', 'i32', 'i32', 'i32'], [], (code) => writeForces(code, layout));
  const batch = writer.add('batch', ['i32', 'i32', 'i32'], [], (code) => {
    const [context, first, count] = [0, 1, 2];
    const found = code.local('i32');
    code.get(context).get(first).get(count).call(moments);
    forEachLane(code, { context, first, count }, (lane, atom, groups) => {
      writeSiteEnergy(code, layout, context, atom, lane);
      countAddress(code, context, lane).memory('i32.load', layout.counts).tee(found);
      code.when(() => {
        code.get(context).get(lane).call(polynomials);
        code.get(context).get(groups).get(found).call(forceSums);
        code.get(context).get(atom).get(groups).get(found).call(forces);
      });
    });
  });
  return { batch, contract, polynomials, forces };
}

/** Species coefficient plus the energy from the moments. */
function writeSiteEnergy(code: FunctionCode, layout: KernelLayout, context: number, atom: number, lane: number): void {
  code.get(context).memory('i32.load', field.siteEnergies).get(atom).i32(3).op('i32.shl', 'i32.add');
  code.get(context).memory('i32.load', field.species).get(atom).i32(2).op('i32.shl', 'i32.add').memory('i32.load', 0);
  code.i32(3).op('i32.shl').memory('f64.load', layout.speciesCoefficients);
  code.get(context).get(lane).i32(3).op('i32.shl', 'i32.add').memory('f64.load', layout.energies);
  code.op('f64.add').memory('f64.store', 0);
}

/** (context, block): energies of its atoms, and its own sums of forces and virial. */
function writeBlock(code: FunctionCode, batch: number): void {
  const [context, which] = [0, 1];
  const [at, first, end, count] = [code.local('i32'), code.local('i32'), code.local('i32'), code.local('i32')];
  const [chunk, forces, touched] = [code.local('i32'), code.local('i32'), code.local('i32')];
  const zero = code.local('v128');
  code.get(context).memory('i32.load', field.blocks).get(which).i32(block.bytes).op('i32.mul', 'i32.add').set(at);
  code.get(at).memory('i32.load', block.first).set(first).get(at).memory('i32.load', block.end).set(end);
  code.get(at).memory('i32.load', block.touched).set(touched);
  code.get(context).get(at).memory('i32.load', block.forces).tee(forces).memory('i32.store', field.forces);
  code.repeatWhile(
    () => {
      code.get(touched).get(chunk).op('i32.add').memory('i32.load8_u', 0);
      code.when(() => {
        for (let of = 0; of < CHUNK_BYTES; of += 16) code.get(forces).get(zero).memory('v128.store', of);
      });
      code.get(forces).i32(CHUNK_BYTES).op('i32.add').set(forces);
    },
    () =>
      code.get(chunk).i32(1).op('i32.add').tee(chunk).get(context).memory('i32.load', field.chunkCount).op('i32.lt_u'),
  );
  clearVirial(code, context);
  code.repeatWhile(
    () => {
      code.get(end).get(first).op('i32.sub').tee(count).i32(BATCH).op('i32.gt_u');
      code.when(() => code.i32(BATCH).set(count));
      code.get(context).get(first).get(count).call(batch);
    },
    () => code.get(first).i32(BATCH).op('i32.add').tee(first).get(end).op('i32.lt_u'),
  );
  for (let k = 0; k < 9; k++) {
    code
      .get(at)
      .get(context)
      .memory('f64.load', field.virial + 8 * k)
      .memory('f64.store', block.virial + 8 * k);
  }
}

/** (context, block): adds what all blocks have for this block's atoms, in order, to the forces of the first. */
function writeFold(code: FunctionCode): void {
  const [context, which] = [0, 1];
  const i32 = (): number => code.local('i32');
  const [own, blocks, at, end, chunk, chunks, sum, place] = [i32(), i32(), i32(), i32(), i32(), i32(), i32(), i32()];
  const sums = Array.from({ length: CHUNK_BYTES / 16 }, () => code.local('v128'));
  const bytesOf = (count: number): FunctionCode => code.get(count).i32(block.bytes).op('i32.mul').get(blocks);
  code.get(context).memory('i32.load', field.blocks).set(blocks);
  bytesOf(which).op('i32.add').set(own);
  code.get(context).memory('i32.load', field.blockCount).set(end);
  bytesOf(end).op('i32.add').set(end);
  code.get(own).memory('i32.load', block.first).i32(CHUNK).op('i32.div_u').set(chunk);
  code
    .get(own)
    .memory('i32.load', block.end)
    .i32(CHUNK - 1)
    .op('i32.add')
    .i32(CHUNK)
    .op('i32.div_u')
    .set(chunks);
  code.repeatWhile(
    () => {
      const address = (): FunctionCode => code.get(chunk).i32(CHUNK_BYTES).op('i32.mul', 'i32.add');
      code.get(blocks).memory('i32.load', block.forces);
      address().set(sum);
      sums.forEach((value, k) => {
        code
          .get(sum)
          .memory('v128.load', 16 * k)
          .set(value);
      });
      code.get(blocks).i32(block.bytes).op('i32.add').set(at);
      code.repeatWhile(
        () => {
          code.get(at).memory('i32.load', block.touched).get(chunk).op('i32.add').memory('i32.load8_u', 0);
          code.when(() => {
            code.get(at).memory('i32.load', block.forces);
            address().set(place);
            sums.forEach((value, k) => {
              code
                .get(value)
                .get(place)
                .memory('v128.load', 16 * k)
                .op('f64x2.add')
                .set(value);
            });
          });
        },
        () => code.get(at).i32(block.bytes).op('i32.add').tee(at).get(end).op('i32.lt_u'),
      );
      sums.forEach((value, k) => {
        code
          .get(sum)
          .get(value)
          .memory('v128.store', 16 * k);
      });
    },
    () => code.get(chunk).i32(1).op('i32.add').tee(chunk).get(chunks).op('i32.lt_u'),
  );
}
