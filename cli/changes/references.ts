/** Branches, tags and stashes of a change set as text: each with its commits and differences. */
import type * as changes from '../../runner/changes/public.ts';
import type { ChangedFolder, ChangeSet } from '../../skills-index/run/changes/changes.ts';
import { askingRefs, exactName, refText } from '../../skills-index/run/changes/chosen-refs.ts';
import {
  type HandedRef,
  type Repository,
  stashRef,
} from '../../skills-index/run/changes/repositories.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { count, joined, type OutputInk, type Safe, safe } from '../terminal/output.ts';
import { optionText, remark, spellPatch, spellPath } from './shown-file.ts';

/** `branch main, tag v1`, at most three; empty without any. */
export function refsText({ folders }: ChangeSet): string {
  const refs = folders.flatMap(({ repositories = [] }) => repositories.flatMap(({ refs }) => refs));
  const names = refs.slice(0, namesMax).map(({ name }) => spellRef(name));
  const more = refs.length - names.length;
  return [...names, ...(more > 0 ? [`${more} more branches or tags`] : [])].join(', ');
}

const namesMax = 3;

function spellRef(name: string): string {
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

/** How many references of a change set wait until a person names them. */
export function askingCount({ folders }: ChangeSet): number {
  return folders.reduce((sum, { repositories }) => sum + askingRefs(repositories).length, 0);
}

/** The remark in place of a file's difference, by path, for files as in a reference's commit. */
export function committedIn({ repositories = [] }: ChangedFolder): Map<string, string[]> {
  return new Map(
    repositories.flatMap(({ refs }) =>
      refs.flatMap(({ files, name }) =>
        files.map((path) => [path, [`${remark} as in ${spellRef(name)}`]] as const),
      ),
    ),
  );
}

/**
 * The references of a folder.
 * @param linesMax the most lines of differences of each reference
 */
export function refLines(
  waiting: changes.WaitingChanges,
  { repositories = [], target }: ChangedFolder,
  ink: OutputInk,
  linesMax: number,
): Safe[] {
  return repositories.flatMap((repository) => {
    const { isNew, refs } = repository;
    const place = placeText(repository, target);
    const head = isNew ? [safe`${ink.green('new repository')} in ${place}`] : [];
    return [
      ...head,
      ...refs.flatMap((ref) => [
        ...headOf(repository, ref, place, exactName(repositories, { repository, ref }), ink),
        ...patchOf(waiting, ref, ink, linesMax),
      ]),
    ];
  });
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

function patchOf(
  { read }: changes.WaitingChanges,
  { patch }: HandedRef,
  ink: OutputInk,
  linesMax: number,
): Safe[] {
  if (patch === undefined) return [];
  const lines = keptLines(() => read(patch));
  const hidden = lines.length - linesMax;
  const cut = hidden > 0 ? [safe`  ${ink.yellow(`… ${count(hidden, 'line')} not shown`)}`] : [];
  return [...lines.slice(0, linesMax).map((line) => coloured(line, ink)), ...cut];
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
