/** The part of waiting changes that an acceptance covers. */
import * as changes from '../../runner/changes/public.ts';
import {
  type Change,
  type ChangeSet,
  changeSetDigest,
} from '../../skills-index/run/changes/changes.ts';
import { selectChanges } from '../../skills-index/run/changes/select-changes.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { shellWord } from '../../skills-index/skill/text/shell-word.ts';
import { type Safe, safe } from '../terminal/output.ts';

/**
 * The part of waiting changes that an acceptance covers: the plain changes, or those that match,
 * and the named changes.
 * @throws Problem `not-found`, `usage`
 */
export function acceptedPart(
  waiting: changes.WaitingChanges,
  choice: changes.NamedChoice,
): changes.WaitingChanges {
  const set = selectChanges(waiting.set, changes.choiceOf(choice)).accepted;
  return { ...waiting, set, digest: changeSetDigest(set) };
}

/**
 * The same for a person who asks.
 * @throws Problem `usage` when every change waits to be named, or a pattern applies nothing
 */
export function acceptedOf(
  waiting: changes.WaitingChanges,
  choice: changes.NamedChoice,
): changes.WaitingChanges {
  const accepted = acceptedPart(waiting, choice);
  requireNoIdlePattern(waiting.set, accepted.set, choice);
  if (accepted.set.folders.length > 0) return accepted;
  const { run } = waiting.set;
  throw new Problem(
    'usage',
    `Every change of run ${run} is a file that hosts or agents obey, so each has to be named`,
    { hint: `skillgate changes accept ${run} --include PATH; skillgate changes show ${run}` },
  );
}

// An approver must not read a pattern whose files all stay waiting.
function requireNoIdlePattern(
  all: ChangeSet,
  accepted: ChangeSet,
  { paths = [] }: changes.NamedChoice,
): void {
  for (const pattern of paths) {
    if (matching(accepted, pattern).length > 0) continue;
    const [first] = matching(all, pattern).filter(({ shelf }) => shelf === 'obeyed');
    if (first === undefined)
      throw new Problem(
        'usage',
        `No change of run ${all.run} that matches --path ${shellWord(pattern)} can be applied without another change`,
        { hint: `name more paths; see the changes: skillgate changes show ${all.run}` },
      );
    throw new Problem(
      'usage',
      `--path ${shellWord(pattern)} applies no change of run ${all.run}: ${JSON.stringify(first.path)} is a file that hosts or agents obey`,
      { hint: `add --include ${shellWord(first.path)}, or leave out this --path` },
    );
  }
}

function matching({ folders }: ChangeSet, pattern: string): Change[] {
  return folders.flatMap((folder) =>
    folder.changes.filter(({ path }) => changes.isPathWanted(path, folder.target, [pattern])),
  );
}

/** The command that accepts the same changes, as a person types it in a shell. */
export function acceptCommand(
  run: string,
  { include = [], paths = [] }: changes.NamedChoice,
): string {
  const words = [
    ...include.map((name) => optionText('--include', name)),
    ...paths.map((pattern) => optionText('--path', pattern)),
  ];
  return [`skillgate changes accept ${run}`, ...words].join(' ');
}

// A value that begins with a dash would be taken for an option.
function optionText(option: string, value: string): string {
  return `${option}${value.startsWith('-') ? '=' : ' '}${shellWord(value)}`;
}

/** `Apply these changes?`, or how many of them an acceptance leaves waiting. */
export function applyQuestion(
  waiting: changes.WaitingChanges,
  accepted: changes.WaitingChanges,
): Safe {
  const [all, covered] = [waiting, accepted].map(({ set }) => changesIn(set));
  return all === covered
    ? safe`Apply these changes?`
    : safe`Apply these changes, without the ${Number(all) - Number(covered)} that still need a decision?`;
}

/** How many changes, branches and tags a set has. */
export function changesIn({ folders }: ChangeSet): number {
  return folders.reduce((sum, { changes, repositories = [] }) => {
    const refs = repositories.reduce((all, one) => all + Math.max(one.refs.length, 1), 0);
    return sum + changes.length + refs;
  }, 0);
}

/** `/workspace, /reports`. */
export function targetsOf({ folders }: ChangeSet): string {
  return folders.map((folder) => folder.target).join(', ');
}

/** The part of a set that an acceptance leaves waiting. */
export function withoutAccepted(set: ChangeSet, accepted: ChangeSet): ChangeSet {
  const taken = new Set<object>(
    accepted.folders.flatMap(({ changes, repositories = [] }) => [
      ...changes,
      ...repositories.flatMap(({ refs }) => refs),
    ]),
  );
  const folders = set.folders.map(({ repositories = [], ...folder }) => ({
    ...folder,
    changes: folder.changes.filter((change) => !taken.has(change)),
    repositories: repositories
      .map((one) => ({ ...one, refs: one.refs.filter((ref) => !taken.has(ref)) }))
      .filter(({ refs }) => refs.length > 0),
  }));
  return { ...set, folders };
}
