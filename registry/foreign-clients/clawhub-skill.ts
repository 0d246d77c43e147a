/**
 * What a request of a ClawHub client means, and what it is told of a skill.
 *
 * A slug is the name of a skill without its scope, and `ownerHandle` is the scope. Clients before
 * 0.23 know no owners: there a slug means the only skill of that name, and `scope--name` means one
 * skill in any case.
 */
import type { Context } from 'hono';
import type { BundleFile } from '../../skills-index/skill/bundle.ts';
import { digestOf, hexOf } from '../../skills-index/skill/digest.ts';
import {
  parseSkillName,
  type SkillName,
  scopeOf,
  shortNameOf,
} from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseVersion, type Version } from '../../skills-index/skill/version.ts';
import {
  newestPlaceText,
  parseNewestPlace,
  skillsByShortName,
  skillsByTime,
  type VisibleSkill,
} from '../catalogue/visible-skills.ts';
import type { Registry } from '../context.ts';
import { onlyReadable, scopesHiddenFrom } from '../readers/may-read.ts';
import { approvedVersions } from '../versions/find-versions.ts';
import { filesOf } from '../versions/manifests.ts';
import type { VersionRow } from '../versions/versions.ts';
import {
  requireOffered,
  requireReadingSkill,
  requireServed,
  type ServedVersion,
} from './agent-skills.ts';

/** The newest approved versions among which the client's copy is looked for. */
const fingerprintedVersionsMax = 20;

/** Rows on a page of ClawHub's lists. */
export const listedAtOnce = 50;

interface ListedPage {
  readonly items: readonly VisibleSkill[];
  readonly next?: string | undefined;
}

/** A page of ClawHub's list of skills. @throws Problem `request-invalid`, `name-invalid` */
export async function listedPage(registry: Registry, context: Context): Promise<ListedPage> {
  const { cursor, prefix } = context.req.query();
  const hidden = await scopesHiddenFrom(registry, context);
  if (prefix !== undefined) {
    const after = cursor === undefined ? undefined : parseSkillName(cursor);
    const limit = listedAtOnce;
    const { skills, next } = await skillsByShortName(registry, prefix, { after, hidden, limit });
    return { items: skills, next };
  }
  const after = cursor === undefined ? undefined : parseNewestPlace(cursor);
  const { skills, next } = await skillsByTime(registry, { after, hidden });
  return { items: skills, next: next && newestPlaceText(next) };
}

/** The version whose files have the fingerprint that the client computed of its copy. */
async function versionWith(
  registry: Registry,
  name: SkillName,
  fingerprint: string | undefined,
): Promise<VersionRow | undefined> {
  for (const row of await approvedVersions(registry, name, fingerprintedVersionsMax))
    if ((await readFingerprint(registry, row)) === fingerprint) return row;
  return undefined;
}

/**
 * The fingerprint of a version's files. One request asks for those of twenty versions, and that of
 * a thousand files takes a while, so they are remembered.
 */
async function readFingerprint(registry: Registry, row: VersionRow): Promise<string> {
  const { known } = registry;
  const name = `fingerprint ${hexOf(row.bundle)}`;
  const kept = known?.get(name);
  if (kept !== undefined) return Buffer.from(kept.bytes).toString();
  const turn = known?.turn ?? 0;
  const fingerprint = fingerprintOf(await filesOf(registry, row));
  known?.keep(name, { bytes: Buffer.from(fingerprint), digest: digestOf(fingerprint) }, turn);
  return fingerprint;
}

export function aboutVersion({ createdAt, version }: Pick<VersionRow, 'createdAt' | 'version'>) {
  // The form demands a text. A skill of ours has no list of changes.
  return { version, createdAt, changelog: '' };
}

export function aboutSkill({ createdAt, description, name, offeredSince, version }: VisibleSkill) {
  return {
    slug: shortNameOf(name),
    ownerHandle: scopeOf(name),
    displayName: name,
    summary: description,
    tags: { latest: version },
    stats: {},
    createdAt,
    updatedAt: offeredSince.getTime(),
  };
}

/** How a request names a skill. */
interface SlugAndOwner {
  readonly slug: string;
  readonly ownerHandle?: string | undefined;
}

/** The name that a request means. @throws Problem `name-invalid`, `not-found` */
async function nameOf(
  registry: Registry,
  context: Context,
  { slug, ownerHandle: scope }: SlugAndOwner,
): Promise<SkillName> {
  if (scope !== undefined) return parseSkillName(`@${scope.replace(/^@/, '')}/${slug}`);
  const [first = '', second] = slug.split('--');
  if (second !== undefined) return parseSkillName(`@${first}/${second}`);
  const hidden = await scopesHiddenFrom(registry, context);
  const { skills } = await skillsByShortName(registry, slug, { hidden, limit: listedAtOnce });
  const named = skills.filter(({ name }) => shortNameOf(name) === slug);
  const [only, ...others] = await onlyReadable(registry, context, named);
  if (only === undefined)
    throw new Problem('not-found', `This registry offers no skill ${slug}`, {
      hint: 'Name its scope: @scope/name, or scope--name for clients before 0.23.',
    });
  if (others.length > 0)
    throw new Problem('not-found', `Several scopes have a skill ${slug}`, {
      hint: `Name one: ${[only, ...others].map(({ name }) => `${name} (${slugOf(name)})`).join(', ')}`,
    });
  return only.name;
}

/** The slug that means one skill, also to a client that knows no owners. */
function slugOf(name: SkillName): string {
  return `${scopeOf(name)}--${shortNameOf(name)}`;
}

/**
 * The name of the skill that a request means, and may read.
 * @param version that the request names: what is private is missed as what does not exist
 * @throws Problem `name-invalid`, `not-found`
 */
export async function readableName(
  registry: Registry,
  context: Context,
  version?: Version,
  named: SlugAndOwner = namedIn(context),
): Promise<SkillName> {
  const name = await nameOf(registry, context, named);
  await requireReadingSkill(registry, context, name, version);
  return name;
}

function namedIn({ req }: Context): SlugAndOwner {
  const slug = req.param('slug') ?? req.query('slug') ?? '';
  return { slug, ownerHandle: req.query('ownerHandle') };
}

/** @throws Problem as `requireServed` and `requireOffered` */
export async function servedVersion(
  registry: Registry,
  context: Context,
  named: string | undefined,
): Promise<ServedVersion> {
  if (named === undefined) return offeredSkill(registry, context);
  const version = parseVersion(named);
  const name = await nameOf(registry, context, namedIn(context));
  await requireReadingSkill(registry, context, name, version);
  return requireServed(registry, { name, version });
}

/** The skill that a request means. @throws Problem as `requireOffered` */
export async function offeredSkill(registry: Registry, context: Context): Promise<VisibleSkill> {
  const name = await nameOf(registry, context, namedIn(context));
  await requireReadingSkill(registry, context, name);
  return requireOffered(registry, name);
}

/**
 * The version that has the client's files, and the newest one.
 * @throws Problem as `requireOffered`
 */
export async function resolved(registry: Registry, context: Context) {
  const fingerprint = context.req.query('hash');
  const skill = await offeredSkill(registry, context);
  const match = await versionWith(registry, skill.name, fingerprint);
  return {
    match: match === undefined ? null : { version: match.version },
    latestVersion: { version: skill.version },
  };
}

/**
 * The fingerprint that ClawHub's clients compute of a skill's files. They leave out hidden files,
 * and sort the paths as `localeCompare` does.
 */
function fingerprintOf(files: readonly Pick<BundleFile, 'path' | 'sha256'>[]): string {
  const lines = files
    .filter(({ path }) => !path.split('/').some((part) => part.startsWith('.')))
    .toSorted((a, b) => a.path.localeCompare(b.path))
    .map(({ path, sha256 }) => `${path}:${hexOf(sha256)}`);
  return hexOf(digestOf(lines.join('\n')));
}
