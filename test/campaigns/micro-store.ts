/**
 * The store of the micro campaign, for tests that only look at one. It is made once for each state of the sources and the
 * spec, by the command line, and kept under node_modules/.cache; every test works on a copy of its own.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { attest } from '../../src/execution/attestation.ts';
import { sha256Hex } from '../../store/hash.ts';
import { microSpec, projectRoot, varve } from './cli-process.ts';

const cache = join(projectRoot, 'node_modules/.cache/varve-test');

/** @param dir a folder that is not there yet */
export async function copyMicroStore(dir: string): Promise<void> {
  cpSync(await microStore(), dir, { recursive: true });
}

async function microStore(): Promise<string> {
  const key = sha256Hex(String(attest().sourceBuild) + readFileSync(microSpec, 'utf8')).slice(0, 16);
  const ready = join(cache, key);
  if (existsSync(ready)) return ready;
  mkdirSync(cache, { recursive: true });
  const others = readdirSync(cache);
  const making = mkdtempSync(join(cache, 'making-'));
  const { code, stderr } = await varve(['run', microSpec, '--store', join(making, 'store')]);
  if (code !== 0) throw new Error(`the micro campaign ended with ${code}:\n${stderr}`);
  try {
    renameSync(join(making, 'store'), ready);
  } catch (error) {
    // Another test file was faster.
    if (!existsSync(ready)) throw error;
  }
  rmSync(making, { recursive: true });
  for (const other of others)
    if (!other.startsWith('making-')) rmSync(join(cache, other), { recursive: true, force: true });
  return ready;
}
