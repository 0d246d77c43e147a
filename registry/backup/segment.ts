/**
 * A segment of a backup: commits of the database in one file, as frames of SQLite's write-ahead
 * log. A file that a crash cut counts up to its last whole commit.
 */
import { type FileHandle, open, rm } from 'node:fs/promises';
import { Problem } from '../../skills-index/skill/problem.ts';
import { walPartBytes } from '../limits.ts';
import {
  frameHeaderBytes,
  pageOf,
  pagesAfter,
  parseWalHeader,
  type WalHeader,
  type WalSum,
  walHeaderBytes,
  wholeCommits,
} from './wal-format.ts';
import type { WalPart } from './wal-source.ts';

const magic = Buffer.from('skillgate-wal/1\n');
/** The magic, the header of the log, and two checksums. */
const segmentHeaderBytes = magic.length + walHeaderBytes + 16;

/** Writes a segment, part after part. */
export class SegmentWriter {
  readonly #file: FileHandle;
  #length: number;
  /** The checksum at the end of what is written. */
  #end: WalSum;
  readonly #header: Buffer;

  /**
   * Begins a file.
   * @param before the checksum at the end of the segment before, which ties the two together
   */
  static async begin(path: string, first: WalPart, before: WalSum): Promise<SegmentWriter> {
    // A file of this name was begun by a process that died before its first part was whole. It goes
    // first, since `wx` follows no link that somebody put there.
    await rm(path, { force: true });
    const file = await open(path, 'wx', 0o600);
    const head = Buffer.concat([
      magic,
      first.header.bytes,
      sumBytes(first.from.sum),
      sumBytes(before),
    ]);
    const writer = new SegmentWriter(file, head, first.from.sum);
    try {
      await file.write(head, 0, head.length, 0);
      await writer.append(first);
      return writer;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  private constructor(file: FileHandle, head: Buffer, sum: WalSum) {
    this.#file = file;
    this.#length = head.length;
    this.#end = sum;
    this.#header = head.subarray(magic.length, magic.length + walHeaderBytes);
  }

  get bytes(): number {
    return this.#length;
  }

  get end(): WalSum {
    return this.#end;
  }

  /** Whether a part goes on where this file ends. */
  continues(part: WalPart): boolean {
    const [first, second] = part.from.sum;
    return (
      Buffer.compare(part.header.bytes, this.#header) === 0 &&
      first === this.#end[0] &&
      second === this.#end[1]
    );
  }

  /** Appends commits. They are on the disk when it resolves. A failed call may be repeated. */
  async append({ frames, end }: WalPart): Promise<void> {
    await this.#file.write(frames, 0, frames.length, this.#length);
    await this.#file.datasync();
    this.#length += frames.length;
    this.#end = end.sum;
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

/** What is read of a segment. */
export interface AppliedSegment {
  readonly commits: number;
  readonly end: WalSum;
}

/**
 * Writes the pages of a segment's whole commits into a database file that nobody has open.
 * @param before the checksum at the end of the segment before; undefined for the first one
 * @throws Problem `backup-damaged` when the segment does not follow the one before
 */
export async function applySegment(
  path: string,
  database: FileHandle,
  before: WalSum | undefined,
): Promise<AppliedSegment> {
  const file = await open(path, 'r');
  try {
    const head = await readAt(file, 0, segmentHeaderBytes);
    // The process that began it died before the first commit was whole.
    if (head.length < segmentHeaderBytes) return { commits: 0, end: before ?? [0, 0] };
    const header = parseWalHeader(head.subarray(magic.length));
    if (header === undefined || !head.subarray(0, magic.length).equals(magic))
      throw damagedBackup(path, 'its first bytes are not those of a segment');
    const from = readSum(head, segmentHeaderBytes - 16);
    const [first, second] = readSum(head, segmentHeaderBytes - 8);
    if (before !== undefined && (before[0] !== first || before[1] !== second))
      throw damagedBackup(path, 'the segment before it lacks its end');
    return await applyFrames(file, database, header, from);
  } finally {
    await file.close();
  }
}

async function applyFrames(
  file: FileHandle,
  database: FileHandle,
  header: WalHeader,
  from: WalSum,
): Promise<AppliedSegment> {
  const frameBytes = frameHeaderBytes + header.pageBytes;
  let sum = from;
  let commits = 0;
  let atOnce = Math.ceil(walPartBytes / frameBytes);
  for (let at = segmentHeaderBytes; ; ) {
    const bytes = await readAt(file, at, atOnce * frameBytes);
    const whole = wholeCommits(header, bytes, sum);
    if (whole.frames === 0) {
      if (bytes.length < atOnce * frameBytes) return { commits, end: sum };
      // One commit may be longer than a part.
      atOnce *= 4;
      continue;
    }
    for (let index = 0; index < whole.frames; index++) {
      const frame = bytes.subarray(index * frameBytes, (index + 1) * frameBytes);
      const place = (pageOf(frame) - 1) * header.pageBytes;
      await database.write(frame, frameHeaderBytes, header.pageBytes, place);
      const pages = pagesAfter(frame);
      if (pages === 0) continue;
      commits++;
      await database.truncate(pages * header.pageBytes);
    }
    sum = whole.sum;
    at += whole.frames * frameBytes;
  }
}

/** The failure of a restore that names the damaged file. */
export function damagedBackup(path: string, why: string, cause?: unknown): Problem {
  return new Problem('backup-damaged', `Cannot restore from ${JSON.stringify(path)}: ${why}`, {
    cause,
  });
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}

function sumBytes([first, second]: WalSum): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32BE(first, 0);
  bytes.writeUInt32BE(second, 4);
  return bytes;
}

function readSum(bytes: Buffer, at: number): WalSum {
  return [bytes.readUInt32BE(at), bytes.readUInt32BE(at + 4)];
}
