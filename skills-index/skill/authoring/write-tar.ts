/**
 * Writes files as an uncompressed tar: POSIX ustar, in the given order, without owner and time, so
 * that equal files give equal bytes.
 */
import { blockBytes } from '../../archives/tar.ts';
import type { PackedBundle } from '../bundle.ts';
import { Problem } from '../problem.ts';

const nameBytesMax = 100;
const prefixBytesMax = 155;

export interface TarFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly mode: '644' | '755';
}

/** The files of a bundle, in the bundle's order. */
export function tarFilesOf({
  bundle,
  contents,
}: Pick<PackedBundle, 'bundle' | 'contents'>): TarFile[] {
  return bundle.files.map(({ path, mode }) => ({
    path,
    bytes: contents.get(path) ?? new Uint8Array(),
    mode,
  }));
}

/** The end of an archive. */
export const tarEnd: Uint8Array = Buffer.alloc(2 * blockBytes);

/** @throws Problem `path-invalid` */
export function writeTar(files: readonly TarFile[]): Uint8Array {
  return Buffer.concat([...files.flatMap(tarEntry), tarEnd]);
}

/**
 * The parts of a file in an archive, in order.
 * @throws Problem `path-invalid` when the path does not fit into ustar's two name fields
 */
export function tarEntry({ bytes, mode, path }: TarFile): Uint8Array[] {
  const padding = Buffer.alloc(-bytes.byteLength & (blockBytes - 1));
  return [headerOf(path, bytes.byteLength, mode), bytes, padding];
}

function headerOf(path: string, size: number, mode: '644' | '755'): Buffer {
  const { name, prefix } = splitPath(path);
  const header = Buffer.alloc(blockBytes);
  header.write(name, 0);
  header.write(`0000${mode}\0`, 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        ', 148);
  header.write('0', 156);
  header.write('ustar\x0000', 257);
  header.write('0000000\0', 329);
  header.write('0000000\0', 337);
  header.write(prefix, 345);
  const checksum = header.reduce((sum, byte) => sum + byte, 0);
  header.write(`${checksum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

// The path is split at a slash: up to 155 bytes before it and up to 100 after it.
function splitPath(path: string): { name: string; prefix: string } {
  if (Buffer.byteLength(path) <= nameBytesMax) return { name: path, prefix: '' };
  for (let at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1)) {
    const prefix = path.slice(0, at);
    const name = path.slice(at + 1);
    if (Buffer.byteLength(prefix) <= prefixBytesMax && Buffer.byteLength(name) <= nameBytesMax)
      return { name, prefix };
  }
  throw new Problem(
    'path-invalid',
    `Cannot put ${JSON.stringify(path)} into a tar archive: the file name is longer than ${nameBytesMax} bytes`,
  );
}
