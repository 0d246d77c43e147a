/** Branches, tags and stashes of a change set as text: each with its commits and differences. */
import type * as changes from '../../runner/changes/public.ts';
import type { ChangedFolder, ChangeSet } from '../../skills-index/run/changes/changes.ts';
import { exactName, refText } from '../../skills-index/run/changes/chosen-refs.ts';
import {
  type HandedRef,
  type Repository,
  stashRef,
} from '../../skills-index/run/changes/repositories.ts';
import { goesOn, showsIn } from '../../skills-index/run/changes/shown-differences.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { count, joined, type OutputInk, type Safe, safe } from '../terminal/output.ts';
import { cutLines, optionText, remark, spellPatch, spellPath } from './shown-file.ts';

/** `branch main, tag v1`, at most three; empty without any. */
export function refsText({ folders }: ChangeSet): string {
  const refs = folders.flatMap(({ repositories = [] }) => repositories.flatMap(({ refs }) => refs));
  const names = refs.slice(0, namesMax).map(({ name }) => spellRef(name));
  const more = refs.length - names.length;
  return [...names, ...(more > 0 ? [`${more} more branches or tags`] : [])].join(', ');
}

const namesMax = 3;

/** `branch main`, with an unusual name in quotes. */
export function spellRef(name: string): string {
  const [kind = '', ...rest] = refText(name).split(' ');
  return name === stashRef ? refText(name) : `${kind} ${spellPath(rest.join(' '))}`;
}

/** What happens to each reference: `move branch main in /workspace by 1 commit`. */
export function refWishes({ folders }: ChangeSet): string[] {
  const wishes = folders.flatMap(({ repositories = [], target }) =>
    repositories.flatMap((repository) => {
      const place = placeText(repository, target);
      const made = repository.isNew ? [`create a repository in ${place}`] : [];
      return [...made, ...repository.refs.map((ref) => wishOf(ref, place))];
    }),
  );
  // A hold cuts the end of a long list, so new branches must not push the others out of it.
  const isHarmless = (wish: string): boolean =>
    wish.startsWith('create ') && !wish.includes(checkMark);
  return wishes.toSorted((a, b) => Number(isHarmless(a)) - Number(isHarmless(b)));
}

const checkMark = ' (check: ';

function wishOf({ after, asks, before, commits, name }: HandedRef, place: string): string {
  const verb = before === undefined ? 'create' : after === undefined ? 'delete' : 'move';
  const by = verb === 'move' ? 'by' : 'with';
  const size = commits === 0 ? '' : ` ${by} ${count(commits, 'commit')}`;
  const check = asks === undefined ? '' : `${checkMark}${JSON.stringify(asks)})`;
  return `${verb} ${spellRef(name)} in ${place}${size}${check}`;
}

function placeText({ path }: Repository, target: string): string {
  return spellPath(path === '' ? target : `${target}/${path}`);
}

/**
 * The remark in place of a file's difference, by path, for files as in a reference's commit. Only
 * for files that the differences of the reference show.
 * @param linesMax the most lines of differences of each reference
 */
export function committedIn(
  { read }: changes.WaitingChanges,
  { repositories = [] }: ChangedFolder,
  linesMax: number,
): Map<string, string[]> {
  return new Map(
    repositories.flatMap(({ path: workTree, refs }) =>
      refs.flatMap(({ files, name, patch }) => {
        const isShown =
          files.length === 0 ? () => false : showsIn(printedOf(read, patch, linesMax));
        const below = (path: string): string =>
          workTree === '' ? path : path.slice(workTree.length + 1);
        return files
          .filter((path) => isShown(below(path)))
          .map((path) => [path, [`${remark} as in ${spellRef(name)}`]] as const);
      }),
    ),
  );
}

// A difference that is absent, cannot be read or is not printed whole shows no file: the file's own
// difference follows.
function printedOf(
  read: changes.WaitingChanges['read'],
  patch: HandedRef['patch'],
  linesMax: number,
): string {
  try {
    if (patch === undefined) return goesOn;
    const bytes = Buffer.from(read(patch));
    // A line may be longer as a person reads the line.
    const lines = spellPatch(bytes);
    const isCut = cutLines(lines, linesMax).length > Math.min(lines.length, linesMax);
    return isCut ? goesOn : bytes.toString('latin1');
  } catch (cause) {
    if (cause instanceof Problem) return goesOn;
    throw cause;
  }
}

/**
 * The references of a folder, first the branch that the host is on.
 * @param linesMax the most lines of differences of each reference
 */
export function refLines(
  waiting: changes.WaitingChanges,
  { repositories = [], target }: ChangedFolder,
  ink: OutputInk,
  linesMax: number,
): Safe[] {
  return repositories.flatMap((repository) => {
    const { isNew } = repository;
    const place = placeText(repository, target);
    const head = isNew ? [safe`${ink.green('new repository')} in ${place}`] : [];
    const above = new Set<string>();
    return [
      ...head,
      ...headFirst(repository).flatMap((ref) => [
        ...headOf(repository, ref, place, exactName(repositories, { repository, ref }), ink),
        ...patchOf(waiting, ref, ink, { linesMax, above }),
      ]),
    ];
  });
}

function headFirst({ head, refs }: Repository): HandedRef[] {
  return refs.toSorted((a, b) => Number(b.name === head) - Number(a.name === head));
}

function headOf(
  { head, isNew }: Repository,
  { after, asks, before, commits, name, shown }: HandedRef,
  place: string,
  exact: string,
  ink: OutputInk,
): Safe[] {
  const kind = before === undefined ? 'new' : after === undefined ? 'deleted' : 'moved';
  const style = { new: ink.green, moved: ink.yellow, deleted: ink.red }[kind];
  const where = isNew ? safe`` : safe` in ${place}`;
  const follows = name === head && !isNew ? safe`, which the host is on` : safe``;
  const what = safe`${style(kind)} ${spellRef(name)}${where}${follows}: ${count(commits, 'new commit')}`;
  const check =
    asks === undefined
      ? []
      : [safe`  ${ink.red('check')}: ${asks}; accept it with ${optionText('--include', exact)}`];
  const more = commits - shown.length;
  return [
    what,
    ...check,
    ...shown.map(({ author, id, subject }) => safe`  ${id.slice(0, 10)} ${subject} (${author})`),
    ...(more > 0 ? [safe`  … ${count(more, 'more commit')}`] : []),
  ];
}

interface PatchRoom {
  readonly linesMax: number;
  /** The commits that references above show whole. */
  readonly above: Set<string>;
}

function patchOf(
  { read, set }: changes.WaitingChanges,
  { patch }: HandedRef,
  ink: OutputInk,
  { above, linesMax }: PatchRoom,
): Safe[] {
  if (patch === undefined) return [];
  const lines: string[] = [];
  for (const commit of commitsOf(keptLines(() => read(patch)))) {
    const text = commit.join('\n').trimEnd();
    const printed = cutLines(commit, linesMax);
    const isCut = printed.length > commit.length || commit.includes(goesOn);
    // A commit can have more lines than a call can have arguments.
    for (const line of above.has(text) ? [`${commit[0]}: shown above`] : printed) lines.push(line);
    const isWhole = lines.length <= linesMax && !isCut;
    if (isWhole && text.startsWith('commit ')) above.add(text);
  }
  const hidden = lines.length - linesMax;
  const whole = `skillgate changes show ${set.run}`;
  const cut =
    hidden > 0 ? [safe`  ${ink.yellow(`… ${count(hidden, 'line')} not shown`)}: ${whole}`] : [];
  return [...lines.slice(0, linesMax).map((line) => coloured(line, ink)), ...cut];
}

/** The lines of each commit. No line of a message or a file begins at the margin. */
function commitsOf(lines: readonly string[]): string[][] {
  const commits: string[][] = [[]];
  for (const line of lines) {
    if (/^commit [0-9a-f]{40,64}$/.test(line) || line.startsWith('in all, ')) commits.push([]);
    commits.at(-1)?.push(line);
  }
  return commits;
}

function keptLines(read: () => Uint8Array): string[] {
  try {
    return spellPatch(read());
  } catch (cause) {
    if (cause instanceof Problem) return [`${remark} ${cause.message}`];
    throw cause;
  }
}

function coloured(line: string, ink: OutputInk): Safe {
  const style = { '+': ink.green, '-': ink.red, '@': ink.cyan, [remark]: ink.yellow }[
    line[0] ?? ''
  ];
  return style === undefined ? safe`    ${line}` : joined([safe`    `, safe`${style(line)}`], '');
}
