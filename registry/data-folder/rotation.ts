/**
 * Puts a signed proposal into a data folder. Checks it as clients will, and lets nobody serve the
 * folder meanwhile.
 */
import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { parsePolicy } from '../../skills-index/trust/policy/policy.ts';
import {
  describeForeignRetiredKey,
  strangersAmongRetired,
} from '../../skills-index/trust/root/ceremony.ts';
import {
  lastRootOf,
  namesAdministrators,
  parseTufRepository,
  rootFileOf,
  type TufRepository,
} from '../../skills-index/trust/root/repository.ts';
import { type RootFile, rootFingerprint } from '../../skills-index/trust/root/root.ts';
import { requireTuf, tufDocumentName, tufProposalName } from '../index/tuf-document.ts';
import { scopesFrozenBy } from '../people/frozen-scopes.ts';
import { lockFolder } from '../store/database-file.ts';
import { diskObjects } from '../store/disk/disk-objects.ts';
import { earlierRootName } from '../store/objects.ts';
import { readKeys, readRootFile } from './data-folder.ts';

/** Index of the last entry in the folder's log; undefined while the log is empty. */
export function lastLogIndex(dir: string): number | undefined {
  let db: BetterSqlite3.Database;
  try {
    db = new BetterSqlite3(join(dir, 'registry.sqlite'), { readonly: true, fileMustExist: true });
  } catch {
    return undefined;
  }
  try {
    const row = db.prepare('SELECT max("index") AS last FROM log').get() as
      | { last: number | null }
      | undefined;
    return row?.last ?? undefined;
  } finally {
    db.close();
  }
}

/** The TUF document in force in the folder; undefined before the first. */
export async function readTufDocument(dir: string): Promise<TufRepository | undefined> {
  const bytes = await readFile(join(dir, tufDocumentName)).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw cause;
    return undefined;
  });
  return bytes === undefined ? undefined : parseTufRepository(bytes);
}

export interface RotationResult {
  /** Log entries behind the last index at which the replaced keys count. */
  readonly entriesSince: number;
  /**
   * Scopes without an owner from now on, because the statement about their owner can no longer be
   * verified.
   */
  readonly frozenScopes: readonly string[];
}

/**
 * Puts a proposal in force. After an interruption at any point it can be run again.
 * @param now milliseconds since 1970
 * @throws Problem `folder-in-use`, `tuf-invalid`, `tuf-expired`, `key-file-invalid`
 */
export async function publishTuf(
  dir: string,
  next: TufRepository,
  now: number,
): Promise<RotationResult> {
  const letGo = lockFolder(dir);
  try {
    const root = rootFileOf(next);
    requireTuf(Buffer.from(JSON.stringify(next)), {
      root,
      policy: parsePolicy(next.files['policy.json']),
    });
    await requireSuccessor(dir, next);
    await requirePast(dir, next);
    await requireWholeLog(dir, root);
    const { expires } = lastRootOf(next).signed;
    if (Date.parse(expires) <= now)
      throw new Problem('tuf-expired', `Cannot publish: the proposal expired at ${expires}`);
    const keys = await keysFor(dir, root);
    const frozenScopes = await newlyFrozen(dir, next);
    const files = diskObjects(dir);
    if (keys === 'keys.next.json') await rename(join(dir, keys), join(dir, 'keys.json'));
    await keepRoot(dir);
    await files.put('root.json', Buffer.from(`${JSON.stringify(root, null, 2)}\n`));
    await files.put('policy.json', Buffer.from(`${next.files['policy.json']}\n`));
    await files.put(tufDocumentName, Buffer.from(`${JSON.stringify(next, null, 2)}\n`));
    await rm(join(dir, 'keys.next.json'), { force: true });
    await rm(join(dir, tufProposalName), { force: true });
    const ends = [...(root.retired ?? []), ...(root.thresholds ?? [])].map(
      (earlier) => earlier.validUpTo,
    );
    const entriesSince =
      ends.length === 0 ? 0 : Math.max(0, (lastLogIndex(dir) ?? -1) - Math.max(...ends));
    return { entriesSince, frozenScopes };
  } finally {
    letGo();
  }
}

// Keeps the first root file: clients that pinned its fingerprint, in a script or on paper, begin
// there and follow the changes signed since.
async function keepRoot(dir: string): Promise<void> {
  const root = await readRootFile(dir);
  await diskObjects(join(dir, 'objects')).put(
    earlierRootName(rootFingerprint(root)),
    Buffer.from(canonicalJson(root)),
  );
}

/**
 * Scopes that lose their owner by a new trusted_root.json. When that file stays the same, there are
 * none, and nothing is verified.
 */
export async function newlyFrozen(dir: string, next: TufRepository): Promise<string[]> {
  const before = (await readTufDocument(dir))?.files['trusted_root.json'];
  return before !== undefined && before === next.files['trusted_root.json']
    ? []
    : scopesFrozenBy(dir, next);
}

async function requireSuccessor(dir: string, next: TufRepository): Promise<void> {
  const before = await readTufDocument(dir);
  const foreign = (why: string) =>
    new Problem('tuf-invalid', `Cannot publish: ${why}`, {
      hint: 'skillgate registry rotate propose',
    });
  if (before === undefined) {
    // Clients begin at the administrators of the pinned root file.
    const pinned = await readRootFile(dir);
    if (next.roots.length !== 1 || !namesAdministrators(lastRootOf(next).signed, pinned))
      throw foreign('the first TUF root names exactly the administrators of root.json');
    return;
  }
  if (canonicalJson(before.roots) === canonicalJson(next.roots)) return;
  if (canonicalJson(before.roots) !== canonicalJson(next.roots.slice(0, -1)))
    throw foreign('the registry changed after the proposal was made');
}

// Rejects a proposal in which a retired key or an earlier policy ends at an index ahead of the log:
// it would go on judging future entries. Rejects also a retired key that never was in force. A
// proposal that was signed before counts as it is, also over a log that a backup set back.
async function requirePast(dir: string, next: TufRepository): Promise<void> {
  const earlierIn = (repository: TufRepository | undefined) =>
    repository === undefined ? [] : (parsePolicy(repository.files['policy.json']).earlier ?? []);
  const known = earlierIn(await readTufDocument(dir)).map((policy) => canonicalJson(policy));
  const last = lastLogIndex(dir) ?? -1;
  const ahead = earlierIn(next).find(
    (policy) => !known.includes(canonicalJson(policy)) && policy.validUpTo > last,
  );
  const root = rootFileOf(next);
  const now = await readRootFile(dir);
  const retired = (root.retired ?? []).find(
    (retired) =>
      !(now.retired ?? []).some(({ key }) => key === retired.key) && retired.validUpTo > last,
  );
  const strangers = strangersAmongRetired(root, { files: [now], chain: [], isWhole: true });
  const refused = (why: string) =>
    new Problem('tuf-invalid', `Cannot publish: ${why}`, {
      hint: 'skillgate registry rotate propose writes the right values',
    });
  if (strangers[0] !== undefined) throw refused(describeForeignRetiredKey(strangers[0]));
  const ends = (what: string, index: number) =>
    `the proposal ends ${what} at log index ${index}, but the log ends at ${last}`;
  const threshold = (root.thresholds ?? []).find(
    (threshold) =>
      !(now.thresholds ?? []).some((known) => canonicalJson(known) === canonicalJson(threshold)) &&
      threshold.validUpTo > last,
  );
  if (threshold !== undefined) throw refused(ends('an earlier threshold', threshold.validUpTo));
  if (ahead !== undefined) throw refused(ends('an earlier policy', ahead.validUpTo));
  if (retired !== undefined)
    throw refused(ends(`a retired ${retired.role} key`, retired.validUpTo));
}

// Rejects a proposal that retires the log key before the last entry. A retired log key vouches for
// no entry behind its last index, so nobody could read those entries. Other keys may be retired for
// a past time: statements that a thief signed with such a key stop counting, and stay readable.
async function requireWholeLog(dir: string, root: RootFile): Promise<void> {
  const known = ((await readRootFile(dir)).retired ?? []).map((retired) => canonicalJson(retired));
  const last = lastLogIndex(dir) ?? -1;
  const early = (root.retired ?? []).find(
    (retired) =>
      retired.role === 'log' && retired.validUpTo < last && !known.includes(canonicalJson(retired)),
  );
  if (early === undefined) return;
  throw new Problem(
    'tuf-invalid',
    `Cannot publish: the proposal ends the current log key at log index ${early.validUpTo}, but the log has grown to ${last}: nobody could verify the ${last - early.validUpTo} later entries`,
    {
      hint: 'stop the registry, propose again, and start it after you publish: the signed proposal names the log index',
    },
  );
}

/**
 * The file with the private keys that the root file names; the keys in use, where the root file
 * still names them.
 */
async function keysFor(dir: string, root: RootFile): Promise<'keys.json' | 'keys.next.json'> {
  for (const name of ['keys.json', 'keys.next.json'] as const) {
    const holds = await readKeys(dir, root, name).then(
      () => true,
      () => false,
    );
    if (holds) return name;
  }
  throw new Problem(
    'key-file-invalid',
    'Cannot publish: neither keys.json nor keys.next.json holds the keys that the proposal names',
    {
      hint: 'keys.next.json was made by skillgate registry rotate propose in this folder; without it, propose again',
    },
  );
}
