// Milliseconds to build a neighbour list of reach 6 Å (a 5 Å cutoff and its skin), built code: npm run build && node bench/neighbour-list.mjs
import { argyrodite } from '../dist/src/structure/argyrodite.js';
import { rattle } from '../dist/src/structure/disorder.js';
import { buildNeighbourList } from '../dist/src/structure/neighbour-list.js';
import { makeSupercell } from '../dist/src/structure/supercell.js';

for (const n of [1, 2, 4, 7]) {
  const cell = makeSupercell(argyrodite({ latticeConstantA: 10.25 }), [n, n, n]).structure;
  const structure = rattle(cell, 0.1, '0000000000000001');
  const times = [];
  for (let round = 0; round < (n > 2 ? 7 : 60); round++) {
    const startedAt = performance.now();
    buildNeighbourList(structure, 6);
    times.push(performance.now() - startedAt);
  }
  times.sort((a, b) => a - b);
  const median = times[times.length >> 1];
  const atoms = structure.species.length;
  console.log(`${atoms} atoms: ${median.toFixed(2)} ms, ${((1000 * median) / atoms).toFixed(2)} µs/atom`);
}
