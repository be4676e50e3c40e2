/**
 * Energy, forces and virial by a WebAssembly kernel compiled for the potential's template. Bits depend on the structure
 * and the potential alone, as those of `evaluate.ts` do, which is the plain reference beside it; the two agree to rounding.
 *
 * Atoms are divided into blocks, as many as the number of atoms says. Each block adds up its own forces and virial; the
 * blocks' are then added in order. So blocks may be worked on in any number of threads.
 */
import { alone, type Crew } from '../numerics/crew.ts';
import { reserve, sharedMemory } from '../numerics/wasm-module.ts';
import type { NeighbourList } from '../structure/neighbour-list.ts';
import type { Structure } from '../structure/structure.ts';
import { createEvaluator, type Evaluation, type Evaluator, emptyEvaluation } from './evaluate.ts';
import { compileKernel } from './kernel/compile.ts';
import { fillCoefficients, fillTemplate } from './kernel/fill.ts';
import { placer } from './kernel/layout.ts';
import { type ListPlaces, placeList, placeShifts } from './kernel/place-list.ts';
import { block, CHUNK, CHUNK_BYTES, field } from './kernel/records.ts';
import { checkAtoms } from './pairs.ts';
import { checkPotential, type MtpPotential } from './potential.ts';

/** A block has at least so many atoms, and there are at most so many blocks. */
const BLOCK_ATOMS = 64;
const MOST_BLOCKS = 128;

export interface CompiledEvaluator extends Evaluator {
  /** The kernel's WebAssembly module. */
  readonly module: Uint8Array<ArrayBuffer>;
  /** Lets the crew forget it; nothing may be asked of it afterwards. */
  release(): void;
}

/** Keeps its memory between calls. @throws InputError `bad-potential` */
export function createCompiledEvaluator(potential: MtpPotential, crew: Crew = alone): CompiledEvaluator {
  checkPotential(potential);
  const { plan, tables, layout, module, compiled } = compileKernel(potential, 'forces');
  const { threads } = crew;
  const fixed = placer(layout.end);
  const contexts = Array.from({ length: threads }, () => fixed.place(layout.contextBytes));
  const memory = sharedMemory(fixed.end);
  fillTemplate(memory.buffer, potential.template, plan, layout, tables);
  fillCoefficients(memory.buffer, potential.template, layout, potential);
  const shift = crew.enlist(compiled, memory);

  const evaluate = (structure: Structure, list: NeighbourList, out?: Evaluation): Evaluation => {
    const atoms = structure.species.length;
    if (list.reachA < potential.maxDistanceA || list.start.length !== atoms + 1) {
      throw new RangeError(`a list of reach ${list.reachA} Å does not serve a cutoff of ${potential.maxDistanceA} Å`);
    }
    checkAtoms(structure, potential.speciesCount);
    const result = out?.siteEnergiesEv.length === atoms ? out : emptyEvaluation(atoms);
    if (atoms === 0) return result;
    const blocks = Math.max(1, Math.min(MOST_BLOCKS, Math.floor(atoms / BLOCK_ATOMS)));
    const places = placeConfiguration(structure, list, blocks);
    shift.run('block', blocks, contexts);
    if (blocks > 1) shift.run('fold', blocks, contexts);
    collect(result, places, blocks);
    // The reference names the atoms at fault.
    if (!isAllFinite(result)) return createEvaluator(potential).evaluate(structure, list, result);
    return result;
  };

  /** By what tells one build of a list from another. */
  let placed: { readonly image: Int32Array; readonly places: Places } | null = null;

  /** Copies the configuration into the memory; what the entries of the list need is still there if they are the same. */
  const placeConfiguration = ({ species, positionsA }: Structure, list: NeighbourList, blocks: number): Places => {
    if (placed?.image !== list.image) placed = { image: list.image, places: placeAll(list, species.length, blocks) };
    const { places } = placed;
    placeShifts(memory, places, list);
    new Float64Array(memory.buffer, places.positions, positionsA.length).set(positionsA);
    new Int32Array(memory.buffer, places.species, species.length).set(species);
    return places;
  };

  /** Puts the list behind what belongs to the potential, and divides the atoms into blocks. */
  const placeAll = (list: NeighbourList, atoms: number, blocks: number): Places => {
    const { start, atom } = list;
    const { end, ...places } = placeList(memory, layout, contexts, fixed.end, list);
    const next = placer(end);
    const chunks = Math.ceil(atoms / CHUNK);
    const blocksAt = next.place(block.bytes * blocks);
    const touchedAt = next.place(chunks * blocks);
    const forcesAt = next.place(chunks * CHUNK_BYTES * blocks);
    reserve(memory, next.end);
    const { buffer } = memory;
    for (const context of contexts) {
      const header = new Uint32Array(buffer, context, field.bytes / 4);
      header[field.blocks / 4] = blocksAt;
      header[field.blockCount / 4] = blocks;
      header[field.chunkCount / 4] = chunks;
    }
    const touched = new Uint8Array(buffer, touchedAt, chunks * blocks).fill(0);
    for (let k = 0; k < blocks; k++) {
      const [firstChunk, endChunk] = [k, k + 1].map((n) => Math.floor((n * chunks) / blocks)) as [number, number];
      const [first, after] = [CHUNK * firstChunk, Math.min(atoms, CHUNK * endChunk)];
      const record = new Uint32Array(buffer, blocksAt + k * block.bytes, block.virial / 4);
      record[block.first / 4] = first;
      record[block.end / 4] = after;
      record[block.forces / 4] = forcesAt + k * chunks * CHUNK_BYTES;
      record[block.touched / 4] = touchedAt + k * chunks;
      const marks = touched.subarray(k * chunks, (k + 1) * chunks);
      // The first block's forces become those of all.
      if (k === 0) marks.fill(1);
      marks.fill(1, firstChunk, endChunk);
      for (let entry = start[first]!; entry < start[after]!; entry++) marks[Math.floor(atom[entry]! / CHUNK)] = 1;
    }
    return { ...places, blocks: blocksAt, forces: forcesAt };
  };

  const collect = (result: Evaluation, places: Places, blocks: number): void => {
    const { siteEnergiesEv, forcesEvA, virialEv } = result;
    siteEnergiesEv.set(new Float64Array(memory.buffer, places.siteEnergies, siteEnergiesEv.length));
    forcesEvA.set(new Float64Array(memory.buffer, places.forces, forcesEvA.length));
    let energyEv = 0;
    for (let i = 0; i < siteEnergiesEv.length; i++) energyEv += siteEnergiesEv[i]!;
    result.energyEv = energyEv;
    virialEv.fill(0);
    for (let k = 0; k < blocks; k++) {
      const virial = new Float64Array(memory.buffer, places.blocks + k * block.bytes + block.virial, 9);
      for (let c = 0; c < 9; c++) virialEv[c] = virialEv[c]! + virial[c]!;
    }
  };
  return { evaluate, module, release: () => shift.release() };
}

interface Places extends Omit<ListPlaces, 'end'> {
  readonly blocks: number;
  readonly forces: number;
}

/** A product with zero is not a number where a factor is not finite. */
function isAllFinite({ energyEv, forcesEvA, virialEv }: Evaluation): boolean {
  let zero = energyEv * 0;
  for (let k = 0; k < forcesEvA.length; k++) zero += forcesEvA[k]! * 0;
  for (const component of virialEv) zero += component * 0;
  return zero === 0;
}
