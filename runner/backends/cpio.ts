/**
 * Writes a cpio archive in the format that the kernel unpacks as its first file system (initramfs
 * buffer format, "newc"). Pure.
 */

export interface CpioEntry {
  /** Without a leading slash. */
  readonly path: string;
  /** Type and permissions, as in stat(2). */
  readonly mode: number;
  readonly uid?: number;
  readonly gid?: number;
  /** Content of a file, or target of a link. */
  readonly bytes?: Uint8Array;
}

export const cpioKinds = { folder: 0o040_000, file: 0o100_000, link: 0o120_000 } as const;

/** Writes the archive. A folder must come before its entries. */
export function writeCpio(entries: readonly CpioEntry[]): Buffer {
  const end: CpioEntry = { path: 'TRAILER!!!', mode: 0 };
  return Buffer.concat([...entries, end].flatMap((entry, index) => recordOf(entry, index + 1)));
}

function recordOf(
  { path, mode, uid = 0, gid = 0, bytes = new Uint8Array() }: CpioEntry,
  inode: number,
): Uint8Array[] {
  const name = Buffer.from(`${path}\0`);
  const numbers = [inode, mode, uid, gid, 1, 0, bytes.length, 0, 0, 0, 0, name.length, 0];
  const header = Buffer.from(
    `070701${numbers.map((number) => number.toString(16).padStart(8, '0')).join('')}`,
  );
  return [header, name, padding(header.length + name.length), bytes, padding(bytes.length)];
}

// Pads to the next multiple of four bytes.
function padding(length: number): Uint8Array {
  return new Uint8Array(-length & 3);
}
