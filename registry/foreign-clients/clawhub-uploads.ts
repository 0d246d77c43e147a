/**
 * What a token that uploads is told about the skills of its scope: which numbers are taken, and
 * that an upload waits. Everybody else learns of no upload.
 */
import type { Context } from 'hono';
import { digestOf, hexOf } from '../../skills-index/skill/digest.ts';
import { type SkillName, scopeOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { compareVersions } from '../../skills-index/skill/version.ts';
import { findSkill } from '../catalogue/shown-skills.ts';
import type { Registry } from '../context.ts';
import { fingerprintOf } from '../uploads/clawhub-fingerprint.ts';
import { readUploader, type TokenUploader } from '../uploads/upload-tokens.ts';
import { uploadsOf } from '../uploads/waiting-uploads.ts';
import { versionsBefore } from '../versions/find-versions.ts';
import { filesOf } from '../versions/manifests.ts';
import type { Shown } from '../versions/shown-versions.ts';
import type { VersionState } from '../versions/status.ts';
import type { VersionRow } from '../versions/versions.ts';
import { fingerprintedVersionsMax } from './limits.ts';

/** The paths that a token for uploads may ask in a private registry. Each asks who reads what. */
const uploaderPaths = /^\/api\/v1\/(?:whoami|resolve|skills(?:\/.*)?)$/;

/** Whether a request may pass into a private registry because its token uploads. */
export async function admitsUploader(registry: Registry, context: Context): Promise<boolean> {
  return (
    uploaderPaths.test(context.req.path) && (await readUploader(registry, context)) !== undefined
  );
}

/** The answer of ClawHub's `resolve`. */
export interface ResolvedVersion {
  readonly match: { readonly version: string } | null;
  readonly latestVersion: { readonly version: string } | null;
}

/** States of versions whose number and files nobody uses any more. */
const over: readonly VersionState[] = ['refused', 'withdrawn'];

/**
 * Which version has the client's files, and from which number the client goes on.
 *
 * `publish` and `update` send the same request. Files that have no number yet are about to be
 * published, under the number after the highest one that is taken. Files that have a number are not
 * published again. Then `update` asks, and goes to the offered version.
 */
export async function resolveForUploader(
  registry: Registry,
  name: SkillName,
  fingerprint: string | undefined,
): Promise<ResolvedVersion> {
  const newest = { before: Number.MAX_SAFE_INTEGER, limit: fingerprintedVersionsMax };
  const published = await versionsBefore(registry, name, newest);
  const waiting = await uploadsOf(registry, name);
  const highest = [...published, ...waiting]
    .map(({ version }) => version)
    .toSorted(compareVersions)
    .at(-1);
  const match =
    waiting.find((one) => one.fingerprint === fingerprint) ??
    (await publishedWith(registry, published, fingerprint));
  if (match === undefined)
    return { match: null, latestVersion: highest === undefined ? null : { version: highest } };
  // Where nothing is offered, `sync` would take a missing number for a new skill.
  const { version } = (await findSkill(registry, name)) ?? { version: highest ?? match.version };
  return { match: { version: match.version }, latestVersion: { version } };
}

async function publishedWith(
  registry: Registry,
  published: readonly Shown<VersionRow>[],
  fingerprint: string | undefined,
): Promise<VersionRow | undefined> {
  for (const row of published)
    if (!over.includes(row.status) && (await readFingerprint(registry, row)) === fingerprint)
      return row;
  return undefined;
}

/**
 * The fingerprint of a version's files. One request asks for those of twenty versions, and that of
 * a thousand files takes a while, so they are remembered.
 */
export async function readFingerprint(registry: Registry, row: VersionRow): Promise<string> {
  const { known } = registry;
  const name = `fingerprint ${hexOf(row.bundle)}`;
  const kept = known?.get(name);
  if (kept !== undefined) return Buffer.from(kept.bytes).toString();
  const turn = known?.turn ?? 0;
  const fingerprint = fingerprintOf(await filesOf(registry, row));
  known?.keep(name, { bytes: Buffer.from(fingerprint), digest: digestOf(fingerprint) }, turn);
  return fingerprint;
}

/**
 * Finds something for a client. Where there is nothing but an upload to the scope of the client's
 * token, the client learns that the upload waits.
 * @param version that the client named
 * @throws Problem `version-pending`, and what `find` throws
 */
export async function orWaiting<Found>(
  registry: Registry,
  context: Context,
  { name, version }: { readonly name: SkillName; readonly version?: string | undefined },
  find: () => Promise<Found>,
): Promise<Found> {
  try {
    return await find();
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'not-found') throw error;
    const uploader = await readUploader(registry, context);
    if (uploader?.scope !== scopeOf(name)) throw error;
    const waiting = await uploadsOf(registry, name);
    const upload = waiting.findLast((one) => version === undefined || one.version === version);
    if (upload === undefined) throw error;
    throw new Problem(
      'version-pending',
      `${name}@${upload.version} was uploaded and is no version yet: it waits until a key of @${uploader.scope} adopts it`,
      { hint: adoptLine(upload) },
    );
  }
}

/** The command that adopts an upload. */
export function adoptLine(upload: { readonly name: string; readonly version: string }): string {
  return `skillgate publish --adopt ${upload.name}@${upload.version}`;
}

/** @throws Problem `forbidden` when a client names another scope than that of its token */
export function requireOwnScope({ scope }: TokenUploader, named: string): void {
  if (named === scope) return;
  throw new Problem('forbidden', `This token uploads to @${scope} only`, {
    hint: `Name no owner, or name ${scope}.`,
  });
}
