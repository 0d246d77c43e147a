/**
 * A version as one zip archive, for clients that read no list of files. Equal files give equal
 * bytes, so the archive is stored nowhere: it is made from the blobs when somebody asks for it.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import { Zip, ZipPassThrough } from 'fflate';
import { parseBundle } from '../../skills-index/skill/bundle.ts';
import { type Digest, digestOf, hexOf } from '../../skills-index/skill/digest.ts';
import type { Registry } from '../context.ts';
import { requireBlob } from '../store/blobs.ts';
import type { KnownFile } from '../store/known-files.ts';
import { archives } from './catalogue-schema.ts';

/** The earliest time that a zip archive can have, by the fields of the local time. */
const earliest = new Date(1980, 0, 1);
/** In `external file attributes`: the file is regular, and has the mode of its bundle. */
const unix = 3;
const regularFile = 0o100_000;

/**
 * Makes the archive of a bundle, with the files at its root, uncompressed.
 * @throws Problem `blob-damaged`
 */
export async function makeArchive(registry: Registry, bundle: Digest): Promise<KnownFile> {
  const { known } = registry;
  const name = `archive ${hexOf(bundle)}`;
  const kept = known?.get(name);
  if (kept !== undefined) return kept;
  const turn = known?.turn ?? 0;
  const { files } = parseBundle(await requireBlob(registry, bundle)).bundle;
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
    // A sum over each file: a large skill must not keep others waiting.
    await nextTurn();
  }
  zip.end();
  const bytes = Buffer.concat(chunks);
  const file = { bytes, digest: digestOf(bytes) };
  known?.keep(name, file, turn);
  return file;
}

/** The digest of a bundle's archive, which is remembered once it was made. */
export async function archiveDigest(registry: Registry, bundle: Digest): Promise<Digest> {
  const [row] = await registry.db.read.select().from(archives).where(eq(archives.bundle, bundle));
  if (row !== undefined) return row.digest;
  const { digest } = await makeArchive(registry, bundle);
  await registry.db.batch([
    (db) => db.insert(archives).values({ bundle, digest }).onConflictDoNothing(),
  ]);
  return digest;
}
