import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type CellReport,
  microSpec,
  projectRoot,
  type RunReport,
  startVarve,
  type VerifyReport,
  varve,
  varveJson,
} from './cli-process.ts';

interface LoggedEvent {
  readonly seq: number;
  readonly eventId: string;
  readonly kind: string;
  readonly standing: string;
}

interface StatusReport {
  readonly campaigns: readonly {
    readonly eventId: string;
    readonly state: string;
    readonly tasksDone: number;
    readonly tasksExpected: number;
    readonly resultHash: string;
    readonly corrections: { readonly recorded: number; readonly inEffect: number };
    readonly withdrawn: readonly string[];
  }[];
}

interface CorrectionReport {
  readonly correction: { readonly seq: number } | null;
  readonly recordedBefore: boolean;
  readonly eventsFallen: number;
  readonly campaigns: readonly {
    readonly cells: readonly { readonly name: string; readonly after: { readonly status: string } }[];
    readonly tasksReady: number;
  }[];
}

/** One structure, few iterations, and limits so wide that no run stops: quick, and every run counts. */
const spec = readFileSync(microSpec, 'utf8')
  .replace(/ {2}anion-disordered-bulk:\n(?: {4}.*\n)+/, '')
  .replace(/ {4}- \{ structure: anion-disordered.*\n/, '')
  .replace('members: 2\n', 'members: 1\n')
  .replace('maxIterations: 40', 'maxIterations: 12')
  .replace(/watch: .*/, 'watch: { maxDriftEvPerAtom: 10, maxTemperatureFactor: 50, pairDistanceFraction: 0.1 }');

const labelFile = 'labels/li6ps5cl-gpaw-pw400.extxyz';
const lines = readFileSync(join(projectRoot, 'examples', labelFile), 'utf8').split('\n');
const frameLines = Number(lines[0]) + 2;
const labels = lines.slice(0, 24 * frameLines).join('\n');
/** Without its first configuration. */
const correctedLabels = lines.slice(frameLines, 24 * frameLines).join('\n');

let folder: string;
let store: string;
let oldSpec: string;
let uncorrected: RunReport;
/** Kept beside the results: one for its fits, one for its runs. */
const KERNELS = 2;
/** Its number in the log: after the campaign's opening, its tasks and their kernels. */
let firstCorrection: number;

function writeSpec(name: string, labelText: string, file = labelFile): string {
  mkdirSync(join(folder, name, 'labels'), { recursive: true });
  writeFileSync(join(folder, name, file), labelText);
  writeFileSync(join(folder, name, 'spec.yaml'), spec.replace(labelFile, file));
  return join(folder, name, 'spec.yaml');
}

const inStore = (...args: string[]): string[] => [...args, '--store', store];
const run = (path: string): Promise<RunReport> => varveJson<RunReport>(inStore('run', path, '--workers', '2'));
const eventsOf = (kind: string): Promise<LoggedEvent[]> => varveJson<LoggedEvent[]>(inStore('log', '--kind', kind));
const cellsOf = ({ tables }: Pick<RunReport, 'tables'>): CellReport[] =>
  tables.flatMap(({ rows }) => rows.flatMap(({ cells }) => cells));

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'varve-corrections-'));
  store = join(folder, 'store');
  oldSpec = writeSpec('old', labels);
  uncorrected = await run(oldSpec);
  firstCorrection = uncorrected.events + 2 + KERNELS;
  expect(cellsOf(uncorrected).filter(({ status }) => status === 'computed').length).toBeGreaterThan(12);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('retract', () => {
  it('shows what it withdraws, withdraws it, and takes it back', async () => {
    const diffusion = (await eventsOf('analysis.diffusion'))[0]!;
    const request = inStore('retract', diffusion.eventId.slice(0, 10), '--reason', 'the \u001b[31mwrong window');
    const dry = await varveJson<CorrectionReport>([...request, '--dry-run']);
    expect(dry).toMatchObject({ correction: null, eventsFallen: 3 });
    const [change] = dry.campaigns;
    expect(change!.cells).toHaveLength(8);
    expect(new Set(change!.cells.map(({ after }) => after.status))).toEqual(new Set(['withdrawn']));
    expect(await eventsOf('retract')).toEqual([]);

    const shown = await varve(request);
    expect([shown.code, shown.stderr]).toEqual([0, '']);
    expect(shown.stdout).toMatch(
      /^retract event \d+ \(analysis\.diffusion [0-9a-f]{12}\): the \\u\{1b\}\[31mwrong window\n/,
    );
    expect(shown.stdout).toMatch(/\n3 events no longer stand\n/);
    expect(await varveJson<CorrectionReport>(request)).toMatchObject({
      recordedBefore: true,
      correction: { seq: firstCorrection },
    });

    const ended = await varve(inStore('run', oldSpec, '--json'));
    expect([ended.code, ended.stderr]).toEqual([
      0,
      expect.stringContaining('took back 1 of its tasks; 8 cells are withdrawn'),
    ]);
    const withdrawn = cellsOf(JSON.parse(ended.stdout) as RunReport).filter(({ status }) => status === 'withdrawn');
    expect(withdrawn.map(({ name }) => name)).toEqual(change!.cells.map(({ name }) => name));
    for (const { value, notes, events } of withdrawn) {
      expect(value).toBe(null);
      expect(events).toContain(diffusion.eventId);
      expect(notes.some((note) => note.endsWith('was retracted: the \u001b[31mwrong window'))).toBe(true);
    }
    expect(withdrawn[0]!.notes[0]).toMatch(/^member [12] of 2 withdrawn: /);

    const { campaigns } = await varveJson<StatusReport>(inStore('status'));
    expect(campaigns).toMatchObject([
      {
        state: 'complete',
        tasksDone: uncorrected.events - 3,
        tasksExpected: uncorrected.events - 3,
        corrections: { recorded: 1, inEffect: 1 },
      },
    ]);
    expect(campaigns[0]!.withdrawn).toHaveLength(1);
    const standings = await varveJson<LoggedEvent[]>(inStore('log'));
    expect(
      standings.filter(({ standing }) => standing !== 'stands').map(({ kind, standing }) => [kind, standing]),
    ).toEqual([
      ['analysis.diffusion', 'retracted'],
      ['analysis.replicas', 'withdrawn'],
      ['analysis.arrhenius', 'withdrawn'],
    ]);

    const cell = await varve(inStore('why', withdrawn.at(-1)!.name));
    expect(cell.stdout).toMatch(
      /= withdrawn\nnote: [\s\S]*\(RETRACTED\)\n│ {3}RETRACTED: the \\u\{1b\}\[31mwrong window {2}\[event /,
    );
    const line = standings.find(({ kind }) => kind === 'analysis.arrhenius')!;
    for (const command of ['why', 'show']) {
      const { stdout } = await varve(inStore(command, line.eventId));
      expect(stdout).toContain(
        `WITHDRAWN: this event rests on event ${diffusion.eventId.slice(0, 12)}, which was retracted`,
      );
    }
    const tables = await varve(inStore('tables'));
    expect(tables.stdout).not.toContain('\u001b');
    expect(await varveJson<VerifyReport>(inStore('verify'))).toMatchObject({ ok: true, events: firstCorrection });

    expect(
      await varveJson<CorrectionReport>(inStore('retract', String(firstCorrection), '--reason', 'it was right')),
    ).toMatchObject({
      eventsFallen: 0,
      eventsRestored: 3,
    });
    const again = await run(oldSpec);
    expect([again.tables, again.events]).toEqual([uncorrected.tables, uncorrected.events]);
    expect(again.resultHash).not.toBe(uncorrected.resultHash);
  });

  it('of what everything rests on withdraws everything', async () => {
    const [imported] = await eventsOf('blob.import');
    const dry = await varveJson<CorrectionReport>(inStore('retract', imported!.eventId, '--reason', 'x', '--dry-run'));
    expect(dry.campaigns[0]!.cells).toHaveLength(
      cellsOf(uncorrected).filter(({ status }) => status !== 'missing').length,
    );
    expect(dry.campaigns[0]!.tasksReady).toBe(0);
  });

  it('killed at any moment is recorded whole or not at all, and the same command ends it', async () => {
    const [structure] = await eventsOf('structure.create');
    const command = inStore('retract', structure!.eventId, '--reason', 'killed');
    for (const afterMs of [120, 180, 220, 260, 320]) {
      const child = startVarve(command);
      const ended = new Promise((resolve) => child.once('exit', resolve));
      await sleep(afterMs);
      child.kill('SIGKILL');
      await ended;
      expect(await varveJson<VerifyReport>(inStore('verify'))).toMatchObject({ ok: true, problems: [] });
    }
    const { correction } = await varveJson<CorrectionReport>(command);
    const recorded = (await varveJson<LoggedEvent[]>(inStore('log', '--from', String(firstCorrection + 2)))).map(
      ({ seq, kind }) => [seq, kind],
    );
    expect(recorded).toEqual([[firstCorrection + 2, 'retract']]);
    await varveJson(inStore('retract', String(correction!.seq), '--reason', 'only to see'));
  });
});

describe('supersede', () => {
  it('lets the old campaign adopt a corrected label file: its tables are then those of the new, cell for cell', async () => {
    const [before] = await eventsOf('blob.import');
    const fixed = await run(writeSpec('new', correctedLabels, 'labels/corrected.extxyz'));
    const after = (await eventsOf('blob.import')).at(-1)!;
    expect(fixed.tables).not.toEqual(uncorrected.tables);
    const command = inStore('supersede', before!.eventId, '--by', after.eventId, '--reason', 'a frame was wrong');
    const report = await varveJson<CorrectionReport>(command);
    // The new file has another name, so that its configurations are read, and all else is computed, once more.
    expect(report.campaigns).toMatchObject([{ tasksReady: 1 }]);
    expect((await varve(inStore('log', '--kind', 'blob.import'))).stdout).toMatch(/SUPERSEDED\n/);

    const adopted = await run(oldSpec);
    const values = (report_: RunReport) => cellsOf(report_).map(({ events: _events, ...cell }) => cell);
    expect(values(adopted)).toEqual(values(fixed));
    const [old, now] = (await varveJson<StatusReport>(inStore('status'))).campaigns;
    expect([old!.state, now!.state]).toEqual(['complete', 'complete']);
    expect([old!.resultHash, now!.resultHash]).toEqual([adopted.resultHash, fixed.resultHash]);
    expect(old!.corrections.recorded).toBe(now!.corrections.recorded + 1);
    const why = await varve(inStore('why', `${old!.eventId.slice(0, 12)}:fits/level-4/trainingEnergy`));
    expect(why.stdout).toContain(`IN PLACE OF event ${before!.eventId.slice(0, 12)}: a frame was wrong`);
    expect(await varveJson<VerifyReport>(inStore('verify'))).toMatchObject({ ok: true });
  });

  it('that cannot be is refused with exit code 2, and nothing is written', async () => {
    const { historyHash } = await varveJson<VerifyReport>(inStore('verify'));
    const [import_] = await eventsOf('blob.import');
    const [first, second] = (await eventsOf('analysis.diffusion')).filter(({ standing }) => standing === 'stands');
    for (const [args, message] of [
      [['supersede', '2', '--by', '3', '--reason', 'x'], /cannot stand in the place of event 2/],
      [['supersede', first!.eventId, '--by', second!.eventId, '--reason', 'x'], /uses it already: .*, diffusion/],
      [['retract', import_!.eventId, '--reason', 'x'], /another event stands in the place of this one already/],
      [['retract', '1', '--reason', 'x'], /a fact about the store/],
      [['retract', 'ffffffff', '--reason', 'x'], /no event is called "ffffffff"/],
      [['retract', '2', '--reason', ' '], /a correction needs a reason/],
      [['retract', '2'], /required option '--reason <text>' not specified/],
    ] as const) {
      const ended = await varve(inStore(...args));
      expect(ended.stderr).toMatch(message);
      expect([ended.code, ended.stdout]).toEqual([2, '']);
    }
    expect(await varveJson<VerifyReport>(inStore('verify'))).toMatchObject({ historyHash });
  });
});
