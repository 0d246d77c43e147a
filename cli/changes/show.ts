/**
 * Changes that wait, as a person sees them: a line for each path, and what differs in texts.
 * Nothing in it acts on a terminal.
 */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { WaitingChanges } from '../../runner/changes/waiting.ts';
import { ownersOf, requireOwner } from '../../runner/files/ownership.ts';
import { withHandle, withParent } from '../../runner/files/walk-folder.ts';
import {
  type Change,
  type ChangedFolder,
  type EntryState,
  kindOf,
} from '../../skills-index/run/changes/changes.ts';
import { digestOf, hexOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { diffStepsMax, diffTextBytesMax, shownBytesMax, shownLinesMax } from '../limits.ts';
import { count, joined, type OutputInk, type Safe, safe } from '../terminal/output.ts';
import type { DiffWork } from './diff.ts';
import { type ChangeMarks, linesOfEach, markedFirst, markLines, marksIn } from './marked.ts';
import { differenceOf, hasSigns, remark, signsOfLines, spellPath } from './shown-file.ts';

/**
 * The whole set: how many paths are marked, each path with what differs, the marked ones first, and
 * its digest last.
 * @param linesMax of differences in all: of each file then as much as of any other, and how much of
 * it is not shown
 */
export function showChanges(
  waiting: WaitingChanges,
  ink: OutputInk,
  linesMax = Number.POSITIVE_INFINITY,
): Safe {
  const { set, digest, begun } = waiting;
  const work: ShowWork = {
    left: diffStepsMax,
    bytes: shownBytesMax,
    lines: shownLinesMax,
    hidden: 0,
  };
  const marks = marksIn(set);
  const folders = set.folders.map((folder) => ({
    ...folder,
    changes: markedFirst(folder.changes, marks),
  }));
  const all = folders.flatMap((folder) => folder.changes.map((one) => ({ folder, one })));
  // What a person looks at first has the whole room, in whichever folder it is.
  const inTurn = [true, false].flatMap((first) =>
    all.filter(({ one }) => (marks.get(one)?.length ?? 0) > 0 === first),
  );
  const diffs = new Map(inTurn.map(({ folder, one }) => [one, diffOf(waiting, folder, one, work)]));
  const most = linesOfEach(diffs, marks, linesMax);
  const whole = safe`skillgate changes show ${set.run}`;
  const lines = folders.flatMap((folder) => {
    const each = folder.changes.flatMap((one) => {
      const diff = diffs.get(one) ?? [];
      const shown = diff.slice(0, most(one));
      const hidden = count(diff.length - shown.length, 'line');
      const cut =
        diff.length > shown.length
          ? [safe`  ${ink.yellow(`… ${hidden} not shown`)}: ${whole}`]
          : [];
      return [headOf(one, marks, ink), ...shown.map((line) => coloured(line, ink)), ...cut];
    });
    const taken = new Set(
      folder.changes.flatMap(({ after, path }) => (after === undefined ? [] : [path])),
    );
    const refused = folder.refused.map(({ path, why }) => {
      const what = taken.has(path) ? 'taken over in part' : 'not taken over';
      return safe`${ink.yellow(what)} ${spellPath(path)}: ${why}`;
    });
    const conflicts = folder.conflicts.map(
      (path) =>
        safe`${ink.red('conflict')} ${spellPath(path)}: somebody else changed this path meanwhile`,
    );
    return [safe`${ink.bold(folder.target)} is ${folder.path}`, ...each, ...refused, ...conflicts];
  });
  const signs = [...diffs.values()].some((diff) => diff.some(hasSigns))
    ? [coloured(signsOfLines, ink)]
    : [];
  const half = begun
    ? [
        safe`${ink.yellow('somebody began to apply these changes and did not finish; accept continues')}`,
      ]
    : [];
  const marked = markLines(marks, ink);
  const unshown =
    work.hidden > 0
      ? [safe`${ink.red(`the content of ${count(work.hidden, 'file')} is not shown`)}: ${tooMuch}`]
      : [];
  // What stands above has left the screen by the time a person is asked.
  const again = [...marked.slice(0, 1), ...unshown];
  return joined([...marked, ...lines, ...signs, ...half, ...again, safe`changes ${digest}`], '\n');
}

/** What may be done and shown for all files together; of those beyond it only digests are shown. */
interface ShowWork extends DiffWork {
  bytes: number;
  lines: number;
  hidden: number;
}

const tooMuch = `all texts together have more than ${shownBytesMax / 1024 / 1024} MiB or ${shownLinesMax} lines`;

/** `2 created, 1 deleted`. */
export function changesText({ set }: Pick<WaitingChanges, 'set'>): string {
  const kinds = set.folders.flatMap((folder) => folder.changes.map(kindOf));
  return (['created', 'changed', 'deleted'] as const)
    .map((kind) => [kinds.filter((one) => one === kind).length, kind] as const)
    .filter(([number]) => number > 0)
    .map(([number, kind]) => `${number} ${kind}`)
    .join(', ');
}

function headOf(change: Change, marks: ChangeMarks, ink: OutputInk): Safe {
  const kind = kindOf(change);
  const [before, after] = [change.before, change.after].map(stateText);
  const list =
    change.list === 'folder'
      ? ', access list of its folder; where that gives none, for its owner alone'
      : '';
  const what =
    before === undefined || after === undefined ? (after ?? before ?? '') : `${before} -> ${after}`;
  const style = { created: ink.green, changed: ink.yellow, deleted: ink.red }[kind];
  const marked = marks.get(change) ?? [];
  const look = marked.length === 0 ? safe`` : safe` ${ink.red(`check: ${marked.join('; ')}`)}`;
  return safe`${style(kind)} ${spellPath(change.path)} (${what}${list})${look}`;
}

function stateText(state: EntryState | undefined): string | undefined {
  if (state === undefined) return undefined;
  const owner = `owner ${state.uid}:${state.gid}`;
  if (state.kind === 'link') return `link to ${spellPath(state.to)}, ${owner}`;
  const mode = state.mode.toString(8).padStart(3, '0');
  return `${state.kind === 'folder' ? 'folder' : count(state.bytes, 'byte')} ${mode}, ${owner}`;
}

// Of files; a changed mode, owner or link is said above.
function diffOf(
  waiting: WaitingChanges,
  folder: ChangedFolder,
  { path, before, after }: Change,
  work: ShowWork,
): string[] {
  const [old, fresh] = [before, after].map((one) => (one?.kind === 'file' ? one : undefined));
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
  const oldBytes = old === undefined ? Buffer.alloc(0) : readBelow(folder.path, path);
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

// Before lines are made of it: each of them takes a hundred times the room of an empty line.
function takeRoom(work: ShowWork, texts: readonly Uint8Array[]): boolean {
  const bytes = texts.reduce((sum, one) => sum + one.length, 0);
  const lines = texts.reduce((sum, one) => sum + linesIn(one), 0);
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

function keptOrUndefined({ read }: WaitingChanges, { sha256 }: File): Uint8Array | undefined {
  try {
    return read(sha256);
  } catch (cause) {
    if (cause instanceof Problem) return undefined;
    throw cause;
  }
}

type File = Extract<EntryState, { kind: 'file' }>;

// Where a person can look at what is not shown.
function digestsOf(
  { folder }: WaitingChanges,
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

function readBelow(root: string, path: string): Uint8Array | undefined {
  try {
    const owners = ownersOf(statSync(root));
    return withParent(root, Buffer.from(path).toString('latin1'), owners, (at) =>
      withHandle(at, (self, stats) => {
        requireOwner(owners, stats);
        return stats.isFile() ? readFileSync(self) : undefined;
      }),
    );
  } catch {
    return undefined;
  }
}

function coloured(line: string, ink: OutputInk): Safe {
  const style = { '+': ink.green, '-': ink.red, '@': ink.cyan, [remark]: ink.yellow }[
    line[0] ?? ''
  ];
  return style === undefined ? safe`  ${line}` : safe`  ${style(line)}`;
}
