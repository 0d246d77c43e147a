/**
 * Copies the log: each entry, the statement to which the entry commits, and the tiles. The tiles
 * are computed from entries that make the signed head.
 */
import { inTurns } from '../../skills-index/client/blobs.ts';
import { type WalkedEntry, walkEntries } from '../../skills-index/client/log-entries.ts';
import { type CompactRange, rangeRoot } from '../../skills-index/log/compact-range.ts';
import { leafHash } from '../../skills-index/log/merkle-tree.ts';
import { parseHashTile, type TileId, tilePath, tileWidthMax } from '../../skills-index/log/tile.ts';
import { entryTile, tilesOf } from '../../skills-index/log/tile-files.ts';
import { perfectRoot } from '../../skills-index/log/tile-proof.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { predicateTypes, type Statement } from '../../skills-index/statement/attestation.ts';
import { fetchStatement, type ReadStatement, statementIn } from '../monitor/statements.ts';
import { skillNameIn } from '../monitor/summary-name.ts';
import type { CopyWorld } from './copy-world.ts';
import type { ExportFolder } from './export-folder.ts';
import type { ExportedLog } from './export-state.ts';

export interface CopiedLog {
  readonly log: ExportedLog;
  /** Skills whose index files may have changed since. */
  readonly names: ReadonlySet<SkillName>;
}

/**
 * Copies the log from the last full tile that the folder has to the end of `head`.
 * @throws Problem `log-rolled-back` when the log does not continue the exported one, `log-invalid`,
 * `registry-answer-invalid` when a statement is withheld
 */
export async function copyLog(
  world: CopyWorld,
  before: ExportedLog,
  head: ExportedLog['head'],
): Promise<CopiedLog> {
  if (head.size < before.head.size) throw otherLog(world, before);
  const names = new Set<SkillName>();
  let full = before.full;
  let batch: WalkedEntry[] = [];
  const finish = async (): Promise<void> => {
    const statements = await inTurns(batch, (walked) => copyStatement(world, walked));
    for (const { said, logIndex } of statements) {
      const name = logIndex < before.head.size ? undefined : indexedIn(said);
      if (name !== undefined) names.add(name);
    }
    await writeLowTiles(world.folder, full, batch);
    batch = [];
  };
  const progress = world.startProgress(head.size - full.size, 'log entries');
  try {
    for await (const walked of walkEntries(world.source, full, head)) {
      progress.step(`log index ${walked.index}`);
      if (walked.range.size === before.head.size && !isRoot(walked.range, before.head))
        throw otherLog(world, before);
      batch.push(walked);
      if (batch.length < tileWidthMax) continue;
      await finish();
      full = walked.range;
    }
    if (batch.length > 0) await finish();
  } finally {
    progress.end();
  }
  for (const tile of tilesOf(head.size))
    if (typeof tile.level === 'number' && tile.level > 0 && isNew(tile, before.full.size))
      await world.folder.put(`log/${tilePath(tile)}`, await upperTile(world.folder, tile));
  return { log: { head, full }, names };
}

/** The skill whose index file changes with a statement. */
function indexedIn(said: Statement): SkillName | undefined {
  if (said.predicateType === predicateTypes.summary) return skillNameIn(said.predicate.resourceUri);
  return said.predicateType === predicateTypes.advice ? said.predicate.name : undefined;
}

function isRoot(range: CompactRange, { root }: { readonly root: Uint8Array }): boolean {
  return Buffer.compare(rangeRoot(range), root) === 0;
}

function otherLog({ source, folder }: CopyWorld, { head }: ExportedLog): Problem {
  return new Problem(
    'log-rolled-back',
    `${source.base} shows another log than the one with ${head.size} entries in ${folder.dir}`,
    { hint: 'ask the operator over another channel; the export stays as it was' },
  );
}

async function copyStatement(world: CopyWorld, walked: WalkedEntry): Promise<ReadStatement> {
  const path = `log/statements/${walked.index}`;
  const kept = await world.folder.get(path);
  const known = kept && statementIn(kept, walked);
  if (known !== undefined) return known;
  const shown = await fetchStatement(world.source, walked);
  if (shown === undefined)
    throw new Problem(
      'registry-answer-invalid',
      `${world.source.base} does not show the statement at log index ${walked.index}`,
      {
        hint: `a registry shows statements about private scopes to readers only. A member of the registry signs in (skillgate login). Others ask the operator for a token that reads all scopes, and keep it: skillgate registry token ${world.source.base}`,
      },
    );
  await world.folder.put(path, shown.bytes);
  return shown;
}

/** The entries of one tile, and their hashes. */
async function writeLowTiles(
  folder: ExportFolder,
  full: CompactRange,
  batch: readonly WalkedEntry[],
): Promise<void> {
  const tile = { index: full.size / tileWidthMax, width: batch.length };
  const entries = batch.map(({ entry }) => entry);
  await folder.put(`log/${tilePath({ ...tile, level: 'entries' })}`, entryTile(entries));
  await folder.put(
    `log/${tilePath({ ...tile, level: 0 })}`,
    Buffer.concat(entries.map((entry) => leafHash(entry))),
  );
}

// A tile that ends before the first new leaf is in the folder already.
function isNew({ index, level }: TileId, from: number): boolean {
  return typeof level === 'number' && (index + 1) * tileWidthMax ** (level + 1) > from;
}

async function upperTile(folder: ExportFolder, tile: TileId): Promise<Uint8Array> {
  const first = tile.index * tileWidthMax;
  const nodes: Uint8Array[] = [];
  for (let index = first; index < first + tile.width; index++) {
    const below: TileId = { level: Number(tile.level) - 1, index, width: tileWidthMax };
    const path = `log/${tilePath(below)}`;
    const bytes = await folder.get(path);
    if (bytes === undefined)
      throw new Problem('file-not-found', `${folder.dir}/${path} is missing`, {
        hint: 'delete export.json in this folder: the next export then compares all files',
      });
    nodes.push(perfectRoot(parseHashTile(bytes, below)));
  }
  return Buffer.concat(nodes);
}
