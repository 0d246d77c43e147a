/**
 * A version as one zip archive, for clients that read no list of files.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import { Zip, ZipPassThrough } from 'fflate';
import { type BundleFile, parseBundle } from '../../skills-index/skill/bundle.ts';
import { type Digest, hexOf } from '../../skills-index/skill/digest.ts';
import type { Registry } from '../context.ts';
import { requireBlob } from '../store/blobs.ts';
import { archives } from './catalogue-schema.ts';
import { digestOfParts, type MadeFile } from './made-files.ts';

/** The earliest time that a zip archive can have, by the fields of the local time. */
const earliest = new Date(1980, 0, 1);
/** In `external file attributes`: the file is regular, and has the mode of its bundle. */
const unix = 3;
const regularFile = 0o100_000;

/** The archive of a bundle, with the files at its root, uncompressed. */
export function archiveOf(registry: Registry, bundle: Digest): MadeFile {
  return {
    name: `archive ${hexOf(bundle)}`,
    type: 'application/zip',
    open: async () => {
      const { files } = parseBundle(await requireBlob(registry, bundle)).bundle;
      const size = files.reduce((sum, file) => sum + file.size, 0);
      return { size, parts: () => archiveParts(registry, files) };
    },
    digest: () => archiveDigest(registry, bundle),
  };
}

async function* archiveParts(
  registry: Registry,
  files: readonly BundleFile[],
): AsyncGenerator<Uint8Array> {
  const chunks: Uint8Array[] = [];
  const zip = new Zip((error, chunk) => {
    if (error !== null) throw error;
    chunks.push(chunk);
  });
  for (const { path, mode, sha256 } of files) {
    const attrs = (regularFile | Number.parseInt(mode, 8)) << 16;
    const entry = Object.assign(new ZipPassThrough(path), { mtime: earliest, os: unix, attrs });
    zip.add(entry);
    entry.push(await requireBlob(registry, sha256), true);
    yield* chunks.splice(0);
    // A sum over each file: a large skill must not keep others waiting.
    await nextTurn();
  }
  zip.end();
  yield* chunks;
}

/** The digest of a bundle's archive, which is remembered once the archive was made. */
export async function archiveDigest(registry: Registry, bundle: Digest): Promise<Digest> {
  const [row] = await registry.db.read.select().from(archives).where(eq(archives.bundle, bundle));
  if (row !== undefined) return row.digest;
  const { parts } = await archiveOf(registry, bundle).open();
  const digest = await digestOfParts(parts());
  await registry.db.batch([
    (db) => db.insert(archives).values({ bundle, digest }).onConflictDoNothing(),
  ]);
  return digest;
}
