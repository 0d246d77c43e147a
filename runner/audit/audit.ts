/**
 * Writes the audit log. The log has one JSON line for each event of a run, and each line has the
 * digest of the line before. Other files read the log. It is never rotated: rules for the ends of
 * files would be the weakest part of the chain.
 */

import { generateKeyPairSync } from 'node:crypto';
import * as fs from 'node:fs';
import {
  auditLineBytesMax,
  type ChainEnd,
  chainEndOf,
  checkpointOf,
  continuesFrom,
  type DatedEvent,
  furthestOf,
  linesAfter,
  parseAuditCheckpoint,
  parseAuditKey,
  printAuditKey,
  type SigningAuditKey,
} from '../../skills-index/run/audit/audit-chain.ts';
import type { AuditEvent, AuditSubject } from '../../skills-index/run/audit/audit-entry.ts';
import { hexOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { withLock } from '../files/lock.ts';
import { readPrivateFile, writePrivateFile } from '../files/private-file.ts';

/** Lines of the audit log after which the runner signs a checkpoint, although no run has ended. */
const auditCheckpointLines = 1_000;

/**
 * Milliseconds that the record of an allowed request may wait in memory before the runner writes
 * the record to disk, and how many records may wait.
 */
export const auditDelayMillis = 100;

const auditWaitingMax = 512;

export interface Audit {
  /**
   * Appends one line to the log and returns when the line is on disk. Frequent events (allowed
   * requests, sampled processes, changed files) wait in memory. The next event of another kind
   * writes the waiting lines too, at the latest after `auditDelayMillis`.
   * @throws Problem `audit-broken` when the log was changed; `audit-unwritable`
   */
  record(subject: AuditSubject, event: AuditEvent): void;
}

/**
 * Opens the audit log of this host for appending, safely beside other processes. The log gets a
 * signed checkpoint at each end of a run.
 * @param file `$DATA/audit/audit.jsonl`; the newest checkpoint is kept beside the log
 * @param keyFile `$CONFIG/audit-key.json`, created on first use
 */
export function openAudit(file: string, now: () => Date, keyFile: string): Audit {
  const waiting: DatedEvent[] = [];
  let hasFailed = false;
  const flush = (entries: readonly DatedEvent[]): void => {
    withLock(`${file}.lock`, () => append(file, keyFile, [...waiting, ...entries]));
    waiting.length = 0;
    hasFailed = false;
  };
  const flushLater = (): void => {
    try {
      flush([]);
    } catch {
      // The next call of `record` writes at once, so that its caller gets the error.
      hasFailed = true;
    }
  };
  return {
    record: (subject, event) => {
      const entry: DatedEvent = [{ ...subject, ...event }, now()];
      if (!isFrequent(event) || hasFailed || waiting.length >= auditWaitingMax)
        return flush([entry]);
      if (waiting.push(entry) === 1) setTimeout(flushLater, auditDelayMillis);
    },
  };
}

/** Events after which the runner signs a checkpoint of the log at once. */
const signedEvents: readonly string[] = ['exit', 'refused', 'incident'];

function isFrequent(event: AuditEvent): boolean {
  return (
    ['change', 'child', 'cleanup'].includes(event.event) ||
    (event.event === 'egress' && event.decision === 'allowed')
  );
}

function append(file: string, keyFile: string, entries: readonly DatedEvent[]): void {
  const [first] = entries;
  if (first === undefined) return;
  const entryOf = (event: AuditEvent): DatedEvent => [
    { run: first[0].run, agent: first[0].agent, ...event },
    first[1],
  ];
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_RDWR } = fs.constants;
  const log = fs.openSync(file, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW, 0o600);
  try {
    const { lost, start } = recover(log, file, keyFile);
    const end = write(log, start, [...lost.map(entryOf), ...entries]);
    const passesInterval =
      Math.floor(end.seq / auditCheckpointLines) > Math.floor(start.seq / auditCheckpointLines);
    const isDue =
      passesInterval ||
      entries.some(([{ event }]) => signedEvents.includes(event)) ||
      !fs.existsSync(`${file}.head`);
    if (isDue) write(log, end, [entryOf(sign(file, keyFile, end))]);
  } finally {
    fs.closeSync(log);
  }
}

// Writes all lines or none: when the disk is full, the log is cut back to its old length.
function write(log: number, start: ChainEnd, entries: readonly DatedEvent[]): ChainEnd {
  const { end, text } = linesAfter(start, entries);
  const { size } = fs.fstatSync(log);
  try {
    if (fs.writeSync(log, text) < Buffer.byteLength(text)) throw new Error('the disk is full');
    fs.fsyncSync(log);
  } catch (cause) {
    fs.ftruncateSync(log, size);
    throw new Problem(
      'audit-unwritable',
      `Cannot write to the audit log: ${(cause as Error).message}`,
      { cause },
    );
  }
  return end;
}

// A crash can leave an unfinished line at the log's end. The runner moves the unfinished line to a
// file beside the log, and never touches a complete line.
function recover(
  log: number,
  file: string,
  keyFile: string,
  bytesMax = 2 * auditLineBytesMax,
): { readonly start: ChainEnd; readonly lost: readonly AuditEvent[] } {
  const { size } = fs.fstatSync(log);
  const tail = Buffer.alloc(Math.min(size, bytesMax));
  fs.readSync(log, tail, 0, tail.length, size - tail.length);
  const isWhole = tail.length === size;
  const { start, torn } = chainEndOf(tail, {
    file,
    isWhole,
    isSigned: fs.existsSync(`${file}.head`),
  });
  const places = [`${file}.head`, `${keyFile}.head`].filter((place) => fs.existsSync(place));
  const kept = furthestOf(
    places.map((place) => parseAuditCheckpoint(fs.readFileSync(place, 'utf8'))),
  );
  if (continuesFrom(kept, start.seq, tail, { file, isWhole }) === 'more')
    return recover(log, file, keyFile, 2 * bytesMax);
  if (torn === undefined) return { start, lost: [] };
  writePrivateFile(`${file}.${hexOf(torn.digest).slice(0, 12)}.torn`, torn.bytes);
  fs.ftruncateSync(log, size - torn.bytes.length);
  return { start, lost: [{ event: 'recovered', bytes: torn.bytes.length, torn: torn.digest }] };
}

// Save the checkpoint before the log gets the checkpoint's line: after a crash between the two, the
// log still satisfies the checkpoint. Save a copy beside the key: somebody who can write only the
// log's folder cannot roll the log back.
function sign(file: string, keyFile: string, end: ChainEnd): AuditEvent {
  const checkpoint = checkpointOf(end, openAuditKey(keyFile));
  for (const place of [file, keyFile]) writePrivateFile(`${place}.head`, canonicalJson(checkpoint));
  return { event: 'checkpoint', ...checkpoint };
}

// Reads this host's key for signing the audit log, and creates the key on first use.

const keyBytesMax = 64 * 1024;

/**
 * Reads the audit key; undefined before the key's creation.
 * @param path `$CONFIG/audit-key.json`
 * @throws Problem `key-file-invalid` when the file is damaged or other users may read it
 */
export function readAuditKey(path: string): SigningAuditKey | undefined {
  const bytes = readPrivateFile(path, {
    bytesMax: keyBytesMax,
    secret: true,
    code: 'key-file-invalid',
  });
  return bytes === undefined ? undefined : parseAuditKey(bytes, path);
}

/** @throws Problem `key-file-invalid` */
export function openAuditKey(path: string): SigningAuditKey {
  return readAuditKey(path) ?? withLock(`${path}.lock`, () => readAuditKey(path) ?? make(path));
}

function make(path: string): SigningAuditKey {
  const text = printAuditKey(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
  writePrivateFile(path, text);
  return parseAuditKey(Buffer.from(text), path);
}
