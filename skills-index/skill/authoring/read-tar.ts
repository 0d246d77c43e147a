/**
 * A strict reader of uploads: uncompressed POSIX ustar, regular files only. One odd entry rejects
 * the whole upload, with every reason listed.
 */
import {
  blockBytes,
  bytesIn,
  isUstar,
  isZero,
  octalIn,
  otherTypes,
  pathIn,
  readTar,
  type TarEntry,
  tarField,
} from '../../archives/tar.ts';
import {
  bundleFileBytesMax,
  bundleFilesMax,
  noSkillMd,
  type PackedBundle,
  type SourceFile,
} from '../bundle.ts';
import { Problem, type Reason } from '../problem.ts';
import { packBundle } from './pack-bundle.ts';

/** Reasons against one archive that are listed; further ones are dropped. */
const tarReasonsMax = 200;

/**
 * Unpacks an upload into a bundle, or rejects all of it.
 * @throws Problem `bundle-invalid`, `path-invalid`, `skill-md-missing` with every reason
 */
export function unpackTar(bytes: Uint8Array): PackedBundle {
  const { files, reasons, cutOff } = readEntries(
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  );
  try {
    const packed = packBundle(files);
    if (reasons.length === 0) return packed;
  } catch (error) {
    if (!(error instanceof Problem) || reasons.length === 0) throw error;
    // The part that was not read may have the SKILL.md.
    reasons.push(...error.reasons.filter((reason) => !cutOff || reason.message !== noSkillMd));
  }
  const first = reasons[0]?.message ?? '';
  throw new Problem(
    'bundle-invalid',
    `Cannot unpack the upload: ${first}${reasons.length > 1 ? ` (${reasons.length} reasons)` : ''}`,
    { reasons: reasons.slice(0, tarReasonsMax) },
  );
}

interface Entries {
  readonly files: readonly SourceFile[];
  readonly reasons: Reason[];
  /** Whether reading ended before the archive did. */
  readonly cutOff: boolean;
}

function readEntries(tar: Buffer): Entries {
  const files: SourceFile[] = [];
  const reasons: Reason[] = [];
  const refuse = (message: string): void => {
    reasons.push({ message });
  };
  if (tar.length % blockBytes !== 0)
    refuse(`the archive has ${tar.length} bytes, which is no multiple of ${blockBytes}`);
  const { entries, rest, broken } = readTar(tar, bundleFilesMax);
  for (const { at, data, padding, ...entry } of entries) {
    const path = pathIn(entry.header);
    const shown = path === undefined ? `the entry at byte ${at}` : JSON.stringify(path);
    const why = oddities(entry, data.length);
    if (path === undefined) why.push('has a name that is not UTF-8 or has bytes behind its end');
    if (!isZero(padding)) why.push('has bytes hidden in its padding');
    for (const reason of why) refuse(`${shown} ${reason}`);
    // An odd file is kept without content, so that its name is checked together with the others.
    const isPlain = why.length === 0;
    const bytes = isPlain ? data : new Uint8Array();
    const mode = isPlain ? (octalIn(entry.header, tarField.mode) ?? 0) : 0o644;
    if (path !== undefined) files.push({ path, bytes, mode });
  }
  // POSIX: the archive ends with two zero blocks. Some readers would read entries behind them, and
  // others would not.
  if (broken !== undefined) refuse(broken);
  else {
    if (rest.length < 2 * blockBytes) refuse('the archive does not end with two empty blocks');
    if (!isZero(rest)) refuse('the archive has data behind its end');
  }
  return { files, reasons, cutOff: broken !== undefined };
}

function oddities({ header, type }: Pick<TarEntry, 'header' | 'type'>, size: number): string[] {
  const mode = octalIn(header, tarField.mode);
  const why: string[] = [];
  if (!isUstar(header)) why.push('is not POSIX ustar; GNU tar writes that with --format=ustar');
  if (type !== '0') why.push(otherTypes[type] ?? `is of unknown type ${JSON.stringify(type)}`);
  else if (!isZero(bytesIn(header, tarField.link))) why.push('has a link target');
  if (
    (octalIn(header, tarField.devmajor) ?? 0) !== 0 ||
    (octalIn(header, tarField.devminor) ?? 0) !== 0
  )
    why.push('has device numbers');
  if (!isZero(bytesIn(header, tarField.rest))) why.push('has bytes behind the header’s end');
  for (const name of ['uid', 'gid', 'mtime'] as const) {
    const place = tarField[name];
    if (octalIn(header, place) === undefined && !isZero(bytesIn(header, place)))
      why.push(`has a ${name} that is not octal`);
  }
  if (mode === undefined) why.push('has no octal mode');
  else if ((mode & 0o7000) !== 0) why.push('has setuid, setgid or sticky bits');
  else if ((mode & ~0o777) !== 0) why.push('has a mode beyond permission bits');
  if (size > bundleFileBytesMax) why.push(`has ${size} bytes; at most ${bundleFileBytesMax}`);
  return why;
}
