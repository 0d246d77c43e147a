/**
 * The format of the changes that a run made in a copy of a folder, `skillgate.changes/2`. Skillgate
 * shows the changes to a person and applies only accepted changes.
 */
import * as v from 'valibot';
import { type Digest, isDigest } from '../../skill/digest.ts';
import { Problem } from '../../skill/problem.ts';
import { exactObject, parseShape } from '../../skill/shape.ts';
import { canonicalDigest } from '../../skill/text/canonical-json.ts';
import { parseJson } from '../../skill/text/json.ts';
import type { FileChange } from '../audit/audit-entry.ts';
import { repositoryShape } from './repositories.ts';

/** The most values in a change set: enough for 20,000 changes with two states each. */
const changeSetValuesMax = 500_000;

const digest = v.custom<Digest>(
  (value) => typeof value === 'string' && isDigest(value),
  'is not a digest',
);
const count = v.pipe(
  v.number(),
  v.safeInteger('is not a whole number'),
  v.minValue(0, 'is less than 0'),
);
// A plain path has no empty segment, no `.` and no `..`, so a plain path cannot lead out of the
// folder.
const path = v.pipe(
  v.string(),
  v.check(
    (text) =>
      text.split('/').every((part) => !['', '.', '..'].includes(part) && !part.includes('\0')),
    'is not a plain path',
  ),
);
const mode = v.pipe(count, v.maxValue(0o1777, 'has setuid or setgid bits'));
// A folder with the setgid bit passes its group on to new entries and gives nobody rights. So a
// folder may keep the setgid bit.
const folderMode = v.pipe(count, v.maxValue(0o3777, 'has a setuid bit'));
// Without the owners, applying a rename could give one user's file to another user.
const owner = { uid: count, gid: count };
const beforeMode = v.pipe(count, v.maxValue(0o7777, 'is not a file mode'));
const link = exactObject({ kind: v.literal('link'), to: v.string(), ...owner });
const file = { kind: v.literal('file'), sha256: digest, bytes: count, ...owner };
const stateBefore = v.variant('kind', [
  // `by: identity`: the file was too large to read, so its digest covers its metadata instead of
  // its bytes.
  exactObject({ ...file, mode: beforeMode, by: v.optional(v.literal('identity')) }),
  exactObject({ kind: v.literal('folder'), mode: beforeMode, ...owner }),
  link,
]);
const stateAfter = v.variant('kind', [
  exactObject({ ...file, mode }),
  exactObject({ kind: v.literal('folder'), mode: folderMode, ...owner }),
  link,
]);
const leftBehind = exactObject({ path: v.string(), why: v.string() });
const keptFolder = exactObject({ path: v.string(), files: count, bytes: count });
const change = exactObject({
  path,
  before: v.optional(stateBefore),
  after: v.optional(stateAfter),
  // `lost`: the entry has an access control list in the view, and no list after applying. `folder`:
  // the entry inherits the list that its folder gives to new entries. `none`: the run moved the
  // entry to its folder without a list, so the entry gets no list from its folder either.
  list: v.optional(v.picklist(['lost', 'folder', 'none'])),
  // The time of a file's last change, in milliseconds: builds compare these times.
  modified: v.optional(count),
  // `obeyed`: hosts or agents obey the path, so a person has to name the path. `plain`: the path
  // has such a name, and its content shows that the change is ordinary work.
  shelf: v.optional(v.picklist(['obeyed', 'plain'])),
});
const folder = exactObject({
  source: v.string(),
  target: v.string(),
  path: v.string(),
  id: v.string(),
  mode: v.picklist(['rw', 'cow'], 'is not "rw" or "cow"'),
  changes: v.array(change),
  refused: v.array(leftBehind),
  conflicts: v.array(path),
  // Branches, tags and the stash of git repositories in the folder; absent without any.
  repositories: v.exactOptional(v.array(repositoryShape)),
  // Build products that are kept for the agent's next session; absent without any.
  kept: v.exactOptional(v.array(keptFolder)),
});
const shape = exactObject({
  schema: v.literal('skillgate.changes/2'),
  run: v.pipe(v.string(), v.uuid('is not the id of a run')),
  agent: v.string(),
  skill: v.string(),
  version: v.string(),
  plan: digest,
  at: v.string(),
  folders: v.array(folder),
});

/**
 * The states of one path below a folder, before and after the run. `before` is absent for a created
 * entry, `after` for a deleted entry.
 */
export type Change = v.InferOutput<typeof change>;

/** The state of a path: a file by its digest, a folder or a link, and the owner of the entry. */
export type EntryState = NonNullable<Change['before']>;

/**
 * The effect of a run on one mount. A person allowed the changes to an `rw` mount before the start.
 * `refused` lists entries that are not among the changes. `conflicts` lists paths that somebody
 * else changed during the run.
 */
export type ChangedFolder = v.InferOutput<typeof folder>;

/** A folder of build products that is kept for the agent's next session, and its size. */
export type KeptFolder = v.InferOutput<typeof keptFolder>;

/** A path that the change set omits, and the reason. */
export type LeftBehind = ChangedFolder['refused'][number];

export type ChangeSet = v.InferOutput<typeof shape>;

/** @throws Problem `changes-invalid` with every reason */
export function parseChangeSet(bytes: Uint8Array, place = 'set.json'): ChangeSet {
  const json = parseJson(bytes, place, changeSetValuesMax);
  if ((json.value as { schema?: unknown } | null)?.schema === 'skillgate.changes/1')
    throw new Problem(
      'changes-invalid',
      `${place} was recorded by an earlier version, which did not record owners of files`,
      {
        hint: 'discard these changes (skillgate changes discard RUN), then run the skill again',
      },
    );
  return parseShape(shape, json, 'changes-invalid', place);
}

/** The digest that a person accepts. The digest covers exactly these changes of these folders. */
export function changeSetDigest(set: ChangeSet): Digest {
  return canonicalDigest(set);
}

/** Returns the digests of everything that is stored with a change set. */
export function storedDigests({ folders }: Pick<ChangeSet, 'folders'>): Set<Digest> {
  return new Set(
    folders.flatMap(({ changes, repositories = [] }) => [
      ...changes.flatMap(({ after }) => (after?.kind === 'file' ? [after.sha256] : [])),
      ...repositories.flatMap(({ pack, refs }) => [
        ...(pack === undefined ? [] : [pack]),
        ...refs.flatMap(({ patch }) => patch ?? []),
      ]),
    ]),
  );
}

/** Returns the folder, below the data folder, in which the changes of a run wait to be accepted. */
export function changesFolderOf(data: string, run: string): string {
  return `${data}/changes/${run}`;
}

/** Returns the word for a change: created, changed or deleted. */
export function kindOf({ before, after }: Change): 'created' | 'changed' | 'deleted' {
  if (before === undefined) return 'created';
  return after === undefined ? 'deleted' : 'changed';
}

/** Returns a change in the form of the audit log. */
export function fileChangeOf(change: Change): FileChange {
  const { before, after, path } = change;
  return {
    change: kindOf(change),
    path,
    ...(before?.kind === 'file' && before.by === undefined ? { before: before.sha256 } : {}),
    ...(after?.kind === 'file' ? { after: after.sha256 } : {}),
  };
}

/** Whether two states of a path are equal. */
export function sameState(one: EntryState | undefined, other: EntryState | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return canonicalDigest(one) === canonicalDigest(other);
}
