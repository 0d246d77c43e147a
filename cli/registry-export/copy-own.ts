/**
 * Copies what only the publisher of a scope may read: versions that are not public, their files and
 * reports, and what reviewers and the author wrote about them.
 */
import * as v from 'valibot';
import { parseBundle } from '../../skills-index/skill/bundle.ts';
import { type Digest, digestOf, hexOf } from '../../skills-index/skill/digest.ts';
import { parseSkillName, type Scope, type SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseVersion, type Version } from '../../skills-index/skill/version.ts';
import { digest } from '../../skills-index/statement/field-shapes.ts';
import { versionPagesMax } from '../limits.ts';
import { versionAnswer } from '../registries/registry-answers.ts';
import {
  askRegistry,
  fetchStoredBlob,
  type RegistryWorld,
  versionPath,
} from '../registries/registry-api.ts';
import type { LackingVersion } from './copy-index.ts';
import type { CopyWorld } from './copy-world.ts';

export interface OwnWorld extends Pick<CopyWorld, 'folder' | 'startProgress'> {
  readonly registry: RegistryWorld;
  /** Calls the registry with a token of the publisher. */
  readonly signedIn: <Result>(task: (token: string) => Promise<Result>) => Promise<Result>;
}

export interface OwnVersions {
  readonly count: number;
  /** Versions with a file that this publisher may not read, or that the registry deleted. */
  readonly lacking: readonly LackingVersion[];
}

const pageAnswer = v.looseObject({
  versions: v.array(v.looseObject({ name: v.string(), version: v.string(), bundle: digest })),
  next: v.exactOptional(v.string()),
});

interface OwnVersion {
  readonly name: SkillName;
  readonly version: Version;
  /** Digest of the list of files. */
  readonly bundle: Digest;
}

/**
 * Copies all versions of a scope, a page at a time. What the folder has already is not asked for.
 * @throws Problem as `askRegistry`; `signature-invalid` for a file with another digest
 */
export async function copyOwn(world: OwnWorld, scope: Scope): Promise<OwnVersions> {
  const lacking: LackingVersion[] = [];
  let count = 0;
  let query = '';
  for (let pages = 0; pages < versionPagesMax; pages++) {
    const path = `/api/v1/scopes/@${scope}/versions${query}`;
    const { versions, next } = await world.signedIn((token) =>
      askRegistry(world.registry, path, pageAnswer, { token }),
    );
    const progress = world.startProgress(versions.length, `versions of @${scope}`);
    try {
      for (const listed of versions) {
        const name = parseSkillName(listed.name);
        const version = parseVersion(listed.version);
        const why = await copyVersion(world, { name, version, bundle: listed.bundle });
        if (why !== undefined) lacking.push({ name, version, why });
        count += 1;
        progress.step(`${name}@${version}`);
      }
    } finally {
      progress.end();
    }
    if (next === undefined) return { count, lacking };
    query = `?after=${encodeURIComponent(next)}`;
  }
  throw new Problem(
    'registry-answer-invalid',
    `Cannot read the versions of @${scope}: the registry’s list has more than ${versionPagesMax} pages`,
  );
}

/** @returns why a file of the version is not in the folder; undefined where all are */
async function copyVersion(
  world: OwnWorld,
  { name, version, bundle: list }: OwnVersion,
): Promise<string | undefined> {
  const path = `/api/v1/versions${versionPath(name, version)}`;
  // In a private scope, the registry answers its publishers only.
  const detail = await world.signedIn((token) =>
    askRegistry(world.registry, path, versionAnswer, { token }),
  );
  const bytes = `${JSON.stringify({ schema: 'skillgate.own-version/1', ...detail }, null, 2)}\n`;
  await world.folder.put(`own/${name}/${version}.json`, Buffer.from(bytes));
  try {
    const { bundle } = parseBundle(await copyBlob(world, list));
    if (detail.report !== null) await copyBlob(world, detail.report);
    if (detail.filesDeleted !== null)
      return `the registry’s retention rule deleted its files on ${detail.filesDeleted}`;
    for (const { sha256 } of bundle.files) await copyBlob(world, sha256);
    return undefined;
  } catch (cause) {
    if (!(cause instanceof Problem) || cause.code !== 'not-found') throw cause;
    return `${cause.message}: only ${detail.publishedBy ?? detail.publisher}, who published the version, may read it`;
  }
}

// Private bytes never lie among the files that a file server may show to everybody.
async function copyBlob({ folder, registry, signedIn }: OwnWorld, wanted: Digest) {
  const path = `own/blobs/sha256/${hexOf(wanted)}`;
  const kept = (await folder.store.get(wanted)) ?? (await folder.get(path));
  if (kept !== undefined && digestOf(kept) === wanted) return kept;
  const bytes = await signedIn((token) => fetchStoredBlob(registry, wanted, token));
  await folder.put(path, bytes);
  return bytes;
}
