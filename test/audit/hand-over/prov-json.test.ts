import { describe, expect, it } from 'vitest';
import { provRecords, provText } from '../../../src/audit/hand-over/prov-json.ts';
import {
  type ProvenanceScope,
  scopeOfCampaign,
  scopeOfCell,
  storeSource,
} from '../../../src/audit/hand-over/provenance-scope.ts';
import { inputsOf, outputsOf } from '../../../store/event-shape.ts';
import type { Store } from '../../../store/store.ts';
import { correctedStore, eventOfKind, goldenStore, hostileText } from './golden-campaign.ts';
import { type ProvDocument, provFaults } from './prov-json-rules.ts';

const textOf = (store: Store, scope: ProvenanceScope): string =>
  [...provText(provRecords(scope, storeSource(store)))].join('');
const documentOf = (store: Store, scope: ProvenanceScope = scopeOfCampaign(store)): ProvDocument =>
  JSON.parse(textOf(store, scope)) as ProvDocument;
const statements = (document: ProvDocument, section: string): { [name: string]: unknown }[] =>
  Object.values(document[section] ?? {}) as { [name: string]: unknown }[];

describe('the PROV-JSON of a campaign', () => {
  it('meets the schema, and names every event, output and blob once', () => {
    const store = goldenStore();
    const text = textOf(store, scopeOfCampaign(store));
    const document = JSON.parse(text) as ProvDocument;
    expect(provFaults(document)).toEqual([]);
    const events = [...store.log.events()];
    expect(Object.keys(document.activity!).sort()).toEqual(events.map((event) => `event:${event.eventId}`).sort());
    const outputs = events.flatMap(({ core, eventId }) => outputsOf(core).map(([name]) => `output:${eventId}/${name}`));
    const blobs = events.flatMap(({ core }) => [
      ...outputsOf(core).map(([, descriptor]) => descriptor.hash),
      ...[...inputsOf(core)].flatMap(({ input }) => ('manifest' in input ? [input.manifest] : [])),
    ]);
    const named = (prefix: string): string[] =>
      Object.keys(document.entity!)
        .filter((id) => id.startsWith(prefix))
        .sort();
    expect(named('output:')).toEqual(outputs.sort());
    expect(named('blob:')).toEqual([...new Set(blobs)].map((hash) => `blob:${hash}`).sort());
    // JSON.parse keeps the last of equal keys: each must be there once in the text as well.
    for (const id of Object.keys(document.entity!)) expect(text.split(`\n"${id}":`).length, id).toBe(2);
  });

  it('links what each event used and made, and the segments of a run', () => {
    const store = goldenStore();
    const document = documentOf(store);
    const segment = [...store.log.byKind('md.run')].find((event) => 'state' in event.core.task.inputs)!;
    const id = `event:${segment.eventId}`;
    const used = statements(document, 'used').filter((usage) => usage['prov:activity'] === id);
    expect(used.map((usage) => usage['prov:role'])).toEqual(['potential', 'range', 'state', 'structure']);
    const informed = statements(document, 'wasInformedBy').filter((statement) => statement['prov:informed'] === id);
    const { event } = segment.core.task.inputs.state as { event: string };
    expect(informed).toEqual([{ 'prov:informed': id, 'prov:informant': `event:${event}` }]);
    const fit = eventOfKind(store, 'potential.fit');
    const { manifest } = fit.core.task.inputs.training as { manifest: string };
    const labels = eventOfKind(store, 'label.import');
    expect(statements(document, 'hadMember')).toContainEqual({
      'prov:collection': `blob:${manifest}`,
      'prov:entity': `output:${labels.eventId}/labels`,
    });
  });

  it('of one cell holds what the cell rests on, down to the cell itself', () => {
    const store = goldenStore();
    const scope = scopeOfCell(store, 'tableV/anion-ordered-bulk/Ea');
    const document = documentOf(store, scope);
    expect(provFaults(document)).toEqual([]);
    expect(Object.keys(document.activity!).length).toBe(scope.events.length);
    const [cell] = Object.entries(document.entity!).find(([id]) => id.startsWith('cell:'))!;
    expect(document.entity![cell]).toMatchObject({
      'prov:value': { $: String(scope.cell!.value), type: 'xsd:double' },
      'varve:unit': 'meV',
    });
    expect(statements(document, 'wasDerivedFrom')).toEqual([
      { 'prov:generatedEntity': cell, 'prov:usedEntity': `output:${scope.cell!.events[0]}/line` },
    ]);
  });

  it('shows corrections: what is taken back is invalidated, what replaces is a revision', () => {
    const { store, violation, first, second, retraction, supersession, undone } = correctedStore();
    const document = documentOf(store);
    expect(provFaults(document)).toEqual([]);
    // By the supersession alone: the retraction was taken back, and a correction has no outputs that could be invalid.
    expect(statements(document, 'wasInvalidatedBy')).toEqual(
      outputsOf(first.core).map(([name]) => ({
        'prov:entity': `output:${first.eventId}/${name}`,
        'prov:activity': `event:${supersession.eventId}`,
        'prov:time': '2030-01-02T03:04:05.678+00:00',
      })),
    );
    expect(statements(document, 'wasDerivedFrom')).toContainEqual({
      'prov:generatedEntity': `output:${second.eventId}/potential`,
      'prov:usedEntity': `output:${first.eventId}/potential`,
      'prov:type': { $: 'prov:Revision', type: 'xsd:QName' },
    });
    expect(document.activity![`event:${retraction.eventId}`]).toMatchObject({
      'varve:params': JSON.stringify({ event: first.eventId, reason: hostileText }),
    });
    expect(statements(document, 'wasInfluencedBy')).toContainEqual({
      'prov:influencee': `event:${undone.eventId}`,
      'prov:influencer': `event:${retraction.eventId}`,
    });
    const again = statements(document, 'used').filter(
      (usage) => usage['prov:activity'] === `event:${violation.eventId}`,
    );
    expect(again.map((usage) => usage['prov:role'])).toEqual(['training', 'validation']);
  });

  it('is the same bytes each time, and holds hostile text as text', () => {
    const store = goldenStore();
    const scope = scopeOfCampaign(store);
    expect(textOf(store, scope)).toBe(textOf(store, scopeOfCampaign(store)));
    const purposes = { get: () => hostileText, has: () => true };
    const text = textOf(store, { ...scope, purposes });
    expect(text).not.toContain('<');
    const document = JSON.parse(text) as ProvDocument;
    expect(provFaults(document)).toEqual([]);
    expect(document.activity![`event:${scope.events[1]!.eventId}`]).toMatchObject({ 'prov:label': hostileText });
  });
});

describe('the rules', () => {
  it('find what breaks them', () => {
    const document = documentOf(goldenStore());
    const breakages: readonly (readonly [RegExp, (broken: ProvDocument) => void])[] = [
      [/no such section \(things\)/, (broken) => Object.assign(broken, { things: {} })],
      [/requires prov:entity/, (broken) => delete statements(broken, 'used')[0]!['prov:entity']],
      [
        /names a declared activity/,
        (broken) => Object.assign(statements(broken, 'used')[0]!, { 'prov:activity': 'event:0' }),
      ],
      [/identifier is a qualified name/, (broken) => Object.assign(broken.entity!, { 'nowhere:x': {} })],
      [/is a date-time/, (broken) => Object.assign(statements(broken, 'activity')[0]!, { 'prov:startTime': 'today' })],
      [
        /a literal, a typed literal/,
        (broken) => Object.assign(statements(broken, 'entity')[0]!, { 'varve:x': { $: 1 } }),
      ],
      [/prefix names a URI/, (broken) => Object.assign(broken.prefix, { bad: 'no uri' })],
      [
        /PROV defines prov:colour/,
        (broken) => Object.assign(statements(broken, 'agent')[0]!, { 'prov:colour': 'red' }),
      ],
    ];
    for (const [rule, change] of breakages) {
      const broken = structuredClone(document);
      change(broken);
      expect(provFaults(broken).join('\n'), String(rule)).toMatch(rule);
    }
  });
});
