/**
 * Changes that cannot be applied, because this host changed as well: refused before a person is
 * asked, with each path and branch, and with what the person can do.
 */
import { join } from 'node:path';
import * as changes from '../../runner/changes/public.ts';
import type { Change, ChangedFolder } from '../../skills-index/run/changes/changes.ts';
import { exactName } from '../../skills-index/run/changes/chosen-refs.ts';
import type { HandedRef } from '../../skills-index/run/changes/repositories.ts';
import { hexOf } from '../../skills-index/skill/digest.ts';
import { shellWord } from '../../skills-index/skill/text/shell-word.ts';
import type { CommandContext } from '../command.ts';
import { restPatternsMax } from '../limits.ts';
import type { HostFiles } from '../run/start-skill.ts';
import { SteppedProblem } from '../terminal/stepped-problem.ts';
import { type AcceptedPart, acceptCommand } from './accepted-part.ts';
import { spellPath } from './shown-file.ts';

type Conflict = Awaited<ReturnType<typeof changes.listConflicts>>[number];

/** @throws Problem `changes-conflict` with every path and branch, and the next steps */
export async function requireNoConflict(
  { paths }: Pick<CommandContext, 'paths'>,
  host: HostFiles & Parameters<typeof changes.listConflicts>[1],
  accepted: AcceptedPart,
  choice: changes.NamedChoice = {},
): Promise<void> {
  const conflicts = await changes.listConflicts(paths, host, accepted);
  if (conflicts.length === 0) return;
  const { run } = accepted.set;
  const steps = [
    ...restStep(accepted, conflicts, choice),
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
function restStep(
  { set }: AcceptedPart,
  conflicts: readonly Conflict[],
  { branches = [], include = [] }: changes.NamedChoice,
): string[] {
  const refs: string[] = [];
  const obeyed: string[] = [];
  const patterns: string[] = [];
  for (const folder of set.folders) {
    const own = conflicts.filter((one) => one.folder.target === folder.target);
    // A repository as a whole is in the way of each of its references.
    const isStuck = own.some(({ change, ref }) => change === undefined && ref === undefined);
    const inTheWay = new Set(own.flatMap(({ change }) => change?.path ?? []));
    const stays = (ref: HandedRef): boolean =>
      isStuck ||
      own.some((one) => one.ref?.name === ref.name) ||
      ref.files.some((path) => inTheWay.has(path));
    const repositories = folder.repositories ?? [];
    const placed = repositories.flatMap((repository) =>
      repository.refs.map((ref) => ({ repository, ref })),
    );
    refs.push(
      ...placed.filter(({ ref }) => !stays(ref)).map((one) => exactName(repositories, one)),
    );
    const committed = new Set(placed.flatMap(({ ref }) => ref.files));
    const isFree = ({ path }: Change): boolean => !inTheWay.has(path) && !committed.has(path);
    const free = folder.changes.filter(isFree);
    obeyed.push(...free.filter(({ shelf }) => shelf === 'obeyed').map(({ path }) => path));
    patterns.push(
      ...patternsOf(
        folder,
        free.filter(({ shelf }) => shelf !== 'obeyed'),
      ),
    );
  }
  if (refs.length + obeyed.length + patterns.length === 0) return [];
  const named = [...branches, ...include];
  const rest = {
    branches: refs,
    include: obeyed.filter((path) => named.some((name) => name.endsWith(path))),
    paths: patterns,
  };
  if (refs.length + patterns.length === 0 || patterns.length > restPatternsMax)
    return ['To accept the other changes, name them: --path GLOB, --branch NAME'];
  return [`To accept the other changes: ${acceptCommand(set.run, rest)}`];
}

/** The fewest paths and folders that cover the wanted changes and no other change. */
function patternsOf({ changes: all }: ChangedFolder, wanted: readonly Change[]): string[] {
  const others = all.filter((change) => !wanted.includes(change)).map(({ path }) => path);
  const patterns: string[] = [];
  for (const { path } of wanted) {
    if (patterns.some((pattern) => path === pattern || path.startsWith(`${pattern}/`))) continue;
    const parts = path.split('/');
    const folders = parts.map((_, end) => parts.slice(0, end + 1).join('/'));
    const isOwn = (folder: string): boolean =>
      !others.some((other) => other === folder || other.startsWith(`${folder}/`));
    patterns.push(folders.find(isOwn) ?? path);
  }
  return patterns;
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
