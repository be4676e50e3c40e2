/**
 * Energy, forces and virial by a WebAssembly kernel compiled for the potential's template. Bits depend on the structure
 * and the potential alone, as those of `evaluate.ts` do, which is the plain reference beside it; the two agree to rounding.
 *
 * Atoms are divided into blocks, as many as the number of atoms says. Each block adds up its own forces and virial; the
 * blocks' are then added in order. So blocks may be worked on in any number of threads.
 */
import { alone, type Crew } from '../numerics/crew.ts';
import { MAX_PAGES, PAGE_BYTES } from '../numerics/wasm-module.ts';
import type { NeighbourList } from '../structure/neighbour-list.ts';
import type { Structure } from '../structure/structure.ts';
import { createEvaluator, type Evaluation, type Evaluator, emptyEvaluation } from './evaluate.ts';
import { kernelModule } from './kernel/code.ts';
import {
  BATCH,
  block,
  CHUNK,
  CHUNK_BYTES,
  field,
  fillCoefficients,
  fillTemplate,
  kernelLayout,
  kernelTables,
  LINE_BYTES,
  placer,
} from './kernel/layout.ts';
import { GROUP } from './kernel/neighbour-group.ts';
import { kernelPlan } from './kernel/plan.ts';
import { checkAtoms, mostNeighbours } from './pairs.ts';
import { checkPotential, type MtpPotential } from './potential.ts';

/** A block has at least so many atoms, and there are at most so many blocks. */
const BLOCK_ATOMS = 64;
const MOST_BLOCKS = 32;

export interface CompiledEvaluator extends Evaluator {
  /** The kernel's WebAssembly module. */
  readonly module: Uint8Array<ArrayBuffer>;
}

/** Keeps its memory between calls. @throws InputError `bad-potential` */
export function createCompiledEvaluator(potential: MtpPotential, crew: Crew = alone): CompiledEvaluator {
  checkPotential(potential);
  const plan = kernelPlan(potential.template);
  const tables = kernelTables(potential.template, plan);
  const layout = kernelLayout(potential, plan, tables);
  const module = kernelModule(plan, layout);
  const { threads } = crew;
  const fixed = placer(layout.end);
  const contexts = Array.from({ length: threads }, () => fixed.place(layout.contextBytes));
  const memory = new WebAssembly.Memory({
    initial: Math.ceil(fixed.end / PAGE_BYTES),
    maximum: MAX_PAGES,
    shared: true,
  });
  fillTemplate(memory.buffer, potential.template, plan, layout, tables);
  fillCoefficients(memory.buffer, potential.template, layout, potential);
  const shift = crew.enlist(new WebAssembly.Module(module), memory);

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

  let placed: { readonly list: NeighbourList; readonly places: Places } | null = null;

  /** Copies the configuration into the memory; all but positions and species is still there if the list is the same. */
  const placeConfiguration = ({ species, positionsA }: Structure, list: NeighbourList, blocks: number): Places => {
    if (placed?.list !== list) placed = { list, places: placeList(list, species.length, blocks) };
    const { places } = placed;
    new Float64Array(memory.buffer, places.positionsAt, positionsA.length).set(positionsA);
    new Int32Array(memory.buffer, places.speciesAt, species.length).set(species);
    return places;
  };

  /** Puts the list behind what belongs to the potential, makes room for the rest, and divides the atoms into blocks. */
  const placeList = (list: NeighbourList, atoms: number, blocks: number): Places => {
    const { start, atom, shiftA } = list;
    const entries = start[atoms]!;
    const next = placer(fixed.end);
    const groups = Math.ceil(mostNeighbours(list) / GROUP);
    // An odd number of lines, so that the groups of a batch do not fall on the same places of a cache.
    const bytesPerAtom = (Math.ceil((groups * layout.group.bytes) / LINE_BYTES) | 1) * LINE_BYTES;
    const positionsAt = next.place(24 * atoms);
    const speciesAt = next.place(4 * atoms);
    const startAt = next.place(4 * (atoms + 1));
    const neighboursAt = next.place(4 * entries);
    const shiftsAt = next.place(24 * entries);
    const siteEnergiesAt = next.place(8 * atoms);
    const blocksAt = next.place(block.bytes * blocks);
    const chunks = Math.ceil(atoms / CHUNK);
    const forcesBytes = chunks * CHUNK_BYTES;
    const touchedAt = next.place(chunks * blocks);
    const forcesAt = next.place(forcesBytes * blocks);
    const groupsAt = contexts.map(() => next.place(bytesPerAtom * BATCH));
    const missing = Math.ceil(next.end / PAGE_BYTES) - memory.buffer.byteLength / PAGE_BYTES;
    if (missing > 0) memory.grow(missing);
    const { buffer } = memory;
    contexts.forEach((context, thread) => {
      const header = new Uint32Array(buffer, context, field.virial / 4);
      header[field.positions / 4] = positionsAt;
      header[field.species / 4] = speciesAt;
      header[field.start / 4] = startAt;
      header[field.neighbours / 4] = neighboursAt;
      header[field.shifts / 4] = shiftsAt;
      header[field.siteEnergies / 4] = siteEnergiesAt;
      header[field.groups / 4] = groupsAt[thread]!;
      header[field.bytesPerAtom / 4] = bytesPerAtom;
      header[field.blocks / 4] = blocksAt;
      header[field.blockCount / 4] = blocks;
      header[field.chunkCount / 4] = chunks;
    });
    const touched = new Uint8Array(buffer, touchedAt, chunks * blocks).fill(0);
    for (let k = 0; k < blocks; k++) {
      const [firstChunk, endChunk] = [k, k + 1].map((n) => Math.floor((n * chunks) / blocks)) as [number, number];
      const record = new Uint32Array(buffer, blocksAt + k * block.bytes, block.virial / 4);
      const [first, end] = [CHUNK * firstChunk, Math.min(atoms, CHUNK * endChunk)];
      record[block.first / 4] = first;
      record[block.end / 4] = end;
      record[block.forces / 4] = forcesAt + k * forcesBytes;
      record[block.touched / 4] = touchedAt + k * chunks;
      const marks = touched.subarray(k * chunks, (k + 1) * chunks);
      // The first block's forces become those of all.
      if (k === 0) marks.fill(1);
      marks.fill(1, firstChunk, endChunk);
      for (let entry = start[first]!; entry < start[end]!; entry++) marks[Math.floor(atom[entry]! / CHUNK)] = 1;
    }
    new Int32Array(buffer, startAt, atoms + 1).set(start.subarray(0, atoms + 1));
    new Int32Array(buffer, neighboursAt, entries).set(atom.subarray(0, entries));
    new Float64Array(buffer, shiftsAt, 3 * entries).set(shiftA.subarray(0, 3 * entries));
    return { positionsAt, speciesAt, forcesAt, siteEnergiesAt, blocksAt };
  };

  const collect = (result: Evaluation, { forcesAt, siteEnergiesAt, blocksAt }: Places, blocks: number): void => {
    const { siteEnergiesEv, forcesEvA, virialEv } = result;
    siteEnergiesEv.set(new Float64Array(memory.buffer, siteEnergiesAt, siteEnergiesEv.length));
    forcesEvA.set(new Float64Array(memory.buffer, forcesAt, forcesEvA.length));
    let energyEv = 0;
    for (let i = 0; i < siteEnergiesEv.length; i++) energyEv += siteEnergiesEv[i]!;
    result.energyEv = energyEv;
    virialEv.fill(0);
    for (let k = 0; k < blocks; k++) {
      const virial = new Float64Array(memory.buffer, blocksAt + k * block.bytes + block.virial, 9);
      for (let c = 0; c < 9; c++) virialEv[c] = virialEv[c]! + virial[c]!;
    }
  };
  return { evaluate, module };
}

interface Places {
  readonly positionsAt: number;
  readonly speciesAt: number;
  readonly forcesAt: number;
  readonly siteEnergiesAt: number;
  readonly blocksAt: number;
}

/** A product with zero is not a number where a factor is not finite. */
function isAllFinite({ energyEv, forcesEvA, virialEv }: Evaluation): boolean {
  let zero = energyEv * 0;
  for (let k = 0; k < forcesEvA.length; k++) zero += forcesEvA[k]! * 0;
  for (const component of virialEv) zero += component * 0;
  return zero === 0;
}
