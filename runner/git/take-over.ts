/**
 * Takes accepted references over into a repository of the host. Git writes objects, references and
 * the index, and never a file of the work tree: Skillgate applies those, each judged on its own.
 */
import { readdirSync } from 'node:fs';
import { twinOf } from '../../skills-index/run/changes/moved-refs.ts';
import type { HandOverRef, Repository } from '../../skills-index/run/changes/repositories.ts';
import { refText } from '../../skills-index/run/changes/select-changes.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { shellWord } from '../../skills-index/skill/text/shell-word.ts';
import { everySubmodule, type GitFolder, runGit } from './committed-paths.ts';
import { openFolder, openRepository, textOf } from './git-folder.ts';
import { emptyTree, formatOf, readRefs, storePack } from './quarantine.ts';

export interface TakeOver {
  /** `/proc/self/fd/N` of the mounted folder. */
  readonly root: string;
  readonly owner: GitFolder['owner'];
  readonly repository: Repository;
  /** Reads stored bytes by digest. */
  readonly read: (sha256: Digest) => Uint8Array;
  /** Whether an earlier attempt was interrupted. */
  readonly begun: boolean;
  readonly run: string;
}

/** Why a reference, or a whole repository, cannot be taken over now. */
export interface NotReady {
  readonly why: string;
  readonly ref?: HandOverRef;
  /** Whether somebody moved the reference, so that both sides can be kept. */
  readonly isMoved?: boolean;
  /** Whether the moved reference is the branch that the host is on now. */
  readonly isHere?: boolean;
  /** Whether somebody deleted the moved reference. */
  readonly isGone?: boolean;
}

/**
 * Returns why the references of a repository cannot be taken over now; an empty list when they can.
 * Stores the new objects of an existing repository: nothing refers to them yet.
 */
export async function prepareTakeOver(given: TakeOver): Promise<NotReady[]> {
  return await whyNotReady(given, true).catch(refused);
}

/** The same before anybody allowed the change: writes nothing. */
export async function whyNotTakenOver(given: TakeOver): Promise<NotReady[]> {
  return await whyNotReady(given, false).catch(refused);
}

function refused(cause: Error): NotReady[] {
  return [{ why: `git refused: ${cause.message}` }];
}

const goneOnHost = 'the host has no repository there any more';
const newOnHost = 'somebody made a repository there on the host since the run began';

async function whyNotReady(given: TakeOver, stores: boolean): Promise<NotReady[]> {
  const { begun, owner, repository, root } = given;
  const git = openRepository(root, repository.path, owner);
  if (git === undefined) return repository.isNew ? [] : [{ why: goneOnHost }];
  try {
    if (repository.isNew) return begun ? [] : [{ why: newOnHost }];
    // An interrupted attempt was allowed, and may have stored the objects already.
    if (stores || begun) await storePack(git, packOf(given));
    return await whyNotMoved(git, given);
  } finally {
    git.close();
  }
}

async function whyNotMoved(git: GitFolder, { begun, repository }: TakeOver): Promise<NotReady[]> {
  const now = await readRefs(git);
  const elsewhere = await branchesElsewhere(git, now.branch);
  const busy = busyBranches(git);
  const reasons = repository.refs.flatMap((ref): NotReady[] => {
    const { after, before, name } = ref;
    const at = now.refs.get(name);
    if ((at !== before && !(begun && at === after)) || now.symbolic?.has(name)) {
      const isGone = at === undefined;
      const why = `${refText(name)} was ${isGone ? 'deleted' : 'moved'} on the host since the run began`;
      return [{ ref, isMoved: true, isHere: name === now.branch, isGone, why }];
    }
    const twin = at === undefined ? twinOf(name, now.refs.keys()) : undefined;
    if (twin !== undefined)
      return [
        { ref, why: `${refText(name)}: its name is too close to ${refText(twin)} on the host` },
      ];
    if (busy.has(name)) return [{ ref, why: `${refText(name)} ${rebased}` }];
    if (elsewhere.includes(name)) return [{ ref, why: `${refText(name)} ${checkedOut}` }];
    // Git would take the files of the older commit for changes that undo the run's commits.
    const isLeft = name === now.branch && name !== repository.head;
    return isLeft && at !== after ? [{ ref, why: leftBranch(name, at === undefined) }] : [];
  });
  const followed = followedRef(repository, now.branch);
  // After a move of the branch, the index differs anyway.
  if (followed === undefined || reasons.some(({ ref }) => ref === followed)) return reasons;
  const isClean =
    (await isIndexAt(git, followed.before)) || (begun && (await isIndexAt(git, followed.after)));
  return isClean ? reasons : [...reasons, { ref: followed, why: stagedChanges }];
}

function leftBranch(name: string, isUnborn: boolean): string {
  const back = `git switch ${shellWord(name.replace('refs/heads/', ''))}`;
  // Git detaches no HEAD without a commit. Nobody has a branch of this name.
  const leave = isUnborn ? 'git symbolic-ref HEAD refs/heads/no-commit-yet' : 'git switch --detach';
  return `${refText(name)} is checked out here, and the run ended on another branch, so the files here would not follow: type ${leave}, accept, then ${back}`;
}

const checkedOut =
  'is checked out in another work tree of the host: type git switch --detach there, then accept';
const rebased =
  'is being rebased or bisected in a work tree of the host: finish or abort that there (git rebase --abort, git bisect reset), then accept';
const stagedChanges = 'the host’s index has staged changes; commit or unstage them (git reset)';

/** Moves the references, after the files of the folder were applied. */
export async function takeOver(given: TakeOver): Promise<void> {
  const { owner, repository, root, run } = given;
  if (repository.isNew) await makeRepository(given);
  const git = openRepository(root, repository.path, owner);
  if (git === undefined) throw new Error(goneOnHost);
  try {
    if (repository.isNew) await storePack(git, packOf(given));
    const now = await readRefs(git);
    await moveRefs(git, repository.refs, now.refs, run);
    const followed = followedRef(repository, now.branch);
    if (followed?.after !== undefined) await runGit(git, ['read-tree', '-i', '-m', followed.after]);
  } finally {
    git.close();
  }
}

/** The accepted branch that the host's index follows. */
function followedRef(
  { head, refs }: Repository,
  branch: string | undefined,
): HandOverRef | undefined {
  return head === undefined || head !== branch ? undefined : refs.find(({ name }) => name === head);
}

function packOf({ read, repository }: TakeOver): Uint8Array {
  return repository.pack === undefined ? new Uint8Array() : read(repository.pack);
}

// A repository with git's own settings and no hook, whatever the run's repository has.
async function makeRepository({ begun, owner, repository, root }: TakeOver): Promise<void> {
  const there = openRepository(root, repository.path, owner);
  there?.close();
  if (there !== undefined && !begun) throw new Error(newOnHost);
  const workTree = openFolder(root, repository.path);
  if (workTree === undefined) throw new Error(`there is no folder ${repository.path}`);
  try {
    const git = { path: workTree.path, owner, gitFolder: '.git' };
    const [id = ''] = repository.refs.flatMap(({ after }) => after ?? []);
    await runGit(git, ['init', '-q', '--template=', formatOf(id.length)]);
    if (repository.head !== undefined) await runGit(git, ['symbolic-ref', 'HEAD', repository.head]);
  } finally {
    workTree.close();
  }
}

async function moveRefs(
  git: GitFolder,
  refs: readonly HandOverRef[],
  now: ReadonlyMap<string, string>,
  run: string,
): Promise<void> {
  const lines = refs.flatMap(({ after, before, name }) => {
    if (now.get(name) === after) return [];
    // Git would otherwise move the branch that a symbolic reference names.
    const own = 'option no-deref\0';
    if (after === undefined) return [`${own}delete ${name}\0${before ?? ''}\0`];
    return [`${own}update ${name}\0${after}\0${before ?? '0'.repeat(after.length)}\0`];
  });
  if (lines.length === 0) return;
  const args = ['update-ref', '--create-reflog', '-m', `skillgate: run ${run}`, '--stdin', '-z'];
  await runGit(git, args, { input: lines.join('') });
}

async function isIndexAt(git: GitFolder, commit: string | undefined): Promise<boolean> {
  const tree = commit ?? (await emptyTree(git));
  const args = ['diff-index', '--cached', '--quiet', everySubmodule, tree];
  const { code } = await runGit(git, args, { answers: [1] });
  return code === 0;
}

// A branch that moves under a further work tree would show that tree's files as changed. The list
// has this work tree, too, whichever it is.
async function branchesElsewhere(git: GitFolder, own: string | undefined): Promise<string[]> {
  const { bytes } = await runGit(git, ['worktree', 'list', '--porcelain']);
  const branches = [...bytes.toString().matchAll(/^branch (refs\/heads\/.+)$/gm)].map(
    ([, branch = '']) => branch,
  );
  return branches.filter((branch, at) => branch !== own || branches.indexOf(branch) !== at);
}

/** The branches that a rebase or bisection of any work tree moves or comes back to. */
function busyBranches(git: GitFolder): Set<string> {
  const folder = openFolder(git.path, 'worktrees');
  const trees = folder === undefined ? [] : readdirSync(folder.path);
  folder?.close();
  const lines = ['.', ...trees.map((name) => `worktrees/${name}`)].flatMap((tree) =>
    branchFiles.flatMap((file) => textOf(git, `${tree}/${file}`).split('\n')),
  );
  return new Set(lines.map((line) => `refs/heads/${line.replace('refs/heads/', '')}`));
}

/** Files in which git keeps such branches, with or without `refs/heads/`. */
const branchFiles = [
  'rebase-merge/head-name',
  'rebase-merge/update-refs',
  'rebase-apply/head-name',
  'BISECT_START',
];
