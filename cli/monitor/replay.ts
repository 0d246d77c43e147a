/**
 * One look at a registry: its heads, its whole log, its index and its status. Differences are
 * stored with their proof.
 */

import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { provesOtherHead } from '../../skills-index/client/other-head.ts';
import { hexOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalDigest } from '../../skills-index/skill/text/canonical-json.ts';
import { verifyRootCheckpoint } from '../../skills-index/trust/root/root-role.ts';
import { writeWhole } from '../whole-file.ts';
import { type Compared, compareIndex } from './compare.ts';
import { type Difference, differenceMeanings, withheldStatement } from './difference.ts';
import { keepOffered, readOffered } from './offered.ts';
import { type MonitorState, monitorHeadsMax, nothingWalked } from './state-file.ts';
import {
  compareMaps,
  readHeads,
  refetchWithheld,
  type ShownHead,
  type ShownHeads,
  walkStatements,
} from './statements.ts';
import type { ReplayWorld } from './world.ts';

/** Listed differences, and stored folders of evidence. */
const monitorDifferencesMax = 1_000;

/** Immediate retries when a status was signed during a look. */
const monitorTriesMax = 3;

const monitorEvidenceMax = 100;

export interface Replay {
  /** Entries of the log, and how many of them were new. */
  readonly size: number;
  readonly read: number;
  readonly lines: number;
  /** Index lines that show a stop. */
  readonly stopped: number;
  readonly differences: readonly Difference[];
  readonly notes: readonly string[];
  /** `status.json` as it was served. */
  readonly status: Uint8Array;
  /** Folder of the evidence, where there are differences. */
  readonly evidence?: string;
}

/**
 * Looks once.
 * @throws Problem as `readHeads` and `walkStatements`; a registry that does not answer is none that
 * differs
 */
export async function replayOnce(world: ReplayWorld): Promise<Replay> {
  for (let tries = 1; ; tries++) {
    const look = await replayLog(world);
    if (!look.differences.some(isOfStop)) return finish(world, look);
    // The index is read after the heads, and shows stops that are newer than the status.
    if (look.stated < look.size) return finish(world, withoutStops(look));
    if (!(await hasGrown(world, look.stated))) return finish(world, look);
    if (tries >= monitorTriesMax) return finish(world, withoutStops(look));
  }
}

function isOfStop({ code }: Difference): boolean {
  return code === 'stop-unfounded';
}

// A log that grows faster than it is read has no moment at which the stops could be compared. A
// status that stays behind is a difference of its own.
function withoutStops(look: RawLook): RawLook {
  const left = look.differences.filter((one) => !isOfStop(one));
  const note = `the stops of ${look.differences.length - left.length} versions were not compared, because the index is newer than the head in status.json; the next replay compares them`;
  return { ...look, differences: left, notes: [...look.notes, note] };
}

interface RawLook extends Omit<Replay, 'evidence' | 'status'> {
  readonly stated: number;
  readonly heads: ShownHeads;
  readonly before: MonitorState;
  readonly files: Compared['files'];
  /** Index lines in the list of those that were shown. */
  readonly offered: number;
}

async function hasGrown(world: ReplayWorld, stated: number): Promise<boolean> {
  const again = await readHeads(world, await world.folder.read(world.fingerprint));
  return again.stated.size > stated;
}

async function replayLog(world: ReplayWorld): Promise<RawLook> {
  const before = await world.folder.read(world.fingerprint);
  requireSameRoot(world, before);
  const heads = await readHeads(world, before);
  const found: RawLook = {
    size: heads.newest.size,
    read: 0,
    lines: 0,
    stopped: 0,
    notes: [],
    files: new Map(),
    differences: heads.differences,
    stated: heads.stated.size,
    heads,
    before,
    offered: before.offered,
  };
  // Without a single log, index lines cannot be compared with anything.
  if (heads.differences.some(({ code }) => code === 'log-forked' || code === 'log-rolled-back'))
    return found;
  const walked = await walk(
    world,
    { ...before, heads: headsWith(world, before, heads) },
    heads.newest,
  );
  if ('code' in walked) return { ...found, differences: [...heads.differences, walked] };
  const state = await refetchWithheld(world, walked);
  const { unverifiable, ...words } = await world.known.read(world, state, heads.stated.size);
  const { dir } = world.folder;
  const offered = await readOffered(dir, before.offered);
  const log = { ...words, size: heads.stated.size, offered, state };
  const compared = await compareIndex(world, log);
  const withheld = state.withheld.map(({ index }) => withheldStatement(index));
  const maps = compareMaps(world, state, heads);
  return {
    ...found,
    ...compared,
    notes: [...maps.notes, ...compared.notes],
    offered: await keepOffered(dir, offered, compared.offered),
    read: heads.newest.size - before.walked.size,
    differences: [
      ...heads.differences,
      ...withheld,
      ...maps.differences,
      ...unverifiable,
      ...compared.differences,
    ],
  };
}

function requireSameRoot({ fingerprint, folder }: ReplayWorld, { root }: MonitorState): void {
  if (root === fingerprint) return;
  throw new Problem('usage', `${folder.dir} belongs to a registry with another root file, ${root}`);
}

function headsWith(
  { now }: ReplayWorld,
  { heads }: MonitorState,
  { newest, stated }: ShownHeads,
): MonitorState['heads'] {
  const open = heads.filter(({ size }) => size > stated.size);
  const isKnown = newest.size <= stated.size || open.some(({ size }) => size === newest.size);
  return isKnown
    ? open
    : [...open.slice(0, monitorHeadsMax - 1), { size: newest.size, at: now().toISOString() }];
}

// A walk that does not end in the head that was signed is given up to the last proven place, with
// what was not shown behind it.
async function walk(
  world: ReplayWorld,
  before: MonitorState,
  head: ShownHead,
): Promise<MonitorState | Difference> {
  const { seen } = before;
  const { peaks, size, sums } = seen ?? nothingWalked;
  const walked = { peaks, size, sums };
  const proven = {
    ...before,
    walked,
    withheld: before.withheld.filter(({ index }) => index < walked.size),
  };
  const start = before.walked.size > head.size ? proven : before;
  try {
    return await walkStatements(world, start, head);
  } catch (cause) {
    if (!(cause instanceof Problem) || cause.code !== 'log-invalid') throw cause;
    await world.folder.write(proven);
    const forked = seen !== undefined && (await isOther(world, seen.note, head));
    return { code: forked ? 'log-forked' : 'log-withheld', place: 'log', message: cause.message };
  }
}

async function isOther(
  { source, root }: ReplayWorld,
  note: string,
  head: ShownHead,
): Promise<boolean> {
  return provesOtherHead(source, verifyRootCheckpoint(note, root), head);
}

async function finish(
  world: ReplayWorld,
  { heads, before, files, stated: _, offered, ...found }: RawLook,
): Promise<Replay> {
  const look = { ...found, status: heads.statusBytes };
  const { failing, ...now } = await world.folder.read(world.fingerprint);
  if (failing !== undefined || now.offered !== offered)
    await world.folder.write({ ...now, offered });
  // Whoever mistrusts the registry's own copy can name this one in host policy.
  await writeWhole(join(world.folder.dir, 'status.json'), heads.statusBytes);
  if (look.differences.length === 0) return look;
  const evidence = await keepEvidence(world, look.differences, [
    ['status.json', heads.statusBytes],
    ['status-head.txt', heads.stated.note],
    ['newest-head.txt', heads.newest.note],
    ...(heads.signed === heads.newest ? [] : [['checkpoint.txt', heads.signed.note] as const]),
    ...(before.seen === undefined ? [] : [['seen-head.txt', before.seen.note] as const]),
    ...[...files].map(([name, bytes]) => [`index/${name}`, bytes] as const),
  ]);
  const shown = { ...look, differences: look.differences.slice(0, monitorDifferencesMax) };
  if (evidence !== undefined) return { ...shown, evidence };
  const full = `the evidence was not kept, since ${world.folder.dir}/evidence is full: move evidence that you have dealt with to another folder`;
  return { ...shown, notes: [...look.notes, full] };
}

// The proof of a difference, in its own folder: signed heads, the signed status, and index lines as
// served.

/**
 * Keeps it; the same differences again are the same folder.
 * @returns the folder; undefined when so many are kept that a person has to move some away
 */
export async function keepEvidence(
  { folder, source, fingerprint, now }: ReplayWorld,
  differences: readonly Difference[],
  files: readonly (readonly [name: string, content: string | Uint8Array])[],
): Promise<string | undefined> {
  const all = join(folder.dir, 'evidence');
  await mkdir(all, { recursive: true, mode: 0o700 });
  const name = hexOf(canonicalDigest(differences)).slice(0, 16);
  const kept = await readdir(all);
  const dir = join(all, name);
  if (kept.includes(name)) return dir;
  if (kept.length >= monitorEvidenceMax) return undefined;
  for (const [file, content] of files) await writeWhole(join(dir, file), content);
  const said = {
    schema: 'skillgate.differences/1',
    registry: source.base,
    root: fingerprint,
    at: now().toISOString(),
    differences: differences.map((one) => ({ ...one, means: differenceMeanings[one.code] })),
  };
  await writeWhole(join(dir, 'differences.json'), `${JSON.stringify(said, null, 2)}\n`);
  return dir;
}
