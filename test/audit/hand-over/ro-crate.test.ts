import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scopeOfCampaign, scopeOfCell, storeSource } from '../../../src/audit/hand-over/provenance-scope.ts';
import { describeCrate } from '../../../src/audit/hand-over/ro-crate.ts';
import { writeCrate } from '../../../src/audit/hand-over/ro-crate-files.ts';
import { outputsOf } from '../../../store/event-shape.ts';
import { sha256Hex } from '../../../store/hash.ts';
import type { Store } from '../../../store/store.ts';
import { newFolder } from '../../store/store-fixture.ts';
import { type CrateDocument, crateFaults, type Entity } from './crate-rules.ts';
import { appendObserved, correctedStore, crateOf, eventOfKind, goldenStore, hostileText } from './golden-campaign.ts';

const filesIn = (folder: string): string[] =>
  (readdirSync(folder, { recursive: true }) as string[]).filter((path) => statSync(join(folder, path)).isFile());

function written(store: Store, options: Parameters<typeof describeCrate>[2] = {}, scope = scopeOfCampaign(store)) {
  const folder = join(newFolder(), 'crate');
  writeCrate(describeCrate(scope, storeSource(store), options), store.blobs, folder);
  const text = readFileSync(join(folder, 'ro-crate-metadata.json'), 'utf8');
  return { folder, text, crate: JSON.parse(text) as CrateDocument, files: filesIn(folder) };
}

const entityOf = (crate: CrateDocument, id: string): Entity => crate['@graph'].find((entity) => entity['@id'] === id)!;
const eventIdsOf = (crate: CrateDocument): string[] =>
  crate['@graph'].flatMap(({ '@id': id }) => /^#event-([0-9a-f]{64})$/.exec(id)?.[1] ?? []).sort();
const isFile = (entity: Entity): boolean => [entity['@type']].flat().includes('File');

describe('the crate of a campaign', () => {
  it('meets its profiles, and names every event and every blob once', () => {
    const store = goldenStore();
    const { folder, crate, files } = written(store);
    expect(crateFaults(crate, files)).toEqual([]);
    const events = [...store.log.events()];
    expect(eventIdsOf(crate)).toEqual(events.map((event) => event.eventId).sort());
    const blobs = readdirSync(join(store.dir, 'blobs'), { recursive: true }) as string[];
    const hashes = blobs.filter((path) => path.includes('/')).map((path) => path.replace('/', ''));
    const described = crate['@graph'].filter(isFile);
    const readme = described.find((file) => file['@id'] === 'README.md')!;
    expect(described.map((file) => file.sha256).sort()).toEqual([...hashes, readme.sha256].sort());
    for (const file of described) {
      const bytes = readFileSync(join(folder, file['@id']));
      expect(sha256Hex(bytes)).toBe(file.sha256);
      expect(file.contentSize).toBe(String(bytes.length));
    }
  });

  it('says of each event what it used and made, how it ended and when', () => {
    const store = goldenStore();
    const crate = crateOf(store);
    const stopped = [...store.log.events()].find((event) => event.core.outcome.status === 'stopped')!;
    const action = entityOf(crate, `#event-${stopped.eventId}`);
    expect(action.description).toMatch(/Exact: a replay must give the same bytes\. Stopped early.*Å apart/);
    expect(action.actionStatus).toBe('http://schema.org/CompletedActionStatus');
    expect(action.startTime).toBe(String(stopped.obs!.startedAt).replace('Z', '+00:00'));
    const values = [action.object, action.result].flat().map((item) => entityOf(crate, (item as Entity)['@id']));
    expect(values.filter(isFile).length).toBe(4 + outputsOf(stopped.core).length);
    expect(values.find((value) => value.name === 'temperatureK')!.value).toBe(stopped.core.task.params.temperatureK);
    expect(values.find((value) => value.name === 'watch.everySteps')!.value).toBe(10);
    expect(values.find((value) => value.name === 'lastStep')!.value).toBe(stopped.core.results.lastStep);
    const imported = entityOf(crate, `#event-${eventOfKind(store, 'blob.import').eventId}`);
    expect(imported.description).toContain('Observed: it came from outside');
  });

  it('gives the cells of the tables with their units, intervals and files', () => {
    const store = goldenStore();
    const crate = crateOf(store);
    const scope = scopeOfCampaign(store);
    expect(scope.cells.length).toBeGreaterThan(20);
    const results = (entityOf(crate, '#campaign-run').result as Entity[]).map((item) => item['@id']);
    expect(results).toEqual(scope.cells.map((cell) => `#cell-${cell.name}`));
    for (const cell of scope.cells) {
      const entity = entityOf(crate, `#cell-${cell.name}`);
      expect(entity.value ?? null).toBe(cell.value);
      expect(entity.unitText ?? '').toBe(cell.unit);
      if (cell.interval95 === null) continue;
      const { minValue = null, maxValue = null } = entityOf(crate, `#cell-${cell.name}/interval95`);
      expect([minValue, maxValue]).toEqual(cell.interval95);
    }
  });

  it('of one cell holds what the cell rests on and nothing else', () => {
    const store = goldenStore();
    const name = 'fits/level-4/trainingForce';
    const scope = scopeOfCell(store, name);
    const { crate, files } = written(store, {}, scope);
    expect(crateFaults(crate, files)).toEqual([]);
    const kinds = scope.events.map((event) => event.core.task.kind);
    expect(kinds).toEqual(['campaign.open', 'blob.import', 'label.import', 'potential.fit', 'potential.fit']);
    expect(eventIdsOf(crate)).toEqual(scope.events.map((event) => event.eventId).sort());
    expect(
      crate['@graph'].filter((entity) => entity['@id'].startsWith('#cell-')).map((entity) => entity.name),
    ).toContain(name);
    expect(files.length).toBeLessThan(written(store).files.length / 2);
  });

  it('is the same bytes each time, whenever it is made', () => {
    const store = goldenStore();
    const [first, second] = [written(store), written(store)];
    expect(second.text).toBe(first.text);
    expect(second.files).toEqual(first.files);
  });

  it('leaves large blobs out where asked, and says their size and hash', () => {
    const store = goldenStore();
    const { crate, files } = written(store, { maxBlobBytes: 4096, license: 'https://spdx.org/licenses/CC-BY-4.0' });
    expect(crateFaults(crate, files)).toEqual([]);
    expect(entityOf(crate, './').license).toEqual({ '@id': 'https://spdx.org/licenses/CC-BY-4.0' });
    const absent = crate['@graph'].filter((entity) => isFile(entity) && entity['@id'].startsWith('nih:'));
    expect(absent.length).toBeGreaterThan(10);
    for (const file of absent) {
      expect(file['@id']).toBe(`nih:sha-256;${file.sha256}`);
      expect(Number(file.contentSize)).toBeGreaterThan(4096);
      expect(file.description).toContain('Left out of this crate');
      expect(store.blobs.sizeOf(String(file.sha256))).toBe(Number(file.contentSize));
    }
  });

  it('stands without times where the events were exported without them', () => {
    const store = goldenStore();
    const scope = scopeOfCampaign(store);
    const events = scope.events.map((event) => ({ ...event, obs: null }));
    const crate = crateOf(store, { ...scope, events, opening: events[0]! });
    expect(crateFaults(crate)).toEqual([]);
    expect(entityOf(crate, './').datePublished).toBe('1970-01-01');
    expect(entityOf(crate, './').description).toContain('without their times');
    expect(crate['@graph'].filter((entity) => 'startTime' in entity || 'endTime' in entity)).toEqual([]);
  });

  it('shows corrections and violations', () => {
    const { store, violation, first, second, retraction, supersession, undone } = correctedStore();
    const crate = crateOf(store);
    expect(crateFaults(crate)).toEqual([]);
    const action = entityOf(crate, `#event-${first.eventId}`);
    expect(action.description).toContain(`Retracted (taken back since): ${hostileText}.`);
    expect(action.description).toContain(`Superseded by event ${second.eventId}: worse.`);
    expect(entityOf(crate, `#event-${retraction.eventId}`)).toMatchObject({
      '@type': 'RejectAction',
      object: { '@id': `#event-${first.eventId}` },
      description: expect.stringContaining('Retracted: a mistake.'),
    });
    expect(entityOf(crate, `#event-${supersession.eventId}`)).toMatchObject({
      '@type': 'ReplaceAction',
      replacer: { '@id': `#event-${second.eventId}` },
    });
    const again = entityOf(crate, `#event-${violation.eventId}`);
    expect(again.instrument).toEqual(entityOf(crate, `#event-${second.eventId}`).instrument);
    expect(again.description).toContain(`another result than event ${second.eventId} records`);
    const known = [
      ...scopeOfCampaign(store).events.map((event) => event.eventId),
      retraction.eventId,
      supersession.eventId,
      undone.eventId,
    ];
    expect(eventIdsOf(crate)).toEqual(known.sort());
  });

  it('describes a purged blob without its bytes, and refuses to leave out one that is merely missing', () => {
    const store = goldenStore('write');
    const trajectory = eventOfKind(store, 'md.run', -1).core.outputs.trajectory!;
    const source = {
      ...storeSource(store),
      blobBytes: (hash: string) => (hash === trajectory.hash ? null : store.blobs.sizeOf(hash)),
    };
    appendObserved(store, 'purge', { blob: trajectory.hash, bytes: trajectory.bytes, reason: 'space' });
    const purged = [...describeCrate(scopeOfCampaign(store), source).entities].find(
      (entity) => entity.sha256 === trajectory.hash,
    )!;
    expect(purged).toMatchObject({
      '@id': `nih:sha-256;${trajectory.hash}`,
      description: expect.stringContaining('purged: space'),
    });
    const state = eventOfKind(store, 'md.run', -1).core.outputs.state!;
    rmSync(store.blobs.path(state.hash));
    const folder = newFolder();
    expect(() =>
      writeCrate(describeCrate(scopeOfCampaign(store), storeSource(store)), store.blobs, join(folder, 'crate')),
    ).toThrow(/a blob is not in the store/);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('holds hostile text as text', () => {
    const store = goldenStore();
    const scope = scopeOfCampaign(store);
    const made = eventOfKind(store, 'structure.create');
    const events = scope.events.map((event) => {
      if (event.eventId !== made.eventId) return event;
      const { structure } = event.core.outputs;
      const task = {
        ...event.core.task,
        params: { ...event.core.task.params, [hostileText]: { [hostileText]: hostileText } },
      };
      return {
        ...event,
        core: {
          ...event.core,
          task,
          outputs: { structure: structure!, [hostileText]: { ...structure!, mediaType: hostileText } },
        },
      };
    });
    const purposes = { get: () => hostileText, has: () => true };
    const byId = new Map(events.map((event) => [event.eventId, event]));
    const { text, crate, files } = written(store, { license: hostileText }, { ...scope, events, byId, purposes });
    expect(crateFaults(crate, files)).toEqual([]);
    expect(text).not.toContain('<');
    expect(text).toMatch(/^[^\u0000-\u0009\u000b-\u001f]*$/);
    expect(entityOf(crate, './').license).toBe(hostileText);
    expect(entityOf(crate, `#event-${made.eventId}`).name).toBe(hostileText);
    const setting = crate['@graph'].find((entity) => entity.value === hostileText)!;
    expect(setting.name).toBe(`${hostileText}.${hostileText}`);
  });

  it('of a failed task says that it failed and why', () => {
    const store = goldenStore();
    const scope = scopeOfCampaign(store);
    const last = scope.events.at(-1)!;
    const outcome = { status: 'failed' as const, error: { code: 'few', what: 'too few points' } };
    const events = [...scope.events.slice(0, -1), { ...last, core: { ...last.core, outcome } }];
    const crate = crateOf(store, { ...scope, events, state: 'failed' });
    expect(crateFaults(crate)).toEqual([]);
    expect(entityOf(crate, `#event-${last.eventId}`)).toMatchObject({
      actionStatus: 'http://schema.org/FailedActionStatus',
      error: expect.stringContaining('too few points'),
    });
    expect(entityOf(crate, '#campaign-run').actionStatus).toBe('http://schema.org/FailedActionStatus');
  });
});

describe('the rules', () => {
  type Change = (crate: CrateDocument) => void;
  const root = (crate: CrateDocument): Entity => entityOf(crate, './');
  const workflow = (crate: CrateDocument): Entity => entityOf(crate, 'campaign.json');
  const first =
    (type: string) =>
    (crate: CrateDocument): Entity =>
      crate['@graph'].find((entity) => [entity['@type']].flat().includes(type))!;
  const set =
    (find: (crate: CrateDocument) => Entity, property: string, value: unknown): Change =>
    (crate) => {
      find(crate)[property] = value;
    };
  const drop =
    (find: (crate: CrateDocument) => Entity, property: string): Change =>
    (crate) => {
      delete find(crate)[property];
    };
  const shorten =
    (find: (crate: CrateDocument) => Entity, property: string, at: number): Change =>
    (crate) => {
      (find(crate)[property] as unknown[]).splice(at, 1);
    };
  const breakages: readonly (readonly [rule: RegExp, change: Change])[] = [
    [/each @id once/, (crate) => crate['@graph'].push(root(crate))],
    [/descriptor MUST be there/, (crate) => crate['@graph'].shift()],
    [/valid URI reference/, set(first('Collection'), '@id', 'with space')],
    [/property colour is defined/, set(root, 'colour', 'red')],
    [/MUST NOT nest/, set(root, 'license', { '@id': '#l', name: 'nested' })],
    [/object names #nothing, which is described/, set(first('CreateAction'), 'object', [{ '@id': '#nothing' }])],
    [/root MUST have license/, drop(root, 'license')],
    [/datePublished MUST/, set(root, 'datePublished', 'yesterday')],
    [/linked from the root by hasPart/, shorten(root, 'hasPart', 3)],
    [/is in the crate \(blobs/, set(first('File'), '@id', 'blobs/elsewhere')],
    [/main workflow via mainEntity/, drop(root, 'mainEntity')],
    [/MUST be a SoftwareSourceCode/, set(workflow, '@type', ['File', 'ComputationalWorkflow', 'HowTo'])],
    [/name its language/, drop(workflow, 'programmingLanguage')],
    [/conformsTo MUST reference .*provenance\/0\.5/, shorten(root, 'conformsTo', 2)],
    [/identify the executed tool/, drop(first('CreateAction'), 'instrument')],
    [/execution of the main workflow/, drop((crate) => entityOf(crate, '#campaign-run'), 'instrument')],
    [/MUST have an additionalType/, drop(first('FormalParameter'), 'additionalType')],
    [/hasPart MUST name the tools/, drop(workflow, 'hasPart')],
    [/MUST be a HowTo/, set(workflow, '@type', ['File', 'SoftwareSourceCode', 'ComputationalWorkflow'])],
    [/refer to its steps/, shorten(workflow, 'step', 0)],
    [/workExample MUST/, drop(first('HowToStep'), 'workExample')],
    [/instrument MUST be a step/, drop(first('ControlAction'), 'instrument')],
    [/object MUST be tool executions/, drop(first('ControlAction'), 'object')],
    [/instrument MUST be the engine/, drop(first('OrganizeAction'), 'instrument')],
    [/object MUST be the step executions/, drop(first('OrganizeAction'), 'object')],
    [/result MUST be the workflow execution/, drop(first('OrganizeAction'), 'result')],
  ];

  it('find what breaks them', () => {
    const { crate, files } = written(goldenStore());
    for (const [rule, change] of breakages) {
      const broken = structuredClone(crate);
      change(broken);
      expect(crateFaults(broken, files).join('\n'), String(rule)).toMatch(rule);
    }
  });
});
