/**
 * A strict reader of zip archives. Two readers of a zip archive may see different files: one reads
 * the directory at the end, the other reads the headers before the files. This reader accepts only
 * archives in which both agree, and in which every byte belongs to exactly one file.
 */
import { crc32, inflateRawSync } from 'node:zlib';
import {
  extraFieldsIn,
  localHeader,
  readZipDirectory,
  type ZipDirectory,
  type ZipEntry,
  zipFlag,
  zipMethod,
  zipSignature,
} from '../../skills-index/archives/zip.ts';
import {
  type ArchiveFile,
  freeBytes,
  packageFilesMax,
  unpackedFileBytesMax,
  unpackedRatioMax,
  unsafeArchive,
} from './tgz.ts';

const endBytes = 22;
const locatorBytes = 20;
const largeEndBytes = 56;
/** The flags that change no meaning: two for the compression, the descriptor and UTF-8. */
const plainFlags = 2 | 4 | zipFlag.descriptor | zipFlag.utf8;

/** Where an archive has the bytes of a file, so that one file can be read without the others. */
export interface ZipPlace {
  readonly path: string;
  readonly begin: number;
  /** How many bytes the archive has for the file. */
  readonly length: number;
  readonly size: number;
  readonly crc: number;
  readonly isStored: boolean;
}

/**
 * Lists the files of an archive. The content of a file is checked when the file is read.
 * @param archive the archive's name in messages
 * @throws Problem `package-unsafe`
 */
export function readZip(archive: string, zip: Buffer): ArchiveFile[] {
  return listZip(archive, zip).map((place) => ({
    path: place.path,
    size: place.size,
    isExecutable: place.isExecutable,
    read: () => unpackPlace(archive, place, zip.subarray(place.begin, place.begin + place.length)),
  }));
}

/**
 * The bytes of one file.
 * @param data what the archive has at the place
 * @throws Problem `package-unsafe` when the bytes differ from what the archive says
 */
export function unpackPlace(
  archive: string,
  { crc, isStored, path, size }: ZipPlace,
  data: Buffer,
): Buffer {
  const bytes = isStored ? data : inflate(data, size);
  if (bytes?.length !== size || crc32(bytes) !== crc)
    throw unsafeArchive(
      archive,
      `${JSON.stringify(path)} does not unpack to what the directory says`,
    );
  return bytes;
}

/**
 * Lists the places of an archive's files.
 * @param largeFilesMax how many files a Zip64 archive may have; without it no archive may be Zip64
 * @throws Problem `package-unsafe`
 */
export function listZip(
  archive: string,
  zip: Buffer,
  largeFilesMax?: number,
): (ZipPlace & { readonly isExecutable: boolean })[] {
  const fail = (why: string): never => {
    throw unsafeArchive(archive, why);
  };
  const directory = readEnd(zip, largeFilesMax, fail);
  const { start } = directory;
  const entries = readZipDirectory(zip, directory);
  if (typeof entries === 'string') return fail(entries);
  let at = 0;
  const files: (ZipPlace & { readonly isExecutable: boolean })[] = [];
  for (const entry of entries.toSorted((a, b) => a.offset - b.offset)) {
    const name = nameOf(entry, fail);
    requirePlainExtra(entry.extra, name, fail);
    if (entry.offset !== at)
      fail(
        entry.offset < at
          ? `${JSON.stringify(name)} lies over another file`
          : `${entry.offset - at} bytes before ${JSON.stringify(name)} belong to no file`,
      );
    const data = dataOf(zip, entry, { name, limit: start }, fail);
    at = data.next;
    const file = placeOf(data, entry, name, fail);
    if (file !== undefined) files.push(file);
  }
  if (at !== start) fail(`${start - at} bytes before its directory belong to no file`);
  return files;
}

type Fail = (why: string) => never;

function readEnd(zip: Buffer, largeFilesMax: number | undefined, fail: Fail): ZipDirectory {
  const at = zip.length - endBytes;
  if (at < 0 || zip.readUInt32LE(at) !== zipSignature.end || zip.readUInt16LE(at + 20) !== 0)
    return fail('it is not a zip archive, or has a comment or data behind its end');
  const count = zip.readUInt16LE(at + 10);
  const bytes = zip.readUInt32LE(at + 12);
  const start = zip.readUInt32LE(at + 16);
  if (zip.readUInt16LE(at + 4) !== 0 || zip.readUInt16LE(at + 6) !== 0)
    return fail('it is one part of several');
  if (zip.readUInt16LE(at + 8) !== count) return fail('it gives two numbers of files');
  const isLarge = count === 0xffff || start === 0xffffffff;
  if (isLarge && largeFilesMax === undefined) return fail('it is a Zip64 archive');
  const large = isLarge ? readLargeEnd(zip, at, { count, bytes, start }, fail) : undefined;
  const filesMax = largeFilesMax ?? packageFilesMax;
  const end = { count, start, end: at, bytes, ...large };
  if (end.count > filesMax) return fail(`it has ${end.count} files; at most ${filesMax}`);
  if (end.start + end.bytes !== end.end)
    return fail('its directory is not where it says, or data lies before it');
  return end;
}

// The first end may give a number that fits, or the highest number in the place of any number.
function readLargeEnd(
  zip: Buffer,
  endAt: number,
  small: { readonly count: number; readonly bytes: number; readonly start: number },
  fail: Fail,
): ZipDirectory & { readonly bytes: number } {
  const locator = endAt - locatorBytes;
  const end = locator - largeEndBytes;
  if (
    end < 0 ||
    zip.readUInt32LE(locator) !== zipSignature.locator ||
    zip.readUInt32LE(end) !== zipSignature.largeEnd
  )
    return fail('it says that it is a Zip64 archive, and has no end of one');
  const long = (at: number): number => Number(zip.readBigUInt64LE(end + at));
  const count = long(32);
  const bytes = long(40);
  const start = long(48);
  const agrees = (few: number, many: number, most: number): boolean => few === many || few === most;
  const isPlain =
    long(4) === largeEndBytes - 12 &&
    zip.readUInt32LE(end + 16) === 0 &&
    zip.readUInt32LE(end + 20) === 0 &&
    long(24) === count &&
    zip.readUInt32LE(locator + 4) === 0 &&
    Number(zip.readBigUInt64LE(locator + 8)) === end &&
    zip.readUInt32LE(locator + 16) === 1;
  if (
    !isPlain ||
    !agrees(small.count, count, 0xffff) ||
    !agrees(small.bytes, bytes, 0xffffffff) ||
    !agrees(small.start, start, 0xffffffff)
  )
    return fail('the two ends of the Zip64 archive differ');
  return { count, start, end, bytes };
}

// A reader that ignores the flag for UTF-8 would read another name, unless the name is ASCII.
function nameOf({ name, flags }: Pick<ZipEntry, 'name' | 'flags'>, fail: Fail): string {
  if ((flags & zipFlag.utf8) === 0 && name.some((byte) => byte > 0x7e))
    return fail('a name is not ASCII and not marked as UTF-8');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(name);
  } catch {
    return fail('a name is not UTF-8');
  }
}

/**
 * An extra field can give the file another name (0x7075) or other sizes (Zip64, 0x0001). Writers
 * that do not know a file's size in advance add the Zip64 field to the local header of small files,
 * too (APPNOTE 4.5.3). Such a field must repeat the sizes.
 * @param sizes the size and the compressed size; undefined where no Zip64 field may stand
 */
function requirePlainExtra(
  extra: Buffer,
  name: string,
  fail: Fail,
  sizes?: readonly [number, number],
): void {
  const shown = JSON.stringify(name);
  const { fields, isWhole } = extraFieldsIn(extra);
  if (!isWhole) fail(`${shown} has a broken extra field`);
  for (const { id, data } of fields) {
    if (id === 0x0001 && !repeatsSizes(data, sizes))
      fail(`${shown} has sizes of Zip64 that differ`);
    if (id === 0x7075) fail(`${shown} has a second name`);
  }
}

function repeatsSizes(data: Buffer, sizes: readonly [number, number] | undefined): boolean {
  if (sizes === undefined || data.length !== 16) return false;
  return sizes.every((size, at) => data.readBigUInt64LE(at * 8) === BigInt(size));
}

interface DataPlace {
  readonly begin: number;
  readonly end: number;
  /** The first byte behind the file and behind its descriptor. */
  readonly next: number;
}

function dataOf(
  zip: Buffer,
  { compressed, crc, flags, method, offset, size, ...entry }: ZipEntry,
  { name, limit }: { readonly name: string; readonly limit: number },
  fail: Fail,
): DataPlace {
  const shown = JSON.stringify(name);
  const header = localHeader(zip, offset);
  if (header === undefined) return fail(`${shown} is not where the directory says`);
  const begin = header.next;
  const end = begin + compressed;
  if (end > limit) return fail(`${shown} reaches into the directory`);
  const hasDescriptor = (flags & zipFlag.descriptor) !== 0;
  const sizes = [crc, compressed, size];
  const before = [header.crc, header.compressed, header.size];
  const agrees =
    header.name.equals(entry.name) &&
    header.flags === flags &&
    header.method === method &&
    before.every((value, at) => value === sizes[at] || (hasDescriptor && value === 0));
  if (!agrees) return fail(`the directory and the header of ${shown} differ`);
  requirePlainExtra(header.extra, name, fail, [size, compressed]);
  if (!hasDescriptor) return { begin, end, next: end };
  const sized = [0, 4, 8].map((at) => zip.readUInt32LE(Math.min(end + 4 + at, limit)));
  if (
    end + 16 > limit ||
    zip.readUInt32LE(end) !== zipSignature.data ||
    sized.some((value, at) => value !== sizes[at])
  )
    return fail(`the directory and the descriptor of ${shown} differ`);
  return { begin, end, next: end + 16 };
}

/** Returns undefined for the entry of a folder: the paths of files name their folders. */
function placeOf(
  { begin, end }: DataPlace,
  { crc, flags, method, mode, size }: ZipEntry,
  name: string,
  fail: Fail,
): (ZipPlace & { readonly isExecutable: boolean }) | undefined {
  const shown = JSON.stringify(name);
  const length = end - begin;
  if ((flags & zipFlag.encrypted) !== 0) return fail(`${shown} is encrypted`);
  if ((flags & ~plainFlags) !== 0) return fail(`${shown} has unknown flags`);
  if (method !== zipMethod.stored && method !== zipMethod.deflated)
    return fail(`${shown} is compressed by method ${method}`);
  const isFolder = name.endsWith('/');
  const type = mode >> 12;
  if (type === 0o12) return fail(`${shown} is a link`);
  if (type !== 0 && type !== (isFolder ? 0o04 : 0o10))
    return fail(`${shown} is neither a file nor a folder`);
  if (isFolder) return size === 0 ? undefined : fail(`the folder ${shown} has bytes`);
  if (method === zipMethod.stored && size !== length) return fail(`${shown} has two sizes`);
  if (size > Math.max(freeBytes, length * unpackedRatioMax) || size > unpackedFileBytesMax)
    return fail(`${shown} unpacks from ${length} to ${size} bytes`);
  const isExecutable = (mode & 0o111) !== 0;
  return {
    path: name,
    begin,
    length,
    size,
    crc,
    isStored: method === zipMethod.stored,
    isExecutable,
  };
}

/** Returns undefined when the data is broken, too long, or followed by further bytes. */
function inflate(data: Buffer, size: number): Buffer | undefined {
  try {
    // `info` is not in the types of Node: with it, the answer has the engine beside the bytes.
    const answer: unknown = inflateRawSync(data, {
      info: true,
      maxOutputLength: Math.max(size, 1),
    });
    const { buffer, engine } = answer as { buffer: Buffer; engine: { bytesWritten: number } };
    return engine.bytesWritten === data.length ? buffer : undefined;
  } catch {
    return undefined;
  }
}
