/** Energy, forces and virial by a kernel compiled for the potential's template. */
import type { NeighbourList } from '../structure/neighbour-list.ts';
import type { Structure } from '../structure/structure.ts';
import type { Evaluation } from './evaluate.ts';
import { BATCH, kernelModule, NEIGHBOUR_TILE } from './kernel-code.ts';
import { field, fillKernelMemory, kernelLayout, kernelTables } from './kernel-layout.ts';
import { kernelPlan } from './kernel-plan.ts';
import { mostNeighbours } from './pairs.ts';
import type { MtpPotential } from './potential.ts';

// biome-ignore lint/suspicious/noExplicitAny: prototype
const WebAssembly = (globalThis as any).WebAssembly;
const PAGE = 65536;

export function createCompiledEvaluator(potential: MtpPotential) {
  const plan = kernelPlan(potential.template);
  const tables = kernelTables(potential.template, potential.momentCoefficients);
  const layout = kernelLayout(potential, plan, tables);
  const code = kernelModule(plan, layout);
  const memory = new WebAssembly.Memory({ initial: Math.ceil(layout.end / PAGE) });
  const { batch } = new WebAssembly.Instance(new WebAssembly.Module(code), { env: { memory } }).exports as {
    batch: (first: number, count: number) => void;
  };
  fillKernelMemory(memory.buffer, potential, layout, tables);
  let end = layout.end;
  let places: number[] = [];
  let known: NeighbourList | undefined;

  const lay = (structure: Structure, list: NeighbourList): void => {
    const atoms = structure.species.length;
    const most = Math.ceil(mostNeighbours(list) / NEIGHBOUR_TILE) * NEIGHBOUR_TILE;
    end = layout.end;
    const place = (bytes: number): number => {
      const at = end;
      end = Math.ceil((end + bytes) / 64) * 64;
      return at;
    };
    const bytesPerAtom = most * layout.rowBytes + 64;
    places = [
      place(24 * atoms),
      place(4 * atoms),
      place(4 * (atoms + 1)),
      place(4 * list.atom.length),
      place(24 * list.atom.length),
      place(24 * atoms),
      place(bytesPerAtom * BATCH),
      bytesPerAtom,
    ];
    const missing = Math.ceil(end / PAGE) - memory.buffer.byteLength / PAGE;
    if (missing > 0) memory.grow(missing);
    new Uint32Array(memory.buffer, layout.header, places.length).set(places);
    new Int32Array(memory.buffer, places[1], atoms).set(structure.species);
    new Int32Array(memory.buffer, places[2], atoms + 1).set(list.start);
    new Int32Array(memory.buffer, places[3], list.atom.length).set(list.atom);
    new Float64Array(memory.buffer, places[4], 3 * list.atom.length).set(list.shiftA.subarray(0, 3 * list.atom.length));
    known = list;
  };

  return {
    code,
    evaluate(structure: Structure, list: NeighbourList): Evaluation {
      const atoms = structure.species.length;
      if (list !== known) lay(structure, list);
      new Float64Array(memory.buffer, places[0]!, 3 * atoms).set(structure.positionsA);
      const forces = new Float64Array(memory.buffer, places[5]!, 3 * atoms).fill(0);
      const virial = new Float64Array(memory.buffer, layout.header + field.virial, 9).fill(0);
      const energies = new Float64Array(memory.buffer, layout.energies, BATCH);
      const siteEnergiesEv = new Float64Array(atoms);
      let energyEv = 0;
      for (let first = 0; first < atoms; first += BATCH) {
        const count = Math.min(BATCH, atoms - first);
        batch(first, count);
        for (let k = 0; k < count; k++) {
          siteEnergiesEv[first + k] = potential.speciesCoefficients[structure.species[first + k]!]! + energies[k]!;
          energyEv += siteEnergiesEv[first + k]!;
        }
      }
      return { energyEv, siteEnergiesEv, forcesEvA: forces.slice(), virialEv: virial.slice() };
    },
  };
}
