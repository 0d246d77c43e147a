/**
 * Walks a folder by descriptor, so that no rename or link leads out of it.
 * Names are bytes: here they are Latin-1 text, one character for each byte, whatever they were
 * meant to be.
 */
import * as fs from 'node:fs';
import { posix } from 'node:path';
import type { Owners } from '../../skills-index/run/changes/foreign-paths.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { takeTurns } from '../files/turns.ts';
import { foldersDeepMax } from '../limits.ts';
import { requireOwner } from './ownership.ts';

/** One entry of the folder. */
export interface Met {
  readonly path: string;
  readonly name: string;
  /** Where it is reached, through the descriptor of the folder that holds it. */
  readonly at: Buffer;
  readonly stats: fs.Stats;
  /** Where it leads, if it is a link. */
  readonly link: string | undefined;
  /** All names of the folder that holds it. */
  readonly siblings: ReadonlySet<string>;
}

export interface Visitor {
  /** Whether folders that their owner cannot read are opened up, as a run may leave them behind. */
  readonly mend: boolean;
  /** Whether it is still there, so that a folder is walked. */
  readonly meet: (met: Met) => boolean | Promise<boolean>;
  /** What could not be looked at; goes on unless this throws. */
  readonly fail: (path: string, cause: unknown) => void;
}

// open(2): O_PATH is a handle on the entry itself, which needs no right to read it. Not in node:fs
// constants.
const handle = 0o10_000_000 | fs.constants.O_NOFOLLOW;

export function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/** A path of bytes as people read it. */
export function textOf(path: string): string {
  return bytesOf(path).toString('utf8');
}

/**
 * Acts on where a path is reached through the descriptor of the folder that holds it; no folder on
 * the way may be a link.
 * @param owners whose the folders on the way may be
 * @throws ForeignEntry when one belongs to somebody else
 */
export function withParent<Result>(
  root: string,
  path: string,
  owners: Owners,
  act: (at: Buffer) => Result,
): Result {
  const [first = '', ...rest] = path.split('/');
  if (rest.length === 0) return act(bytesOf(`${root}/${first}`));
  return withHandle(bytesOf(`${root}/${first}`), (self, stats) => {
    if (!stats.isDirectory())
      throw Object.assign(new Error(`${first} is no folder`), { code: 'ENOTDIR' });
    requireOwner(owners, stats);
    return withParent(self, rest.join('/'), owners, act);
  });
}

/** Opens an entry itself, never what a link leads to; acts; closes. */
export function withHandle<Result>(
  at: Buffer | string,
  act: (self: string, stats: fs.Stats) => Result,
): Result {
  const descriptor = fs.openSync(at, handle);
  try {
    return act(`/proc/self/fd/${descriptor}`, fs.fstatSync(descriptor));
  } finally {
    fs.closeSync(descriptor);
  }
}

/** @param root such as `/proc/self/fd/N`, a folder that was opened */
export async function walkFolder(root: string, visitor: Visitor): Promise<void> {
  await walkOpen({ self: root, path: '', depth: 0 }, visitor, takeTurns());
}

interface OpenFolder {
  readonly self: string;
  readonly path: string;
  readonly depth: number;
}

async function walkOpen(
  { self, path, depth }: OpenFolder,
  visitor: Visitor,
  turn: () => Promise<void>,
): Promise<void> {
  if (visitor.mend) openUp(self, 0o500);
  const siblings = new Set(namesIn(self));
  for (const name of siblings) {
    await turn();
    const at = bytesOf(`${self}/${name}`);
    const one = posix.join(path, name);
    try {
      const stats = fs.lstatSync(at);
      const link = stats.isSymbolicLink() ? fs.readlinkSync(at, 'latin1') : undefined;
      if (depth >= foldersDeepMax && stats.isDirectory())
        throw new Problem('plan-refused', `A folder lies more than ${foldersDeepMax} deep`);
      if (
        !(await visitor.meet({ path: one, name, at, stats, link, siblings })) ||
        !stats.isDirectory()
      )
        continue;
      const inner = fs.openSync(at, handle);
      try {
        const below = { self: `/proc/self/fd/${inner}`, path: one, depth: depth + 1 };
        if (fs.fstatSync(inner).isDirectory()) await walkOpen(below, visitor, turn);
      } finally {
        fs.closeSync(inner);
      }
    } catch (cause) {
      visitor.fail(one, cause);
    }
  }
}

function namesIn(self: string): string[] {
  return fs.readdirSync(`${self}/`, 'latin1');
}

/** Gives the owner of a folder the rights that a run may have taken away. */
function openUp(self: string, rights: number): void {
  const { mode, uid } = fs.statSync(bytesOf(self));
  if ((mode & rights) !== rights && [0, uid].includes(process.getuid?.() ?? uid))
    fs.chmodSync(bytesOf(self), (mode & 0o1777) | rights);
}
