/** Uploads of clients without keys, as the registry shows them to the keys of their scope. */
import * as v from 'valibot';
import { unpackTar } from '../../../skills-index/skill/authoring/read-tar.ts';
import type { PackedBundle } from '../../../skills-index/skill/bundle.ts';
import { type Digest, isDigest } from '../../../skills-index/skill/digest.ts';
import { type Scope, scopeOf } from '../../../skills-index/skill/name.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { uploadSecondsMax } from '../../limits.ts';
import {
  askRegistry,
  type RegistryWorld,
  requestBytes,
  versionPath,
} from '../../registries/registry-api.ts';
import type { ExactVersion } from '../../terminal/exact-version.ts';

const upload = v.looseObject({
  name: v.string(),
  version: v.string(),
  bundle: v.custom<Digest>(isDigest, 'is not a digest'),
  bytes: v.number(),
  token: v.string(),
  by: v.string(),
  at: v.string(),
  expires: v.string(),
});
const uploadsAnswer = v.looseObject({ uploads: v.array(upload) });
const discardedAnswer = v.looseObject({ discarded: v.string() });

export type ListedUpload = v.InferOutput<typeof upload>;

/** The uploads to a scope that wait. */
export async function listUploads(
  world: RegistryWorld,
  scope: Scope,
  token: string,
): Promise<readonly ListedUpload[]> {
  const path = `/api/v1/scopes/@${scope}/uploads`;
  return (await askRegistry(world, path, uploadsAnswer, { token })).uploads;
}

/** @throws Problem `not-found` */
export async function requireUpload(
  world: RegistryWorld,
  { name, version }: ExactVersion,
  token: string,
): Promise<ListedUpload> {
  const all = await listUploads(world, scopeOf(name), token);
  const found = all.find((one) => one.name === name && one.version === version);
  if (found !== undefined) return found;
  throw new Problem('not-found', `No upload ${name}@${version} waits for adoption`, {
    hint: 'skillgate publish --adopt lists the uploads that wait.',
  });
}

/**
 * Refuses to go on about an upload that is not the one that a person was shown: while the person
 * reads, another one may discard the upload, and another upload may get its number.
 * @throws Problem `not-found`
 */
export async function requireShown(
  world: RegistryWorld,
  which: ExactVersion,
  shown: ListedUpload,
  token: string,
): Promise<void> {
  const now = await requireUpload(world, which, token);
  if (now.bundle === shown.bundle && now.at === shown.at) return;
  throw new Problem(
    'not-found',
    `The upload ${which.name}@${which.version} is another one than before: somebody discarded the first one`,
    { hint: `Look at it: skillgate publish --adopt ${which.name}@${which.version}` },
  );
}

/**
 * The files of an upload.
 * @throws Problem `signature-invalid` when they are not those that the list names
 */
export async function fetchUpload(
  world: RegistryWorld,
  { name, version, bundle }: ListedUpload,
  token: string,
): Promise<PackedBundle> {
  const path = `/api/v1/uploads${versionPath(name, version)}`;
  const packed = unpackTar(await requestBytes(world, path, { token, seconds: uploadSecondsMax }));
  if (packed.digest === bundle) return packed;
  throw new Problem(
    'signature-invalid',
    `Cannot use the upload ${name}@${version}: the registry lists ${bundle}, and sent ${packed.digest}`,
  );
}

export async function discardUpload(
  world: RegistryWorld,
  { name, version }: ExactVersion,
  token: string,
): Promise<void> {
  const path = `/api/v1/uploads${versionPath(name, version)}`;
  await askRegistry(world, path, discardedAnswer, { method: 'DELETE', token });
}
