import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { renderPage } from '../../cli/output/page/page.ts';
import type { Explanation } from '../../src/audit/explain/explanation.ts';
import { stagesOf } from '../../src/audit/explain/stages.ts';
import type { RecordedVerdict } from '../../src/audit/replay/recorded-verdicts.ts';
import type { StoredEvent } from '../../store/event.ts';
import { sha256Hex } from '../../store/hash.ts';
import { type CampaignShape, campaignLineage } from '../audit/explain/synthetic-lineage.ts';
import { checkPage, type Element } from './page-check.ts';

const small: CampaignShape = { structures: 1, temperatures: 2, members: 2, segments: 10 };

function explanationOf(shape: CampaignShape): Explanation {
  const { lineage, purposes } = campaignLineage(shape);
  return {
    cell: {
      cell: {
        name: 'tableV/structure-1/Ea',
        value: 300,
        unit: 'meV',
        interval95: [290, null],
        status: 'computed',
        notes: ['from 2 of 3 temperatures'],
        events: lineage.roots,
        published: { value: 310, what: 'published' },
      },
      quantity: { name: 'Activation energy', definition: 'The slope.' },
      table: 'Arrhenius parameters',
      row: 'structure-1',
      column: 'E_a',
      campaign: {
        name: 'synthetic',
        eventId: sha256Hex('campaign'),
        seq: 1,
        openedAt: '2026-01-01T00:00:00.000Z',
        specHash: sha256Hex('spec'),
        planVersion: 2,
      },
      fullName: 'synthetic:tableV/structure-1/Ea',
      seed: 1,
      tasks: { done: lineage.nodes.length, expected: lineage.nodes.length },
      resultHash: sha256Hex('result'),
      published: { source: 'a paper', methods: [{ aspect: 'size', here: '52 atoms', published: '3328 atoms' }] },
    },
    series: null,
    lineage,
    staged: stagesOf(lineage),
    purposes,
    verdicts: new Map(),
    corrections: new Map(),
    log: { events: lineage.nodes.length, historyHash: sha256Hex('history') },
  };
}

const boxes = (elements: readonly Element[]): Element[] =>
  elements.filter(({ attributes }) => attributes.get('class')?.startsWith('box ') === true);

const stageOf = (elements: readonly Element[], id: string): string =>
  elements.find(({ attributes }) => attributes.get('id') === `stage-${id}`)!.text;

describe('the page', () => {
  it('is sound HTML that can load nothing, and names every event of a small lineage', () => {
    const explanation = explanationOf(small);
    const elements = checkPage(renderPage(explanation));
    const text = elements[0]!.text;
    for (const { eventId } of explanation.lineage.nodes) expect(text).toContain(eventId);
    for (const { core } of explanation.lineage.nodes)
      for (const { hash } of Object.values(core.outputs)) expect(text).toContain(hash);
    expect(text).toContain('300 meV');
    expect(text).toContain('95 % interval 290 meV to unbounded');
    expect(text).toContain('310 meV (published), a paper');
    expect(boxes(elements)).toHaveLength(11);
  });

  it('stays of a bounded size: twenty thousand events, or a thousand runs, in a dozen boxes', () => {
    const shape: CampaignShape = { structures: 4, temperatures: 4, members: 4, segments: 310 };
    const explanation = explanationOf(shape);
    expect(explanation.lineage.nodes.length).toBeGreaterThan(19_900);
    const page = renderPage(explanation);
    expect(page.length).toBeLessThan(2_000_000);
    const elements = checkPage(page);
    expect(boxes(elements).length).toBeLessThanOrEqual(14);
    // Runs are folded, and every one of them is listed.
    expect(stageOf(elements, 'production')).toContain('1984 events in 64 runs');
    expect(stageOf(elements, 'production')).toContain('structure-4, 900 K, member 4, production');
    expect(stageOf(elements, 'production')).toContain('31 segments');
    const manyRuns = explanationOf({ structures: 10, temperatures: 10, members: 10, segments: 20 });
    expect(manyRuns.lineage.nodes.length).toBeGreaterThan(20_000);
    const larger = renderPage(manyRuns);
    expect(larger.length).toBeLessThan(2_000_000);
    expect(stageOf(checkPage(larger), 'production')).toContain('Not listed: 1600 events in 800 runs.');
  });

  it('shows what stands out in a stage that is too large to list', () => {
    const explanation = explanationOf({ structures: 1, temperatures: 1, members: 1, segments: 2100 });
    const segment = explanation.staged.stages.find(({ id }) => id === 'production')!.events.at(-40)!;
    segment.core.outcome = { status: 'stopped', reason: { message: 'too hot' } };
    const text = stageOf(checkPage(renderPage(explanation)), 'production');
    expect(text).toContain('1 event that stands out');
    expect(text).toContain(segment.eventId);
    expect(text).toContain('too hot');
  });

  it('tells what replays found, the worst where they disagree', () => {
    const explanation = explanationOf(small);
    const fits = explanation.staged.stages.find(({ id }) => id === 'fits')!.events;
    const runs = explanation.staged.stages.find(({ id }) => id === 'diffusion')!.events;
    const verdict = (found: RecordedVerdict['verdict'], startedAt: string): RecordedVerdict => ({
      verdict: found,
      startedAt,
      sourceBuild: sha256Hex(startedAt),
      ...(found === 'differs' ? { why: 'step 17, atom 3' } : {}),
    });
    const verdicts = new Map<string, RecordedVerdict[]>([
      ...fits.map(({ eventId }): [string, RecordedVerdict[]] => [eventId, [verdict('identical', 'monday')]]),
      [runs[0]!.eventId, [verdict('identical', 'monday')]],
      [runs[1]!.eventId, [verdict('differs', 'monday'), verdict('identical', 'tuesday')]],
      [explanation.lineage.nodes.at(-1)!.eventId, [verdict('not-comparable', 'monday')]],
    ]);
    const elements = checkPage(renderPage({ ...explanation, verdicts }));
    expect(stageOf(elements, 'fits')).toContain('2 of 2 replayed: identical');
    expect(stageOf(elements, 'diffusion')).toContain('2 of 4 replayed: 1 DIFFERS, 1 identical');
    expect(stageOf(elements, 'files')).toContain('1 not comparable');
    const replays = elements.find(({ attributes }) => attributes.get('id') === 'replays')!.text;
    expect(replays).toContain('step 17, atom 3');
    expect(replays).toContain('monday');
    expect(replays).toContain('tuesday');
  });

  it('tells corrections at the top, in the stage and at the event', () => {
    const explanation = explanationOf(small);
    const [fit, other] = explanation.staged.stages.find(({ id }) => id === 'fits')!.events;
    const retraction = { eventId: sha256Hex('retraction'), other: null, startedAt: null, inEffect: true };
    const corrections = new Map([
      [fit!.eventId, [{ ...retraction, kind: 'retract' as const, seq: 900, reason: 'wrong cutoff' }]],
      [
        other!.eventId,
        [
          {
            ...retraction,
            kind: 'supersede' as const,
            seq: 901,
            reason: 'refitted',
            other: fit!.eventId,
            eventId: 'ab',
            inEffect: false,
          },
        ],
      ],
      ['ab', [{ ...retraction, kind: 'retract' as const, seq: 902, reason: 'a mistake' }]],
    ]);
    const elements = checkPage(renderPage({ ...explanation, corrections }));
    const header = elements.find(({ attributes }) => attributes.get('id') === 'value')!.text;
    expect(header).toContain('1 retracted');
    expect(header).not.toContain('superseded');
    expect(stageOf(elements, 'fits')).toContain('retracted: wrong cutoff');
    expect(stageOf(elements, 'fits')).toContain(`no longer in effect superseded by event ${fit!.seq}: refitted`);
    expect(stageOf(elements, 'fits')).toContain('this correction was itself retracted: a mistake');
  });

  it('of an event is about that event', () => {
    const explanation = { ...explanationOf(small), cell: null };
    const elements = checkPage(renderPage(explanation));
    expect(elements.find(({ name }) => name === 'h1')!.text).toBe('Arrhenius line');
    expect(elements[0]!.text).toContain(`varve replay --event ${explanation.lineage.roots[0]}`);
  });

  it('of a cell without events says that nothing is recorded', () => {
    const { cell, ...rest } = explanationOf(small);
    const lineage = { roots: [], nodes: [], edges: [] };
    const missing = { ...cell!, cell: { ...cell!.cell, value: null, interval95: null, status: 'missing' as const } };
    const text = checkPage(renderPage({ ...rest, cell: missing, lineage, staged: stagesOf(lineage) }))[0]!.text;
    expect(text).toContain('Missing: the campaign has not computed it yet');
    expect(text).toContain('No event is recorded for this yet.');
  });
});

/** What a store may hold where its maker means harm. */
const HOSTILE = `"'><img src=x onerror=alert(1)></script></title><!--&amp;\u001b[31m\u202e`;

/** Every text of it made hostile, but for the words that varve itself chooses between; names of fields too. */
function poison<T>(value: T, key = ''): T {
  const chosen = [
    'status',
    'class',
    'kind',
    'verdict',
    'role',
    'id',
    'producer',
    'consumer',
    'eventId',
    'taskId',
    'from',
    'to',
  ];
  if (typeof value === 'string') return (chosen.includes(key) ? value : `${value}${HOSTILE}`) as T;
  if (value instanceof Map) return new Map([...value].map(([k, v]) => [k, poison(v)])) as T;
  if (Array.isArray(value)) return value.map((item) => poison(item, key)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const inData = ['params', 'results', 'reason', 'start'].includes(key);
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [inData ? `${name}${HOSTILE}` : name, poison(inner, name)]),
  ) as T;
}

describe('hostile text', () => {
  it('stays text, wherever in a store it stands', () => {
    const explanation = explanationOf(small);
    const [event] = explanation.lineage.nodes;
    const verdicts = new Map([
      [event!.eventId, [{ verdict: 'differs' as const, startedAt: 'x', sourceBuild: 'y', why: 'z' }]],
    ]);
    const corrections = new Map([
      [
        event!.eventId,
        [{ kind: 'retract' as const, seq: 9, eventId: 'e', reason: 'r', other: null, startedAt: 's', inEffect: true }],
      ],
    ]);
    const page = renderPage(poison({ ...explanation, verdicts, corrections }));
    const elements = checkPage(page);
    const shown = String.raw`"'><img src=x onerror=alert(1)></script></title><!--&amp;\u{1b}[31m\u{202e}`;
    expect(elements[0]!.text.split(shown).length).toBeGreaterThan(100);
  });

  it('in a name is a single word of the commands to copy', () => {
    const { cell, ...rest } = explanationOf(small);
    const fullName = `a:tableV/$(touch x)'; rm -rf ~ #/Ea`;
    const elements = checkPage(renderPage({ ...rest, cell: { ...cell!, fullName } }));
    const command = elements.find(({ name, text }) => name === 'code' && text.startsWith('varve why'))!.text;
    const words = execFileSync('sh', ['-c', `${command.replace('varve', "printf '%s\\n'")}`], { encoding: 'utf8' });
    expect(words).toBe(`why\n${fullName}\n`);
  });
});

describe('numbers', () => {
  it('stand with their units, and the same explanation gives the same bytes', () => {
    const explanation = explanationOf(small);
    const fit = explanation.staged.stages.find(({ id }) => id === 'fits')!.events[0] as StoredEvent;
    fit.core.results = { validationForceRmseEvA: 0.1234567, finalMsdA2: { Li: 2 }, alphaInterval: [0.9, null] };
    const page = renderPage(explanation);
    expect(page).toBe(renderPage(explanation));
    const elements = checkPage(page);
    const text = stageOf(elements, 'fits');
    expect(text).toContain('validation force RMSE0.12346 eV/Å');
    expect(text).toContain('final MSD, Li2 Å²');
    expect(text).toContain('alpha interval[0.9, none]');
  });
});
