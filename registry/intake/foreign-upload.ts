/**
 * Takes the files of a client that holds no key. They pass the checks of every upload but those of
 * signatures, and become no version: they wait until a key of the scope adopts them, which is an
 * ordinary publication of the same files.
 */
import { and, eq, sql } from 'drizzle-orm';
import { requireLockedInSteps } from '../../skills-index/packages/require-locked.ts';
import { packBundle } from '../../skills-index/skill/authoring/pack-bundle.ts';
import { parseSkillMd } from '../../skills-index/skill/authoring/skill-md.ts';
import { tarFilesOf, writeTar } from '../../skills-index/skill/authoring/write-tar.ts';
import type { PackedBundle, SourceFile } from '../../skills-index/skill/bundle.ts';
import type { BundlePath } from '../../skills-index/skill/bundle-path.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { parseManifest } from '../../skills-index/skill/manifest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry, VersionName } from '../context.ts';
import { orLater } from '../log/after-logging.ts';
import { doSteps, letOthersGoOn } from '../people/turns.ts';
import { holds, retryOnClash } from '../store/batch.ts';
import { makeId } from '../store/ids.ts';
import { audit, versions } from '../store/schema.ts';
import { fingerprintOf } from '../uploads/clawhub-fingerprint.ts';
import { uploadKeptMs, waitingUploadsMax } from '../uploads/limits.ts';
import type { TokenUploader } from '../uploads/upload-tokens.ts';
import { uploads } from '../uploads/uploads-schema.ts';
import {
  findUpload,
  receivedName,
  storedUploads,
  uploadWaits,
  type WaitingUpload,
} from '../uploads/waiting-uploads.ts';
import { requireActivePublisher } from '../versions/publishers.ts';
import { bytesOf } from '../versions/version-blobs.ts';
import { requireNewVersion, requireOwnBytes } from '../versions/versions.ts';
import { quotaHolds, requireQuota } from './quotas.ts';
import { recordRefusal } from './refusals.ts';

/**
 * Takes an upload. The same files under the same number are the same upload.
 * @param which in the scope of the uploader
 * @param files read once the cheap checks have passed
 * @throws Problem with the reason for the rejection
 */
export async function takeForeignUpload(
  registry: Registry,
  uploader: TokenUploader,
  which: VersionName,
  files: () => Promise<readonly SourceFile[]>,
): Promise<WaitingUpload> {
  try {
    const { by, scope } = uploader;
    await requireActivePublisher(registry, { ids: [by], scope });
    await requireNewVersion(registry, which);
    // One at a time: files that came one by one are in memory here.
    return await registry.exclusive('foreign upload', async () => {
      const sent = await files();
      // A thousand files take tens of milliseconds in each of these steps.
      await letOthersGoOn(registry);
      const packed = packBundle(sent);
      await letOthersGoOn(registry);
      await requireOwnBytes(registry, { name: which.name, bundle: packed.digest });
      await requireOwnManifest(registry, which, packed);
      return store(registry, uploader, which, packed);
    });
  } catch (error) {
    if (error instanceof Problem)
      await orLater(registry, () => recordRefusal(registry, error, nameOfUploader(uploader)));
    throw error;
  }
}

/**
 * The upload that has this number and these files already: a client that missed the answer sends
 * its last request again.
 * @throws Problem `version-exists` when other files have the number
 */
export async function findSameUpload(
  registry: Registry,
  which: VersionName,
  bundle: Digest,
): Promise<WaitingUpload | undefined> {
  const before = await findUpload(registry, which);
  if (before === undefined || before.bundle === bundle) return before;
  throw new Problem(
    'version-exists',
    `${which.name}@${which.version} was uploaded before with other files, and waits for adoption`,
    {
      hint: `Upload a higher version, or discard that upload: skillgate publish --discard ${which.name}@${which.version}`,
    },
  );
}

/** A skill.json that names another version could not be published under this number. */
async function requireOwnManifest(
  registry: Registry,
  { name, version }: VersionName,
  packed: PackedBundle,
): Promise<void> {
  const bytesAt = (path: string): Uint8Array | undefined => packed.contents.get(path as BundlePath);
  parseSkillMd(bytesAt('SKILL.md') ?? new Uint8Array());
  const json = bytesAt('skill.json');
  if (json === undefined) return;
  const manifest = parseManifest(json);
  if (manifest.name !== name || manifest.version !== version)
    throw new Problem(
      'manifest-invalid',
      `Cannot upload ${name}@${version}: its skill.json names ${manifest.name}@${manifest.version}`,
      { hint: 'Upload under the name and the version of skill.json, or change skill.json.' },
    );
  await doSteps(registry, requireLockedInSteps('publish', manifest, bytesAt));
}

async function store(
  registry: Registry,
  uploader: TokenUploader,
  which: VersionName,
  packed: PackedBundle,
): Promise<WaitingUpload> {
  await letOthersGoOn(registry);
  const tar = writeTar(tarFilesOf(packed));
  await registry.requireRoom?.('files');
  const row = await retryOnClash(async () => {
    const before = await findSameUpload(registry, which, packed.digest);
    return before ?? insert(registry, uploader, which, packed);
  });
  // After the row, which names the bytes: nobody would ever remove bytes without a row. Where the
  // process ends in between, the client sends the same files again.
  await registry.objects.put(receivedName(row.id), tar);
  return row;
}

async function insert(
  registry: Registry,
  uploader: TokenUploader,
  which: VersionName,
  { bundle, bytes: list, digest }: PackedBundle,
): Promise<WaitingUpload> {
  const { by, label, scope } = uploader;
  const { name, version } = which;
  const bytes = bytesOf(bundle, list.length);
  const measured = { publisher: by, name, version, bytes };
  await requireNewVersion(registry, which);
  await requireFewUploads(registry, uploader);
  await requireQuota(registry, measured);
  const createdAt = registry.now().getTime();
  const row = {
    id: makeId(registry),
    scope,
    name,
    version,
    bundle: digest,
    fingerprint: fingerprintOf(bundle.files),
    bytes,
    token: label,
    by,
    createdAt,
    expiresAt: createdAt + uploadKeptMs,
  };
  const isPublished = and(eq(versions.name, name), eq(versions.version, version));
  await registry.db.batch([
    holds(sql`NOT EXISTS (SELECT 1 FROM ${versions} WHERE ${isPublished})`),
    holds(sql`NOT ${uploadWaits(registry, which)}`),
    ...quotaHolds(registry, measured),
    (db) => db.insert(uploads).values(row),
    (db) =>
      db.insert(audit).values({
        at: createdAt,
        kind: 'upload',
        by: nameOfUploader(uploader),
        why: `received ${name}@${version}, ${digest}: waits for adoption`,
      }),
  ]);
  return row;
}

async function requireFewUploads(registry: Registry, { scope }: TokenUploader): Promise<void> {
  const stored = await storedUploads(registry, scope);
  if (stored < waitingUploadsMax) return;
  throw new Problem(
    'quota-used',
    `Cannot upload: ${stored} uploads to @${scope} wait for adoption or removal, and ${waitingUploadsMax} may wait`,
    {
      hint: 'Adopt or discard some of them: skillgate publish --adopt lists them. What was adopted or discarded is removed within minutes.',
    },
  );
}

/** In the audit log. */
function nameOfUploader({ by, label, scope }: TokenUploader): string {
  return `token ${label} of @${scope}, made by key:${by}`;
}
