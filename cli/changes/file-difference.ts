/** The difference of one changed file, within the room that all shown files share. */
import { join } from 'node:path';
import type * as changes from '../../runner/changes/public.ts';
import * as files from '../../runner/files/public.ts';
import type { Change, ChangedFolder, EntryState } from '../../skills-index/run/changes/changes.ts';
import { digestOf, hexOf } from '../../skills-index/skill/digest.ts';
import { diffTextBytesMax, shownBytesMax, shownLinesMax } from '../limits.ts';
import { keptOrUndefined } from './contents.ts';
import type { DiffWork } from './diff.ts';
import { differenceOf, remark } from './shown-file.ts';

/** Remaining work and space for all files together. Beyond it only digests are shown. */
export interface ShowWork extends DiffWork {
  bytes: number;
  lines: number;
  hidden: number;
}

/** Why the content of further files is not shown. */
export const tooMuch = `all texts together have more than ${shownBytesMax / 1024 / 1024} MiB or ${shownLinesMax} lines`;

/** The difference of a file; a changed mode, owner or link is in the line above. */
export function diffOf(
  waiting: changes.WaitingChanges,
  folder: ChangedFolder,
  { path, before, after }: Change,
  work: ShowWork,
): string[] {
  const [old, fresh] = [before, after].map((state) => (state?.kind === 'file' ? state : undefined));
  if (
    (old === undefined && fresh === undefined) ||
    (old !== undefined && old.sha256 === fresh?.sha256)
  )
    return [];
  const digests = digestsOf(waiting, old, fresh);
  if (Math.max(old?.bytes ?? 0, fresh?.bytes ?? 0) > diffTextBytesMax)
    return [
      `${remark} larger than ${diffTextBytesMax / 1024} KiB: its content is not shown`,
      ...digests,
    ];
  const oldBytes = old === undefined ? Buffer.alloc(0) : files.readBelow(folder.path, path);
  if (oldBytes === undefined || (old !== undefined && digestOf(oldBytes) !== old.sha256))
    return [`${remark} the file has changed since the run: its content is not shown`, ...digests];
  const freshBytes = fresh === undefined ? Buffer.alloc(0) : keptOrUndefined(waiting, fresh);
  if (freshBytes === undefined)
    return [
      `${remark} the kept copy differs from what the run wrote: its content is not shown, and nobody can accept it`,
      ...digests,
    ];
  if (!takeRoom(work, [oldBytes, freshBytes]))
    return [`${remark} ${tooMuch}: the content of this file is not shown`, ...digests];
  const lines = differenceOf(oldBytes, freshBytes, work);
  return lines.some((line) => /^[-+]/.test(line)) ? lines : [...lines, ...digests];
}

// Checked before splitting into lines: a split line takes a hundred times the memory of an empty
// line.
function takeRoom(work: ShowWork, texts: readonly Uint8Array[]): boolean {
  const bytes = texts.reduce((sum, text) => sum + text.length, 0);
  const lines = texts.reduce((sum, text) => sum + linesIn(text), 0);
  if (bytes > work.bytes || lines > work.lines) {
    work.hidden++;
    return false;
  }
  work.bytes -= bytes;
  work.lines -= lines;
  return true;
}

function linesIn(bytes: Uint8Array): number {
  let lines = 1;
  for (const byte of bytes) if (byte === 0x0a) lines++;
  return lines;
}

type File = Extract<EntryState, { kind: 'file' }>;

// Where a person can read a content that is not shown.
function digestsOf(
  { folder }: changes.WaitingChanges,
  old: File | undefined,
  fresh: File | undefined,
): string[] {
  return [
    ...(old === undefined || 'by' in old ? [] : [`- ${old.sha256}`]),
    ...(fresh === undefined
      ? []
      : [`+ ${fresh.sha256}, kept as ${join(folder, hexOf(fresh.sha256))}`]),
  ];
}
