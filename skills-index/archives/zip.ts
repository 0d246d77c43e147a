/**
 * The directory of a zip archive, and the header before each of its files (PKWARE APPNOTE 6.3.10).
 * The two may differ; each caller here decides what it makes of that.
 */

export const zipFlag = { encrypted: 1, descriptor: 8, utf8: 1 << 11 };
export const zipMethod = { stored: 0, deflated: 8 };

/** The numbers with which the parts of an archive begin. */
export const zipSignature = {
  end: 0x06054b50,
  /** The end of an archive with more files or bytes than `end` can say (Zip64), and its place. */
  largeEnd: 0x06064b50,
  locator: 0x07064b50,
  central: 0x02014b50,
  local: 0x04034b50,
  data: 0x08074b50,
};

const centralBytes = 46;
const localBytes = 30;

interface ZipHeader {
  readonly name: Buffer;
  readonly extra: Buffer;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly compressed: number;
  readonly size: number;
}

export interface ZipEntry extends ZipHeader {
  /** Unix type and permission bits. */
  readonly mode: number;
  /** Of the header before the file. */
  readonly offset: number;
}

export interface ZipDirectory {
  readonly count: number;
  /** Where the directory begins and ends. */
  readonly start: number;
  readonly end: number;
}

/** @returns why the directory cannot be read, where it cannot */
export function readZipDirectory(
  zip: Buffer,
  { count, start, end }: ZipDirectory,
): ZipEntry[] | string {
  const entries: ZipEntry[] = [];
  let at = start;
  while (at < end) {
    if (at + centralBytes > end || zip.readUInt32LE(at) !== zipSignature.central)
      return 'its directory is broken';
    if (entries.length === count) return `it says ${count} files, and lists more`;
    // The central header has two bytes more before the fields that both headers have.
    const { next, ...header } = headerAt(zip, at + 2, at + centralBytes);
    entries.push({
      ...header,
      mode: zip.readUInt16LE(at + 40),
      offset: zip.readUInt32LE(at + 42),
    });
    at = next + zip.readUInt16LE(at + 32);
    if (at > end) return 'its directory is broken';
  }
  return entries.length === count ? entries : `it says ${count} files, and lists ${entries.length}`;
}

/** The header before a file; undefined where none is. Its file begins at `next`. */
export function localHeader(
  zip: Buffer,
  offset: number,
): (ZipHeader & { readonly next: number }) | undefined {
  if (offset + localBytes > zip.length || zip.readUInt32LE(offset) !== zipSignature.local)
    return undefined;
  return headerAt(zip, offset, offset + localBytes);
}

/** The extra fields of a header, and whether they fill it whole. */
export function extraFieldsIn(extra: Buffer): {
  readonly fields: readonly { readonly id: number; readonly data: Buffer }[];
  readonly isWhole: boolean;
} {
  const fields: { readonly id: number; readonly data: Buffer }[] = [];
  let at = 0;
  while (at + 4 <= extra.length) {
    const end = at + 4 + extra.readUInt16LE(at + 2);
    if (end > extra.length) break;
    fields.push({ id: extra.readUInt16LE(at), data: extra.subarray(at + 4, end) });
    at = end;
  }
  return { fields, isWhole: at === extra.length };
}

function headerAt(
  zip: Buffer,
  fields: number,
  nameAt: number,
): ZipHeader & { readonly next: number } {
  const extraAt = nameAt + zip.readUInt16LE(fields + 26);
  const next = extraAt + zip.readUInt16LE(fields + 28);
  return {
    name: zip.subarray(nameAt, extraAt),
    extra: zip.subarray(extraAt, next),
    flags: zip.readUInt16LE(fields + 6),
    method: zip.readUInt16LE(fields + 8),
    crc: zip.readUInt32LE(fields + 14),
    compressed: zip.readUInt32LE(fields + 18),
    size: zip.readUInt32LE(fields + 22),
    next,
  };
}
