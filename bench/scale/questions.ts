/** What the bench of scale asks: the commands themselves, with what they print counted and thrown away. */
import { diff } from '../../cli/diff.ts';
import { log } from '../../cli/log.ts';
import { status } from '../../cli/status.ts';
import { tables } from '../../cli/tables.ts';
import { why } from '../../cli/why.ts';
import { openStore } from '../../store/store.ts';

export interface Asked {
  readonly ms: number;
  /** Of all threads of the process. */
  readonly cpuMs: number;
  readonly lines: number;
}

const MEAN = 'diffusion/bulk-0/D-600K';
const LINE = 'tableV/bulk-0/Ea';

export const questions: { readonly [name: string]: (dir: string) => Promise<Asked> } = {
  'open and close': (dir) => timed(() => openStore({ dir, mode: 'read' }).close()),
  'status, the first': (store) => timed(() => status({ store })),
  status: (store) => timed(() => status({ store })),
  tables: (store) => timed(() => tables(undefined, { store })),
  'log, 50 events': (store) => timed(() => log({ store, from: 1, limit: 50 })),
  [`why ${MEAN}`]: (store) => timed(() => why(MEAN, { store })),
  [`why ${LINE}`]: (store) => timed(() => why(LINE, { store })),
  [`why ${LINE} --stages`]: (store) => timed(() => why(LINE, { store, stages: true })),
  'diff of two means': (store) => timed(() => diff(MEAN, 'diffusion/bulk-1/D-600K', { store })),
};

async function timed(call: () => unknown): Promise<Asked> {
  const { write } = process.stdout;
  let lines = 0;
  process.stdout.write = (text: string | Uint8Array): boolean => {
    lines += String(text).split('\n').length - 1;
    return true;
  };
  try {
    const startedAt = performance.now();
    const cpuAtStart = process.cpuUsage();
    await call();
    const cpu = process.cpuUsage(cpuAtStart);
    return { ms: performance.now() - startedAt, cpuMs: (cpu.user + cpu.system) / 1000, lines };
  } finally {
    process.stdout.write = write;
  }
}
