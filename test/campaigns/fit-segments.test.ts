import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderDerivation } from '../../cli/output/derivation.ts';
import { campaignResultHash, traceEvents } from '../../src/campaign/campaign-view.ts';
import type { CampaignPlan } from '../../src/campaign/plan.ts';
import { runCampaign } from '../../src/campaign/run-campaign.ts';
import { type LoadedSpec, loadSpec } from '../../src/campaign/spec-file.ts';
import { inlineExecutor } from '../../src/execution/inline-executor.ts';
import { readStandings } from '../../src/projections/standing.ts';
import type { StoredEvent } from '../../store/event.ts';
import { openStore, type Store } from '../../store/store.ts';
import { inTemporaryFolder, projectRoot } from './cli-process.ts';

/** Two fits of ten iterations, and as little besides as a spec may have. */
const specText = (segmentIterations: number): string => `varve: 1
name: fits-in-segments
seed: 1
elements: [Li, P, S, Cl]
labels:
  gpaw:
    file: ${join(projectRoot, 'examples/labels/li6ps5cl-gpaw-pw400.extxyz')}
    method: { engine: GPAW, version: 22.8.0, functional: PBE (PAW), settings: plane waves 400 eV }
trainingSets:
  all: { labels: [gpaw], validationEvery: 10 }
potentials:
  level-2:
    trainingSet: all
    level: 2
    members: 2
    preIterations: 3
    maxIterations: 7
    segmentIterations: ${segmentIterations}
structures:
  bulk:
    prototype: { name: argyrodite, latticeConstantA: 10.25 }
dynamics:
  equilibration: { timePs: 0.01 }
  production: { timePs: 0.1, sampleEveryFs: 2 }
  segmentPs: 0.1
  runs: [{ structure: bulk, potential: level-2, temperaturesK: [300] }]
analysis: { mobileSpecies: Li }
`;

function load(folder: string, segmentIterations: number): LoadedSpec {
  const path = join(folder, `${segmentIterations}.yaml`);
  writeFileSync(path, specText(segmentIterations));
  return loadSpec(path);
}

/** Runs until that many segments of fits are recorded, or to the end. */
async function run(store: Store, loaded: LoadedSpec, mostSegments = Number.POSITIVE_INFINITY): Promise<CampaignPlan> {
  const stop = new AbortController();
  let segments = 0;
  return runCampaign({
    store,
    loaded,
    executor: inlineExecutor(store.blobs),
    signal: stop.signal,
    listener: {
      onEvent({ task }) {
        if (task.kind === 'potential.fit') segments += 1;
        if (segments >= mostSegments) stop.abort(new Error('stopped'));
      },
    },
  });
}

const fitsOf = (plan: CampaignPlan): StoredEvent[] =>
  [...plan.events.values()].filter(({ core }) => core.task.kind === 'potential.fit');
const potentialsOf = (plan: CampaignPlan) =>
  plan.potentials['level-2']!.map((event) => event!.core.outputs.potential!.hash);

describe('a campaign whose fits are cut into segments', () => {
  it('stopped between any two of them goes on, and has the potentials of fits in one piece', async () => {
    await inTemporaryFolder(async (folder) => {
      const open = (name: string): Store => openStore({ dir: join(folder, name), mode: 'write', create: true });
      const stores = ['straight', 'stopped'].map(open);
      const [straight, stopped] = stores as [Store, Store];
      const loaded = load(folder, 4);
      const plan = await run(straight, loaded);
      expect(plan.failures).toEqual([]);
      expect(fitsOf(plan)).toHaveLength(6);
      expect(plan.expectedTasks).toBe(plan.events.size);

      let stops = 0;
      for (let ended = false; !ended; ) {
        ended = await run(stopped, loaded, 1).then(
          () => true,
          () => false,
        );
        stops += ended ? 0 : 1;
      }
      expect(stops).toBe(6);
      expect(campaignResultHash(await run(stopped, loaded))).toBe(campaignResultHash(plan));

      const whole = await run(straight, load(folder, 100));
      expect(fitsOf(whole)).toHaveLength(2);
      expect(potentialsOf(whole)).toEqual(potentialsOf(plan));

      const [fit] = plan.potentials['level-2']!;
      const { seed } = fitsOf(plan)[0]!.core.task.params.start as { seed: string };
      const text = renderDerivation(traceEvents(straight, [fit!.eventId]), plan.purposes, readStandings(straight));
      expect(text).toMatch(/^potential\.fit v4 {2}\w+ {2}level-2, fit 1, segment 3 {2}and the 2 segments before it$/m);
      expect(text).toContain(`begun: start.from seed, start.seed ${seed}`);
      expect(text).toMatch(/^└─ 54 training and 6 validation configurations of label\.import /m);
      expect(text.match(/potential\.fit/g)).toHaveLength(1);
      for (const store of stores) store.close();
    });
  });
});
