/** Puts a neighbour list, and room for what goes with it, into a kernel's memory, and tells the contexts where it is. */
import { reserve } from '../../numerics/wasm-module.ts';
import type { NeighbourList } from '../../structure/neighbour-list.ts';
import { mostNeighbours } from '../pairs.ts';
import { type KernelLayout, placer } from './layout.ts';
import { GROUP } from './neighbour-group.ts';
import { BATCH, field, LINE_BYTES } from './records.ts';

export interface ListPlaces {
  /** To be filled with the configuration. */
  readonly positions: number;
  readonly species: number;
  /** Of the translations of images, which alone change with the cell. */
  readonly shifts: number;
  readonly siteEnergies: number;
  /** First byte that is free. */
  readonly end: number;
}

/** Bytes of the groups of one atom: an odd number of lines, so that those of a batch do not fall on the same places of a cache. */
export const groupBytes = (layout: KernelLayout, mostOfAnAtom: number): number =>
  (Math.ceil((Math.ceil(mostOfAnAtom / GROUP) * layout.group.bytes) / LINE_BYTES) | 1) * LINE_BYTES;

/** @param from first byte that is free */
export function placeList(
  memory: WebAssembly.Memory,
  layout: KernelLayout,
  contexts: readonly number[],
  from: number,
  list: NeighbourList,
): ListPlaces {
  const { start, atom, image } = list;
  const atoms = start.length - 1;
  const entries = start[atoms]!;
  const next = placer(from);
  const bytesPerAtom = groupBytes(layout, mostNeighbours({ start }));
  const positions = next.place(24 * atoms);
  const species = next.place(4 * atoms);
  const starts = next.place(4 * (atoms + 1));
  const neighbours = next.place(4 * entries);
  const images = next.place(4 * entries);
  const shifts = next.place(8 * list.imageShiftA.length);
  const siteEnergies = next.place(8 * atoms);
  const groups = contexts.map(() => next.place(bytesPerAtom * BATCH));
  reserve(memory, next.end);
  const { buffer } = memory;
  contexts.forEach((context, thread) => {
    const header = new Uint32Array(buffer, context, field.bytes / 4);
    header[field.atoms / 4] = atoms;
    header[field.positions / 4] = positions;
    header[field.species / 4] = species;
    header[field.start / 4] = starts;
    header[field.neighbours / 4] = neighbours;
    header[field.images / 4] = images;
    header[field.shifts / 4] = shifts;
    header[field.siteEnergies / 4] = siteEnergies;
    header[field.groups / 4] = groups[thread]!;
    header[field.bytesPerAtom / 4] = bytesPerAtom;
  });
  new Int32Array(buffer, starts, atoms + 1).set(start);
  new Int32Array(buffer, neighbours, entries).set(atom.subarray(0, entries));
  new Int32Array(buffer, images, entries).set(image.subarray(0, entries));
  const places = { positions, species, shifts, siteEnergies, end: next.end };
  placeShifts(memory, places, list);
  return places;
}

/** Puts in the translations of a list whose entries are there already. */
export function placeShifts(
  memory: WebAssembly.Memory,
  { shifts }: Pick<ListPlaces, 'shifts'>,
  { imageShiftA }: NeighbourList,
): void {
  new Float64Array(memory.buffer, shifts, imageShiftA.length).set(imageShiftA);
}
