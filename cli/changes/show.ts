/**
 * Waiting changes as text: a line for each path, and the differences of texts. Control characters
 * in them are escaped.
 */

import { join } from 'node:path';
import { isPathWanted } from '../../runner/changes/accept.ts';
import type { WaitingChanges } from '../../runner/changes/waiting.ts';
import { readBelow } from '../../runner/files/read-below.ts';
import {
  type Change,
  type ChangedFolder,
  type ChangeSet,
  type EntryState,
  kindOf,
} from '../../skills-index/run/changes/changes.ts';
import { generatedFolders } from '../../skills-index/run/changes/generated-folders.ts';
import { digestOf, hexOf } from '../../skills-index/skill/digest.ts';
import { keptText } from '../run/left-behind.ts';
import {
  bytesText,
  count,
  joined,
  type OutputInk,
  type Safe,
  safe,
  table,
} from '../terminal/output.ts';
import { type DiffWork, diffStepsMax } from './diff.ts';
import { type ChangeMarks, linesOfEach, markedFirst, markLines, marksIn } from './marked.ts';
import { diffTextBytesMax, keptOrUndefined, obeyedSection } from './obeyed.ts';
import {
  committedIn,
  cutLines,
  differenceOf,
  hasSigns,
  optionText,
  refLines,
  refsText,
  remark,
  signsOfLines,
  spellPath,
} from './references.ts';

/** Bytes and lines of all old and new texts together; beyond them only digests are shown. */
const shownBytesMax = 32 * 1024 * 1024;
const shownLinesMax = 400_000;

/**
 * Changed paths that are shown one by one where nobody named paths; changes that a generated tree
 * needs before it is folded to a line; folders in a summary.
 */
const shownPathsMax = 1_000;
const foldedChangesMin = 20;
const summaryFoldersMax = 20;

export interface ShowOptions {
  /** Limit of difference lines in all, shared by the files; hidden lines are counted. */
  readonly linesMax?: number;
  /** Patterns of the only paths to show. What they match is never folded. */
  readonly paths?: readonly string[];
  /** Changes that are shown beside `paths`: a person accepts them by name. */
  readonly also?: ReadonlySet<Change>;
}

/**
 * The change set: a summary, each path with its differences, marked paths first, and the digest
 * last. Generated trees and what is beyond the limit of paths are a line each.
 */
export function showChanges(
  waiting: WaitingChanges,
  ink: OutputInk,
  { also = new Set(), linesMax = Number.POSITIVE_INFINITY, paths = [] }: ShowOptions = {},
): Safe {
  const { set, digest, begun } = waiting;
  const work: ShowWork = {
    left: diffStepsMax,
    bytes: shownBytesMax,
    lines: shownLinesMax,
    hidden: 0,
  };
  const marks = marksIn(set);
  const folders = shownFolders(set, marks, paths, also);
  const all = folders.flatMap((folder) => folder.changes.map((change) => ({ folder, change })));
  // Marked changes get their lines first, in whichever folder they are.
  const inTurn = [true, false].flatMap((first) =>
    all.filter(({ change }) => (marks.get(change)?.length ?? 0) > 0 === first),
  );
  const committed = new Map(
    folders.map((folder) => [folder.target, committedIn(waiting, folder, linesMax)]),
  );
  const diffs = new Map(
    inTurn.map(({ folder, change }) => [
      change,
      committed.get(folder.target)?.get(change.path) ??
        (paths.length === 0 && isLockFile(change, marks)
          ? [`${remark} tools write this file: its content is shown with --path`]
          : cutLines(diffOf(waiting, folder, change, work), linesMax)),
    ]),
  );
  const most = linesOfEach(diffs, marks, linesMax);
  const whole = safe`skillgate changes show ${set.run}`;
  const lines = folders.flatMap((folder) => {
    const each = folder.changes.flatMap((change) => {
      const diff = diffs.get(change) ?? [];
      const printed = diff.slice(0, most(change));
      const hidden = count(diff.length - printed.length, 'line');
      const cut =
        diff.length > printed.length
          ? [safe`  ${ink.yellow(`… ${hidden} not shown`)}: ${whole}`]
          : [];
      return [headOf(change, marks, ink), ...printed.map((line) => coloured(line, ink)), ...cut];
    });
    const taken = new Set(
      folder.changes.flatMap(({ after, path }) => (after === undefined ? [] : [path])),
    );
    const refused = folder.refused.map(({ path, why }) => {
      const what = taken.has(path) ? 'partly left out' : 'left out';
      return safe`${ink.yellow(what)} ${spellPath(path)}: ${why}`;
    });
    const conflicts = folder.conflicts.map(
      (path) =>
        safe`${ink.red('conflict')} ${spellPath(path)}: somebody else changed this path after the run began`,
    );
    return [
      safe`${ink.bold(folder.target)} in the run is ${folder.path} on this host`,
      ...refLines(waiting, folder, ink, linesMax),
      ...each,
      ...folder.trees.map((tree) => treeLine(tree, marks, set.run, ink)),
      ...(folder.kept === undefined ? [] : [safe`${keptText(folder.kept)}`]),
      ...refused,
      ...conflicts,
    ];
  });
  const signs = [...diffs.values()].some((diff) => diff.some(hasSigns))
    ? [coloured(signsOfLines, ink)]
    : [];
  const half = begun
    ? [
        safe`${ink.yellow('somebody began to apply these changes and did not finish; skillgate changes accept continues')}`,
      ]
    : [];
  const marked = markLines(marks, ink);
  const foldedCount = folders.flatMap(({ trees }) => trees.flatMap((tree) => tree.changes)).length;
  const again = [...marked.slice(0, 1), ...unreadLines(foldedCount, work.hidden, ink)];
  const first = [...summaryLines(set, ink), ...obeyedSection(waiting, ink), ...marked];
  return joined([...first, ...lines, ...signs, ...half, ...again, safe`changes ${digest}`], '\n');
}

// The text above may have scrolled away when a person is asked.
function unreadLines(folded: number, hidden: number, ink: OutputInk): Safe[] {
  return [
    ...(folded > 0
      ? [safe`${ink.yellow(`${count(folded, 'change')} not shown one by one`)}: see above`]
      : []),
    ...(hidden > 0
      ? [safe`${ink.red(`the content of ${count(hidden, 'file')} is not shown`)}: ${tooMuch}`]
      : []),
  ];
}

interface ShownFolder extends ChangedFolder {
  readonly trees: readonly FoldedTree[];
}

// The wanted paths, or all paths with generated trees folded; marked paths come first.
function shownFolders(
  { folders }: ChangeSet,
  marks: ChangeMarks,
  paths: readonly string[],
  also: ReadonlySet<Change>,
): ShownFolder[] {
  return folders.map((folder) => {
    const ordered = markedFirst(folder.changes, marks);
    const isWanted = (change: Change): boolean =>
      also.has(change) || isPathWanted(change.path, folder.target, paths);
    return paths.length > 0
      ? { ...folder, changes: ordered.filter(isWanted), trees: [] }
      : { ...folder, ...foldChanges(ordered, marks, also) };
  });
}

/** `branch main; 2 created, 1 deleted`. */
export function changesText({ set }: Pick<WaitingChanges, 'set'>): string {
  const kinds = kindsText(set.folders.flatMap(({ changes }) => changes));
  return [refsText(set), kinds].filter((part) => part !== '').join('; ');
}

function headOf(change: Change, marks: ChangeMarks, ink: OutputInk): Safe {
  const kind = kindOf(change);
  const [before, after] = [change.before, change.after].map(stateText);
  const list =
    change.list === 'folder'
      ? ', gets the access list of its folder; if the folder gives none, only the owner has access'
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

function coloured(line: string, ink: OutputInk): Safe {
  const style = { '+': ink.green, '-': ink.red, '@': ink.cyan, [remark]: ink.yellow }[
    line[0] ?? ''
  ];
  return style === undefined ? safe`  ${line}` : safe`  ${style(line)}`;
}

// The difference of one changed file, within the room that all shown files share.

/** Remaining work and space for all files together. Beyond it only digests are shown. */
interface ShowWork extends DiffWork {
  bytes: number;
  lines: number;
  hidden: number;
}

/** Why the content of further files is not shown. */
const tooMuch = `all texts together have more than ${shownBytesMax / 1024 / 1024} MiB or ${shownLinesMax} lines`;

/** The difference of a file; a changed mode, owner or link is in the line above. */
function diffOf(
  waiting: WaitingChanges,
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

// Which changes `changes show` prints one by one, and which trees it folds to a line each: trees
// that tools generate, and what is beyond the number of paths that a person reads. Pure.

interface FoldedTree {
  /** The tree below the folder of the workspace, such as `app/node_modules`; `.` for the top. */
  readonly root: string;
  readonly changes: readonly Change[];
}

interface FoldedChanges {
  readonly changes: Change[];
  readonly trees: readonly FoldedTree[];
}

/**
 * @param changes in the order in which they are shown, marked changes first
 * @param also changes that a person accepts
 */
function foldChanges(
  changes: readonly Change[],
  marks: ChangeMarks,
  also: ReadonlySet<Change> = new Set(),
): FoldedChanges {
  // A tool that makes a tree anew creates and deletes files. A changed file may be source code in a
  // folder that only has the name of such a tree.
  const generated = groupBy(changes, (change) =>
    kindOf(change) === 'changed' || isReadAlone(change, also)
      ? undefined
      : generatedTreeOf(change.path),
  );
  const small = [...generated].filter(([, inTree]) => inTree.length < foldedChangesMin);
  for (const [root] of small) generated.delete(root);
  const inTrees = new Set([...generated.values()].flat());
  const others = changes.filter((change) => !inTrees.has(change));
  const marked = others.filter((change) => (marks.get(change)?.length ?? 0) > 0).length;
  const max = Math.max(shownPathsMax, marked);
  const beyond = groupBy(others.slice(max), topOf);
  const trees = [...generated, ...beyond].map(([root, inTree]) => ({ root, changes: inTree }));
  return { changes: others.slice(0, max), trees };
}

// A person accepts each of these files by name. Installed packages have thousands of them, of which
// the accepted ones are read.
function isReadAlone(change: Change, also: ReadonlySet<Change>): boolean {
  const isInstalled = change.path.split('/').includes('node_modules');
  return change.shelf === 'obeyed' && (!isInstalled || also.has(change));
}

/** Whether a lock file's difference is folded: tools write it, and it is long. */
function isLockFile(change: Change, marks: ChangeMarks): boolean {
  return (marks.get(change) ?? []).some((mark) => mark.startsWith('a lock file'));
}

function generatedTreeOf(path: string): string | undefined {
  const parts = path.split('/');
  const at = parts.slice(0, -1).findIndex((part) => generatedFolders.has(part));
  return at === -1 ? undefined : parts.slice(0, at + 1).join('/');
}

function topOf({ path }: Change): string {
  const end = path.indexOf('/');
  return end === -1 ? '.' : path.slice(0, end);
}

function groupBy(
  changes: readonly Change[],
  keyOf: (change: Change) => string | undefined,
): Map<string, Change[]> {
  const groups = new Map<string, Change[]>();
  for (const change of changes) {
    const key = keyOf(change);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [change]);
    else group.push(change);
  }
  return groups;
}

// The summary of a change set: who made it, how much it changes, and in which folders.

/** `2 created, 1 deleted`. */
function kindsText(changes: readonly Change[]): string {
  const kinds = { created: 0, changed: 0, deleted: 0 };
  for (const change of changes) kinds[kindOf(change)]++;
  return Object.entries(kinds)
    .filter(([, number]) => number > 0)
    .map(([kind, number]) => `${number} ${kind}`)
    .join(', ');
}

/** The first lines of `changes show`; the folders only where there are several. */
function summaryLines(set: ChangeSet, ink: OutputInk): Safe[] {
  const { agent, at, folders, skill, version } = set;
  const who = agent === 'operator' ? 'a run of the operator' : `agent ${agent}`;
  const all = folders.flatMap(({ changes }) => changes);
  const places = folders.flatMap(({ changes, target }) => placesOf(target, changes));
  const shown = places.slice(0, summaryFoldersMax);
  const rest = places.slice(summaryFoldersMax).reduce((sum, [, inside]) => sum + inside.length, 0);
  return [
    safe`${ink.bold([refsText(set), kindsText(all)].filter((part) => part !== '').join('; '))} by ${who} ${version === '' ? `in a ${skill}` : `with ${skill}@${version}`}, ${at}`,
    ...(places.length < 2
      ? []
      : [
          table(
            shown.map(([place, inside]) => [
              safe`  ${spellPath(place)}`,
              kindsText(inside),
              sizeText(inside),
            ]),
          ),
        ]),
    ...(rest === 0 ? [] : [safe`  … ${count(rest, 'change')} in further folders`]),
  ];
}

/** The line of a folded tree. */
function treeLine(
  { changes, root }: FoldedTree,
  marks: ChangeMarks,
  run: string,
  ink: OutputInk,
): Safe {
  const marked = changes.filter((change) => (marks.get(change)?.length ?? 0) > 0).length;
  const check = marked === 0 ? safe`` : safe`, ${ink.red(`${marked} marked`)}`;
  const where = root === '.' ? 'files at the top' : `${root}/`;
  const pattern = root === '.' ? '*' : root;
  return safe`${ink.yellow('not shown one by one')}: ${where} ${kindsText(changes)}, ${sizeText(changes)}${check}: skillgate changes show ${run.slice(0, 8)} ${optionText('--path', pattern)}`;
}

// The first folder of each path, most changes first.
function placesOf(target: string, changes: readonly Change[]): [string, Change[]][] {
  const places = new Map<string, Change[]>();
  for (const change of changes) {
    const end = change.path.indexOf('/');
    const place = end === -1 ? target : `${target}/${change.path.slice(0, end)}`;
    const inside = places.get(place);
    if (inside === undefined) places.set(place, [change]);
    else inside.push(change);
  }
  return [...places].sort(([, a], [, b]) => b.length - a.length);
}

function sizeText(changes: readonly Change[]): string {
  const bytes = changes.reduce(
    (sum, { after }) => sum + (after?.kind === 'file' ? after.bytes : 0),
    0,
  );
  return bytesText(bytes);
}
