/**
 * The changes of a run at its end: accepted in advance, confirmed by a person, or kept until a
 * person accepts them.
 */

import { join } from 'node:path';
import {
  acceptChanges,
  applyAllowed,
  listConflicts,
  type NamedChoice,
} from '../../runner/changes/accept.ts';
import {
  discardExpired,
  readWaiting,
  type WaitingChanges,
  waitingDaysMax,
} from '../../runner/changes/waiting.ts';
import type { Change, ChangedFolder, ChangeSet } from '../../skills-index/run/changes/changes.ts';
import type { HandOverRef } from '../../skills-index/run/changes/repositories.ts';
import {
  exactName,
  obeyedIn,
  type PlacedRef,
  placeOf,
  selectAllowed,
} from '../../skills-index/run/changes/select-changes.ts';
import { foldersAbove } from '../../skills-index/skill/bundle-path.ts';
import { hexOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { shellWord } from '../../skills-index/skill/text/shell-word.ts';
import type { CommandContext } from '../command.ts';
import type { HostFiles } from '../run/host-files.ts';
import { printLeftBehind } from '../run/left-behind.ts';
import { confirm } from '../terminal/ask.ts';
import { inkFor, printLine, printNote, safe } from '../terminal/output.ts';
import { SteppedProblem } from '../terminal/problem-text.ts';
import {
  type AcceptedPart,
  acceptCommand,
  acceptedPart,
  applyQuestion,
  askForAgent,
  changesIn,
  requireApprover,
  targetsOf,
  waitingText,
} from './held-changes.ts';
import { decisionCount, markedText } from './marked.ts';
import { spellPath } from './references.ts';
import { changesText, showChanges } from './show.ts';

/** Bytes of texts whose differences are shown; larger files get digests only. */
export const diffLinesMax = 2_000;

/** Names in the line that accepts all changes but those that conflict. */
const restNamesMax = 12;

/**
 * At the end of a run or session: applies what the operator allowed before the start, and offers
 * the rest. `--accept` accepts the plain changes in advance.
 * @returns the changes that wait for a person afterwards
 * @throws Problem `changes-conflict`; for an agent also a denied hold
 */
export async function applyOrOffer(
  context: CommandContext,
  host: HostFiles & Pick<Parameters<typeof applyAllowed>[1], 'own'>,
  set: ChangeSet | undefined,
): Promise<ChangeSet | undefined> {
  if (set === undefined) return undefined;
  const rest = await applyAllowed(context.paths, host, set);
  const applied = selectAllowed(set).accepted;
  if (applied.folders.length > 0 && context.format === 'text')
    printNote(context, safe`applied: ${changesText({ set: applied })} in ${targetsOf(applied)}`);
  if (rest === undefined) return undefined;
  const isAllowed = rest.folders.every(({ mode }) => mode === 'rw');
  if (!isAllowed) return await offerChanges(context, host, rest, context.options.accept === true);
  if (context.format === 'text') printWaiting(context, rest);
  return rest;
}

/**
 * @param accepted whether the caller accepts the changes in advance
 * @returns the changes that wait for a person afterwards
 * @throws Problem `changes-conflict`; for an agent also a denied hold
 */
async function offerChanges(
  context: CommandContext,
  host: HostFiles,
  set: ChangeSet,
  accepted: boolean,
): Promise<ChangeSet | undefined> {
  await sweepAndNote(context, host.audit);
  const waiting = readWaiting(context.paths.data, set.run);
  const person =
    context.format === 'text' && context.stdin.isTTY === true && context.stderr.isTTY === true;
  const plain = acceptedPart(waiting, {});
  const hasPlain = plain.set.folders.length > 0;
  if (hasPlain && (accepted || person)) {
    requireApprover(host, set);
    await requireNoConflict(context, host, plain);
  }
  if (hasPlain && accepted) await askForAgent(context, host, plain);
  else if (hasPlain && person && (await isConfirmed(context, waiting, plain)))
    await askForAgent(context, host, plain);
  else {
    printNote(
      context,
      safe`note: changes of the run in its view of ${targetsOf(set)}: ${changesText(waiting)}${markedText(set)}. Nothing is applied yet. Read the changes: skillgate changes show ${set.run}`,
    );
    return set;
  }
  printLeftBehind(
    context,
    await acceptChanges(context.paths, host, set.run, waiting.digest),
    set.run,
  );
  printNote(context, safe`applied: ${changesText(plain)} in ${targetsOf(plain.set)}`);
  printStillWaiting(context, plain);
  return plain.rest;
}

/** Says which changes an acceptance left waiting, because nothing may be lost without a word. */
export function printStillWaiting(context: CommandContext, { rest }: AcceptedPart): void {
  if (context.format === 'text' && rest !== undefined) printWaiting(context, rest);
}

function printWaiting(context: CommandContext, rest: ChangeSet): void {
  const { run } = rest;
  const include = decisionCount(rest) > 0 ? ' --include NAME' : '';
  printNote(
    context,
    safe`note: ${waitingText(rest)}: skillgate changes show ${run}, then skillgate changes accept ${run}${include}`,
  );
}

/** How many changes wait, and how many of them a person has to name; for programs. */
export function waitingCounts(set: ChangeSet | undefined): {
  readonly changes: number;
  readonly needDecision: number;
} {
  if (set === undefined) return { changes: 0, needDecision: 0 };
  return { changes: changesIn(set), needDecision: decisionCount(set) };
}

/** Discards changes that waited too long, and prints a note. */
export async function sweepAndNote(
  context: CommandContext,
  audit: HostFiles['audit'],
): Promise<void> {
  const discarded = await discardExpired(context.paths.data, context.now(), audit);
  if (discarded.length === 0) return;
  const which =
    discarded.length === 1
      ? `the changes of run ${discarded[0]} are`
      : `the changes of ${discarded.length} runs are`;
  printNote(
    context,
    safe`note: ${which} discarded after waiting for more than ${waitingDaysMax} days (skillgate log lists the paths)`,
  );
}

/** Shows the changes on stderr and asks; false for any answer but yes. */
async function isConfirmed(
  context: CommandContext,
  waiting: WaitingChanges,
  plain: AcceptedPart,
): Promise<boolean> {
  printLine(
    context.stderr,
    showChanges(waiting, inkFor(context.stderr, context.env), { linesMax: diffLinesMax }),
  );
  try {
    await confirm(
      context,
      applyQuestion(plain),
      'yes',
      `skillgate changes accept ${waiting.set.run}`,
    );
    return true;
  } catch (problem) {
    if (problem instanceof Problem && problem.code === 'not-confirmed') return false;
    throw problem;
  }
}

// Changes that cannot be applied, because this host changed as well: refused before a person is
// asked, with each path and branch, and with what the person can do.

type Conflict = Awaited<ReturnType<typeof listConflicts>>[number];

/** @throws Problem `changes-conflict` with every path and branch, and the next steps */
export async function requireNoConflict(
  { paths }: Pick<CommandContext, 'paths'>,
  host: HostFiles & Parameters<typeof listConflicts>[1],
  accepted: AcceptedPart,
): Promise<void> {
  const conflicts = await listConflicts(paths, host, accepted);
  if (conflicts.length === 0) return;
  const { run } = accepted.set;
  const steps = [
    ...restStep(accepted, conflicts),
    ...fileStep(conflicts),
    ...refSteps(conflicts),
    `To give the changes up: skillgate changes discard ${run}`,
  ];
  const isChanged = conflicts.some(({ change, isMoved }) => change !== undefined || isMoved);
  const why = isChanged
    ? ': this host changed as well since the run began'
    : ' to this host as it is now';
  throw new SteppedProblem(
    'changes-conflict',
    `The changes of run ${run} cannot be applied${why}`,
    {
      reasons: conflicts.map((one) => ({ message: reasonOf(accepted, one) })),
      steps,
    },
  );
}

function reasonOf({ folder: kept }: AcceptedPart, { change, folder, why }: Conflict): string {
  if (change === undefined) return `${folder.target}: ${why}`;
  const own =
    change.after?.kind === 'file'
      ? `; the run’s version is ${join(kept, hexOf(change.after.sha256))}`
      : '';
  return `${spellPath(`${folder.target}/${change.path}`)}: ${why}${own}`;
}

/** The command that accepts everything but the conflicts; none where it would be too long. */
function restStep({ rest, set }: AcceptedPart, conflicts: readonly Conflict[]): string[] {
  const waiting = rest?.folders ?? [];
  const targets = new Set([...set.folders, ...waiting].map(({ target }) => target));
  const parts = set.folders.map((folder) => {
    const isHere = ({ target }: ChangedFolder): boolean => target === folder.target;
    const left = waiting.filter(isHere).flatMap((one) => one.changes);
    const own = conflicts.filter((one) => isHere(one.folder));
    return freePart(folder, own, { left, isOneOfSeveral: targets.size > 1 });
  });
  const branches = parts.flatMap((part) => part.branches);
  const include = parts.flatMap((part) => part.include);
  const patterns = parts.flatMap((part) => part.paths);
  // Without a branch and a pattern, the command would accept all plain changes.
  const paths = branches.length + patterns.length === 0 ? include : patterns;
  const names = branches.length + include.length + patterns.length;
  if (names === 0) return [];
  // The name of a file may have signs of a pattern, which would cover further changes.
  const isWide = paths.some((path) => /[*?()[\]{}\\]/.test(path));
  return names > restNamesMax || isWide
    ? ['To accept the other changes, name them: --path GLOB, --branch NAME, --include PATH']
    : [`To accept the other changes: ${acceptCommand(set.run, { branches, include, paths })}`];
}

interface Surroundings {
  /** The changes of the folder that the person did not choose. */
  readonly left: readonly Change[];
  /** Whether another folder of the run may have the same names. */
  readonly isOneOfSeveral: boolean;
}

/** The names of all that has no conflict in a folder. */
function freePart(
  folder: ChangedFolder,
  conflicts: readonly Conflict[],
  { left, isOneOfSeveral }: Surroundings,
): Required<NamedChoice> {
  const { repositories = [], target } = folder;
  const spell = (path: string): string => (isOneOfSeveral ? `${target}/${path}` : path);
  // A repository as a whole is in the way of each of its references.
  const isStuck = conflicts.some(({ change, ref }) => change === undefined && ref === undefined);
  const inTheWay = new Set(conflicts.flatMap(({ change }) => change?.path ?? []));
  const stays = (ref: HandOverRef): boolean =>
    isStuck ||
    conflicts.some((one) => one.ref?.name === ref.name) ||
    ref.files.some((path) => inTheWay.has(path));
  const placed = repositories.flatMap((repository) =>
    repository.refs.map((ref) => ({ repository, ref })),
  );
  const nameOf = (one: PlacedRef): string =>
    isOneOfSeveral
      ? spell(`${placeOf(one.repository)}:${one.ref.name}`)
      : exactName(repositories, one);
  const committed = new Set(placed.flatMap(({ ref }) => ref.files));
  const isFree = ({ path }: Change): boolean => !inTheWay.has(path) && !committed.has(path);
  const plain = folder.changes.filter((change) => change.shelf !== 'obeyed' && isFree(change));
  return {
    branches: placed.filter(({ ref }) => !stays(ref)).map(nameOf),
    include: obeyedIn(folder)
      .filter(isFree)
      .map(({ path }) => spell(path)),
    paths: patternsOf([...folder.changes, ...left], new Set(plain)).map(spell),
  };
}

/** The fewest paths and folders that cover the wanted changes and no other change. */
function patternsOf(all: readonly Change[], wanted: ReadonlySet<Change>): string[] {
  const withAbove = (path: string): string[] => [...foldersAbove(path), path];
  const others = all.filter((change) => !wanted.has(change));
  const taken = new Set(others.flatMap(({ path }) => withAbove(path)));
  return [
    ...new Set(
      [...wanted].map(({ path }) => withAbove(path).find((one) => !taken.has(one)) ?? path),
    ),
  ];
}

function fileStep(conflicts: readonly Conflict[]): string[] {
  const files = conflicts.flatMap(({ change }) => change ?? []);
  const first = conflicts.find(({ change }) => change !== undefined);
  if (first === undefined) return [];
  const place = join(first.folder.path, first.change?.path ?? '');
  const restored = files.every(({ before }) => before === undefined)
    ? ''
    : ', restore the file that was there when the run began (git checkout, if git has it)';
  return [
    `To keep both versions of a path, move yours away (mv -n ${shellWord(place)} ${shellWord(`${place}.mine`)})${restored}, accept, and merge the two`,
  ];
}

/** The commands of git that keep the commits of the host and those of the run. */
function refSteps(conflicts: readonly Conflict[]): string[] {
  return conflicts.flatMap(({ folder, isGone, isHere, isMoved, ref }) => {
    const name = /^refs\/heads\/(.+)$/s.exec(ref?.name ?? '')?.[1];
    if (ref === undefined || name === undefined || isMoved !== true) return [];
    const { repositories = [] } = folder;
    const { path = '' } = repositories.find(({ refs }) => refs.includes(ref)) ?? {};
    const git = `git -C ${shellWord(join(folder.path, path))}`;
    const short = shellWord(name);
    const mine = shellWord(`${name}-mine`);
    const old = ref.before?.slice(0, 12);
    if (old === undefined)
      return [`To keep both branches ${short}: ${git} branch -m ${short} ${mine}, then accept`];
    if (isGone === true)
      return [`To have ${short} again: ${git} branch ${short} ${old}, then accept`];
    return isHere === true
      ? [
          `To keep both sides of ${short}: ${git} branch ${mine}, then ${git} reset --keep ${old}, then accept, then ${git} merge ${mine}`,
        ]
      : [
          `To keep both sides of ${short}: ${git} branch ${mine} ${short}, then ${git} branch -f ${short} ${old}, then accept`,
        ];
  });
}
