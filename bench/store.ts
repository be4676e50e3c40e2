/**
 * The store against better-sqlite3 alone, on the same bytes in the same run: append, verify, rebuild of a projection,
 * why, status, opening, with the peak memory of each, and what takes the time in append, verify and rebuild. The events
 * are copies of those of a real campaign (examples/argyrodite-micro.yaml), which is in the store too.
 * Run: npx tsc -p tsconfig.check.json --noEmit false --outDir dist/bench && node dist/bench/bench/store.js
 * Options: --largest 1000000 (default 100000), --folder DIR (default: a new one in the system's temporary folder).
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Measured, stages } from './store/stages.ts';

interface Run extends Measured {
  readonly peakMb: number;
}

const smallest = 10_000;
const thisFile = fileURLToPath(import.meta.url);
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { largest: { type: 'string', default: '100000' }, folder: { type: 'string' } },
});

if (positionals.length > 0) {
  const [stage, dir, argument] = positionals as [string, string, string];
  const measured = await stages[stage]!(dir, argument);
  console.log(JSON.stringify({ ...measured, peakMb: process.resourceUsage().maxRSS / 1000 }));
} else {
  const folder = mkdtempSync(join(values.folder ?? tmpdir(), 'varve-bench-'));
  try {
    benchAll(folder, Number(values.largest));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function benchAll(folder: string, largest: number): void {
  const dir = join(folder, 'store');
  run('campaign', dir, resolve('examples/argyrodite-micro.yaml'));
  for (let events = smallest; events <= largest; events *= 10) benchSize(folder, dir, events);
}

/** The store grows from size to size, as a store does. */
function benchSize(folder: string, dir: string, events: number): void {
  const profiles = join(folder, 'profiles');
  const profiled = (stage: string, argument = ''): Run & { profile: string } => {
    const measured = run(stage, dir, argument, [
      '--cpu-prof',
      '--cpu-prof-interval',
      '2000',
      '--cpu-prof-dir',
      profiles,
    ]);
    const profile = largestShares(profiles);
    rmSync(profiles, { recursive: true });
    return { ...measured, profile };
  };
  const append = profiled('append', String(events));
  const { size } = statSync(join(dir, 'log.sqlite'));
  console.log(
    `\n${events} events, log.sqlite ${(size / 1e6).toFixed(0)} MB, ${(size / events).toFixed(0)} bytes an event`,
  );
  const bare = run('raw inserts, no index', dir);
  const schema = run('raw inserts, same schema', dir);
  printRow(
    'append, 1000 a batch',
    append,
    `${ratio(append, bare)} × raw without index, ${ratio(append, schema)} × raw`,
  );
  printRow('raw inserts, no index', bare);
  printRow('raw inserts, same schema', schema);
  const read = run('raw read of all rows', dir);
  for (const threads of ['1', '2']) {
    const verify = run('verify', dir, threads);
    printRow(`verify, ${threads} thread${threads === '1' ? '' : 's'}`, verify, `${ratio(verify, read)} × raw read`);
  }
  const rebuild = run('rebuild', dir);
  printRow('rebuild of a projection', rebuild, `${ratio(rebuild, read)} × raw read`);
  printRow('raw read of all rows', read);
  for (const query of ['open', 'status', 'why']) printRow(`${query}, from open to close`, run(query, dir));
  if (events === smallest) return;
  console.log(`  time in append: ${append.profile}`);
  console.log(`  time in verify: ${profiled('verify', '1').profile}`);
  console.log(`  time in rebuild: ${profiled('rebuild').profile}`);
}

function run(stage: string, dir: string, argument = '', nodeOptions: readonly string[] = []): Run {
  const output = execFileSync(process.execPath, [...nodeOptions, thisFile, stage, dir, argument], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(output.trim().split('\n').at(-1)!) as Run;
}

function printRow(name: string, { ms, cpuMs, events, medianBatchMs, peakMb }: Run, note = ''): void {
  const rate = events === undefined ? '' : `${Math.round((1000 * events) / ms)} events/s`;
  const batch = medianBatchMs === undefined ? '' : `median batch ${medianBatchMs.toFixed(1)} ms`;
  const columns = [
    name.padEnd(26),
    `${ms.toFixed(1)} ms`.padStart(12),
    `cpu ${cpuMs.toFixed(1)} ms`.padStart(16),
    rate.padStart(18),
    `${peakMb.toFixed(0)} MB`.padStart(8),
  ];
  console.log(`  ${[...columns, batch, note].filter((column) => column !== '').join('  ')}`);
}

/** Processor time for each event in one, in times of the other. */
function ratio(a: Measured, b: Measured): string {
  return (a.cpuMs / a.events! / (b.cpuMs / b.events!)).toFixed(1);
}

/** The functions in which most of the time was spent themselves, from a V8 CPU profile. */
function largestShares(folder: string): string {
  const shares = new Map<string, number>();
  for (const name of readdirSync(folder)) {
    const { nodes, samples } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as {
      nodes: { id: number; callFrame: { functionName: string } }[];
      samples: number[];
    };
    const names = new Map(nodes.map(({ id, callFrame }) => [id, callFrame.functionName || '(anonymous)']));
    for (const id of samples) {
      const function_ = names.get(id)!;
      if (function_ !== '(idle)') shares.set(function_, (shares.get(function_) ?? 0) + 1 / samples.length);
    }
  }
  const sorted = [...shares].sort((a, b) => b[1] - a[1]).slice(0, 10);
  return sorted.map(([name, share]) => `${name} ${Math.round(100 * share)} %`).join(', ');
}
