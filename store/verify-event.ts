/**
 * Checks one row of the table `event` from its stored bytes: every hash, the canonical form, the shape, the copies of
 * kind and task. Three texts (core, attestation, obs) each have a hash beside them, and the leaf binds the three
 * hashes; so where a text and its hash disagree, the leaf tells which of the two was changed.
 */
import { isUtf8 } from 'node:buffer';
import { parseCanonical } from './canonical-json.ts';
import { leafOf } from './entry.ts';
import type { EventCore } from './event.ts';
import { demandCore } from './event-shape.ts';
import { isHash, prefixedHash, taskIdOf } from './hash.ts';
import { StoreError } from './store-error.ts';
import type { Problem } from './verify-report.ts';

const textColumns = ['kind', 'core', 'attestation', 'obs'] as const;

/** Texts as bytes, because a wrong byte must not turn into a replacement character before it is hashed. */
export const verifiedColumns = [
  'seq, event_id, task_id, attestation_hash, obs_hash, leaf',
  ...textColumns.map((name) => `CAST(${name} AS BLOB) AS ${name}, typeof(${name}) AS ${name}_type`),
].join(', ');

export type VerifiedRow = Record<string, unknown>;

export interface CheckedEvent {
  /** As far as it can be known: what the leaf confirms, else what the column says. */
  eventId: string;
  leaf: string;
  /** null if the core's bytes are not those that were recorded, or not an event. */
  core: EventCore | null;
  problems: Problem[];
}

interface Pair {
  text: string;
  hashColumn: string;
  computed: string;
  recorded: string;
}

export function checkEventRow(row: VerifiedRow): CheckedEvent {
  const pairs = [
    pairOf(row, 'event', 'core', 'event_id'),
    pairOf(row, 'attestation', 'attestation', 'attestation_hash'),
    pairOf(row, 'obs', 'obs', 'obs_hash'),
  ];
  const leafColumn = hexOf(row.leaf);
  const confirmed = confirmedHashes(pairs, leafColumn);
  const eventId = confirmed?.[0] ?? hexOf(row.event_id);
  const name = `event ${String(row.seq)} (${eventId.slice(0, 16)})`;
  const problems: Problem[] = [];
  const report: Report = (column, what, expected, found) =>
    problems.push({ code: 'event-corrupt', what, where: `${name} column ${column}`, expected, found });

  checkTypes(row, report);
  pairs.forEach((pair, index) => {
    if (isWhole(pair)) return;
    const column = changedColumn(pair, confirmed?.[index]);
    report(column, `${pair.text} does not hash to ${pair.hashColumn}`, pair.recorded, pair.computed);
  });
  const computedLeaf = leafOf(pairs[0]!.recorded, pairs[1]!.recorded, pairs[2]!.recorded);
  if (confirmed === null) report('leaf', 'the leaf does not hash the ids of this event', computedLeaf, leafColumn);

  const hasCore = Buffer.isBuffer(row.core) && pairs[0]!.computed === eventId;
  const core = hasCore ? checkCore(row, name, problems, report) : null;
  // The bytes of a damaged text are not worth a second complaint.
  for (const pair of pairs.slice(1)) if (isWhole(pair)) checkObject(row[pair.text], pair.text, report);
  const onlyLeafIsWrong = confirmed === null && pairs.every(isWhole);
  return { eventId, leaf: onlyLeafIsWrong ? computedLeaf : leafColumn, core, problems };
}

function isWhole(pair: Pair): boolean {
  return pair.computed === pair.recorded;
}

/** `confirmed` is the hash that the leaf was made of, if that is known. */
function changedColumn(pair: Pair, confirmed: string | undefined): string {
  if (confirmed === undefined) return `${pair.text} or ${pair.hashColumn}`;
  return confirmed === pair.computed ? pair.hashColumn : pair.text;
}

type Report = (column: string, what: string, expected: string, found: string) => unknown;

function checkTypes(row: VerifiedRow, report: Report): void {
  for (const name of textColumns) {
    const type = row[`${name}_type`];
    if (type === 'text' || (name === 'obs' && type === 'null')) continue;
    report(name, 'the column holds no text', 'text', String(type));
  }
  for (const name of ['event_id', 'task_id', 'attestation_hash', 'obs_hash', 'leaf']) {
    if (!isHash(hexOf(row[name]))) report(name, 'the column holds no hash', '32 bytes', typeof row[name]);
  }
}

/** An obs that was left out by an export vouches for nothing: its recorded hash stands. Other texts are always there. */
function pairOf(row: VerifiedRow, of: 'event' | 'attestation' | 'obs', text: string, hashColumn: string): Pair {
  const recorded = hexOf(row[hashColumn]);
  const bytes = row[text];
  const computed = Buffer.isBuffer(bytes) ? prefixedHash(of, bytes) : of === 'obs' ? recorded : '';
  return { text, hashColumn, recorded, computed };
}

/** The choice of computed or recorded hashes that gives the leaf; null if none does. */
function confirmedHashes(pairs: Pair[], leaf: string): string[] | null {
  for (let choice = 0; choice < 1 << pairs.length; choice += 1) {
    const hashes = pairs.map((pair, index) => ((choice >> index) & 1 ? pair.computed : pair.recorded));
    if (leafOf(hashes[0]!, hashes[1]!, hashes[2]!) === leaf) return hashes;
  }
  return null;
}

function checkCore(row: VerifiedRow, name: string, problems: Problem[], report: Report): EventCore | null {
  let core: EventCore;
  try {
    core = demandCore(parseCanonical(textOf(row.core as Buffer)));
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const where = `${name} column core ${error.details.where ?? ''}`.trimEnd();
    problems.push({ code: 'event-malformed', what: error.what, where, ...expectedOf(error) });
    return null;
  }
  const taskId = taskIdOf(core.task);
  const taskIdColumn = hexOf(row.task_id);
  if (taskId !== taskIdColumn) report('task_id', 'the task does not hash to task_id', taskId, taskIdColumn);
  const kind = String(row.kind);
  if (kind !== core.task.kind) report('kind', 'the column is not the kind of the task', core.task.kind, kind);
  return core;
}

function checkObject(bytes: unknown, column: string, report: Report): void {
  if (!Buffer.isBuffer(bytes)) return;
  try {
    const value = parseCanonical(textOf(bytes));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
    report(column, 'the text is not an object', 'a JSON object', typeof value);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    report(column, error.what, error.details.expected ?? 'canonical JSON', error.details.found ?? 'other text');
  }
}

function textOf(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  throw new StoreError('not-canonical', 'the bytes are not text', { expected: 'UTF-8', found: 'other bytes' });
}

function expectedOf(error: StoreError): { expected?: string; found?: string } {
  const { expected, found } = error.details;
  return { ...(expected === undefined ? {} : { expected }), ...(found === undefined ? {} : { found }) };
}

function hexOf(value: unknown): string {
  return Buffer.isBuffer(value) ? value.toString('hex') : '';
}
