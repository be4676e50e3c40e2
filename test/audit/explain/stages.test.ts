import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { essentialArrows, MAX_STAGES, type StagedLineage, stagesOf } from '../../../src/audit/explain/stages.ts';
import type { Lineage } from '../../../src/projections/lineage.ts';
import { campaignLineage, LineageBuilder } from './synthetic-lineage.ts';

const kinds = [
  'blob.import',
  'label.import',
  'potential.fit',
  'structure.create',
  'md.run',
  'analysis.diffusion',
  'analysis.replicas',
  'analysis.arrhenius',
  'configurations.select',
];

/** Any acyclic lineage: kinds in any order, each event resting on any earlier ones, some through lists. */
const lineages: fc.Arbitrary<Lineage> = fc
  .array(
    fc.record({
      kind: fc.constantFrom(...kinds),
      newRun: fc.boolean(),
      sources: fc.array(fc.record({ back: fc.nat(40), list: fc.boolean() }), { maxLength: 4 }),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((drawn) => {
    const built = new LineageBuilder();
    for (const { kind, newRun, sources } of drawn) {
      const known = built.nodes.map(({ eventId }) => eventId);
      const picked =
        known.length === 0
          ? []
          : sources.map(({ back, list }) => ({ list, to: known.at(-1 - (back % known.length))! }));
      const whole = picked.filter(({ list }) => !list).map(({ to }) => ({ event: to, output: 'out' }));
      const listed = picked.filter(({ list }) => list).map(({ to }) => to);
      const from = built.add({
        kind,
        params: { start: { newRun } },
        inputs: {
          ...(whole.length === 0 ? {} : { state: whole[0]!, others: whole.slice(1) }),
          ...(listed.length === 0 ? {} : { training: { manifest: 'ab'.repeat(32) } }),
        },
      });
      built.addList(from, 'training', [...new Set(listed)], 3);
    }
    return built.lineage();
  });

/** Everything that a stage can be reached from, by walking: slow and obvious. */
function reachable({ arrows }: Pick<StagedLineage, 'arrows'>, from: string): Set<string> {
  const reached = new Set<string>();
  const queue = [from];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    for (const { producer, consumer } of arrows) {
      if (producer !== at || reached.has(consumer)) continue;
      reached.add(consumer);
      queue.push(consumer);
    }
  }
  return reached;
}

describe('stages of a lineage', () => {
  it('hold every event once, in an order in which what is used comes before what uses it', () => {
    fc.assert(
      fc.property(lineages, (lineage) => {
        const { stages, arrows } = stagesOf(lineage);
        const place = new Map(stages.flatMap(({ events }, k) => events.map(({ eventId }) => [eventId, k] as const)));
        expect(stages.flatMap(({ events }) => events)).toHaveLength(lineage.nodes.length);
        expect(place.size).toBe(lineage.nodes.length);
        expect(stages.length).toBeLessThanOrEqual(MAX_STAGES);
        expect(new Set(stages.map(({ id }) => id)).size).toBe(stages.length);
        const at = (id: string): number => stages.findIndex((stage) => stage.id === id);
        for (const { producer, consumer } of arrows) {
          expect(at(producer)).toBeGreaterThanOrEqual(0);
          expect(at(producer)).toBeLessThan(at(consumer));
        }
        // What an event uses is in its own stage, or in one from which arrows lead to it.
        for (const { from, to } of lineage.edges) {
          const [producer, consumer] = [stages[place.get(to)!]!.id, stages[place.get(from)!]!.id];
          if (producer !== consumer) expect(reachable({ arrows }, producer).has(consumer)).toBe(true);
        }
      }),
    );
  });

  it('are told apart by the fewest arrows that say the same', () => {
    fc.assert(
      fc.property(lineages, (lineage) => {
        const staged = stagesOf(lineage);
        const fewer = essentialArrows(
          staged.stages.map(({ id }) => id),
          staged.arrows,
        );
        for (const { id } of staged.stages) expect(reachable({ arrows: fewer }, id)).toEqual(reachable(staged, id));
        for (const arrow of fewer) {
          const without = fewer.filter((other) => other !== arrow);
          expect(reachable({ arrows: without }, arrow.producer).has(arrow.consumer)).toBe(false);
        }
      }),
    );
  });

  it('do not depend on the order in which the lineage names its events', () => {
    fc.assert(
      fc.property(lineages, (lineage) => {
        const shuffled = { ...lineage, nodes: [...lineage.nodes].reverse(), edges: [...lineage.edges].reverse() };
        const shape = ({ stages, arrows }: StagedLineage) => ({
          stages: stages.map(({ id, events }) => [id, events.map(({ seq }) => seq)]),
          arrows,
        });
        expect(shape(stagesOf(shuffled))).toEqual(shape(stagesOf(lineage)));
      }),
    );
  });

  it('of a campaign are its own, with the training set between labels and fits', () => {
    const { lineage } = campaignLineage({ structures: 2, temperatures: 2, members: 2, segments: 10 });
    const { stages, arrows } = stagesOf(lineage);
    expect(stages.map(({ id, events }) => [id, events.length])).toEqual([
      ['files', 1],
      ['labels', 1],
      ['sets', 0],
      ['fits', 2],
      ['structures', 2],
      ['equilibration', 72],
      ['production', 8],
      ['diffusion', 8],
      ['means', 4],
      ['arrhenius', 1],
    ]);
    const [set] = stages.find(({ id }) => id === 'sets')!.sets;
    expect(set).toMatchObject({ input: 'training', items: 60 });
    expect(set!.usedBy).toHaveLength(2);
    expect(
      essentialArrows(
        stages.map(({ id }) => id),
        arrows,
      ).map(({ producer, consumer }) => `${producer} ${consumer}`),
    ).toEqual([
      'files labels',
      'labels sets',
      'sets fits',
      'fits equilibration',
      'structures equilibration',
      'equilibration production',
      'production diffusion',
      'diffusion means',
      'means arrhenius',
    ]);
  });

  it('of a method that learns as it goes are told apart by rounds, the earlier ones folded', () => {
    const built = new LineageBuilder();
    const selected: string[] = [];
    for (let round = 0; round < 12; round += 1) {
      const labels = built.add({
        kind: 'label.import',
        inputs: { from: selected.map((event) => ({ event, output: 'out' })) },
      });
      const fit = built.add({
        kind: 'potential.fit',
        inputs: { training: { manifest: `${round}`.padStart(64, '0') } },
      });
      built.addList(fit, 'training', [labels], 10);
      selected.push(built.add({ kind: 'configurations.select', inputs: { potential: { event: fit, output: 'out' } } }));
    }
    const { stages } = stagesOf(built.lineage());
    expect(stages.map(({ id }) => id)).toEqual([
      'earlier',
      ...[10, 11, 12].flatMap((round) => ['labels', 'sets', 'fits', 'selections'].map((role) => `${role}-${round}`)),
    ]);
    expect(stages[0]!.events).toHaveLength(27);
  });
});
