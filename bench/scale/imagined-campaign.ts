/**
 * A campaign of any size in a real store, with nothing computed: the plan says what to ask, and results of the shape and
 * size of real ones are made up. So its events are those that the plan finds again; they share a few small blobs.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ChainMemory } from '../../src/campaign/chain-memory.ts';
import { openCampaign } from '../../src/campaign/open-campaign.ts';
import { planCampaign } from '../../src/campaign/plan.ts';
import { PLAN_VERSION } from '../../src/campaign/plan-version.ts';
import { correctedLog } from '../../src/campaign/planner.ts';
import { type LoadedSpec, loadSpec } from '../../src/campaign/spec-file.ts';
import { attest } from '../../src/execution/attestation.ts';
import { readStandings } from '../../src/projections/standing.ts';
import type { EventCore, NewEvent, Task } from '../../store/event.ts';
import type { JsonObject } from '../../store/json.ts';
import { openStore } from '../../store/store.ts';
import { imaginedCore } from '../../test/campaign/imagined-log.ts';

export interface Shape {
  readonly structures: number;
  readonly temperatures: number;
  readonly members: number;
  /** Of one run, equilibration and production. */
  readonly segments: number;
}

/** By the number of events, about. */
export const SHAPES: { readonly [events: number]: Shape } = {
  10000: { structures: 2, temperatures: 5, members: 4, segments: 250 },
  100000: { structures: 4, temperatures: 5, members: 10, segments: 500 },
  1000000: { structures: 10, temperatures: 10, members: 20, segments: 500 },
};

export function writeSpec(folder: string, { structures, temperatures, members, segments }: Shape): LoadedSpec {
  const numbered = (count: number, item: (k: number) => string): string =>
    Array.from({ length: count }, (_, k) => item(k)).join('');
  const labels = resolve('examples/labels');
  const text = readFileSync(resolve('examples/argyrodite-micro.yaml'), 'utf8')
    .replace('file: labels', `file: ${labels}`)
    .replace('members: 2', `members: ${members}\n    segmentIterations: 10`)
    .replace(/structures:[\s\S]*?\n\n/, () => {
      const one = (k: number): string =>
        `  bulk-${k}:\n    prototype: { name: argyrodite, latticeConstantA: 10.25 }\n    rattleA: 0.05\n`;
      return `structures:\n${numbered(structures, one)}\n`;
    })
    .replace('timePs: 0.4', `timePs: ${(0.2 * (segments - 10)).toFixed(1)}`)
    .replace('equilibration: { timePs: 0.2', 'equilibration: { timePs: 2')
    .replace(/ {2}runs:[\s\S]*?\n\n/, () => {
      const temperaturesK = Array.from({ length: temperatures }, (_, t) => 600 + 50 * t).join(', ');
      const one = (k: number): string =>
        `    - { structure: bulk-${k}, potential: level-4, temperaturesK: [${temperaturesK}], members: ${members} }\n`;
      return `  runs:\n${numbered(structures, one)}\n`;
    });
  const path = join(folder, 'spec.yaml');
  writeFileSync(path, text);
  return loadSpec(path);
}

/** Does what is ready until nothing is; returns how many events the log has then. */
export function imagineCampaign(dir: string, { spec }: LoadedSpec): number {
  const store = openStore({ dir, mode: 'write', create: true });
  const attestation = { ...attest(), wasm: ['ad'.repeat(32)] };
  openCampaign(store, spec, attestation);
  const lookup = correctedLog(store, readStandings(store));
  const memory = new ChainMemory();
  const { hash, bytes } = store.blobs.put(Buffer.from('made up'));
  const eventOf = (task: Task): NewEvent => ({
    core: imagined(task, { hash, bytes }),
    attestation,
    obs: { startedAt: '2026-01-01T00:00:00.000Z', durationMs: 1000, node: 'v20.0.0', platform: 'linux', arch: 'x64' },
  });
  for (;;) {
    const { ready } = planCampaign(spec, lookup, PLAN_VERSION, memory);
    if (ready.length === 0) break;
    for (const manifest of new Set(ready.flatMap(({ manifests }) => manifests))) store.blobs.put(manifest);
    store.log.append(ready.map(({ task }) => eventOf(task)));
  }
  const { size } = store.log;
  store.close();
  return size;
}

function imagined(task: Task, blob: { readonly hash: string; readonly bytes: number }): EventCore {
  const core = imaginedCore(task);
  const fitEnds = task.kind === 'potential.fit' && (task.params.start as { from: string }).from === 'state';
  const names = task.kind !== 'potential.fit' || fitEnds ? Object.keys(core.outputs) : ['state', 'history'];
  const mediaType = 'application/vnd.varve.array-bundle';
  return {
    ...core,
    outputs: Object.fromEntries(names.map((name) => [name, { ...blob, mediaType }])),
    results: { ...core.results, ...(MORE_RESULTS[task.kind] ?? {}) },
  };
}

/** For the size of a segment's event, and what tables print. */
const MORE_RESULTS: { readonly [kind: string]: JsonObject } = {
  'md.run': {
    atoms: 52,
    closestApproachA: 1.913679642697133,
    energyDriftMevPerAtomPs: 0.0460835396441799,
    lastStep: 100,
    meanTemperatureK: 771.262183849061,
    meanTotalEnergyEv: -202.91104528608753,
    stdTemperatureK: 100.69027273856318,
    timePs: 0.2,
  },
  'analysis.arrhenius': {
    conductivityInterval95MsCm: [1e-3, null],
    diffusionInterval95Cm2S: [1e-9, null],
    prefactorInterval95Cm2S: [1e-6, null],
  },
};
