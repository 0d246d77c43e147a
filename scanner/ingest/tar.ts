/** Tar archives (POSIX.1-1988 ustar, pax headers, GNU long names). */
import {
  type ArchiveBudget,
  type ArchiveEntry,
  type ArchiveTrouble,
  type OpenedArchive,
  unsafeName,
} from './archive-entry.ts';

const blockBytes = 512;

/** Opens a tar archive. Links, devices and data behind the end are troubles. */
export function openTar(bytes: Uint8Array, budget: ArchiveBudget): OpenedArchive {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries: ArchiveEntry[] = [];
  const troubles: ArchiveTrouble[] = [];
  let longName: string | undefined;
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
      continue;
    }
    if (!budget.takeEntry() || budget.allowance(size) < size)
      return {
        entries,
        troubles: [
          ...troubles,
          { what: 'over-ratio', detail: 'more than is taken out of archives' },
        ],
      };
    const name =
      longName ?? headerName(buffer, at - blockBytes * (1 + Math.ceil(size / blockBytes)));
    longName = undefined;
    const reason =
      unsafeName(name) ??
      (/[12]/.test(type) ? 'is a link' : /[3467]/.test(type) ? 'is a device' : undefined);
    if (reason !== undefined)
      troubles.push({ what: 'unsafe-entry', detail: `"${name}" ${reason}` });
    budget.takeBytes(size);
    if (size > 0 || type === '0' || type === '\0') entries.push({ name, bytes: data });
  }
  if (buffer.subarray(at).some((byte) => byte !== 0))
    troubles.push({ what: 'archive', detail: 'something lies behind its end' });
  return { entries, troubles };
}

function headerName(buffer: Buffer, at: number): string {
  const prefix = textOf(buffer.subarray(at + 345, at + 500));
  const name = textOf(buffer.subarray(at, at + 100));
  return prefix !== '' && buffer.toString('latin1', at + 257, at + 263) === 'ustar\0'
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
