/**
 * Reads the audit log of this host, a piece at a time however long it is: its entries, what is
 * added to it, and whether it is whole.
 */
import { existsSync, readFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  type AuditVerdict,
  auditLineBytesMax,
  ChainCheck,
  furthestOf,
  parseAuditCheckpoint,
} from '../../skills-index/run/audit/audit-chain.ts';
import {
  type AuditEntry,
  parseEntry,
  pathSetName,
} from '../../skills-index/run/audit/audit-entry.ts';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { unpack } from '../egress/unpack.ts';
import { pathSetBytesMax } from '../limits.ts';
import { readAuditKey } from './audit-key.ts';

const pieceBytes = 1024 * 1024;

/** Some whole lines, without their newlines, and where the next one begins. */
export interface Lines {
  readonly lines: readonly Uint8Array[];
  readonly position: number;
}

/**
 * Lines from a position to the end of the file as it is now. What a writer has not finished is left
 * out.
 */
export async function* readLines(file: string, from = 0): AsyncGenerator<Lines> {
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
      // What is too long for a line is none: it is handed on to be refused.
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
 * An entry and its line as it was written; undefined for what is none, which `verifyAuditFile`
 * names.
 */
export function entryOf(line: Uint8Array): AuditEntry | undefined {
  return parseEntry(Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString('utf8'));
}

/** The entries that a filter lets through, oldest first: for logs and filters that leave few. */
export async function readEntries(
  file: string,
  keep: (entry: AuditEntry) => boolean = () => true,
): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = [];
  for await (const { lines } of readLines(file)) {
    entries.push(...lines.flatMap((line) => entryOf(line) ?? []).filter(keep));
  }
  return entries;
}

/**
 * Checks the whole chain, its checkpoints, and those that are kept beside it and beside the key.
 */
export async function verifyAuditFile(file: string, keyFile: string): Promise<AuditVerdict> {
  // Read before the log: what is signed later only covers more of it.
  const [beside, apart] = [`${file}.head`, `${keyFile}.head`].map((place) =>
    existsSync(place) ? parseAuditCheckpoint(readFileSync(place, 'utf8')) : undefined,
  );
  // A log without the one beside it was tampered with, whatever lies beside the key.
  const kept = beside === undefined && existsSync(file) ? undefined : furthestOf([beside, apart]);
  const check = new ChainCheck({ key: readAuditKey(keyFile), kept });
  const sets = new Map<Digest, number>();
  let at = 0;
  for await (const { lines } of readLines(file)) {
    if (!lines.every((line) => check.take(line))) break;
    for (const line of lines) {
      at += 1;
      const entry = isAboutPaths(line) ? entryOf(line) : undefined;
      if (entry?.event === 'paths') sets.set(entry.digest, at);
    }
  }
  const verdict = check.verdict();
  return verdict.kind === 'broken' ? verdict : (brokenSet(dirname(file), sets) ?? verdict);
}

// Most lines are not, and a log has millions of them.
function isAboutPaths(line: Uint8Array): boolean {
  return Buffer.from(line.buffer, line.byteOffset, line.byteLength).includes('"event":"paths"');
}

// A line that stands for many paths is worth what the file with them is worth.
function brokenSet(folder: string, sets: ReadonlyMap<Digest, number>): AuditVerdict | undefined {
  for (const [digest, line] of sets) {
    const path = join(folder, pathSetName(digest));
    if (!existsSync(path))
      return { kind: 'broken', line, why: `the file with its paths is not there: ${path}` };
    if (
      digestOf(unpack(readFileSync(path), 'gzip', pathSetBytesMax) ?? new Uint8Array()) !== digest
    )
      return { kind: 'broken', line, why: `the file with its paths was changed: ${path}` };
  }
  return undefined;
}
