/**
 * Files that a client sends one by one, before it names the version that they belong to. They
 * belong to the token that sent them, and nobody reads them.
 */
import { and, eq, gt, sql } from 'drizzle-orm';
import { listBundle } from '../../skills-index/skill/authoring/pack-bundle.ts';
import { type BundleFile, refuseFor, type SourceFile } from '../../skills-index/skill/bundle.ts';
import { whyNotPaths, whyNotSizes } from '../../skills-index/skill/bundle-reasons.ts';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { bundleBytesMax, bundleFilesMax } from '../../skills-index/skill/limits.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry, VersionName } from '../context.ts';
import { orLater } from '../log/after-logging.ts';
import { isAmong } from '../store/batch.ts';
import { makeId } from '../store/ids.ts';
import { forEachOf } from '../store/objects.ts';
import { uploadFilesKeptMs } from '../uploads/limits.ts';
import type { TokenUploader } from '../uploads/upload-tokens.ts';
import { uploadFiles } from '../uploads/uploads-schema.ts';
import { receivedName, type WaitingUpload } from '../uploads/waiting-uploads.ts';
import { findSameUpload, takeForeignUpload } from './foreign-upload.ts';

/** A file as the list of an upload names it. */
export interface SentFile extends Pick<BundleFile, 'path' | 'size' | 'sha256'> {
  /** What `storeUploadFile` answered. */
  readonly id: string;
}

/**
 * Stores a file for an upload of this token.
 * @param digest that the client announced
 * @returns the id of the file
 * @throws Problem `digest-invalid` for other bytes, `quota-used`
 */
export async function storeUploadFile(
  registry: Registry,
  uploader: TokenUploader,
  digest: Digest,
  bytes: Uint8Array,
): Promise<string> {
  if (digestOf(bytes) !== digest)
    throw new Problem('digest-invalid', `The file does not have the digest ${digest}`);
  const { scope, session } = uploader;
  const id = await registry.exclusive(`files to @${scope}`, async () => {
    const now = registry.now().getTime();
    const isOwn = and(eq(uploadFiles.session, session), gt(uploadFiles.expiresAt, now));
    const [same] = await registry.db.read
      .select({ id: uploadFiles.id })
      .from(uploadFiles)
      .where(and(isOwn, eq(uploadFiles.digest, digest)));
    if (same !== undefined) return same.id;
    const [sum] = await registry.db.read
      .select({ files: sql<number>`count(*)`, bytes: sql<number>`total(${uploadFiles.bytes})` })
      .from(uploadFiles)
      .where(eq(uploadFiles.scope, scope));
    if ((sum?.files ?? 0) >= filesMax || (sum?.bytes ?? 0) + bytes.length > bytesMax)
      throw new Problem(
        'quota-used',
        `Cannot upload: @${scope} was sent ${sum?.files} files in the last hour that no upload has`,
        { hint: 'Finish an upload, or wait an hour.' },
      );
    await registry.requireRoom?.('files');
    const row = {
      id: makeId(registry),
      session,
      scope,
      digest,
      bytes: bytes.length,
      expiresAt: now + uploadFilesKeptMs,
    };
    await registry.db.batch([(db) => db.insert(uploadFiles).values(row)]);
    return row.id;
  });
  // After the row, as in `foreign-upload.ts`.
  await registry.objects.put(receivedName(id), bytes);
  return id;
}

/** Of one scope: an upload, and the files of one that was interrupted. */
const filesMax = 2 * bundleFilesMax;
const bytesMax = 2 * bundleBytesMax;

/**
 * Takes an upload whose files this token has sent.
 * @throws Problem as `takeForeignUpload`; `request-invalid` for a file that the token has not sent
 */
export async function takeSentFiles(
  registry: Registry,
  uploader: TokenUploader,
  which: VersionName,
  sent: readonly SentFile[],
): Promise<WaitingUpload> {
  // Before anything is read: a list can name one file very many times.
  refuseFor(
    'take the skill',
    whyNotPaths(sent.map(({ path }) => path)),
    whyNotSizes(sent.map(({ path, size }) => ({ path, size, mode: fileMode }))),
  );
  const listed = sent.map(({ path, size, sha256 }) => ({ path, size, sha256, mode }));
  const before = await findSameUpload(registry, which, listBundle(listed).digest);
  if (before !== undefined) return before;
  const ids = [...new Set(sent.map(({ id }) => id))];
  const upload = await takeForeignUpload(registry, uploader, which, () =>
    readSent(registry, uploader, sent, ids),
  );
  await orLater(registry, () => removeSent(registry, uploader, ids));
  return upload;
}

/** Where the process ends in between, retention removes the rest. */
async function removeSent(
  registry: Registry,
  { session }: TokenUploader,
  ids: readonly string[],
): Promise<void> {
  const isSent = and(isAmong(uploadFiles.id, ids), eq(uploadFiles.session, session));
  await registry.db.batch([(db) => db.update(uploadFiles).set({ expiresAt: 0 }).where(isSent)]);
  await registry.objects.remove(ids.map(receivedName));
  await registry.db.batch([(db) => db.delete(uploadFiles).where(isSent)]);
}

/** Clients send no modes. */
const mode = '644' as const;
const fileMode = 0o644;

async function readSent(
  registry: Registry,
  { session }: TokenUploader,
  sent: readonly SentFile[],
  ids: readonly string[],
): Promise<readonly SourceFile[]> {
  const now = registry.now().getTime();
  const rows = await registry.db.read
    .select()
    .from(uploadFiles)
    .where(
      and(
        isAmong(uploadFiles.id, ids),
        eq(uploadFiles.session, session),
        gt(uploadFiles.expiresAt, now),
      ),
    );
  const known = new Map(rows.map((row) => [row.id, row]));
  const contents = new Map<string, Uint8Array>();
  for (const { id, path, sha256, size } of sent) {
    const row = known.get(id);
    if (row === undefined || row.digest !== sha256 || row.bytes !== size)
      throw new Problem(
        'request-invalid',
        `Cannot upload: this token has not sent the file ${JSON.stringify(path.slice(0, 200))}`,
        { hint: 'Files wait for one hour. Upload the skill again.' },
      );
  }
  await forEachOf(known.keys(), async (id) => {
    const bytes = await registry.objects.get(receivedName(id));
    if (bytes !== undefined && digestOf(bytes) === known.get(id)?.digest) contents.set(id, bytes);
  });
  return sent.map(({ id, path }) => {
    const bytes = contents.get(id);
    if (bytes !== undefined) return { path, bytes, mode: fileMode };
    throw new Problem('request-invalid', `Cannot upload: the file ${path} did not arrive whole`, {
      hint: 'Upload the skill again.',
    });
  });
}
