/**
 * Copies the index files of skills, with everything that their versions need. The folder never gets
 * a line before the version's files.
 */
import {
  fetchBlob,
  fetchFile,
  fetchIfAny,
  inTurns,
  type Source,
} from '../../skills-index/client/blobs.ts';
import { fileGroups, filePackPath } from '../../skills-index/client/file-packs.ts';
import { withSum } from '../../skills-index/client/limited-source.ts';
import { type WalkedEntry, walkEntries } from '../../skills-index/client/log-entries.ts';
import { evidencePackPath, parsePack } from '../../skills-index/client/pack-form.ts';
import { packBytesMax, packedFilesBytesMax } from '../../skills-index/client/packs.ts';
import { fetchIndex, scanReportBytesMax } from '../../skills-index/client/registry-index.ts';
import { memoryStore } from '../../skills-index/client/store.ts';
import { statementBlobBytesMax } from '../../skills-index/client/version-proofs.ts';
import { type CompactRange, rangeRoot } from '../../skills-index/log/compact-range.ts';
import { leafHash } from '../../skills-index/log/merkle-tree.ts';
import { entryTile, tilesOf } from '../../skills-index/log/tile-files.ts';
import {
  parseHashTile,
  perfectRoot,
  type TileId,
  tilePath,
  tileWidthMax,
} from '../../skills-index/log/tile-proof.ts';
import { parseBundle } from '../../skills-index/skill/bundle.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import type { Version } from '../../skills-index/skill/version.ts';
import { predicateTypes, type Statement } from '../../skills-index/statement/attestation.ts';
import { peekStatement } from '../../skills-index/statement/signature-formats/envelope.ts';
import { parseSigstoreBundle } from '../../skills-index/statement/signature-formats/sigstore-bundle.ts';
import {
  type IndexLine,
  parseIndexFile,
  printIndexLine,
} from '../../skills-index/trust/index-files/index-line.ts';
import { statusBytesMax } from '../../skills-index/trust/index-files/status-file.ts';
import { skillNameIn } from '../monitor/compare.ts';
import { fetchStatement, type ReadStatement, statementIn } from '../monitor/statements.ts';
import type { TrustedRegistry } from '../registries/registries.ts';
import type { Progress } from '../terminal/progress.ts';
import type { ExportedLog, ExportFolder } from './export-state.ts';

/** A version that the registry does not show whole. The folder has no index line of the version. */
export interface LackingVersion {
  readonly name: SkillName;
  readonly version: Version;
  readonly why: string;
}

export interface CopiedSkill {
  readonly lines: readonly IndexLine[];
  /** Versions that the folder did not have. */
  readonly copied: number;
  readonly lacking: readonly LackingVersion[];
  /** Whether a new version or advice changed the index file. */
  readonly isChanged: boolean;
  /** Whether the registry shows more than the copy, or no line yet. The next export looks again. */
  readonly isBehind: boolean;
}

/**
 * Copies a skill up to a head of the log. Its index file waits in the folder.
 * @throws Problem `registry-answer-invalid` when the registry removed a line, `registry-down`
 */
export async function copySkill(
  world: CopyWorld,
  name: SkillName,
  size: number,
): Promise<CopiedSkill> {
  const exported = await world.folder.get(`index/${name}`);
  // The folder gets one whole index file, so the parts of the registry's file are not kept.
  const store = { ...memoryStore(), getNamed: async () => exported };
  const shown = await fetchIndex(withSum({ ...world.source, store }), name);
  const before = exported === undefined ? [] : parseIndexFile(exported, name);
  const known = new Set(before.map(printIndexLine));
  const below = shown.filter(({ logIndex }) => logIndex < size).map((line) => asOf(line, size));
  const kept = below.filter((line) => known.has(printIndexLine(line)));
  if (kept.length < known.size)
    throw new Problem(
      'registry-answer-invalid',
      `The index of ${name} no longer has a line that is in ${world.folder.dir}`,
      { hint: 'index lines are permanent: compare with skillgate monitor, and ask the operator' },
    );
  const lines: IndexLine[] = [];
  const lacking: LackingVersion[] = [];
  for (const line of below) {
    const why = known.has(printIndexLine(line)) ? undefined : await whyLacking(world, line);
    if (why === undefined) lines.push(line);
    else lacking.push({ name, version: line.version, why });
  }
  const isChanged = printLines(lines) !== printLines(before);
  if (isChanged) await world.folder.putWaiting(`index/${name}`, Buffer.from(printLines(lines)));
  const isBehind = shown.length === 0 || printLines(shown) !== printLines(lines);
  return { lines, copied: lines.length - kept.length, lacking, isChanged, isBehind };
}

/** A line as it was at a head of the log: advice that came later is left out. */
function asOf({ advice = {}, ...line }: IndexLine, size: number): IndexLine {
  const given = Object.entries(advice).filter(([, logIndex]) => logIndex < size);
  return given.length === 0 ? line : { ...line, advice: Object.fromEntries(given) };
}

function printLines(lines: readonly IndexLine[]): string {
  return lines.map((line) => `${canonicalJson(line)}\n`).join('');
}

/** The lines of a skill that the folder shows; empty for a skill that it does not have. */
export async function readLines({ folder }: CopyWorld, name: SkillName): Promise<IndexLine[]> {
  const bytes = await folder.get(`index/${name}`);
  return bytes === undefined ? [] : parseIndexFile(bytes, name);
}

// One version that the registry lost must not keep all others from an export.
async function whyLacking(world: CopyWorld, line: IndexLine): Promise<string | undefined> {
  try {
    await copyVersion(world, line);
    return undefined;
  } catch (cause) {
    if (!(cause instanceof Problem) || world.source.signal?.aborted === true) throw cause;
    // A registry that answers other requests has damaged files.
    if (cause.code === 'registry-down')
      await fetchFile(world.source, '/index/status.json', statusBytesMax);
    return cause.message;
  }
}

// The registry that is copied, and the folder of the copy.

export interface CopyWorld {
  readonly registry: TrustedRegistry;
  /** Blobs that are read through the source are kept in the folder. */
  readonly source: Source;
  readonly folder: ExportFolder;
  /** Empty for all scopes. */
  readonly scopes: readonly string[];
  readonly now: () => Date;
  readonly startProgress: (total: number, unit: string) => Progress;
}

// Copies what an installer reads of one version: packs, and each blob under its own address.

/** @throws Problem as `fetchBlob`; and for a statement or a list of files that nobody can read */
async function copyVersion(world: CopyWorld, line: IndexLine): Promise<void> {
  const source = await withPack(world, evidencePackPath(line));
  const statements = await inTurns(line.statements, (digest) =>
    fetchBlob(source, digest, statementBlobBytesMax),
  );
  const list = await fetchBlob(source, line.bundle, statementBlobBytesMax);
  await inTurns(statements.flatMap(reportIn), (digest) =>
    fetchBlob(source, digest, scanReportBytesMax),
  );
  const { bundle } = parseBundle(list);
  const isLarge = bundle.files.reduce((sum, { size }) => sum + size, 0) > packedFilesBytesMax;
  for (const [at, group] of fileGroups(bundle).entries()) {
    const path = filePackPath(line.bundle, at);
    const files = isLarge && group.length > 1 ? await withPack(world, path) : source;
    await inTurns(group, ({ sha256, size }) => fetchBlob(files, sha256, size));
  }
}

/** The source, with the blobs of a pack that is in the folder now. */
async function withPack({ source, folder }: CopyWorld, path: string): Promise<Source> {
  const place = path.slice(1);
  const kept = await folder.get(place);
  const bytes = kept ?? (await fetchIfAny(source, path, packBytesMax));
  const blobs = bytes && parsePack(bytes);
  if (bytes === undefined || blobs === undefined) return source;
  if (kept === undefined) await folder.put(place, bytes);
  const pack = {
    has: (digest: Digest) => blobs.has(digest),
    first: () => blobs.values().next().value,
    read: async (digest: Digest) => blobs.get(digest),
  };
  return { ...source, packOf: () => pack };
}

function reportIn(bytes: Uint8Array): Digest[] {
  const { dsseEnvelope } = parseSigstoreBundle(parseJson(bytes, 'a statement').value);
  const statement = peekStatement(dsseEnvelope);
  return statement.predicateType === predicateTypes.scan ? [statement.predicate.report] : [];
}

// Copies the log: each entry, the statement to which the entry commits, and the tiles. The tiles
// are computed from entries that make the signed head.

interface CopiedLog {
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
