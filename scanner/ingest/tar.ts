/** Tar archives (POSIX.1-1988 ustar, pax headers, GNU long names). */
import { normalize } from 'node:path/posix';
import {
  type ArchiveBudget,
  type ArchiveEntry,
  type ArchiveTrouble,
  type OpenedArchive,
  unsafeName,
} from './archive-entry.ts';

const blockBytes = 512;

/**
 * Opens a tar archive. Links, devices and data behind the end are troubles. A hard link to a file
 * that stands before it in the archive is that file under another name.
 */
export function openTar(bytes: Uint8Array, budget: ArchiveBudget): OpenedArchive {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries: ArchiveEntry[] = [];
  const byPath = new Map<string, Uint8Array>();
  const troubles: ArchiveTrouble[] = [];
  let longName: string | undefined;
  let hasLongTarget = false;
  let at = 0;
  for (; at + blockBytes <= buffer.length && buffer[at] !== 0; ) {
    const size = octal(buffer, at + 124, 12);
    const isSound =
      size !== undefined && at + blockBytes + size <= buffer.length && checksumHolds(buffer, at);
    if (!isSound)
      return { entries, troubles: [...troubles, { what: 'archive', detail: 'a broken header' }] };
    const data = buffer.subarray(at + blockBytes, at + blockBytes + size);
    const type = String.fromCharCode(buffer[at + 156] ?? 0);
    at += blockBytes * (1 + Math.ceil(size / blockBytes));
    if (type === 'L' || type === 'x' || type === 'g') {
      longName =
        (type === 'L' ? textOf(data) : /(?:^|\n)\d+ path=([^\n]*)/.exec(textOf(data))?.[1]) ??
        longName;
      hasLongTarget ||= /(?:^|\n)\d+ linkpath=/.test(textOf(data));
      continue;
    }
    const head = buffer.subarray(at - blockBytes * (1 + Math.ceil(size / blockBytes)));
    const target = type === '1' && !hasLongTarget ? textOf(head.subarray(157, 257)) : undefined;
    const linked = target === undefined ? undefined : byPath.get(normalize(target));
    const content = linked ?? data;
    if (!budget.takeEntry() || budget.allowance(content.byteLength) < content.byteLength)
      return {
        entries,
        troubles: [
          ...troubles,
          { what: 'over-ratio', detail: 'more than is taken out of archives' },
        ],
      };
    const name = longName ?? headerName(head);
    longName = undefined;
    // GNU tar writes a long target before the link, and `K` is no file.
    hasLongTarget = type === 'K';
    const isLink = /[12]/.test(type) && linked === undefined;
    const reason =
      unsafeName(name) ?? (isLink ? 'is a link' : /[3467]/.test(type) ? 'is a device' : undefined);
    if (reason !== undefined)
      troubles.push({ what: 'unsafe-entry', detail: `"${name}" ${reason}` });
    budget.takeBytes(content.byteLength);
    if (content.byteLength === 0 && type !== '0' && type !== '\0') continue;
    entries.push({ name, bytes: content });
    // Of two files with one name the later one is what the unpacked archive has.
    byPath.set(normalize(name), content);
  }
  if (buffer.subarray(at).some((byte) => byte !== 0))
    troubles.push({ what: 'archive', detail: 'something lies behind its end' });
  return { entries, troubles };
}

function headerName(head: Buffer): string {
  const prefix = textOf(head.subarray(345, 500));
  const name = textOf(head.subarray(0, 100));
  return prefix !== '' && head.toString('latin1', 257, 263) === 'ustar\0'
    ? `${prefix}/${name}`
    : name;
}

function textOf(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end < 0 ? bytes.length : end);
}

function octal(buffer: Buffer, at: number, length: number): number | undefined {
  const digits = buffer
    .toString('latin1', at, at + length)
    .replace(/[\0 ]+$/g, '')
    .trimStart();
  return /^[0-7]{0,11}$/.test(digits) ? Number.parseInt(digits || '0', 8) : undefined;
}

function checksumHolds(buffer: Buffer, at: number): boolean {
  let sum = 8 * 32;
  for (let index = 0; index < blockBytes; index++)
    if (index < 148 || index >= 156) sum += buffer[at + index] ?? 0;
  return octal(buffer, at + 148, 8) === sum;
}
