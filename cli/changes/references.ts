/** Branches, tags and stashes of a change set as text: each with its commits and differences. */
import type { WaitingChanges } from '../../runner/changes/waiting.ts';
import { spellOut } from '../../scanner/lookup-tables/hidden-characters.ts';
import type { ChangedFolder, ChangeSet } from '../../skills-index/run/changes/changes.ts';
import {
  type HandOverRef,
  type Repository,
  stashRef,
} from '../../skills-index/run/changes/repositories.ts';
import { exactName, refText } from '../../skills-index/run/changes/select-changes.ts';
import { goesOn, showsIn } from '../../skills-index/run/changes/shown-differences.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { shellWord } from '../../skills-index/skill/text/shell-word.ts';
import { count, joined, type OutputInk, type Safe, safe } from '../terminal/output.ts';
import { type DiffWork, unifiedDiff } from './diff.ts';

/** Signs of such a line; the rest of a longer line is counted. */
const diffLineCharsMax = 2_000;

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

function wishOf({ after, asks, before, commits, name }: HandOverRef, place: string): string {
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
  { read }: WaitingChanges,
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
  read: WaitingChanges['read'],
  patch: HandOverRef['patch'],
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
  waiting: WaitingChanges,
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

function headFirst({ head, refs }: Repository): HandOverRef[] {
  return refs.toSorted((a, b) => Number(b.name === head) - Number(a.name === head));
}

function headOf(
  { head, isNew }: Repository,
  { after, asks, before, commits, name, shown }: HandOverRef,
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
  { read, set }: WaitingChanges,
  { patch }: HandOverRef,
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

// The difference of a file: every changed byte, or a line that says that the content is not shown.
// Pure.

/** Starts a remark. No line of a unified difference starts with this. */
export const remark = '!';

/** Explains the signs in a line. */
export const signsOfLines = `${remark} ⇥ stands for a tab, <20> for a blank at the end of a line, and <3C> for a < in the file where the text after it looks like such a code`;

/**
 * @param old the old bytes; empty for a new file, as `fresh` is for a deleted one
 * @param work remaining work for all files that are shown together
 */
export function differenceOf(old: Uint8Array, fresh: Uint8Array, work?: DiffWork): string[] {
  const texts = [old, fresh].map(plainText);
  const [from, to] = texts;
  if (from !== undefined && to !== undefined) return linesOf(from, to, spellBlanks, work);
  if ([old, fresh].some(isNoText)) return [`${remark} not a text file: its content is not shown`];
  // Compared byte by byte, so that two different bytes never give the same line.
  const [before = '', after = ''] = [old, fresh].map((bytes) =>
    Buffer.from(bytes).toString('latin1'),
  );
  const lines = linesOf(before, after, (line) => spellBlanks(line, spellBytes), work);
  return [
    `${remark} not plain UTF-8: each byte that is not UTF-8 is shown as a code such as <E9>, and a NUL byte as <00>`,
    ...lines,
  ];
}

function linesOf(
  old: string,
  fresh: string,
  spell: (line: string) => string,
  work: DiffWork | undefined,
): string[] {
  const { isUnaligned, lines } = unifiedDiff(old, fresh, work);
  const spelled = lines.map((line) => (/^[-+ ]/.test(line) ? spell(line) : line));
  return isUnaligned
    ? [`${remark} many lines differ: all old lines are shown first, then all new lines`, ...spelled]
    : spelled;
}

/** The lines of differences that git made, each spelled like a line of a difference. */
function spellPatch(bytes: Uint8Array): string[] {
  const text = plainText(bytes);
  const lines = (text ?? Buffer.from(bytes).toString('latin1')).trimEnd().split('\n');
  return lines.map((line) =>
    text === undefined ? spellBlanks(line, spellBytes) : spellBlanks(line),
  );
}

/**
 * Cuts long lines where the number of lines is limited too: a file of one line would fill the
 * screen. Each cut line is followed by a remark.
 */
export function cutLines(lines: readonly string[], linesMax: number): string[] {
  if (linesMax === Number.POSITIVE_INFINITY) return [...lines];
  return lines.flatMap((line) => {
    const hidden = line.length - diffLineCharsMax;
    if (hidden <= 0) return [line];
    const rest = `${remark} ${hidden} more characters of this line are not shown`;
    return [line.slice(0, diffLineCharsMax), rest];
  });
}

/** Whether a line contains signs that `signsOfLines` explains. */
export function hasSigns(line: string): boolean {
  return /^[-+ ].*(?:⇥|<20>$|<20>\r$|<3C>)/s.test(line);
}

/**
 * Spells a line so that different lines look different: tabs, unusual spaces and the last space of
 * a line are visible, and text that resembles these signs is escaped.
 */
function spellBlanks(line: string, spell: (text: string) => string = (text) => text): string {
  const sign = line.slice(0, 1);
  const text = line.slice(1);
  const spelled = spell(text.replace(/<(?=[0-9A-F]{2}>)/g, '<3C>'))
    .replace(/[⟨⇥]|(?! )\p{Zs}/gu, (found) => spellOut(found.codePointAt(0) ?? 0))
    .replaceAll('\t', '⇥')
    .replace(/ (?=\r?$)/, '<20>');
  return `${sign}${spelled}`;
}

/**
 * Spells a path or a link target, so that different paths look different and none resembles a
 * remark. Unusual paths are quoted.
 */
export function spellPath(path: string): string {
  if (/^[\p{L}\p{M}\p{N}._/@+=~#%-]+$/u.test(path)) return path;
  return JSON.stringify(
    path.replace(/[⟨⟩⇥]|(?! )\p{Zs}/gu, (found) => spellOut(found.codePointAt(0) ?? 0)),
  );
}

/** An option as a person types it: a path of the run may hold what a shell obeys. */
export function optionText(option: string, value: string): string {
  // A value that begins with a dash would be taken for an option.
  return `${option}${value.startsWith('-') ? '=' : ' '}${shellWord(value)}`;
}

function plainText(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}

// Texts in single-byte encodings have hardly any control characters. Programs, pictures and UTF-16
// have many.
function isNoText(bytes: Uint8Array): boolean {
  let controls = 0;
  for (const byte of bytes) if (byte < 0x20 && !textControls.has(byte)) controls++;
  return controls * 20 > bytes.length && controls > 8;
}

const textControls = new Set([...'\b\t\n\v\f\r\u001b'].map((sign) => sign.charCodeAt(0)));

/** A line of Latin-1 bytes decoded as UTF-8; other bytes appear as numbers. */
function spellBytes(line: string): string {
  // RFC 3629, section 4: valid UTF-8 sequences.
  const sequence =
    /[\x01-\x7f]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[\0-\xff]/g;
  const spell = (found: string): string => {
    const byte = found.charCodeAt(0);
    if (found.length === 1 && (byte === 0 || byte > 0x7f))
      return `<${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
    return Buffer.from(found, 'latin1').toString('utf8');
  };
  return line.replace(sequence, spell);
}
