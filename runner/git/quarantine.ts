/**
 * A run's new objects of git beside a repository of the host, checked before anything refers to
 * them. Git may read the objects of both; the host's repository stays as it is.
 */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type MovedRef,
  parseRefList,
  type RefList,
} from '../../skills-index/run/changes/moved-refs.ts';
import { makeOwnedFolder } from '../files/owned-folder.ts';
import { folderOnly } from '../files/walk-folder.ts';
import type { RunningSandbox } from '../sandbox/sandbox.ts';
import {
  firstError,
  type GitFolder,
  gitOutputBytesMax,
  gitSecondsMax,
  OverLimit,
  runGit,
} from './committed-paths.ts';

/** Bytes of the pack with a run's new objects of git, and bytes of the objects unpacked. */
export const packBytesMax = 200 * 1024 * 1024;

const unpackedBytesMax = 1024 * 1024 * 1024;

/** A new folder of the runner for the folders to which git, as their owner, may write. */
export function temporaryFolder(): string {
  const path = fs.mkdtempSync(join(tmpdir(), 'skillgate-git-'));
  fs.chmodSync(path, 0o711);
  return path;
}

/** An empty repository in a temporary folder, for work trees that have no repository yet. */
export async function emptyRepository(
  folder: string,
  owner: GitFolder['owner'],
  idLength: number,
): Promise<GitFolder & { readonly descriptor: number }> {
  const path = join(folder, 'repository');
  makeOwnedFolder(path, owner);
  const descriptor = fs.openSync(path, folderOnly);
  const git = { path: `/proc/self/fd/${descriptor}`, owner };
  await runGit(git, ['init', '-q', '--bare', '--template=', formatOf(idLength)]);
  return { ...git, descriptor };
}

/** The option of `git init` for identifiers of this length. */
export function formatOf(idLength: number): string {
  return `--object-format=${idLength === 64 ? 'sha256' : 'sha1'}`;
}

/** The references of a repository of the host. */
export async function readRefs(git: GitFolder): Promise<RefList> {
  const format = '--format=%(objectname) %(refname)%(if)%(symref)%(then) ->%(end)';
  const kinds = ['refs/heads', 'refs/tags', 'refs/stash'];
  const refs = await runGit(git, ['for-each-ref', format, ...kinds]);
  const head = await runGit(git, ['rev-parse', '-q', '--verify', 'HEAD^{commit}'], {
    answers: [1, 128],
  });
  const branch = await runGit(git, ['symbolic-ref', '-q', 'HEAD'], { answers: [1, 128] });
  const word = ({ bytes }: { readonly bytes: Buffer }): string => bytes.toString().trim() || '-';
  return parseRefList(`HEAD ${word(head)} ${word(branch)}\n${refs.bytes.toString()}`);
}

/** The id of the tree without entries, which differs by the repository's format. */
export async function emptyTree(git: GitFolder): Promise<string> {
  const { bytes } = await runGit(git, ['hash-object', '-t', 'tree', '--stdin'], { input: '' });
  return bytes.toString().trim();
}

/** The names of the host's remote branches: git reads a branch of such a name in their place. */
export async function readRemotes(git: GitFolder): Promise<string[]> {
  const { bytes } = await runGit(git, ['for-each-ref', '--format=%(refname)', 'refs/remotes']);
  return bytes
    .toString()
    .split('\n')
    .filter((name) => name !== '');
}

/**
 * Stores a pack in the folder for new objects, or in the repository. Git checks each object as a
 * server would: no `.git` in any spelling, no crafted `.gitmodules`, no missing object.
 */
export async function storePack(git: GitFolder, pack: Uint8Array): Promise<void> {
  if (pack.length === 0) return;
  const limit = `--max-input-size=${packBytesMax}`;
  await runGit(git, ['index-pack', '--stdin', '--fix-thin', '--strict', limit], { input: pack });
}

/** Passes the new objects, unpacked, to the detector of leaks. */
export async function readUnpacked(
  git: GitFolder,
  onPiece: (piece: Buffer) => void,
): Promise<void> {
  const format = '--batch=%(objecttype)';
  await runGit(git, ['cat-file', '--batch-all-objects', '--unordered', format], {
    onOutput: onPiece,
    outputMax: unpackedBytesMax,
  });
}

/** Whether a move of a reference keeps every commit that the reference had. */
export async function isForward(
  git: GitFolder,
  { before, after }: Pick<MovedRef, 'before' | 'after'>,
): Promise<boolean> {
  if (before === undefined || after === undefined) return before === undefined;
  const { code } = await runGit(git, ['merge-base', '--is-ancestor', before, after], {
    answers: [1],
  });
  return code === 0;
}

/**
 * The kind of an object: `commit`, `tag`, `tree` or `blob`; for a tag with `^{}`, the kind of the
 * object that the tag names in the end.
 */
export async function kindOfObject(git: GitFolder, id: string): Promise<string> {
  const { bytes } = await runGit(git, ['cat-file', '-t', id]);
  return bytes.toString().trim();
}

// Asks git in a sandbox what a repository of a view holds. The repository's settings and hooks are
// the run's, so git never starts on the host in such a repository. The answer is untrusted data.

/** Starts a command in a sandbox that sees the view, and has no network. */
export type StartInside = (command: readonly string[]) => Promise<RunningSandbox>;

/** A repository as git in the sandbox described it. */
export interface InsideRepository {
  readonly list: RefList;
  /** A pack with the objects that the host lacks; empty when the host has all. */
  readonly pack: Buffer;
}

// Prints a list of references, an empty line, and a pack of the objects that are not reachable from
// the host's objects, which follow as arguments. A partial clone would fetch what it lacks, and git
// on the host says if that matters.
const script = `cd -- "$1" || exit 3
shift
head=$(git rev-parse -q --verify 'HEAD^{commit}' || echo -)
printf 'HEAD %s %s\\n' "$head" "$(git symbolic-ref -q HEAD || echo -)"
refs() { git for-each-ref --format="$1" refs/heads refs/tags refs/stash; }
refs '%(objectname) %(refname)'
echo
{
  refs '%(objectname)'
  [ "$head" = - ] || echo "$head"
  [ $# = 0 ] || printf '%s\\n' "$@" | git cat-file --batch-check='%(objectname) there' |
    sed -n 's/^\\([0-9a-f]*\\) there$/^\\1/p'
} | git pack-objects --revs --thin --missing=allow-promisor --delta-base-offset --stdout -q`;

/**
 * @param folder the work tree's path in the sandbox
 * @param known objects of the host
 * @throws Error when git fails in the sandbox, or prints something else
 */
export async function readInside(
  start: StartInside,
  folder: string,
  known: readonly string[],
): Promise<InsideRepository> {
  const running = await start(['/bin/sh', '-c', script, 'sh', folder, ...known]);
  const parts: Buffer[] = [];
  let size = 0;
  running.stdin.end();
  running.stdout.on('data', (part: Buffer) => {
    size += part.length;
    if (size > packBytesMax + gitOutputBytesMax) running.kill();
    else parts.push(part);
  });
  let errors = '';
  running.stderr.on('data', (part: Buffer) => {
    if (errors.length < errorCharsMax) errors += part.toString();
  });
  const timer = setTimeout(() => running.kill(), gitSecondsMax * 1_000);
  const { code } = await running.ended.finally(() => clearTimeout(timer));
  if (size > packBytesMax + gitOutputBytesMax)
    throw new OverLimit(`its new commits take more than ${packBytesMax / 1024 / 1024} MiB`);
  if (code !== 0)
    throw new Error(`git in the sandbox failed: ${firstError(errors) ?? `exit ${code}`}`);
  return parseInside(Buffer.concat(parts));
}

const errorCharsMax = 2_000;

/** @throws Error for bytes that are no list with a pack */
function parseInside(bytes: Buffer): InsideRepository {
  const end = bytes.indexOf('\n\n');
  if (end === -1 || end > gitOutputBytesMax) throw new Error('git in the sandbox printed no list');
  const pack = bytes.subarray(end + 2);
  // The header of a pack ends with the number of its objects (gitformat-pack(5)).
  if (pack.length < 12 || pack.toString('latin1', 0, 4) !== 'PACK')
    throw new Error('git in the sandbox printed no pack');
  const isEmpty = pack.readUInt32BE(8) === 0;
  return {
    list: parseRefList(bytes.toString('utf8', 0, end)),
    pack: isEmpty ? Buffer.alloc(0) : pack,
  };
}
