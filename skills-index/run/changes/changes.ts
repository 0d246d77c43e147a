/**
 * What a run would change in the folders that it saw through a copy, `skillgate.changes/2`: shown,
 * and applied only when accepted.
 */
import * as v from 'valibot';
import { canonicalDigest } from '../../skill/canonical-json.ts';
import { type Digest, isDigest } from '../../skill/digest.ts';
import { parseJson } from '../../skill/json.ts';
import { Problem } from '../../skill/problem.ts';
import { exactObject, parseShape } from '../../skill/shape.ts';
import type { FileChange } from '../audit/audit-entry.ts';

/** 20,000 changes, each of two states. */
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
// Nothing in it climbs, and nothing has to be resolved.
const path = v.pipe(
  v.string(),
  v.check(
    (text) =>
      text.split('/').every((part) => !['', '.', '..'].includes(part) && !part.includes('\0')),
    'is no plain path',
  ),
);
const mode = v.pipe(count, v.maxValue(0o1777, 'has setuid or setgid bits'));
// A folder that inherits the setgid bit gives its group to what is made in it, and nobody any
// rights.
const folderMode = v.pipe(count, v.maxValue(0o3777, 'has a setuid bit'));
// Without them, applying a rename could give one user's file to another.
const owner = { uid: count, gid: count };
const beforeMode = v.pipe(count, v.maxValue(0o7777, 'is no mode'));
const link = exactObject({ kind: v.literal('link'), to: v.string(), ...owner });
const file = { kind: v.literal('file'), sha256: digest, bytes: count, ...owner };
const stateBefore = v.variant('kind', [
  // `by`: a file too large to be read, whose digest is of what identifies it and not of its bytes.
  exactObject({ ...file, mode: beforeMode, by: v.optional(v.literal('identity')) }),
  exactObject({ kind: v.literal('folder'), mode: beforeMode, ...owner }),
  link,
]);
const stateAfter = v.variant('kind', [
  exactObject({ ...file, mode }),
  exactObject({ kind: v.literal('folder'), mode: folderMode, ...owner }),
  link,
]);
const said = exactObject({ path: v.string(), why: v.string() });
const change = exactObject({
  path,
  before: v.optional(stateBefore),
  after: v.optional(stateAfter),
  // `lost`: it has an access list in the view, and none when it is applied. `folder`: it gets the
  // list that its folder gives to what is new. `none`: it was moved there and has no list in the
  // view, so it gets none from its folder either.
  list: v.optional(v.picklist(['lost', 'folder', 'none'])),
});
const folder = exactObject({
  source: v.string(),
  target: v.string(),
  path: v.string(),
  id: v.string(),
  mode: v.picklist(['rw', 'cow'], 'is not "rw" or "cow"'),
  changes: v.array(change),
  refused: v.array(said),
  conflicts: v.array(path),
});
const shape = exactObject({
  schema: v.literal('skillgate.changes/2'),
  run: v.pipe(v.string(), v.uuid('is no run')),
  agent: v.string(),
  skill: v.string(),
  version: v.string(),
  plan: digest,
  at: v.string(),
  folders: v.array(folder),
});

/**
 * One path below a folder, as it was and as it would be; absent before when created, absent after
 * when deleted.
 */
export type Change = v.InferOutput<typeof change>;

/** What a path is: a file by its bytes, a folder, or a link; and whose it is. */
export type EntryState = NonNullable<Change['before']>;

/**
 * What a run did to one mount. Under `rw` a person allowed it before the start. `refused` is not
 * among the changes; `conflicts` were changed by somebody else while the run went on.
 */
export type ChangedFolder = v.InferOutput<typeof folder>;

/** A path, and why it is not among the changes. */
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

/** What a person accepts: these changes of these folders and no others. */
export function changeSetDigest(set: ChangeSet): Digest {
  return canonicalDigest(set);
}

/** Where the changes of a run wait, of the data folder. */
export function changesFolderOf(data: string, run: string): string {
  return `${data}/changes/${run}`;
}

/** The word for a change. */
export function kindOf({ before, after }: Change): 'created' | 'changed' | 'deleted' {
  if (before === undefined) return 'created';
  return after === undefined ? 'deleted' : 'changed';
}

/** A change as the audit log says it. */
export function fileChangeOf(change: Change): FileChange {
  const { before, after, path } = change;
  return {
    change: kindOf(change),
    path,
    ...(before?.kind === 'file' && before.by === undefined ? { before: before.sha256 } : {}),
    ...(after?.kind === 'file' ? { after: after.sha256 } : {}),
  };
}

/** Whether both say the same. */
export function sameState(one: EntryState | undefined, other: EntryState | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return canonicalDigest(one) === canonicalDigest(other);
}
