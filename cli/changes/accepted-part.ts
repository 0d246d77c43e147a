/** The part of waiting changes that an acceptance covers. */
import * as changes from '../../runner/changes/public.ts';
import {
  type Change,
  type ChangedFolder,
  type ChangeSet,
  changeSetDigest,
} from '../../skills-index/run/changes/changes.ts';
import { decisionsIn, selectChanges } from '../../skills-index/run/changes/select-changes.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { count, type Safe, safe } from '../terminal/output.ts';
import { spellRef } from './references.ts';
import { optionText } from './shown-file.ts';

/** What an acceptance covers, and what goes on waiting. */
export interface AcceptedPart extends changes.WaitingChanges {
  /** Undefined when the acceptance covers everything. */
  readonly rest: ChangeSet | undefined;
}

/**
 * The part of waiting changes that an acceptance covers: the plain changes, or those that match,
 * and the named changes.
 * @throws Problem `not-found`, `usage`
 */
export function acceptedPart(
  waiting: changes.WaitingChanges,
  choice: changes.NamedChoice,
): AcceptedPart {
  const { accepted, rest } = selectChanges(waiting.set, changes.choiceOf(choice));
  return { ...waiting, set: accepted, digest: changeSetDigest(accepted), rest };
}

/**
 * The same for a person who asks.
 * @throws Problem `usage` when every change waits to be named, or a pattern applies nothing
 */
export function acceptedOf(
  waiting: changes.WaitingChanges,
  choice: changes.NamedChoice,
): AcceptedPart {
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
        `No change of run ${all.run} that matches ${optionText('--path', pattern)} can be applied without another change`,
        { hint: `name more paths; see the changes: skillgate changes show ${all.run}` },
      );
    throw new Problem(
      'usage',
      `${optionText('--path', pattern)} applies no change of run ${all.run}: ${JSON.stringify(first.path)} is a file that hosts or agents obey`,
      { hint: `add ${optionText('--include', first.path)}, or leave out this --path` },
    );
  }
}

/** The changes that match a pattern of `--path`. */
export function matching({ folders }: ChangeSet, pattern: string): Change[] {
  return folders.flatMap((folder) =>
    folder.changes.filter(({ path }) => changes.isPathWanted(path, folder.target, [pattern])),
  );
}

/** The command that accepts the same changes, as a person types it in a shell. */
export function acceptCommand(
  run: string,
  { branches = [], include = [], paths = [] }: changes.NamedChoice,
): string {
  const words = [
    ...branches.map((name) => optionText('--branch', name)),
    ...include.map((name) => optionText('--include', name)),
    ...paths.map((pattern) => optionText('--path', pattern)),
  ];
  return [`skillgate changes accept ${run}`, ...words].join(' ');
}

/** `Apply these changes?`, or which of them an acceptance leaves waiting. */
export function applyQuestion({ rest, set }: AcceptedPart): Safe {
  if (rest === undefined) return safe`Apply these changes?`;
  const split = rest.folders.flatMap((folder) => splitRefs(set, folder));
  const alone =
    split.length === 0
      ? ''
      : `. Files of ${split.join(', ')} are applied without the commits, so git will show these files as changed`;
  return safe`Apply these changes? Afterwards ${waitingText(rest)}${alone}`;
}

// References that go on waiting while some of their files are applied.
function splitRefs(
  accepted: ChangeSet,
  { repositories = [], target }: ChangedFolder,
): readonly string[] {
  const folder = accepted.folders.find((one) => one.target === target);
  const applied = new Set(folder?.changes.map(({ path }) => path));
  return repositories.flatMap(({ refs }) =>
    refs
      .filter(({ files }) => files.some((path) => applied.has(path)))
      .map(({ name }) => spellRef(name)),
  );
}

/** `1 branch or tag, 2 changes in files that hosts or agents obey still wait`. */
export function waitingText(set: ChangeSet): string {
  const refs = refsIn(set);
  const obeyed = set.folders.flatMap((folder) => decisionsIn(folder).changes).length;
  const others = set.folders.flatMap(({ changes, repositories = [] }) => {
    const files = new Set(repositories.flatMap((one) => one.refs.flatMap((ref) => ref.files)));
    return changes.filter(({ path, shelf }) => shelf !== 'obeyed' && !files.has(path));
  }).length;
  const parts = [
    ...(refs > 0 ? [count(refs, 'branch or tag', 'branches or tags')] : []),
    ...(obeyed > 0 ? [`${count(obeyed, 'change')} in files that hosts or agents obey`] : []),
    ...(others > 0 ? [count(others, 'other change')] : []),
  ];
  return `${parts.join(', ')} still ${refs + obeyed + others === 1 ? 'waits' : 'wait'}`;
}

/** How many changes, branches and tags a set has. */
export function changesIn(set: ChangeSet): number {
  return set.folders.reduce((sum, { changes }) => sum + changes.length, refsIn(set));
}

/** How many branches and tags a set has. A new repository without any has its unborn branch. */
export function refsIn({ folders }: ChangeSet): number {
  const repositories = folders.flatMap((folder) => folder.repositories ?? []);
  return repositories.reduce((sum, { refs }) => sum + Math.max(refs.length, 1), 0);
}

/** `/workspace, /reports`. */
export function targetsOf({ folders }: ChangeSet): string {
  return folders.map((folder) => folder.target).join(', ');
}
