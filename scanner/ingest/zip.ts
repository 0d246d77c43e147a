/**
 * Zip archives (PKWARE APPNOTE 6.3): read by the central directory, and compared with the header
 * before each entry.
 */
import { inflateRawSync } from 'node:zlib';
import { looseBytesMax } from '../limits.ts';
import {
  type ArchiveBudget,
  type ArchiveEntry,
  type ArchiveTrouble,
  inflateWithin,
  type OpenedArchive,
  unsafeName,
} from './archive-entry.ts';

interface DirectoryEntry {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly compressed: number;
  readonly isLink: boolean;
  /** Offset of its local header. */
  readonly offset: number;
}

interface Directory {
  readonly entries: readonly DirectoryEntry[];
  readonly start: number;
  readonly end: number;
}

/**
 * Opens a zip archive. An entry that cannot be opened is a trouble; none is left out without one.
 */
export function openZip(bytes: Uint8Array, budget: ArchiveBudget): OpenedArchive {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const directory = readDirectory(buffer);
  if (typeof directory === 'string')
    return { entries: [], troubles: [{ what: 'archive', detail: directory }] };
  const entries: ArchiveEntry[] = [];
  const troubles: ArchiveTrouble[] = [];
  const names = new Set<string>();
  let counted = buffer.length - directory.start;
  let last = 0;
  for (const entry of [...directory.entries].sort((a, b) => a.offset - b.offset)) {
    if (!budget.takeEntry())
      return {
        entries,
        troubles: [...troubles, { what: 'over-ratio', detail: 'too many entries' }],
      };
    const reason =
      unsafeName(entry.name) ??
      (entry.isLink ? 'is a link' : names.has(entry.name) ? 'is there twice' : undefined);
    if (reason !== undefined)
      troubles.push({ what: 'unsafe-entry', detail: `"${entry.name}" ${reason}` });
    names.add(entry.name);
    const start = dataStart(buffer, entry);
    if (start === undefined || entry.offset < last || start + entry.compressed > directory.start) {
      troubles.push({
        what: 'archive',
        detail: `"${entry.name}" is not where the directory says, or lies over another entry`,
      });
      continue;
    }
    last = start + entry.compressed;
    counted += last - entry.offset + ((entry.flags & 8) === 0 ? 0 : 24);
    const read = readEntry(buffer, entry, start, budget);
    if ('what' in read) troubles.push(read);
    else if (!entry.name.endsWith('/') || read.bytes.byteLength > 0) entries.push(read);
  }
  const loose = buffer.length - counted;
  if (loose > looseBytesMax)
    troubles.push({ what: 'archive', detail: `${loose} bytes belong to no entry` });
  return { entries, troubles };
}

function readEntry(
  buffer: Buffer,
  { name, flags, method, compressed }: DirectoryEntry,
  start: number,
  budget: ArchiveBudget,
): ArchiveEntry | ArchiveTrouble {
  if ((flags & 1) !== 0) return { what: 'encrypted-archive', detail: `"${name}" is encrypted` };
  if (method !== 0 && method !== 8)
    return { what: 'archive', detail: `"${name}" is compressed by a method that is not read` };
  const data = buffer.subarray(start, start + compressed);
  const maxOutputLength = budget.allowance(compressed);
  if (maxOutputLength === 0)
    return { what: 'over-ratio', detail: `"${name}" is more than is taken out of archives` };
  const inflated =
    method === 0 ? data : inflateWithin(() => inflateRawSync(data, { maxOutputLength }));
  if (inflated === 'bomb')
    return { what: 'over-ratio', detail: `"${name}" becomes more than ${maxOutputLength} bytes` };
  if (inflated === 'broken') return { what: 'archive', detail: `"${name}" cannot be decompressed` };
  budget.takeBytes(inflated.byteLength);
  return { name, bytes: inflated };
}

function readDirectory(buffer: Buffer): Directory | string {
  const end = buffer.lastIndexOf(Buffer.from('504b0506', 'hex'));
  if (end < 0 || end + 22 > buffer.length) return 'its directory is missing';
  if (end + 22 + buffer.readUInt16LE(end + 20) !== buffer.length)
    return 'something lies behind its end';
  const count = buffer.readUInt16LE(end + 10);
  const start = buffer.readUInt32LE(end + 16);
  if (count === 0xffff || start === 0xffffffff) return 'it is a Zip64 archive';
  if (start + buffer.readUInt32LE(end + 12) !== end) return 'its directory is not where it says';
  const entries: DirectoryEntry[] = [];
  let at = start;
  for (; at + 46 <= end && buffer.readUInt32LE(at) === 0x02014b50; ) {
    const nameLength = buffer.readUInt16LE(at + 28);
    const flags = buffer.readUInt16LE(at + 8);
    entries.push({
      name: nameOf(buffer.subarray(at + 46, at + 46 + nameLength)),
      flags,
      method: buffer.readUInt16LE(at + 10),
      compressed: buffer.readUInt32LE(at + 20),
      isLink: buffer.readUInt16LE(at + 40) >> 12 === 0o12,
      offset: buffer.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + buffer.readUInt16LE(at + 30) + buffer.readUInt16LE(at + 32);
  }
  if (at !== end || entries.length !== count) return 'its directory does not hold what it says';
  return { entries, start, end };
}

function nameOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

// Programs that read a stream use the header before an entry, so it must name the same entry.
function dataStart(buffer: Buffer, { name, offset }: DirectoryEntry): number | undefined {
  if (offset + 30 > buffer.length || buffer.readUInt32LE(offset) !== 0x04034b50) return undefined;
  const nameLength = buffer.readUInt16LE(offset + 26);
  if (nameOf(buffer.subarray(offset + 30, offset + 30 + nameLength)) !== name) return undefined;
  return offset + 30 + nameLength + buffer.readUInt16LE(offset + 28);
}
