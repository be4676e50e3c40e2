/**
 * Runs under `failing-calls.c`. For each scenario, errno and n: a fresh copy of a store, the n-th changing system call
 * fails, and what became of the store is told as one line of JSON. Arguments: folder to work in, path of the built store.
 */
import { cpSync, openSync, readFileSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, built] = process.argv.slice(2);
const load = (name) => import(pathToFileURL(join(built, name)).href);
const { openStore } = await load('store.js');
const { verifyStore } = await load('verify.js');
const { recoverStore } = await load('recover.js');
const { readHead } = await load('head.js');

const EARLIER = [1, 2, 3];
const BATCH = [4, 5];
const dir = join(folder, 'rounds', 'store');
const original = join(folder, 'original');
/** The same with a HEAD that promises one batch more. */
const cut = join(folder, 'cut');

/** Commands `failing-calls.c`; true if the fault had struck before `off`. */
function control(command) {
  try {
    openSync(`/fault-control/${command}`);
  } catch (error) {
    return error.code === 'EEXIST';
  }
  throw new Error('failing-calls.c is not loaded');
}

const open = (at) => openStore({ dir: at, mode: 'write', create: true, holder: 'test', lockWaitMs: 0 });

function append(store, numbers) {
  const eventOf = (n) => {
    const output = { ...store.blobs.put(Buffer.from(`output ${n} `.repeat(40))), mediaType: 'text/plain' };
    const task = { kind: 'test.count', v: 1, params: { n }, inputs: {} };
    const core = { task, class: 'exact', outcome: { status: 'done' }, outputs: { output }, results: {} };
    return { core, attestation: {}, obs: {} };
  };
  store.log.append(numbers.map(eventOf));
}

/** Gives up the lost batch. */
async function recover() {
  try {
    await recoverStore({ dir, acceptLoss: BATCH.length, attestation: {}, obs: {}, lockWaitMs: 0 });
    return undefined;
  } catch (error) {
    return { name: error.name, code: error.code, message: error.message };
  }
}

/** Opens, appends, closes; `onRefusal` sees the store, if it could be opened, before it is closed. */
function openAndAppend(onRefusal = () => {}) {
  let store;
  try {
    store = open(dir);
    append(store, BATCH);
    return undefined;
  } catch (error) {
    onRefusal(store);
    return { name: error.name, code: error.code, message: error.message };
  } finally {
    store?.close();
  }
}

/** The batch once more through the same store; null if it is refused again, else HEAD and log. */
function repeat(store) {
  try {
    append(store, BATCH);
  } catch (error) {
    if (error.code === 'append-failed') return null;
    throw error;
  }
  return { head: readHead(dir), log: { size: store.log.size, historyHash: store.log.historyHash() } };
}

function prepare(scenario) {
  rmSync(dir, { recursive: true, force: true });
  if (scenario !== 'create') cpSync(scenario === 'recover' ? cut : original, dir, { recursive: true });
}

/** What `verify` finds, or null where there is no store yet. */
async function inspect() {
  try {
    const { ok, events, historyHash, problems } = await verifyStore(dir);
    return { ok, events, historyHash, problems };
  } catch (error) {
    if (error.code === 'store-missing') return null;
    throw error;
  }
}

async function round(scenario, mode, errno, n) {
  prepare(scenario);
  let repeated;
  control(`${mode}/${constants.errno[errno]}/${n}`);
  const work = scenario === 'recover' ? recover : openAndAppend;
  const error = await work((store) => {
    if (scenario !== 'repeat' || store === undefined) return;
    control('off');
    repeated = repeat(store);
  });
  const struck = control('off');
  const after = await inspect();
  const again = await work();
  return { scenario, mode, errno, n, struck, error, repeated, after, again, finally: await inspect() };
}

/** Every call of an undisturbed round, in order. */
async function trace(scenario) {
  prepare(scenario);
  rmSync(process.env.FAULT_TRACE, { force: true });
  control('trace');
  const error = await (scenario === 'recover' ? recover() : openAndAppend());
  control('off');
  if (error !== undefined) throw new Error(error.message);
  return readFileSync(process.env.FAULT_TRACE, 'utf8').trimEnd().split('\n');
}

const tell = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

// Copied while it is open: with its WAL, as after a crash.
const store = open(join(folder, 'source'));
append(store, EARLIER);
cpSync(store.dir, original, { recursive: true, filter: (path) => !/writer|-shm$/.test(path) });
append(store, BATCH);
cpSync(original, cut, { recursive: true });
cpSync(join(store.dir, 'HEAD'), join(cut, 'HEAD'));
store.close();

for (const scenario of ['create', 'append', 'repeat', 'recover']) {
  const calls = await trace(scenario);
  tell({ scenario, calls });
  for (const [mode, errno] of [
    ['once', 'EIO'],
    ['short', 'ENOSPC'],
  ]) {
    for (let n = 1; n <= calls.length; n += 1) tell(await round(scenario, mode, errno, n));
  }
}
