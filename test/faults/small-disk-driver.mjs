/**
 * Runs as root of a user and mount namespace of its own (`unshare --user --map-root-user --mount`): a campaign on a disk
 * that is too small and grows each time, then every reading command on the same disk, mounted read-only. Prints JSON.
 * Arguments: folder to mount on, path of the built store, launcher of varve, spec, a cell of the campaign.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [mount, built, launcher, spec, cell] = process.argv.slice(2);
const { openStore } = await import(pathToFileURL(join(built, 'store.js')).href);
const store = join(mount, 'store');

const remount = (options) => execFileSync('mount', ['-o', `remount,${options}`, mount]);

function varve(dir, ...args) {
  const command = [launcher, ...args, '--store', dir, '--json'];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' });
  return { args, code: status, stdout, stderr };
}

const run = (dir) => varve(dir, 'run', spec, '--workers', '2');

execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=400k', 'varve-test', mount]);
const attempts = [];
for (const size of ['400k', '1000k', '20m']) {
  remount(`size=${size}`);
  attempts.push({ size, run: run(store), verify: varve(store, 'verify') });
}

// As a crash leaves it: with a WAL, which holds an event, and with or without its -shm file.
const live = openStore({ dir: store, mode: 'write' });
const task = { kind: 'test.count', v: 1, params: { n: 1 }, inputs: {} };
const core = { task, class: 'observed', outcome: { status: 'done' }, outputs: {}, results: {} };
live.log.append([{ core, attestation: {}, obs: {} }]);
const left = { withShm: /writer/, withWal: /writer|-shm$/ };
for (const [name, without] of Object.entries(left)) {
  cpSync(store, join(mount, name), { recursive: true, filter: (path) => !without.test(path) });
}
live.close();

remount('ro');
const reading = [['status'], ['tables'], ['why', cell], ['why', '2'], ['verify'], ['log'], ['show', '2'], ['recover']];
const readOnly = ['store', ...Object.keys(left)].map((name) => {
  const dir = join(mount, name);
  const commands = name === 'store' ? reading : reading.slice(0, 2);
  return { name, read: commands.map((args) => varve(dir, ...args)), run: run(dir) };
});
process.stdout.write(JSON.stringify({ attempts, readOnly }));
