/**
 * Packs for installers: the evidence of a version in one object, and the files of a large skill in
 * few objects. A pack repeats public blobs, so the registry makes a missing or damaged pack again.
 */

import { eq } from 'drizzle-orm';
import { fileGroups, filePackPath } from '../../skills-index/client/file-packs.ts';
import { evidencePackPath, packHeadingBytes } from '../../skills-index/client/pack-form.ts';
import {
  packBytesMax,
  packedFilesBytesMax,
  treeNodesBytesMax,
} from '../../skills-index/client/packs.ts';
import { peek } from '../../skills-index/client/peek.ts';
import { printNodes } from '../../skills-index/log/print-nodes.ts';
import { type Bundle, parseBundle } from '../../skills-index/skill/bundle.ts';
import { type Digest, digestOf, parseDigest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { predicateTypes } from '../../skills-index/statement/attestation.ts';
import { peekStatement } from '../../skills-index/statement/signature-formats/envelope.ts';
import {
  type IndexLine,
  parseIndexFile,
  printIndexLine,
} from '../../skills-index/trust/index-files/index-line.ts';
import type { Registry } from '../context.ts';
import { orLater } from '../log/after-logging.ts';
import { isWholePack, printPack } from '../log/print-pack.ts';
import { headSizeOf, nodesOfHeads } from '../log/tiles.ts';
import { elementOf, isAmong } from '../store/batch.ts';
import { readPublicBlob } from '../store/blobs.ts';
import {
  type SparseCapabilities,
  sparseOf,
  wholeOf,
} from '../store/columns/capabilities-column.ts';
import { hasBytes } from '../store/columns/digest-column.ts';
import type { KnownFile } from '../store/known-files.ts';
import { forEachOf } from '../store/objects.ts';
import { indexLines, statements, versions } from '../store/schema.ts';
import { fileListBytesMax, listOf } from '../store/sweeps/named-blobs.ts';
import type { VersionRow } from '../versions/versions.ts';

type Blobs = readonly Uint8Array[];

/** Writes the packs of a version that is in the index now. */
export async function writePacks(registry: Registry, line: IndexLine): Promise<void> {
  await readOrMake(registry, evidencePackPath(line), () => evidenceOf(registry, line));
  const bundle = await bundleOf(registry, line.bundle);
  if (bundle === undefined || isBesideEvidence(bundle)) return;
  for (const [at, group] of fileGroups(bundle).entries())
    await readOrMake(registry, filePackPath(line.bundle, at), () => filesOf(registry, group));
}

/**
 * Reads the pack with the evidence of an index line.
 * @param lineHex the SHA-256 of the line, in hexadecimal
 * @throws Problem `not-found`, `digest-invalid`, `blob-damaged`
 */
export async function readEvidencePack(
  registry: Registry,
  logIndex: string,
  lineHex: string,
): Promise<KnownFile> {
  const digest = parseDigest(`sha256:${lineHex}`);
  const path = `/packs/evidence/${numberIn(logIndex)}/${lineHex}`;
  return readOrMake(registry, path, async () => {
    const found = await readLine(registry, numberIn(logIndex));
    if (found === undefined || digestOf(found.text) !== digest) return undefined;
    const [line] = parseIndexFile(Buffer.from(found.text), found.name);
    return line === undefined ? undefined : evidenceOf(registry, line);
  });
}

/**
 * Reads the pack with one group of a public bundle's files.
 * @throws Problem `not-found`, `digest-invalid`, `blob-damaged`
 */
export async function readFilePack(
  registry: Registry,
  bundleHex: string,
  at: string,
): Promise<KnownFile> {
  const digest = parseDigest(`sha256:${bundleHex}`);
  return readOrMake(registry, filePackPath(digest, numberIn(at)), async () => {
    const bundle = await bundleOf(registry, digest);
    const group = bundle === undefined ? undefined : fileGroups(bundle)[numberIn(at)];
    return group === undefined ? undefined : filesOf(registry, group);
  });
}

async function readOrMake(
  registry: Registry,
  path: string,
  make: () => Promise<Blobs | undefined>,
): Promise<KnownFile> {
  const { known, objects } = registry;
  const name = `public${path}`;
  const found = known?.get(name);
  if (found !== undefined) return found;
  const turn = known?.turn ?? 0;
  const pack = await registry.exclusive(`pack ${path}`, async () => {
    const kept = await objects.get(name);
    if (kept !== undefined && isWholePack(kept)) return kept;
    const blobs = await make();
    if (blobs === undefined) throw new Problem('not-found', `There is no pack at ${path}`);
    const made = printPack(blobs);
    await orLater(registry, () => objects.put(name, made));
    return made;
  });
  const file = { bytes: pack, digest: digestOf(pack) };
  known?.keep(name, file, turn);
  return file;
}

/**
 * The blobs that an admission reads, behind nodes of the log's tree. The pack leaves out what would
 * make it too large: readers fetch that by itself.
 */
async function evidenceOf(registry: Registry, line: IndexLine): Promise<Blobs | undefined> {
  const bundle = await bundleOf(registry, line.bundle);
  const statements = await blobsOf(registry, line.statements);
  if (bundle === undefined || statements === undefined) return undefined;
  const files = bundle.files.filter(
    ({ path }) => isBesideEvidence(bundle) || path === 'SKILL.md' || path === 'skill.json',
  );
  const rest = [line.bundle, ...reportsIn(statements), ...files.map(({ sha256 }) => sha256)];
  const blobs = await blobsOf(registry, rest);
  if (blobs === undefined) return undefined;
  const printed = printNodes(await nodesOfHeads(registry, statements.map(headSizeOf)));
  const nodes = printed.byteLength > treeNodesBytesMax ? printNodes([]) : printed;
  let bytes = packHeadingBytes;
  return [nodes, ...statements, ...blobs].filter((blob) => {
    const fits = bytes + 4 + blob.byteLength <= packBytesMax;
    if (fits) bytes += 4 + blob.byteLength;
    return fits;
  });
}

function filesOf(registry: Registry, group: Bundle['files']): Promise<Blobs | undefined> {
  return blobsOf(
    registry,
    group.map(({ sha256 }) => sha256),
  );
}

/** Each blob once, in order; undefined when one is not public. */
async function blobsOf(registry: Registry, digests: readonly Digest[]): Promise<Blobs | undefined> {
  const found = new Map<Digest, Uint8Array>();
  const wanted = [...new Set(digests)];
  await forEachOf(wanted, async (digest) => {
    const bytes = await readOnce(registry, digest);
    if (bytes !== undefined) found.set(digest, bytes);
  });
  const blobs = wanted.flatMap((digest) => found.get(digest) ?? []);
  return blobs.length === wanted.length ? blobs : undefined;
}

/** The list of files with this digest; undefined for a blob that is not public, or no such list. */
async function bundleOf(registry: Registry, digest: Digest): Promise<Bundle | undefined> {
  const bytes = await readOnce(registry, digest);
  if (bytes === undefined || bytes.byteLength > fileListBytesMax) return undefined;
  return peek(() => parseBundle(bytes).bundle);
}

// A blob of a pack is seldom asked for by itself, so it takes no place among the files in memory.
function readOnce(
  { known: _, ...registry }: Registry,
  digest: Digest,
): ReturnType<typeof readPublicBlob> {
  return readPublicBlob(registry, digest);
}

function isBesideEvidence({ files }: Bundle): boolean {
  return files.reduce((sum, { size }) => sum + size, 0) <= packedFilesBytesMax;
}

function reportsIn(statements: Blobs): Digest[] {
  return statements.flatMap((bytes) => {
    const { dsseEnvelope } = JSON.parse(Buffer.from(bytes).toString('utf8'));
    const statement = peekStatement(dsseEnvelope);
    return statement.predicateType === predicateTypes.scan ? [statement.predicate.report] : [];
  });
}

/** @throws Problem `not-found` for another text than a decimal number without leading zeros */
function numberIn(text: string): number {
  if (/^(0|[1-9]\d{0,14})$/.test(text)) return Number(text);
  throw new Problem('not-found', 'There is no pack at this address');
}

// The rows of index lines have what no other row has. A line repeats the row of its version, and
// names statements by their addresses, for which a row has log indexes. Triggers keep all of these
// rows, so a line stays the same.

/**
 * The parts of a line in the form of its row: the description, the log indexes of the statements
 * (the first, and the distance of each other from the one before), and the rest where there is any.
 */
type LeanLine = readonly [
  description: string,
  statements: readonly number[],
  capabilities?: SparseCapabilities,
  requires?: IndexLine['requires'],
];

interface LineParts extends Pick<IndexLine, 'capabilities' | 'description' | 'requires'> {
  /** Log indexes, in their order. */
  readonly statements: readonly number[];
}

/** The row of a line, with the parts of the line that the row of its version has. */
interface LineRow extends Pick<typeof indexLines.$inferSelect, 'line' | 'logIndex'> {
  readonly version: Pick<VersionRow, 'name' | 'version' | 'bundle' | 'publisher'> | null;
}

/** The text that the row of a line has. */
export async function leanLine(
  { db }: Pick<Registry, 'db'>,
  { capabilities, description, requires, ...line }: IndexLine,
): Promise<string> {
  const rows = await db.read
    .select({ logIndex: statements.logIndex })
    .from(listOf(line.statements))
    .innerJoin(statements, hasBytes(statements.bundle, elementOf(statements.bundle)));
  if (rows.length !== line.statements.length)
    throw new Problem('internal', `The line of ${line.name} names a statement outside the log`);
  const indexes = rows.map(({ logIndex }) => logIndex).sort((a, b) => a - b);
  return canonicalJson(leanOf({ capabilities, description, requires, statements: indexes }));
}

function leanOf({ capabilities, description, requires, statements: indexes }: LineParts): LeanLine {
  const distances = indexes.map((index, at) => index - (indexes[at - 1] ?? 0));
  const sparse = sparseOf(capabilities);
  if (Object.keys(requires).length > 0) return [description, distances, sparse, requires];
  if (Object.keys(sparse).length > 0) return [description, distances, sparse];
  return [description, distances];
}

function partsOf([description, distances, sparse = {}, requires = {}]: LeanLine): LineParts {
  const capabilities = wholeOf(sparse);
  return { description, statements: sumsOf(distances), capabilities, requires };
}

/** The numbers that have these distances, each from the one before. */
export function sumsOf(distances: readonly number[]): number[] {
  const sums: number[] = [];
  for (const distance of distances) sums.push((sums.at(-1) ?? 0) + distance);
  return sums;
}

/**
 * The lines of rows, as `printIndexLine` prints them.
 * @throws Problem `database-damaged`
 */
export async function wholeLines(
  { db }: Pick<Registry, 'db'>,
  rows: readonly LineRow[],
): Promise<string[]> {
  const indexes = [...new Set(rows.flatMap((row) => parseLean(row).statements))];
  const found =
    indexes.length === 0
      ? []
      : await db.read
          .select({ logIndex: statements.logIndex, bundle: statements.bundle })
          .from(statements)
          .where(isAmong(statements.logIndex, indexes));
  const addresses = new Map(found.map(({ logIndex, bundle }) => [logIndex, bundle]));
  return rows.map((row) => wholeLine(row, parseLean(row), addresses));
}

/** The line with a log index, and its skill; undefined when there is none. */
export async function readLine(registry: Pick<Registry, 'db'>, logIndex: number) {
  const { name, version, bundle, publisher } = versions;
  const [row] = await registry.db.read
    .select({
      name: indexLines.name,
      line: indexLines.line,
      logIndex: indexLines.logIndex,
      version: { name, version, bundle, publisher },
    })
    .from(indexLines)
    .leftJoin(versions, eq(versions.id, indexLines.versionId))
    .where(eq(indexLines.logIndex, logIndex));
  if (row === undefined) return undefined;
  const [text = ''] = await wholeLines(registry, [row]);
  return { name: row.name, text };
}

function parseLean({ line, logIndex }: LineRow): LineParts {
  try {
    return partsOf(JSON.parse(line));
  } catch (cause) {
    throw damagedLine(logIndex, cause);
  }
}

function wholeLine(
  { logIndex, version }: LineRow,
  lean: LineParts,
  addresses: ReadonlyMap<number, Digest | null>,
): string {
  if (version === null) throw damagedLine(logIndex);
  const named = lean.statements.map((index) => addresses.get(index) ?? undefined);
  const known = named.filter((address) => address !== undefined);
  if (known.length !== named.length) throw damagedLine(logIndex);
  return printIndexLine({
    ...lean,
    schema: 'skillgate.index/1',
    name: version.name,
    version: version.version,
    bundle: version.bundle,
    publisher: version.publisher,
    statements: known.sort(),
    logIndex,
  });
}

function damagedLine(logIndex: number, cause?: unknown): Problem {
  return new Problem(
    'database-damaged',
    `The row of the index line at log index ${logIndex}, or a row that it names, is gone or damaged`,
    {
      hint: 'Restore the newest copy of the folder: docs/registry-reference.md, "The database is damaged".',
      cause,
    },
  );
}
