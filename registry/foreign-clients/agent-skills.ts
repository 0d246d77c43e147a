/**
 * Indexes of the Agent Skills discovery 0.2.0, and the archives that they name: `npx skills add`
 * reads them. The client compares each archive with the digest in the index, and no signature.
 *
 * The site has no index at its root. `skills` 1.5.18 reads the root's index when the index of a
 * skill has nothing to install, and would install all skills of the registry in place of one that
 * waits or was revoked.
 */
import { type Context, Hono } from 'hono';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import {
  parseScope,
  parseSkillName,
  type Scope,
  type SkillName,
  scopeOf,
  shortNameOf,
} from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseVersion, type Version } from '../../skills-index/skill/version.ts';
import { indexDescription } from '../../skills-index/trust/index-files/index-line.ts';
import { archiveDigest, archiveOf, type MadeFile } from '../catalogue/plugin-packages.ts';
import { findSkill, skillsByName, type VisibleSkill } from '../catalogue/visible-skills.ts';
import type { Registry, VersionName } from '../context.ts';
import { adviceKinds } from '../index/index-rows.ts';
import { requireReading, scopesHiddenFrom } from '../readers/may-read.ts';
import { answerFile, answerParts } from '../routes/site/file-answers.ts';
import { historyOf, newestVersion, requireVersion } from '../versions/find-versions.ts';
import { filesOf, skillMdOf } from '../versions/manifests.ts';
import { versionsInScope } from '../versions/scope-versions.ts';
import type { VersionState } from '../versions/status.ts';
import type { VersionRow } from '../versions/versions.ts';
import type { VisibleVersion } from '../versions/visible-versions.ts';

/** Skills in one index: the client fetches all of them before it asks a person. */
export const indexedSkillsMax = 200;

/** Bytes of an archive that is made whole, and then kept in memory with other small files. */
const wholeFileBytesMax = 768 * 1024;

const place = '.well-known/agent-skills/index.json';
const schema = 'https://schemas.agentskills.io/discovery/0.2.0/schema.json';

/** Routes at the root of the site. */
export function agentSkillsRoutes(registry: Registry): Hono {
  return new Hono()
    .get(`/all/${place}`, async (context) =>
      answerIndex(context, await entriesOf(registry, await namedSkills(registry, context))),
    )
    .get(`/:scope/${place}`, async (context) => {
      const { scope, skills } = await skillsOfScope(registry, context);
      if (skills.length === 0) throw new Problem('not-found', missingScope(scope));
      return answerIndex(context, await entriesOf(registry, skills));
    })
    .get(`/:scope/:name/${place}`, async (context) =>
      answerIndex(context, [await entryOf(registry, await skillInPath(registry, context))]),
    )
    .get('/archives/:scope/:name/:version', async (context) => {
      const { scope, name: short, version: named } = context.req.param();
      const name = parseSkillName(`${scope}/${short}`);
      const version = parseVersion(named);
      await requireReadingSkill(registry, context, name, version);
      const { bundle } = await requireServed(registry, { name, version });
      return answerMade(registry, context, archiveOf(registry, bundle));
    });
}

/** An entry of an index; clients ignore `skillgate`. */
interface IndexEntry {
  readonly name: string;
  readonly type: 'archive';
  readonly description: string;
  readonly url: string;
  readonly digest: Digest;
  readonly skillgate: {
    readonly name: SkillName;
    readonly version: Version;
    readonly bundle: Digest;
  };
}

async function entriesOf(
  registry: Registry,
  skills: readonly NamedSkill[],
): Promise<readonly IndexEntry[]> {
  const entries: IndexEntry[] = [];
  for (const skill of skills) entries.push(await entryOf(registry, skill));
  return withOwnNames(entries);
}

/** Folders have a skill's short name, so skills of two scopes would replace one another. */
function withOwnNames(entries: readonly IndexEntry[]): IndexEntry[] {
  const sharing = Map.groupBy(entries, ({ name }) => name);
  return entries.map((entry) =>
    sharing.get(entry.name)?.length === 1
      ? entry
      : { ...entry, name: entry.skillgate.name.slice(1).replace('/', '-') },
  );
}

async function entryOf(
  registry: Registry,
  { bundle, description, name, version }: NamedSkill,
): Promise<IndexEntry> {
  return {
    name: shortNameOf(name),
    type: 'archive',
    description,
    url: `${registry.config.base}/archives/${name}/${version}`,
    digest: await archiveDigest(registry, bundle),
    skillgate: { name, version, bundle },
  };
}

function answerIndex(context: Context, skills: readonly IndexEntry[]): Response {
  const index = JSON.stringify({ $schema: schema, skills });
  return answerFile(context, index, { type: 'application/json', cache: 'fresh' });
}

// The skills that an address of this site names for clients that install what an index has.

/** A version with the text that an index has about it. */
export type NamedSkill = ServedVersion & Pick<VisibleSkill, 'description'>;

/**
 * All offered skills that the request may read.
 * @throws Problem `request-invalid` for more skills than a client can be expected to fetch
 */
async function namedSkills(registry: Registry, context: Context): Promise<readonly NamedSkill[]> {
  const skills: NamedSkill[] = [];
  for await (const skill of readableSkills(registry, context, { limit: indexedSkillsMax + 1 })) {
    if (skills.length === indexedSkillsMax) throw tooManySkills(registry, 'This registry');
    skills.push(skill);
  }
  return skills;
}

/**
 * The offered skills of the scope in the path; none when all its versions wait or were stopped.
 * @throws Problem as `namedSkills`; `not-found` for a scope without versions
 */
export async function skillsOfScope(
  registry: Registry,
  context: Context,
): Promise<{ readonly scope: Scope; readonly skills: readonly NamedSkill[] }> {
  const scope = parseScope(context.req.param('scope') ?? '');
  const missing = missingScope(scope);
  await requireReading(registry, context, () => new Set([scope]), missing);
  const { next, skills } = await skillsByName(registry, { scope, limit: indexedSkillsMax + 1 });
  if (next !== undefined) throw tooManySkills(registry, `@${scope}`);
  const first = { after: undefined, limit: 1 };
  if (skills.length === 0 && (await versionsInScope(registry, scope, first)).length === 0)
    throw new Problem('not-found', missing);
  return { scope, skills };
}

function tooManySkills(registry: Registry, owner: string): Problem {
  return new Problem(
    'request-invalid',
    `${owner} has more than ${indexedSkillsMax} skills, and the client would fetch them all`,
    { hint: `Name a skill: ${registry.config.base}/@scope/name` },
  );
}

/** What a client is told of a scope that offers nothing. */
function missingScope(scope: Scope): string {
  return `This registry offers no skill of @${scope}`;
}

/** The skill in the path: `/:scope/:name`, where a version may follow the name behind an @. */
export async function skillInPath(registry: Registry, context: Context): Promise<NamedSkill> {
  const [short = '', named] = (context.req.param('name') ?? '').split('@');
  const name = parseSkillName(`${context.req.param('scope')}/${short}`);
  const version = named === undefined ? undefined : parseVersion(named);
  await requireReadingSkill(registry, context, name, version);
  if (version === undefined) return requireOffered(registry, name);
  const row = await requireServed(registry, { name, version });
  const { description } = await skillMdOf(registry, await filesOf(registry, row));
  return { ...row, description: indexDescription(description) };
}

/**
 * @param version that the request names: what is private is missed as what does not exist. It is
 * parsed before, because a refusal of its form would tell the two apart
 * @throws Problem `not-found`
 */
export async function requireReadingSkill(
  registry: Registry,
  context: Context,
  name: SkillName,
  version?: Version,
): Promise<void> {
  const what = version === undefined ? `skill ${name}` : `version ${name}@${version}`;
  const missing = `This registry has no ${what}`;
  await requireReading(registry, context, () => new Set([scopeOf(name)]), missing);
}

// Which versions a client of another registry's form may install, and why not the others.

/** What a client needs of a version. */
export type ServedVersion = Pick<VersionRow, 'name' | 'version' | 'bundle' | 'createdAt'>;

const pending: ReadonlySet<VersionState> = new Set(['received', 'scanning', 'in review']);

/** The reason why no client gets a version; undefined for one that is approved. */
export async function whyNotServed(
  registry: Registry,
  row: VisibleVersion<VersionRow>,
): Promise<Problem | undefined> {
  if (row.status === 'approved') return undefined;
  const about = `${row.name}@${row.version}`;
  if (isPending(row))
    return new Problem('version-pending', `${about} is not approved yet: it is ${row.status}`);
  const last = (await historyOf(registry, row)).at(-1);
  const why = last === undefined ? '' : `: ${last.why}`;
  return new Problem('version-withheld', `${about} is ${row.status}${why}`);
}

/** Whether a version waits for its scan or for approvals. */
export function isPending({ status }: Pick<VersionRow, 'status'>): boolean {
  return pending.has(status);
}

/**
 * An approved version.
 * @throws Problem `not-found`, `version-pending`, `version-withheld`
 */
export async function requireServed(
  registry: Registry,
  which: VersionName,
): Promise<VisibleVersion<VersionRow>> {
  const row = await requireVersion(registry, which);
  const refusal = await whyNotServed(registry, row);
  if (refusal !== undefined) throw refusal;
  return row;
}

/**
 * The version of a skill for a client that names none.
 * @throws Problem `not-found`; `version-yanked`, `version-pending` or `version-withheld` about the
 * newest version of a skill that has none to offer
 */
export async function requireOffered(registry: Registry, name: SkillName): Promise<VisibleSkill> {
  const skill = await findSkill(registry, name);
  if (skill !== undefined) return skill;
  const newest = await newestVersion(registry, name);
  if (newest === undefined) throw new Problem('not-found', `This registry has no skill ${name}`);
  const { id, version } = await requireServed(registry, newest);
  if ((await adviceKinds(registry, [id])).get(id)?.includes('yanked') === true)
    throw new Problem('version-yanked', `The author yanked the newest version of ${name}`, {
      hint: `To install it nevertheless, name it: ${name}@${version}`,
    });
  // The row of a version that was approved a moment ago comes next.
  throw new Problem('version-pending', `${name} offers no version yet`, {
    hint: 'Ask again in a moment.',
  });
}

// The offered skills that one request may read, in the order of their names.

/**
 * Reads page by page. All skills of a hidden scope are passed over at once, so that their number
 * costs nothing.
 * @param after a name, or a place between names
 * @param limit rows of a page
 */
export async function* readableSkills(
  registry: Registry,
  context: Context,
  { after: first, limit }: { readonly after?: string | undefined; readonly limit: number },
): AsyncGenerator<VisibleSkill> {
  const { only, scopes } = await scopesHiddenFrom(registry, context);
  if (only) {
    // In the order of names: `@a-b/` stands before `@a/`.
    for (const scope of scopes.toSorted((a, b) => (`${a}/` < `${b}/` ? -1 : 1)))
      for (let after = first; ; ) {
        const { next, skills } = await skillsByName(registry, { scope, after, limit });
        yield* skills;
        if (next === undefined) break;
        after = next;
      }
    return;
  }
  for (let after = first; ; ) {
    const { next, skills } = await skillsByName(registry, { after, limit });
    yield* skills.filter((skill) => !scopes.includes(scopeOf(skill.name)));
    if (next === undefined) return;
    const scope = scopeOf(next);
    // The digit 0 follows the slash.
    after = scopes.includes(scope) ? `@${scope}0` : next;
  }
}

// Answers with a file that is made from blobs. A large one is made while the client reads it: a
// client that reads slowly must not fill the memory.

/** Answers with the file. @throws Problem `blob-damaged` */
export async function answerMade(
  { known }: Registry,
  context: Context,
  file: MadeFile,
): Promise<Response> {
  const { name, type } = file;
  const kept = known?.get(name);
  if (kept !== undefined)
    return answerFile(context, kept.bytes, { type, cache: 'fresh', digest: kept.digest });
  const turn = known?.turn ?? 0;
  const { parts, size } = await file.open();
  if (size > wholeFileBytesMax) {
    const digest = await file.digest();
    return answerParts(context, parts, { type, cache: 'fresh', digest });
  }
  const bytes = await wholeOf(parts());
  const digest = digestOf(bytes);
  known?.keep(name, { bytes, digest }, turn);
  return answerFile(context, bytes, { type, cache: 'fresh', digest });
}

async function wholeOf(parts: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return Buffer.concat(all);
}
