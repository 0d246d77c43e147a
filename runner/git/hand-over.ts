/**
 * The repositories of a run's folders when the run begins: a reference that the host moves during
 * the run is no reference that the run moved.
 */

import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { posix } from 'node:path';
import type { Change, LeftBehind } from '../../skills-index/run/changes/changes.ts';
import {
  type MovedRef,
  movedRefs,
  type RefList,
  twinOf,
} from '../../skills-index/run/changes/moved-refs.ts';
import {
  type HandOverRef,
  type Repository,
  whyRefRefused,
} from '../../skills-index/run/changes/repositories.ts';
import { refText } from '../../skills-index/run/changes/select-changes.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { makeOwnedFolder } from '../files/owned-folder.ts';
import { readBelow } from '../files/read-below.ts';
import type { EndedView, GitHandOver } from '../mounts/ended-view.ts';
import type { PlannedWork } from '../run/planned-work.ts';
import {
  type GitEntry,
  type GitFolder,
  judgePaths,
  OverLimit,
  readDifference,
  runGit,
} from './committed-paths.ts';
import { openRepository, whyNotHandedOver } from './git-folder.ts';
import { makeGit, requireOwnObjects } from './made-git.ts';
import { leftInGitFolder, readCommits } from './new-commits.ts';
import {
  emptyRepository,
  type InsideRepository,
  isForward,
  kindOfObject,
  packBytesMax,
  readInside,
  readRefs,
  readRemotes,
  readUnpacked,
  type StartInside,
  storePack,
  temporaryFolder,
} from './quarantine.ts';

const handOverSecondsMax = 300;

const offeredRefsMax = 100;

/** Repositories of one mount that are handed over, and references of one repository. */
const repositoriesMax = 20;

/** What a session needs of the repositories of its folders. */
interface BegunHandOver {
  readonly handOver: NonNullable<PlannedWork['handOver']>;
  readonly makeGit: NonNullable<PlannedWork['makeGit']>;
}

/**
 * Reads the repositories of the folders.
 * @param folders open folders by the source of their mount
 * @throws Problem `plan-refused` for a folder whose commits cannot be handed over
 */
export async function beginHandOver(folders: ReadonlyMap<string, number>): Promise<BegunHandOver> {
  const begun = new Map<string, Begun>();
  for (const [source, folder] of folders) begun.set(source, await readBegun(folder));
  return {
    handOver: (ended, start) =>
      handOver({
        ...ended,
        owner: ownerOf(folders.get(ended.source) ?? -1),
        begun: begun.get(ended.source) ?? new Map(),
        start,
      }),
    makeGit: async (source, layer) => {
      const folder = folders.get(source);
      if (folder === undefined) return undefined;
      const owner = ownerOf(folder);
      const git = openRepository(`/proc/self/fd/${folder}`, '', owner);
      try {
        if (git?.gitFolder === undefined) return undefined;
        // An approver may have taken an hour, and the view begins with the references of now.
        const refs = await readRefs(git);
        const made = await makeGit(git, refs, layer);
        begun.set(source, new Map([['', { refs, made: made.folder }]]));
        return made;
      } catch (cause) {
        throw whyNotBegun(folder, cause);
      } finally {
        git?.close();
      }
    },
  };
}

function ownerOf(folder: number): GitFolder['owner'] {
  const { gid, uid } = fs.fstatSync(folder);
  return { gid, uid };
}

/**
 * The repository of a folder, with those of its submodules.
 * @throws Problem `plan-refused` for a folder whose commits cannot be handed over
 */
export async function readBegun(folder: number): Promise<Begun> {
  const begun = new Map<string, { readonly refs: RefList }>();
  try {
    await readInto(begun, folder, '');
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    // A host without git, or a damaged repository: the end of the run says why nothing comes over.
  }
  return begun;
}

async function readInto(
  begun: Map<string, { readonly refs: RefList }>,
  folder: number,
  path: string,
): Promise<void> {
  const root = `/proc/self/fd/${folder}`;
  const git = openRepository(root, path, ownerOf(folder));
  if (git === undefined) return;
  try {
    requireOwnObjects(git);
    begun.set(path, { refs: await readRefs(git) });
    if (git.gitFolder !== undefined) return;
    const { bytes } = await runGit(git, ['ls-files', '-s', '-z']);
    for (const [, inner = ''] of bytes.toString().matchAll(/(?:^|\0)160000 [^\t]+\t([^\0]+)/g))
      if (begun.size < repositoriesMax)
        await readInto(begun, folder, posix.join(path, inner)).catch(() => undefined);
  } catch (cause) {
    throw git.gitFolder === undefined ? cause : whyNotBegun(folder, cause);
  } finally {
    git.close();
  }
}

function whyNotBegun(folder: number, cause: unknown): unknown {
  if (cause instanceof Problem) return cause;
  const where = fs.readlinkSync(`/proc/self/fd/${folder}`);
  return whyNotHandedOver(where, (cause as Error).message, 'name a git clone');
}

// Hands over what a run did in the git repositories of a mount: references with checked objects, in
// place of the files in git's own folders.

/** The references of repositories, by work tree, and the folder that the runner made for a view. */
type Begun = ReadonlyMap<string, { readonly refs: RefList; readonly made?: string }>;

interface HandOverRequest extends EndedView {
  /** The repositories that the host had when the run began, by work tree. */
  readonly begun: Begun;
  readonly owner: GitFolder['owner'];
  readonly start: StartInside;
}

/** Hands over the repositories of one mount. A failure leaves a repository out, with the reason. */
export async function handOver(request: HandOverRequest): Promise<GitHandOver> {
  const repositories: Repository[] = [];
  const left: LeftBehind[] = [];
  let { changes } = request;
  let limited = false;
  const until = Date.now() + handOverSecondsMax * 1_000;
  // The repositories of submodules lie in the repository above, so a change there may be theirs.
  const submodules = [...request.begun.keys()].filter((path) => path !== '');
  const workTrees = [
    ...request.workTrees,
    ...(request.workTrees.includes('') ? submodules : []).filter(
      (path) => !request.workTrees.includes(path),
    ),
  ];
  for (const [at, path] of workTrees.entries()) {
    const gitPath = path === '' ? '.git' : `${path}/.git`;
    try {
      if (at >= repositoriesMax)
        throw new OverLimit(`a run hands over at most ${repositoriesMax} repositories`);
      if (Date.now() > until) throw new OverLimit(tooLate);
      const handed = await handOverOne({ ...request, changes, until }, path);
      limited ||= handed.limited;
      left.push(...handed.left.map((why) => ({ path: gitPath, why })));
      if (handed.repository !== undefined) repositories.push(handed.repository);
      changes = handed.changes;
    } catch (cause) {
      limited ||= cause instanceof OverLimit;
      left.push({
        path: gitPath,
        why: `its commits stay in the view: ${(cause as Error).message}`,
      });
    }
  }
  return { repositories, left, changes, limited };
}

const tooLate = `the hand-over took more than ${handOverSecondsMax} s`;

interface TimedRequest extends HandOverRequest {
  /** When no further reference is judged. */
  readonly until: number;
}

interface HandedRepository {
  readonly repository: Repository | undefined;
  readonly left: readonly string[];
  readonly changes: readonly Change[];
  /** Whether a limit keeps commits in the view. */
  readonly limited: boolean;
}

async function handOverOne(request: TimedRequest, path: string): Promise<HandedRepository> {
  const { below, changes, owner, run, start, target, view } = request;
  const host = openRepository(below, path, owner);
  const room = temporaryFolder();
  try {
    const { made, refs } = request.begun.get(path) ?? {};
    const begun = host === undefined ? noRefs : (refs ?? (await readRefs(host)));
    const known = host === undefined ? [] : knownObjects(await readRefs(host), begun);
    const inside = await readInside(start, `${target}/${path}`, known);
    // In the copy of a folder of root, the repository belongs to the run.
    const own = openRepository(view, path, fs.statSync(view));
    if (own === undefined) throw new Error('.git is no folder');
    const left = leftInGitFolder(own.path, made ?? host?.path);
    own.close();
    if (host === undefined && inside.list.branch === undefined && inside.list.refs.size === 0)
      return { repository: undefined, left, changes, limited: false };
    const git = await quarantineOf(host, room, owner, inside);
    try {
      await storePack(git, inside.pack);
      if (inside.pack.length > 0)
        await readUnpacked({ ...git, alone: true }, (piece) => request.search(piece));
      const moved = [...movedRefs(begun, inside.list), ...detachedCommits(inside, run)];
      const { limited, offered } = await offerRefs({
        request,
        git,
        path,
        known,
        begun,
        moved,
        left,
      });
      const head = inside.list.branch;
      const follows = host === undefined || head === begun.branch;
      const filed = await withFiles({ request, git, path, begun, inside, follows, refs: offered });
      if (host !== undefined && offered.length === 0)
        return { repository: undefined, left, changes, limited };
      return {
        repository: {
          path,
          isNew: host === undefined,
          ...(follows && head !== undefined && whyRefRefused(head) === undefined ? { head } : {}),
          ...(inside.pack.length === 0 ? {} : { pack: request.keep(inside.pack) }),
          refs: filed.refs,
        },
        left,
        changes: filed.changes,
        limited,
      };
    } finally {
      if (git.descriptor !== host?.descriptor) fs.closeSync(git.descriptor);
    }
  } finally {
    host?.close();
    fs.rmSync(room, { recursive: true, force: true });
  }
}

const noRefs: RefList = { refs: new Map() };

async function quarantineOf(
  host: (GitFolder & { readonly descriptor: number }) | undefined,
  room: string,
  owner: GitFolder['owner'],
  { list, pack }: InsideRepository,
): Promise<GitFolder & { readonly descriptor: number }> {
  if (pack.length > packBytesMax)
    throw new OverLimit(`its new commits take more than ${packBytesMax / 1024 / 1024} MiB`);
  const objects = `${room}/objects`;
  makeOwnedFolder(objects, owner);
  if (host !== undefined) return { ...host, objects };
  const [id = list.commit ?? ''] = list.refs.values();
  return { ...(await emptyRepository(room, owner, id.length)), objects };
}

function knownObjects(now: RefList, begun: RefList): string[] {
  const heads = [now.commit, begun.commit].filter((id) => id !== undefined);
  return [...new Set([...now.refs.values(), ...begun.refs.values(), ...heads])];
}

// Commits that a run made on no branch get a branch, so that a person can accept them.
function detachedCommits({ list }: InsideRepository, run: string): MovedRef[] {
  const { branch, commit, refs } = list;
  if (branch !== undefined || commit === undefined || [...refs.values()].includes(commit))
    return [];
  return [{ name: detachedName(run), after: commit }];
}

function detachedName(run: string): string {
  return `refs/heads/detached-${run.slice(0, 8)}`;
}

interface OfferedRefs {
  readonly request: TimedRequest;
  readonly git: GitFolder;
  readonly path: string;
  readonly known: readonly string[];
  readonly begun: RefList;
  readonly moved: readonly MovedRef[];
  /** Gets the reasons for references that stay in the view. */
  readonly left: string[];
}

async function offerRefs(
  given: OfferedRefs,
): Promise<{ readonly offered: HandOverRef[]; readonly limited: boolean }> {
  const { begun, left, moved } = given;
  const remotes = await readRemotes(given.git);
  const offered: HandOverRef[] = [];
  let limited = false;
  for (const one of moved) {
    const names = [...begun.refs.keys(), ...remotes, ...offered.map(({ name }) => name)];
    const twin = one.before === undefined ? twinOf(one.name, names) : undefined;
    const why =
      whyRefRefused(one.name) ??
      (begun.symbolic?.has(one.name) ? 'on the host it is another name of a branch' : undefined) ??
      (twin === undefined ? undefined : `its name is too close to ${refText(twin)}`);
    const found =
      why ??
      (await offerWithin(given, one, offered.length).catch((cause: Error) => {
        limited ||= cause instanceof OverLimit;
        return cause.message;
      }));
    if (typeof found === 'string') left.push(`${refText(one.name)} stays in the view: ${found}`);
    else if (found !== undefined) offered.push(found);
  }
  return { offered, limited };
}

async function offerWithin(
  given: OfferedRefs,
  moved: MovedRef,
  offered: number,
): ReturnType<typeof offerRef> {
  if (offered >= offeredRefsMax) throw new OverLimit(`only ${offeredRefsMax} are handed over`);
  if (Date.now() > given.request.until) throw new OverLimit(tooLate);
  return await offerRef(given, moved);
}

/** Returns the reason as text when the reference must stay in the view. */
async function offerRef(
  { begun, git, known, path, request }: OfferedRefs,
  moved: MovedRef,
): Promise<HandOverRef | string | undefined> {
  const { after, before, name } = moved;
  if (after === undefined)
    return { ...moved, commits: 0, shown: [], files: [], asks: 'the run deleted it' };
  const kind = await kindOfObject(git, name.startsWith('refs/tags/') ? `${after}^{}` : after);
  if (kind !== 'commit') return `it names a ${kind}, not a commit`;
  const named = { name, before, after };
  const { commits, patch, paths, shown } = await readCommits(git, named, known, begun.commit);
  if (commits === 0 && name === detachedName(request.run)) return undefined;
  const obeyed = new Set<string>();
  for (const one of await judgePaths(git, path, paths, request.judge)) {
    if (one.shelf === 'never') return `its commits change ${textOf(one.path)}: ${one.why}`;
    if (one.shelf === 'obeyed') obeyed.add(textOf(one.path));
  }
  const asks = [
    ...((await isForward(git, moved)) ? [] : ['it drops commits that the host has']),
    ...(before !== undefined && name.startsWith('refs/tags/') ? ['it moves a tag'] : []),
    ...(obeyed.size === 0 ? [] : [obeyedText([...obeyed])]),
  ].join('; ');
  return {
    ...moved,
    commits,
    shown: [...shown],
    ...(patch.length === 0 ? {} : { patch: request.keep(patch) }),
    ...(asks === '' ? {} : { asks }),
    files: [],
  };
}

function obeyedText([first = '', ...others]: readonly string[]): string {
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return `its commits change ${first}${more}, which hosts or agents obey`;
}

interface FiledRefs {
  readonly request: HandOverRequest;
  readonly git: GitFolder;
  readonly path: string;
  readonly begun: RefList;
  readonly inside: InsideRepository;
  /** Whether the host's HEAD is the branch of the run's HEAD. */
  readonly follows: boolean;
  readonly refs: readonly HandOverRef[];
}

/**
 * Finds the changed files that are as in the last commit of the run's branch. They belong to the
 * host's branch, or, when the run worked on another branch, are not offered a second time.
 */
async function withFiles({
  begun,
  follows,
  git,
  inside: { list },
  path,
  refs,
  request: { below, changes, read },
}: FiledRefs): Promise<{ readonly refs: HandOverRef[]; readonly changes: readonly Change[] }> {
  const ref = refs.find(({ name }) => name === list.branch);
  if (ref?.after === undefined || list.commit !== ref.after) return { refs: [...refs], changes };
  const tree = new Map(
    (await readDifference(git, begun.commit, ref.after)).map((one) => [textOf(one.path), one]),
  );
  const prefix = path === '' ? '' : `${path}/`;
  const isCommitted = (change: Change): boolean => {
    const found = change.path.startsWith(prefix)
      ? tree.get(change.path.slice(prefix.length))
      : undefined;
    if (found === undefined || !isSame(change.after, found.entry, ref.after ?? '', read))
      return false;
    // The branch's differences do not show what a person had changed without committing it.
    const old = (): Uint8Array => readBelow(below, change.path) ?? new Uint8Array();
    return !follows || isSame(change.before, found.was, ref.after ?? '', old);
  };
  const committed = new Set(changes.filter(isCommitted));
  if (follows) {
    const files = [...committed].map((change) => change.path);
    return { refs: refs.map((one) => (one === ref ? { ...one, files } : one)), changes };
  }
  const rest = changes.filter((change) => !committed.has(change));
  return { refs: [...refs], changes: rest.filter((change) => !isEmptied(change, committed, rest)) };
}

// A new folder whose files all went with the branch.
function isEmptied(
  { after, before, path }: Change,
  committed: ReadonlySet<Change>,
  rest: readonly Change[],
): boolean {
  const isAbove = (change: Change): boolean => change.path.startsWith(`${path}/`);
  return (
    (before === undefined
      ? after?.kind === 'folder'
      : before.kind === 'folder' && after === undefined) &&
    [...committed].some(isAbove) &&
    !rest.some((change) => isAbove(change) && (change.after ?? change.before)?.kind !== 'folder')
  );
}

function isSame(
  state: Change['after'],
  entry: GitEntry | undefined,
  like: string,
  read: HandOverRequest['read'],
): boolean {
  if (state === undefined || entry === undefined) return state === undefined && entry === undefined;
  if (state.kind === 'link')
    return entry.mode === '120000' && entry.id === blobId(Buffer.from(state.to), like);
  if (state.kind !== 'file') return false;
  const mode = (state.mode & 0o100) === 0 ? '100644' : '100755';
  return entry.mode === mode && entry.id === blobId(read(state.sha256), like);
}

/** The name that git gives to a file's content. */
function blobId(bytes: Uint8Array, like: string): string {
  return createHash(like.length === 64 ? 'sha256' : 'sha1')
    .update(`blob ${bytes.length}\0`)
    .update(bytes)
    .digest('hex');
}

function textOf(latin: string): string {
  return Buffer.from(latin, 'latin1').toString('utf8');
}
