/**
 * Appends batches of events with blobs for as long as it lives. Once a batch is acknowledged, writes the size of the log
 * and its history hash as one line. Arguments: path of the built store, folder of the store.
 */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [built, dir] = process.argv.slice(2);
const { openStore } = await import(pathToFileURL(join(built, 'store.js')).href);
const store = openStore({ dir, mode: 'write', create: true });

function eventOf(n) {
  const output = { ...store.blobs.put(Buffer.from(`output ${n}`)), mediaType: 'text/plain' };
  const task = { kind: 'test.count', v: 1, params: { n }, inputs: {} };
  const core = { task, class: 'exact', outcome: { status: 'done' }, outputs: { output }, results: {} };
  return { core, attestation: {}, obs: {} };
}

for (;;) {
  const { size } = store.log;
  writeSync(1, `${size} ${store.log.historyHash()}\n`);
  store.log.append(Array.from({ length: 1 + (size % 5) }, (_, k) => eventOf(size + k)));
}
