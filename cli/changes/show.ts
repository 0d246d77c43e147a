/**
 * Waiting changes as text: a line for each path, and the differences of texts. Control characters
 * in them are escaped.
 */
import * as changes from '../../runner/changes/public.ts';
import {
  type Change,
  type ChangedFolder,
  type ChangeSet,
  type EntryState,
  kindOf,
} from '../../skills-index/run/changes/changes.ts';
import { diffStepsMax, shownBytesMax, shownLinesMax } from '../limits.ts';
import { keptText } from '../run/left-behind.ts';
import { count, joined, type OutputInk, type Safe, safe } from '../terminal/output.ts';
import { diffOf, type ShowWork, tooMuch } from './file-difference.ts';
import { type FoldedTree, foldChanges, isLockFile } from './folded.ts';
import { type ChangeMarks, linesOfEach, markedFirst, markLines, marksIn } from './marked.ts';
import { obeyedSection } from './obeyed.ts';
import { committedIn, refLines, refsText } from './references.ts';
import { cutLines, hasSigns, remark, signsOfLines, spellPath } from './shown-file.ts';
import { kindsText, summaryLines, treeLine } from './summary.ts';

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
  waiting: changes.WaitingChanges,
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
      also.has(change) || changes.isPathWanted(change.path, folder.target, paths);
    return paths.length > 0
      ? { ...folder, changes: ordered.filter(isWanted), trees: [] }
      : { ...folder, ...foldChanges(ordered, marks, also) };
  });
}

/** `branch main; 2 created, 1 deleted`. */
export function changesText({ set }: Pick<changes.WaitingChanges, 'set'>): string {
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
