/**
 * Follows the audit log. Besides watching the log's folder, the follower polls, because not every
 * file system reports changes.
 */
import { existsSync, readFileSync, statSync, watch } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  auditLineBytesMax,
  furthestOf,
  parseAuditCheckpoint,
} from '../../skills-index/run/audit/audit-chain.ts';
import { type AuditVerdict, ChainCheck } from '../../skills-index/run/audit/audit-check.ts';
import {
  type AuditEntry,
  parseEntry,
  pathSetName,
} from '../../skills-index/run/audit/audit-entry.ts';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { unpack } from '../egress/unpack.ts';
import { readAuditKey } from './audit.ts';

/** Milliseconds between checks of a followed audit log, for file systems that report no change. */
const auditPollMilliseconds = 400;

/** Bytes of the file that lists the paths of one run: 20,000 paths of 4 KiB, each byte escaped. */
const pathSetBytesMax = 512 * 1024 * 1024;

/**
 * Yields lines of the log from an offset on, until the signal aborts. After a new file has replaced
 * the log, the follower reads the new file.
 */
export async function* followLines(
  file: string,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<LogLines> {
  const changes = new EventTarget();
  const notify = (): boolean => changes.dispatchEvent(new Event('notify'));
  const watcher = existsSync(dirname(file)) ? watch(dirname(file), notify) : undefined;
  const poll = setInterval(notify, auditPollMilliseconds);
  signal.addEventListener('abort', notify);
  try {
    for (let position = from; !signal.aborted; ) {
      const changed = new Promise((resolve) =>
        changes.addEventListener('notify', resolve, { once: true }),
      );
      if ((statSync(file, { throwIfNoEntry: false })?.size ?? position) < position) position = 0;
      for await (const more of readLines(file, position)) {
        position = more.position;
        if (more.lines.length > 0) yield more;
      }
      if (!signal.aborted) await changed;
    }
  } finally {
    signal.removeEventListener('abort', notify);
    clearInterval(poll);
    watcher?.close();
  }
}

// Reads the audit log of this host in pieces of bounded size: the log's entries, and whether the
// log's chain of digests is intact.

const pieceBytes = 1024 * 1024;

/**
 * Some complete lines of the audit log, without their newlines, and the offset of the next line.
 */
interface LogLines {
  readonly lines: readonly Uint8Array[];
  readonly position: number;
}

/**
 * Reads lines from an offset to the present end of the file, without a line that a writer has not
 * finished.
 */
export async function* readLines(file: string, from = 0): AsyncGenerator<LogLines> {
  const log = await openIfThere(file);
  try {
    let position = from;
    let read = from;
    let rest: Uint8Array = new Uint8Array();
    while (log !== undefined) {
      const piece = Buffer.allocUnsafe(pieceBytes);
      const { bytesRead } = await log.read(piece, 0, pieceBytes, read);
      if (bytesRead === 0) return;
      read += bytesRead;
      const bytes =
        rest.length === 0
          ? piece.subarray(0, bytesRead)
          : Buffer.concat([rest, piece.subarray(0, bytesRead)]);
      const lines: Uint8Array[] = [];
      let begin = 0;
      for (let end = bytes.indexOf(0x0a); end !== -1; end = bytes.indexOf(0x0a, begin)) {
        lines.push(bytes.subarray(begin, end));
        begin = end + 1;
      }
      // Return an overlong line cut. The parser rejects a cut line, so the log counts as broken.
      if (bytes.length - begin > auditLineBytesMax) {
        lines.push(bytes.subarray(begin, begin + auditLineBytesMax));
        begin = bytes.length;
      }
      rest = bytes.subarray(begin);
      position += begin;
      yield { lines, position };
    }
  } finally {
    await log?.close();
  }
}

async function openIfThere(file: string): Promise<FileHandle | undefined> {
  try {
    return await open(file, 'r');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cause;
  }
}

/**
 * Parses the entry in a line of the log. Returns undefined for a malformed line, which
 * `verifyAuditFile` reports.
 */
export function parseLogLine(line: Uint8Array): AuditEntry | undefined {
  return parseEntry(Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString('utf8'));
}

/** Reads the log entries that a filter accepts, oldest first, into memory. */
export async function readEntries(
  file: string,
  keep: (entry: AuditEntry) => boolean = () => true,
): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = [];
  for await (const { lines } of readLines(file)) {
    entries.push(...lines.flatMap((line) => parseLogLine(line) ?? []).filter(keep));
  }
  return entries;
}

/**
 * Verifies the audit log: the whole chain of digests, the checkpoints in the log, and the newest
 * checkpoints beside the log and beside the key.
 */
export async function verifyAuditFile(file: string, keyFile: string): Promise<AuditVerdict> {
  // Read the checkpoints before the log. A checkpoint that a runner signs while the log is read
  // then does no harm: the log read later has more lines, never fewer.
  const [beside, apart] = [`${file}.head`, `${keyFile}.head`].map((place) =>
    existsSync(place) ? parseAuditCheckpoint(readFileSync(place, 'utf8')) : undefined,
  );
  // Somebody tampered with a log without a checkpoint beside the log, even when the copy of the
  // checkpoint beside the key is there.
  const kept = beside === undefined && existsSync(file) ? undefined : furthestOf([beside, apart]);
  const check = new ChainCheck({ key: readAuditKey(keyFile), kept });
  const sets = new Map<Digest, number>();
  let at = 0;
  for await (const { lines } of readLines(file)) {
    if (!lines.every((line) => check.take(line))) break;
    for (const line of lines) {
      at += 1;
      const entry = isAboutPaths(line) ? parseLogLine(line) : undefined;
      if (entry?.event === 'paths') sets.set(entry.digest, at);
    }
  }
  const verdict = check.verdict();
  return verdict.kind === 'broken' ? verdict : (brokenSet(dirname(file), sets) ?? verdict);
}

// Search each line for its kind before parsing: parsing each of millions of lines would be slow,
// and few lines are about paths.
function isAboutPaths(line: Uint8Array): boolean {
  return Buffer.from(line.buffer, line.byteOffset, line.byteLength).includes('"event":"paths"');
}

// A `paths` line names a file with many paths. The log is broken when that file is missing or
// changed.
function brokenSet(folder: string, sets: ReadonlyMap<Digest, number>): AuditVerdict | undefined {
  for (const [digest, line] of sets) {
    const path = join(folder, pathSetName(digest));
    if (!existsSync(path))
      return {
        kind: 'broken',
        line,
        why: `the file that lists the paths of this line is missing: ${path}`,
      };
    if (
      digestOf(unpack(readFileSync(path), 'gzip', pathSetBytesMax) ?? new Uint8Array()) !== digest
    )
      return {
        kind: 'broken',
        line,
        why: `the file that lists the paths of this line was changed: ${path}`,
      };
  }
  return undefined;
}
