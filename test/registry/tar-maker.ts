/**
 * Writes ustar archives for tests, honest ones and, by overriding any header field, hostile ones.
 */

export interface TarEntry {
  readonly path: string;
  readonly content?: string | Uint8Array;
  readonly mode?: number;
  readonly type?: string;
  readonly link?: string;
  readonly prefix?: string;
  readonly magic?: string;
  /** The size that the header claims. */
  readonly size?: number | string;
  readonly devmajor?: string;
  readonly rawName?: Uint8Array;
  readonly padding?: string;
  /** Added to the true checksum. */
  readonly checksumOff?: number;
  /** Put behind the header's last field. */
  readonly rest?: string;
  readonly modeText?: string;
  readonly mtime?: string;
  readonly uid?: string;
}

export function makeTar(
  entries: readonly TarEntry[],
  end: Uint8Array = Buffer.alloc(1_024),
): Buffer {
  return Buffer.concat([...entries.flatMap(entryBlocks), end]);
}

function entryBlocks(entry: TarEntry): Buffer[] {
  const content = Buffer.from(entry.content ?? '');
  const header = Buffer.alloc(512);
  if (entry.rawName === undefined) header.write(entry.path, 0, 100, 'utf8');
  else Buffer.from(entry.rawName).copy(header, 0);
  header.write(
    entry.modeText ?? `${(entry.mode ?? 0o644).toString(8).padStart(7, '0')}\0`,
    100,
    'latin1',
  );
  header.write(entry.uid ?? '0000000\0', 108, 'latin1');
  header.write('0000000\0', 116, 'latin1');
  const size = entry.size ?? content.length;
  header.write(
    typeof size === 'string' ? size : `${size.toString(8).padStart(11, '0')}\0`,
    124,
    'latin1',
  );
  header.write(entry.mtime ?? '00000000000\0', 136, 'latin1');
  header.write(entry.type ?? '0', 156, 'latin1');
  header.write(entry.link ?? '', 157, 'latin1');
  header.write(entry.magic ?? 'ustar\x0000', 257, 'latin1');
  header.write(entry.devmajor ?? '', 329, 'latin1');
  header.write(entry.prefix ?? '', 345, 'utf8');
  header.write(entry.rest ?? '', 500, 'latin1');
  header.write('        ', 148, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0) + (entry.checksumOff ?? 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  const padding = Buffer.alloc((512 - (content.length % 512)) % 512);
  padding.write(entry.padding ?? '', 'latin1');
  return [header, content, padding];
}
