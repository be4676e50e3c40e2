/**
 * Verification of a store: every hash in it, from the stored bytes, without trusting anything that it says of itself.
 * Reads only, needs no lock, and works on a store that `openStore` refuses. What is wrong with the store is a problem
 * in the report; an exception means that there is no store at this path, or a fault in this program.
 */
import { resolve } from 'node:path';
import { demandHash } from './hash.ts';
import { Verification } from './verification.ts';
import type { Expectation } from './verify-log.ts';
import type { VerifyReport } from './verify-report.ts';
import { findingsInOrder, isWorthThreads } from './verify-threads.ts';

export type { Problem, VerifyReport } from './verify-report.ts';

export interface VerifyOptions {
  /** A history hash noted elsewhere, of now or of any earlier size; `SIZE:HASH` asks for one size. */
  expect?: string;
  /** false: the log and HEAD alone, without reading the blobs. */
  blobs?: boolean;
}

export function verifyStore(directory: string, options: VerifyOptions = {}): VerifyReport {
  const verification = new Verification(resolve(directory), optionalExpectation(options), options.blobs);
  try {
    const runner = verification.runner();
    for (const step of verification.steps) verification.merge(runner.run(step));
    return verification.report();
  } finally {
    verification.close();
  }
}

/** The same report, made by this many worker threads where the store is large enough for them to pay. */
export async function verifyStoreInThreads(
  directory: string,
  workers: number,
  options: VerifyOptions = {},
): Promise<VerifyReport> {
  const dir = resolve(directory);
  if (workers < 2 || !isWorthThreads(dir)) return verifyStore(dir, options);
  const verification = new Verification(dir, optionalExpectation(options), options.blobs);
  try {
    for await (const findings of findingsInOrder(dir, verification.steps, workers)) verification.merge(findings);
    return verification.report();
  } finally {
    verification.close();
  }
}

const optionalExpectation = ({ expect }: VerifyOptions): Expectation | undefined =>
  expect === undefined ? undefined : expectationOf(expect);

/** @throws StoreError `bad-hash` */
export function expectationOf(text: string): Expectation {
  const match = /^(?:([0-9]{1,15}):)?([^:]*)$/.exec(text);
  const hash = demandHash(match?.[2] ?? text, 'expected history hash');
  return match?.[1] === undefined ? { hash } : { hash, size: Number(match[1]) };
}
