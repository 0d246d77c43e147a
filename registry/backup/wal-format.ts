/**
 * The format of SQLite's write-ahead log (https://www.sqlite.org/fileformat2.html#walformat): a
 * header of 32 bytes, then frames. A frame is a header of 24 bytes and a page. Each frame has the
 * checksum of everything before it, so a reader finds the end of the last whole commit.
 */

export const walHeaderBytes = 32;
export const frameHeaderBytes = 24;

/** The running checksum of a write-ahead log: two unsigned numbers of 32 bits. */
export type WalSum = readonly [number, number];

export interface WalHeader {
  readonly bytes: Buffer;
  readonly pageBytes: number;
  /** Whether the checksums read words with the highest byte first. */
  readonly isBigEndian: boolean;
  /** The checksum before the first frame. */
  readonly sum: WalSum;
}

/** Parses a header. Undefined when the bytes are no whole and valid header. */
export function parseWalHeader(bytes: Buffer): WalHeader | undefined {
  if (bytes.length < walHeaderBytes) return undefined;
  const own = Buffer.from(bytes.subarray(0, walHeaderBytes));
  const magic = own.readUInt32BE(0);
  if (magic !== 0x377f0682 && magic !== 0x377f0683) return undefined;
  const isBigEndian = magic === 0x377f0683;
  const sum = addSum(own.subarray(0, 24), [0, 0], isBigEndian);
  if (sum[0] !== own.readUInt32BE(24) || sum[1] !== own.readUInt32BE(28)) return undefined;
  return {
    bytes: own,
    pageBytes: own.readUInt32BE(8),
    isBigEndian,
    sum,
  };
}

export interface WholeCommits {
  /** Number of frames up to the end of the last whole commit. */
  readonly frames: number;
  /** The checksum after them. */
  readonly sum: WalSum;
}

/**
 * The frames from the start of `bytes` that belong to whole commits.
 * @param before the checksum before the first of the frames
 */
export function wholeCommits(header: WalHeader, bytes: Buffer, before: WalSum): WholeCommits {
  const frameBytes = frameHeaderBytes + header.pageBytes;
  let found: WholeCommits = { frames: 0, sum: before };
  let sum = before;
  for (let at = 0; (at + 1) * frameBytes <= bytes.length; at++) {
    const frame = bytes.subarray(at * frameBytes, (at + 1) * frameBytes);
    if (Buffer.compare(frame.subarray(8, 16), header.bytes.subarray(16, 24)) !== 0) break;
    sum = addSum(frame.subarray(0, 8), sum, header.isBigEndian);
    sum = addSum(frame.subarray(frameHeaderBytes), sum, header.isBigEndian);
    const [first, second] = sumOfFrame(frame);
    if (first !== sum[0] || second !== sum[1]) break;
    if (pagesAfter(frame) !== 0) found = { frames: at + 1, sum };
  }
  return found;
}

/** The checksum that a frame has, over everything up to the end of the frame. */
export function sumOfFrame(frame: Buffer): WalSum {
  return [frame.readUInt32BE(16), frame.readUInt32BE(20)];
}

/** Number of the page that a frame has, from 1. */
export function pageOf(frame: Buffer): number {
  return frame.readUInt32BE(0);
}

/** Pages of the database after the commit that the frame ends; 0 when the frame ends no commit. */
export function pagesAfter(frame: Buffer): number {
  return frame.readUInt32BE(4);
}

function addSum(bytes: Buffer, [first, second]: WalSum, isBigEndian: boolean): WalSum {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let left = first;
  let right = second;
  for (let at = 0; at < bytes.byteLength; at += 8) {
    left = (left + view.getUint32(at, !isBigEndian) + right) >>> 0;
    right = (right + view.getUint32(at + 4, !isBigEndian) + left) >>> 0;
  }
  return [left, right];
}
