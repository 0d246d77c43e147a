/**
 * Asks git in a sandbox what a repository of a view holds. The repository's settings and hooks are
 * the run's, so git never starts on the host in such a repository. The answer is untrusted data.
 */

import { parseRefList, type RefList } from '../../skills-index/run/changes/moved-refs.ts';
import { gitOutputBytesMax, gitSecondsMax, packBytesMax } from '../limits.ts';
import type { RunningSandbox } from '../sandbox/sandbox.ts';
import { firstError, OverLimit } from './run-git.ts';

/** Starts a command in a sandbox that sees the view, and has no network. */
export type StartInside = (command: readonly string[]) => Promise<RunningSandbox>;

/** A repository as git in the sandbox described it. */
export interface InsideRepository {
  readonly list: RefList;
  /** A pack with the objects that the host lacks; empty when the host has all. */
  readonly pack: Buffer;
}

// Prints a list of references, an empty line, and a pack of the objects that are not reachable from
// the host's objects, which follow as arguments.
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
} | git pack-objects --revs --thin --delta-base-offset --stdout -q`;

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
export function parseInside(bytes: Buffer): InsideRepository {
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
