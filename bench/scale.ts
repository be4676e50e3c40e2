/**
 * How commands grow with the log: a campaign of 10⁴, 10⁵ and 10⁶ made-up events, each in a store of its own, asked by
 * `status`, `tables`, `why`, `log` and `diff`, each in a process of its own; times are those within the process, from the
 * opening of the store to its closing, the median of several; processor time says what the work costs where others want
 * the same cores. The first `status` finds no snapshot.
 * Run: npx tsc -p tsconfig.check.json --noEmit false --outDir dist/bench && node dist/bench/bench/scale.js
 * Options: --largest 1000000 (default 100000), --folder DIR where stores are kept and found again (default: a new one in
 * the system's temporary folder, removed in the end).
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { imagineCampaign, SHAPES, writeSpec } from './scale/imagined-campaign.ts';
import { instantRun } from './scale/instant-run.ts';
import { questions } from './scale/questions.ts';

interface Answer {
  readonly ms: number;
  readonly cpuMs: number;
  readonly peakMb: number;
  readonly lines: number;
}

const thisFile = fileURLToPath(import.meta.url);
const rounds = 5;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { largest: { type: 'string', default: '100000' }, folder: { type: 'string' } },
});

if (positionals.length > 0) {
  const [question, dir] = positionals as [string, string];
  const asked = await questions[question]!(dir);
  console.log(JSON.stringify({ ...asked, peakMb: process.resourceUsage().maxRSS / 1000 }));
} else {
  const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'varve-scale-'));
  try {
    const sizes = Object.keys(SHAPES).map(Number);
    compareSizes(
      folder,
      sizes.filter((size) => size <= Number(values.largest)),
    );
    await runInstantly(folder);
  } finally {
    if (values.folder === undefined) rmSync(folder, { recursive: true });
  }
}

/** What planning takes of a run in which nothing else takes time, two tasks at once. */
async function runInstantly(folder: string): Promise<void> {
  console.log('\na run of tasks that are done at once');
  for (const segments of [25, 50, 100, 250]) {
    const dir = mkdtempSync(join(folder, 'run-'));
    const loaded = writeSpec(dir, { structures: 2, temperatures: 5, members: 4, segments });
    const { tasks, ms, planningMs } = await instantRun(join(dir, 'store'), loaded, 2);
    const [each, planning] = [ms, planningMs].map((of) => (of / tasks).toFixed(2));
    console.log(
      `  ${tasks} tasks: ${each} ms a task, of which planning ${planning} ms (${Math.round((100 * planningMs) / ms)} %)`,
    );
    rmSync(dir, { recursive: true });
  }
}

function compareSizes(folder: string, sizes: readonly number[]): void {
  const earlier = new Map<string, Answer>();
  for (const size of sizes) {
    const dir = join(folder, String(size));
    if (!existsSync(join(dir, 'store'))) {
      mkdirSync(dir, { recursive: true });
      imagineCampaign(join(dir, 'store'), writeSpec(dir, SHAPES[size]!));
    }
    const bytes = statSync(join(dir, 'store', 'log.sqlite')).size;
    console.log(`\nabout ${size} events, log.sqlite ${(bytes / 1e6).toFixed(0)} MB`);
    rmSync(join(dir, 'store', 'cache', 'projections'), { recursive: true, force: true });
    for (const name of Object.keys(questions)) {
      const count = name.includes('first') ? 1 : rounds;
      const answers = Array.from({ length: count }, () => ask(name, join(dir, 'store')));
      const answer = answers.sort((a, b) => a.cpuMs - b.cpuMs)[count >> 1]!;
      const before = earlier.get(name);
      const growth = before === undefined ? '' : `${(answer.cpuMs / before.cpuMs).toFixed(1)} × the size before`;
      earlier.set(name, answer);
      console.log(
        `  ${name.padEnd(40)}${answer.ms.toFixed(0).padStart(8)} ms   cpu${answer.cpuMs.toFixed(0).padStart(7)} ms${answer.peakMb.toFixed(0).padStart(8)} MB${String(answer.lines).padStart(8)} lines  ${growth}`,
      );
    }
  }
}

function ask(question: string, dir: string): Answer {
  const output = execFileSync(process.execPath, [thisFile, question, dir], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(output.trim().split('\n').at(-1)!) as Answer;
}
