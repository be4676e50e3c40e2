/**
 * Checks the rows of one range of the log, each on its own, and gathers what must be compared with other rows in arrays
 * that go from thread to thread: ids, leaves, references, names of blobs.
 *
 * Every row is first checked the short way, which knows only soundness. Where anything in the range is not sound, the
 * whole range is checked again the long way (`verify-event.ts`), which says what is wrong. So the report is that of the
 * long way alone.
 */
import type { Database } from 'better-sqlite3';
import { namedEventsOf } from './corrections.ts';
import type { EventCore } from './event.ts';
import { inputsOf, outputsOf } from './event-shape.ts';
import { databaseError } from './log-database.ts';
import { hashBytes } from './merkle.ts';
import { purgedBlobOf } from './purge.ts';
import { recoveryKind } from './recovery.ts';
import { kindsOutsideResultHash } from './result-hash.ts';
import { checkEventRow, type VerifiedRow, verifiedColumns } from './verify-event.ts';
import { type Problem, problemOf } from './verify-report.ts';
import { type SoundRow, soundColumns, soundCore } from './verify-sound.ts';

/** Both ends included. */
export interface SeqRange {
  readonly from: bigint;
  readonly upTo: bigint;
}

/** What the rows of a range say, in their order. `names` holds each text that the arrays name by number once. */
export interface RangeFindings {
  readonly seqs: Float64Array;
  readonly marks: Uint8Array;
  /** 32 bytes a row, zero where the row has none. */
  readonly eventIds: Uint8Array;
  readonly leaves: Uint8Array;
  /** For each row its outputs' names as JSON; meaningless where the core is damaged. */
  readonly outputs: Uint32Array;
  readonly uses: BlobUses;
  readonly references: References;
  /** Blobs whose bytes were dropped on purpose, as events of the range say. */
  readonly purged: readonly string[];
  /** Cores of the recoveries among the rows. */
  readonly recoveries: readonly { readonly row: number; readonly core: EventCore }[];
  readonly names: readonly string[];
  readonly problems: readonly { readonly row: number; readonly problem: Problem }[];
  /** The log could not be read beyond these rows. */
  readonly end?: Problem;
}

/** Blobs that rows name: the row, the hash, the bytes (−1: a manifest, whose size nobody states), the path in the event. */
export interface BlobUses {
  readonly rows: Uint32Array;
  readonly hashes: Uint8Array;
  readonly bytes: Float64Array;
  readonly paths: Uint32Array;
}

/** Other events that rows name, and which output of theirs (`noOutput`: a correction, which is about the event). */
export interface References {
  readonly rows: Uint32Array;
  readonly eventIds: Uint8Array;
  readonly outputs: Uint32Array;
  readonly paths: Uint32Array;
}

export const noOutput = 0xffffffff;

export const mark = { hasId: 1, coreKnown: 2, outsideResult: 4, withoutObs: 8 } as const;

const inRange = 'FROM event WHERE seq BETWEEN ? AND ? ORDER BY seq';
/** Rows that are in memory at once: garbage that is collected while it is young. */
const pageRows = 256;
const noHash = '00'.repeat(hashBytes);

export function checkRange(db: Database, path: string, range: SeqRange): RangeFindings {
  return checkShort(db, range) ?? checkLong(db, path, range);
}

/** null where anything is not sound. */
function checkShort(db: Database, { from, upTo }: SeqRange): RangeFindings | null {
  const gathered = new Gathering();
  let next = from;
  for (;;) {
    const rows = readPage(db, next, upTo);
    if (rows === null) return null;
    for (const row of rows) {
      const sound = soundCore(row);
      if (sound === null) return null;
      gathered.add(row[0], sound.eventId, sound.leaf, sound.core, sound.core.task.kind, row[6] === null);
    }
    if (rows.length < pageRows) return gathered.findings();
    next = BigInt(rows.at(-1)![0]) + 1n;
  }
}

/** null where the rows cannot be read as the short way reads them. */
function readPage(db: Database, from: bigint, upTo: bigint): SoundRow[] | null {
  try {
    // Texts come as SQLite decodes them.
    if (db.pragma('encoding', { simple: true }) !== 'UTF-8') return null;
    return db.prepare(`SELECT ${soundColumns} ${inRange} LIMIT ${pageRows}`).raw().all(from, upTo) as SoundRow[];
  } catch {
    return null;
  }
}

export function checkLong(db: Database, path: string, { from, upTo }: SeqRange): RangeFindings {
  const gathered = new Gathering();
  try {
    for (const row of db.prepare(`SELECT ${verifiedColumns} ${inRange}`).iterate(from, upTo)) {
      const { seq, kind, obs } = row as VerifiedRow;
      const { eventId, leaf, core, problems } = checkEventRow(row as VerifiedRow);
      gathered.add(seq as number, eventId, leaf, core, core?.task.kind ?? String(kind), obs === null, problems);
    }
    return gathered.findings();
  } catch (error) {
    return { ...gathered.findings(), end: problemOf(databaseError(error, path), path) };
  }
}

class Gathering {
  readonly #seqs: number[] = [];
  readonly #marks: number[] = [];
  readonly #eventIds: string[] = [];
  readonly #leaves: string[] = [];
  readonly #outputs: number[] = [];
  readonly #uses = { rows: [] as number[], hashes: [] as string[], bytes: [] as number[], paths: [] as number[] };
  readonly #references = {
    rows: [] as number[],
    eventIds: [] as string[],
    outputs: [] as number[],
    paths: [] as number[],
  };
  readonly #purged: string[] = [];
  readonly #recoveries: { row: number; core: EventCore }[] = [];
  readonly #names = new Map<string, number>();
  readonly #problems: { row: number; problem: Problem }[] = [];

  add(
    seq: number,
    eventId: string,
    leaf: string,
    core: EventCore | null,
    kind: string,
    withoutObs: boolean,
    problems: readonly Problem[] = [],
  ): void {
    const row = this.#seqs.length;
    const hasId = eventId.length === noHash.length;
    this.#seqs.push(seq);
    this.#eventIds.push(hasId ? eventId : noHash);
    this.#leaves.push(leaf.padEnd(noHash.length, '0').slice(0, noHash.length));
    this.#marks.push(
      (hasId ? mark.hasId : 0) |
        (core === null ? 0 : mark.coreKnown) |
        (kindsOutsideResultHash.includes(kind) ? mark.outsideResult : 0) |
        (withoutObs ? mark.withoutObs : 0),
    );
    for (const problem of problems) this.#problems.push({ row, problem });
    this.#outputs.push(core === null ? 0 : this.#name(JSON.stringify(Object.keys(core.outputs))));
    if (core !== null) this.#addReferences(row, core);
  }

  findings(): RangeFindings {
    const { rows, hashes, bytes, paths } = this.#uses;
    const references = this.#references;
    return {
      seqs: Float64Array.from(this.#seqs),
      marks: Uint8Array.from(this.#marks),
      eventIds: bytesOf(this.#eventIds),
      leaves: bytesOf(this.#leaves),
      outputs: Uint32Array.from(this.#outputs),
      uses: {
        rows: Uint32Array.from(rows),
        hashes: bytesOf(hashes),
        bytes: Float64Array.from(bytes),
        paths: Uint32Array.from(paths),
      },
      references: {
        rows: Uint32Array.from(references.rows),
        eventIds: bytesOf(references.eventIds),
        outputs: Uint32Array.from(references.outputs),
        paths: Uint32Array.from(references.paths),
      },
      purged: this.#purged,
      recoveries: this.#recoveries,
      names: [...this.#names.keys()],
      problems: this.#problems,
    };
  }

  #addReferences(row: number, core: EventCore): void {
    for (const [name, { hash, bytes }] of outputsOf(core)) this.#use(row, hash, bytes, `outputs.${name}`);
    for (const { path, input } of inputsOf(core)) {
      if ('manifest' in input) this.#use(row, input.manifest, -1, path);
      else this.#refer(row, input.event, this.#name(input.output), path);
    }
    for (const { path, eventId } of namedEventsOf(core)) this.#refer(row, eventId, noOutput, path);
    const purged = purgedBlobOf(core);
    if (purged !== undefined) this.#purged.push(purged);
    if (core.task.kind === recoveryKind) this.#recoveries.push({ row, core });
  }

  #refer(row: number, eventId: string, output: number, path: string): void {
    this.#references.rows.push(row);
    this.#references.eventIds.push(eventId);
    this.#references.outputs.push(output);
    this.#references.paths.push(this.#name(path));
  }

  #use(row: number, hash: string, bytes: number, path: string): void {
    this.#uses.rows.push(row);
    this.#uses.hashes.push(hash);
    this.#uses.bytes.push(bytes);
    this.#uses.paths.push(this.#name(path));
  }

  #name(text: string): number {
    const known = this.#names.get(text);
    if (known !== undefined) return known;
    this.#names.set(text, this.#names.size);
    return this.#names.size - 1;
  }
}

/** A buffer of its own, so that its words are aligned. */
function bytesOf(hashes: readonly string[]): Uint8Array {
  return new Uint8Array(Buffer.from(hashes.join(''), 'hex'));
}
