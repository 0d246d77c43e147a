/**
 * Reads blobs, and checks each against its digest. A blob that is damaged or lost on its disk is
 * written again: from its other copy, or from the log when it is a statement's bundle. The rows of
 * a newer entry hold everything in its bundle, and a segment has the bundles of older entries.
 */
import { and, eq, gt, isNull } from 'drizzle-orm';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry } from '../context.ts';
import { rebuildBundle } from '../log/finish-statements.ts';
import { hasDigest } from './columns/digest-column.ts';
import { publicBlobName, soundCopyOf, storedBlobName } from './objects.ts';
import { indexLines, statements, versionBlobs } from './schema.ts';

/**
 * Reads a blob that a row names.
 * @throws Problem `blob-damaged` also when it is missing
 */
export async function requireBlob(registry: Registry, digest: Digest): Promise<Uint8Array> {
  const bytes = await findBlob(registry, digest);
  if (bytes === undefined)
    throw new Problem(
      'blob-damaged',
      `The blob ${digest} is gone from its disk, and there is no other copy`,
    );
  return bytes;
}

/**
 * Reads a blob that may be missing.
 * @throws Problem `blob-damaged`
 */
export async function findBlob(
  registry: Registry,
  digest: Digest,
): Promise<Uint8Array | undefined> {
  const name = storedBlobName(digest);
  return soundOf(registry, { name, digest, bytes: await registry.objects.get(name) });
}

/**
 * Reads a public blob.
 * @returns undefined when it is not public
 * @throws Problem `blob-damaged`
 */
export async function readPublicBlob(
  registry: Registry,
  digest: Digest,
): Promise<Uint8Array | undefined> {
  const { known } = registry;
  const name = publicBlobName(digest);
  const kept = known?.get(name);
  if (kept !== undefined) return kept.bytes;
  const turn = known?.turn ?? 0;
  const found = await registry.objects.get(name);
  // A stored copy alone does not make a blob public.
  if (found === undefined && !(await isPublic(registry, digest))) return undefined;
  const bytes = await soundOf(registry, { name, digest, bytes: found });
  if (bytes !== undefined) known?.keep(name, { bytes, digest }, turn);
  return bytes;
}

/**
 * Whether an index line needs the blob, or it is a logged statement: everybody may read statements
 * by their log index.
 */
async function isPublic({ db }: Registry, digest: Digest): Promise<boolean> {
  const [part] = await db.read
    .select({ scope: versionBlobs.scope })
    .from(versionBlobs)
    .where(and(eq(versionBlobs.digest, digest), gt(versionBlobs.scope, 0)))
    .limit(1);
  if (part !== undefined) return true;
  const [statement] = await db.read
    .select({ isAlone: isNull(statements.versionId), line: indexLines.logIndex })
    .from(statements)
    .leftJoin(indexLines, eq(indexLines.versionId, statements.versionId))
    .where(hasDigest(statements.bundle, digest))
    .limit(1);
  return statement !== undefined && (Boolean(statement.isAlone) || statement.line !== null);
}

interface Read {
  readonly name: string;
  readonly digest: Digest;
  readonly bytes: Uint8Array | undefined;
}

/** The bytes that were read, or the bytes of another copy, which then replace them. */
async function soundOf(
  registry: Registry,
  { name, digest, bytes }: Read,
): Promise<Uint8Array | undefined> {
  if (bytes !== undefined && digestOf(bytes) === digest) return bytes;
  const copy =
    (await soundCopyOf(registry.objects, digest)) ?? (await rebuildBundle(registry, digest));
  // The copy serves its readers also while the storage takes nothing.
  if (copy !== undefined)
    await registry.objects.put(name, copy).catch((error) => registry.reportPutOff?.(error));
  else if (bytes !== undefined)
    throw new Problem(
      'blob-damaged',
      `The blob ${digest} is damaged on its disk, and there is no other copy`,
    );
  return copy;
}
