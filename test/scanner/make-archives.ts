/** Archives for tests, made here so that each flaw in them is one on purpose. */
import { deflateRawSync } from 'node:zlib';

export interface ZipFile {
  readonly name: string;
  readonly content: string | Uint8Array;
  /** Flags of the header: 1 says that it is encrypted. */
  readonly flags?: number;
  readonly method?: number;
  /** The name in the header before the entry, when it is another one. */
  readonly localName?: string;
  readonly mode?: number;
  /** The extra field in the directory. */
  readonly extra?: Buffer;
}

/** A zip archive, with `before` in front of it and `behind` at its end. */
export function zipOf(
  files: readonly ZipFile[],
  { behind = '' }: { behind?: string } = {},
): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, flags = 0, method = 8, localName = name, ...more } of files) {
    const { mode = 0o100644, extra = Buffer.alloc(0) } = more;
    const plain = Buffer.from(content);
    const data = method === 8 ? deflateRawSync(plain) : plain;
    const header = Buffer.alloc(26);
    header.writeUInt16LE(20, 0);
    header.writeUInt16LE(flags, 2);
    header.writeUInt16LE(method, 4);
    header.writeUInt32LE(data.length, 14);
    header.writeUInt32LE(plain.length, 18);
    const local = Buffer.from(header);
    local.writeUInt16LE(Buffer.byteLength(localName), 22);
    locals.push(Buffer.from('504b0304', 'hex'), local, Buffer.from(localName), data);
    header.writeUInt16LE(Buffer.byteLength(name), 22);
    header.writeUInt16LE(extra.byteLength, 24);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE((mode << 16) >>> 0, 6);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('504b01021403', 'hex'), header, rest, Buffer.from(name), extra);
    offset += 30 + Buffer.byteLength(localName) + data.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(list.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, list, Buffer.from('504b0506', 'hex'), end, Buffer.from(behind)]);
}

export interface TarFile {
  readonly name: string;
  readonly content: string | Uint8Array;
  /** `0` a file, `2` a link, `5` a folder … */
  readonly type?: string;
  /** Where a link leads. */
  readonly target?: string;
  readonly prefix?: string;
  /** Empty in archives of 1979. */
  readonly magic?: string;
}

/** A tar archive. */
export function tarOf(files: readonly TarFile[]): Buffer {
  const blocks = files.flatMap(({ name, content, type = '0', target = '', ...more }) => {
    const { prefix = '', magic = 'ustar\0' + '00' } = more;
    const data = Buffer.from(content);
    const header = Buffer.alloc(512);
    header.write(name, 0, 100);
    header.write(`${data.length.toString(8).padStart(11, '0')}\0`, 124);
    header.write('        ', 148);
    header.write(type, 156);
    header.write(target, 157, 100);
    header.write(magic, 257);
    header.write(prefix, 345, 155);
    const sum = header.reduce((all, byte) => all + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    return [header, data, Buffer.alloc((512 - (data.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}
