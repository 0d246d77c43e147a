/** Makes wheels and npm tarballs for tests, sound ones and hostile ones. */
import { createHash } from 'node:crypto';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';

export interface ZipEntry {
  readonly name: string;
  readonly bytes: string | Buffer;
  /** Unix mode with the type of the file. */
  readonly mode?: number;
  readonly stored?: boolean;
  readonly flags?: number;
  readonly extra?: Buffer;
  /** The extra field of the local header, where it differs from the directory's. */
  readonly localExtra?: Buffer;
  /** What the header before the file says, where it differs from the directory. */
  readonly local?: { readonly name?: string; readonly size?: number; readonly flags?: number };
  /** What the directory says, where it differs from the file. */
  readonly central?: { readonly size?: number; readonly crc?: number; readonly offset?: number };
  /** Whether the sizes stand behind the file. */
  readonly descriptor?: boolean;
  /** Bytes behind the file that belong to no file. */
  readonly gap?: Buffer;
}

/** The end of an archive in the form of Zip64, and what that end says. */
export interface LargeEnd {
  readonly count?: number;
  /** The number that the end gives once more. */
  readonly countAgain?: number;
  /** Whether only the other end says that the archive has the form of Zip64. */
  readonly isAbsent?: boolean;
  /** Whether the other end gives no number at all, as the writer of Go does. */
  readonly isOnly?: boolean;
}

/** @param large makes an archive in the form of Zip64 */
export function makeZip(entries: readonly ZipEntry[], large?: LargeEnd): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const bytes = Buffer.from(entry.bytes);
    const data = entry.stored === true ? bytes : deflateRawSync(bytes);
    const flags = (entry.flags ?? 0x800) | (entry.descriptor === true ? 8 : 0);
    const sums = { crc: crc32(bytes), compressed: data.length, size: bytes.length };
    const zeros = { crc: 0, compressed: 0, size: 0 };
    const extra = entry.extra ?? Buffer.alloc(0);
    const localExtra = entry.localExtra ?? extra;
    const method = entry.stored === true ? 0 : 8;
    const inLocal = { ...(entry.descriptor === true ? zeros : sums), ...entry.local };
    const localName = Buffer.from(entry.local?.name ?? entry.name);
    const local = fields(0x04034b50, [20, entry.local?.flags ?? flags, method, 0, 33], inLocal, [
      localName.length,
      localExtra.length,
    ]);
    const behind = Buffer.alloc(entry.descriptor === true ? 16 : 0);
    if (entry.descriptor === true) {
      behind.writeUInt32LE(0x08074b50, 0);
      behind.writeUInt32LE(sums.crc, 4);
      behind.writeUInt32LE(sums.compressed, 8);
      behind.writeUInt32LE(sums.size, 12);
    }
    const name = Buffer.from(entry.name);
    const tail = Buffer.alloc(8);
    tail.writeUInt32LE(((entry.mode ?? 0o100644) << 16) >>> 0, 0);
    tail.writeUInt32LE(entry.central?.offset ?? offset, 4);
    directory.push(
      fields(0x02014b50, [0x0314, 20, flags, method, 0, 33], { ...sums, ...entry.central }, [
        name.length,
        extra.length,
        0,
        0,
        0,
      ]),
      tail,
      name,
      extra,
    );
    const all = Buffer.concat([
      local,
      localName,
      localExtra,
      data,
      behind,
      entry.gap ?? Buffer.alloc(0),
    ]);
    parts.push(all);
    offset += all.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  const count = large === undefined ? entries.length : 0xffff;
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(large?.isOnly === true ? 0xffffffff : central.length, 12);
  end.writeUInt32LE(large?.isOnly === true ? 0xffffffff : offset, 16);
  const ends = large === undefined || large.isAbsent === true ? [] : [largeEnd(large)];
  return Buffer.concat([...parts, central, ...ends, end]);

  function largeEnd({ count: said = entries.length, countAgain = said }: LargeEnd): Buffer {
    const both = Buffer.alloc(56 + 20);
    both.writeUInt32LE(0x06064b50, 0);
    for (const [at, value] of [
      [4, 44],
      [24, countAgain],
      [32, said],
      [40, central.length],
      [48, offset],
    ] as const)
      both.writeBigUInt64LE(BigInt(value), at);
    both.writeUInt32LE(0x07064b50, 56);
    both.writeBigUInt64LE(BigInt(offset + central.length), 64);
    both.writeUInt32LE(1, 72);
    return both;
  }
}

// The internal attributes of the directory follow two bytes later than its lengths.
function fields(
  signature: number,
  shorts: readonly number[],
  { compressed, crc, size }: { crc: number; compressed: number; size: number },
  lengths: readonly number[],
): Buffer {
  const head = Buffer.alloc(4 + shorts.length * 2 + 12 + lengths.length * 2);
  head.writeUInt32LE(signature, 0);
  for (const [at, value] of shorts.entries()) head.writeUInt16LE(value, 4 + at * 2);
  const sums = 4 + shorts.length * 2;
  for (const [at, value] of [crc, compressed, size].entries())
    head.writeUInt32LE(value >>> 0, sums + at * 4);
  for (const [at, value] of lengths.entries()) head.writeUInt16LE(value, sums + 12 + at * 2);
  return head;
}

export interface WheelParts {
  readonly name?: string;
  readonly version?: string;
  readonly files: Readonly<Record<string, string>>;
  /** Replaces lines of RECORD, by path; null leaves the line out. */
  readonly record?: Readonly<Record<string, string | null>>;
  readonly metadata?: string;
  /** Changes entries before they are packed. */
  readonly change?: (entries: ZipEntry[]) => ZipEntry[];
}

/** A wheel with WHEEL, METADATA and RECORD. */
export function makeWheel({ change, files, metadata, record = {}, ...named }: WheelParts): Buffer {
  const { name = 'tool', version = '1.0' } = named;
  const info = `${name}-${version}.dist-info`;
  const all: Record<string, string> = {
    ...files,
    [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    [`${info}/METADATA`]:
      metadata ?? `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n\nA tool.\n`,
  };
  const lines = Object.entries(all).flatMap(([path, text]) => {
    const line = record[path];
    if (line === null) return [];
    const hash = createHash('sha256').update(text).digest('base64url');
    return [line ?? `${path},sha256=${hash},${Buffer.byteLength(text)}`];
  });
  const more = Object.entries(record).flatMap(([path, line]) =>
    line === null || Object.hasOwn(all, path) ? [] : [line],
  );
  const entries = Object.entries({
    ...all,
    [`${info}/RECORD`]: `${[...lines, ...more, `${info}/RECORD,,`].join('\n')}\n`,
  }).map(([path, bytes]): ZipEntry => ({ name: path, bytes }));
  return makeZip(change?.(entries) ?? entries);
}

export interface TarEntry {
  readonly name: string;
  readonly bytes?: string | Buffer;
  readonly type?: string;
  readonly mode?: number;
  readonly link?: string;
  readonly checksum?: number;
}

export function makeTar(entries: readonly TarEntry[]): Buffer {
  const blocks = entries.flatMap(
    ({ bytes = '', checksum, link = '', mode = 0o644, name, type = '0' }) => {
      const data = Buffer.from(bytes);
      const header = Buffer.alloc(512);
      header.write(name, 0, 100);
      header.write(`${mode.toString(8).padStart(7, '0')}\0`, 100);
      header.write(`${data.length.toString(8).padStart(11, '0')}\0`, 124);
      header.write('        ', 148);
      header.write(type, 156);
      header.write(link, 157, 100);
      header.write('ustar\x0000', 257);
      const sum = checksum ?? header.reduce((all, byte) => all + byte, 0);
      header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
      return [header, data, Buffer.alloc((512 - (data.length % 512)) % 512)];
    },
  );
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

export const makeTgz = (entries: readonly TarEntry[]): Buffer => gzipSync(makeTar(entries));

/** An npm tarball with its package.json. */
export function makeNpm(
  manifest: Readonly<Record<string, unknown>>,
  files: Readonly<Record<string, string>> = {},
  more: readonly TarEntry[] = [],
): Buffer {
  const all = { 'package.json': JSON.stringify(manifest), ...files };
  return makeTgz([
    ...Object.entries(all).map(([path, bytes]) => ({ name: `package/${path}`, bytes })),
    ...more,
  ]);
}

/** A pax record: the length counts itself. */
export function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const digits = String(Buffer.byteLength(rest) + 1).length;
  const length = Buffer.byteLength(rest) + digits;
  return `${String(length).length === digits ? length : length + 1}${rest}`;
}

/** The text of each unpacked file, by path. */
export function contentsOf(
  files: readonly { readonly path: string; readonly read: () => Buffer }[],
): Record<string, string> {
  return Object.fromEntries(files.map(({ path, read }) => [path, read().toString()]));
}
