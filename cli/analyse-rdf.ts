/** `varve analyse rdf FILE`: partial radial distribution functions. */
import { type RadialDistribution, RadialDistributionSum } from '../src/analysis/radial-distribution.ts';
import { speciesIndices, timedFrames } from '../src/campaign/trajectory-view.ts';
import { InputError } from '../src/numerics/input-error.ts';
import type { RdfFlags } from './analyse-command.ts';
import { atPlace, thinnedTable, timeless, withTrajectoryFile } from './analysed-trajectory.ts';
import { formatNumber } from './output/numbers.ts';
import { printJson } from './output/store-access.ts';

export async function rdf(path: string, flags: RdfFlags): Promise<void> {
  if (flags.species.length > 2) {
    throw new InputError('bad-option', 'a radial distribution is that of one species around another', {
      expected: 'one or two species, e.g. --species Li,S',
      found: flags.species.join(','),
    });
  }
  const [a, b = a] = flags.species as [string, string?];
  const { radiiA, g, neighbours, frames } = await withTrajectoryFile(path, flags, async (request) => {
    const sum = new RadialDistributionSum([a, b], flags.reach, flags.shell);
    for await (const { atoms, cellA, positionsA, line } of timedFrames(timeless(request))) {
      speciesIndices(atoms, [a, b], path);
      atPlace(path, line, () => sum.add({ ...atoms, cellA, positionsA }));
    }
    return sum.result();
  });
  if (flags.json) {
    const lists: Omit<RadialDistribution, 'pair' | 'frames'> = { radiiA, g, neighbours };
    printJson({
      pair: [a, b],
      frames,
      ...Object.fromEntries(Object.entries(lists).map(([name, values]) => [name, [...values]])),
    });
    return;
  }
  const rows = Array.from(radiiA, (radiusA, k) => [
    formatNumber(radiusA, 5),
    formatNumber(g[k]!, 4),
    formatNumber(neighbours[k]!, 4),
  ]);
  const heading = ['r (Å)', `g(r), ${b} around ${a}`, `${b} atoms within (number)`];
  process.stdout.write(thinnedTable(heading, rows));
}
