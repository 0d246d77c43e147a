/** The audit log: what every run was allowed and refused, one JSON line each, each naming the digest of the line before it. */

import { closeSync, constants, existsSync, fstatSync, fsyncSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { type AuditEntry, type AuditEvent, type AuditSubject, parseEntry, plainTexts } from '../skills-index/run/audit-entry.ts';
import { canonicalJson } from '../skills-index/skill/canonical-json.ts';
import { type Digest, digestOf } from '../skills-index/skill/digest.ts';
import { Problem } from '../skills-index/skill/problem.ts';
import { auditLineBytesMax } from './limits.ts';
import { withLock } from './lock.ts';

export interface Audit {
  /** Appends one line and returns when it is on disk. */
  record(subject: AuditSubject, event: AuditEvent): AuditEntry;
}

/**
 * Opens the log of this host for appending; safe while other processes do the same.
 * @param file `$DATA/audit/audit.jsonl`
 */
export function openAudit(file: string, now: () => Date): Audit {
  return {
    record: (subject, event) => withLock(`${file}.lock`, () => append(file, { ...subject, ...event }, now().toISOString())),
  };
}

/** The entries that a filter lets through, oldest first. Lines that cannot be read are left out: `verifyAudit` names them. */
export function readAudit(file: string, keep: (entry: AuditEntry) => boolean = () => true): AuditEntry[] {
  return readLines(file)
    .map(parseEntry)
    .filter((entry) => entry !== undefined)
    .filter(keep);
}

export type AuditVerdict =
  | { readonly kind: 'whole'; readonly lines: number }
  /** `line` counts from 1. */
  | { readonly kind: 'broken'; readonly line: number; readonly why: string };

/** Checks the whole chain. What it cannot see is that lines at the end were taken away. */
export function verifyAudit(file: string): AuditVerdict {
  let last = { seq: 0, digest: digestOf('') };
  for (const line of readLines(file)) {
    const entry = parseEntry(line);
    const broken = (why: string): AuditVerdict => ({ kind: 'broken', line: last.seq + 1, why });
    if (entry === undefined) return broken('it is not a whole line of form skillgate.audit/1 in canonical form');
    if (entry.prev !== last.digest || entry.seq !== last.seq + 1) return broken('it does not follow the line before it');
    last = { seq: entry.seq, digest: digestOf(line) };
  }
  return { kind: 'whole', lines: last.seq };
}

function append(file: string, said: AuditSubject & AuditEvent, at: string): AuditEntry {
  const log = openSync(file, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW, 0o600);
  try {
    const last = lastOf(log, file);
    const entry: AuditEntry = { ...plainTexts(said), schema: 'skillgate.audit/1', seq: last.seq + 1, at, prev: last.digest };
    const line = Buffer.from(`${canonicalJson(entry)}\n`);
    if (line.length > auditLineBytesMax) throw new Problem('internal', `An audit line has ${line.length} bytes`);
    writeSync(log, line);
    fsyncSync(log);
    return entry;
  } finally {
    closeSync(log);
  }
}

function lastOf(log: number, file: string): { readonly seq: number; readonly digest: Digest } {
  const { size } = fstatSync(log);
  if (size === 0) return { seq: 0, digest: digestOf('') };
  const tail = Buffer.alloc(Math.min(size, auditLineBytesMax + 1));
  readSync(log, tail, 0, tail.length, size - tail.length);
  const line = tail.subarray(tail.lastIndexOf(0x0a, -2) + 1, -1).toString('utf8');
  const entry = tail.at(-1) === 0x0a ? parseEntry(line) : undefined;
  if (entry !== undefined) return { seq: entry.seq, digest: digestOf(line) };
  throw new Problem('audit-broken', `Cannot append to ${file}: its last line is not whole`, {
    hint: `Look at it, then move it away: mv ${file} ${file}.broken`,
  });
}

// A last line without its newline was not written to the end: it is handed on as one that cannot be read.
function readLines(file: string): string[] {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [''];
  return lines.at(-1) === '' ? lines.slice(0, -1) : [...lines.slice(0, -1), 'torn'];
}
