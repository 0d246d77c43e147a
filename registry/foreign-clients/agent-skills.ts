/**
 * Indexes of the Agent Skills discovery 0.2.0, and the archives that they name: `npx skills add`
 * reads them. The client compares each archive with the digest in the index, and no signature.
 *
 * The site has no index at its root. `skills` 1.5.18 reads the root's index when the index of a
 * skill has nothing to install, and would install all skills of the registry in place of one that
 * waits or was revoked.
 */
import { type Context, Hono } from 'hono';
import type { Digest } from '../../skills-index/skill/digest.ts';
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
import { archiveDigest, makeArchive } from '../catalogue/archives.ts';
import { skillsByName } from '../catalogue/shown-skills.ts';
import type { Registry } from '../context.ts';
import { onlyShown, requireReading } from '../readers/may-read.ts';
import { answerFile } from '../routes/site/file-answers.ts';
import { filesOf, skillMdOf } from '../versions/manifests.ts';
import type { VersionRow } from '../versions/versions.ts';
import { indexedSkillsMax } from './limits.ts';
import { requireOffered, requireServed } from './served-version.ts';

const place = '.well-known/agent-skills/index.json';
const schema = 'https://schemas.agentskills.io/discovery/0.2.0/schema.json';

/** Routes at the root of the site. */
export function agentSkillsRoutes(registry: Registry): Hono {
  return new Hono()
    .get(`/all/${place}`, async (context) => answerIndex(context, await listed(registry, context)))
    .get(`/:scope/${place}`, async (context) => {
      const scope = parseScope(context.req.param('scope'));
      const missing = `This registry offers no skill of @${scope}`;
      await requireReading(registry, context, () => new Set([scope]), missing);
      const entries = await listed(registry, context, scope);
      if (entries.length === 0) throw new Problem('not-found', missing);
      return answerIndex(context, entries);
    })
    .get(`/:scope/:name/${place}`, async (context) => {
      const { scope, name: named } = context.req.param();
      const [short = '', version] = named.split('@');
      const name = parseSkillName(`${scope}/${short}`);
      const missing = `This registry has no skill ${name}`;
      await requireReading(registry, context, () => new Set([scopeOf(name)]), missing);
      if (version === undefined) {
        const skill = await requireOffered(registry, name);
        return answerIndex(context, [await entryOf(registry, skill, skill.description)]);
      }
      const row = await requireServed(registry, { name, version: parseVersion(version) });
      const { description } = await skillMdOf(registry, await filesOf(registry, row));
      return answerIndex(context, [await entryOf(registry, row, indexDescription(description))]);
    })
    .get('/archives/:scope/:name/:version', async (context) => {
      const { scope, name: short, version } = context.req.param();
      const name = parseSkillName(`${scope}/${short}`);
      const which = { name, version: parseVersion(version) };
      const missing = `This registry has no version ${name}@${version}`;
      await requireReading(registry, context, () => new Set([scopeOf(name)]), missing);
      const { bundle } = await requireServed(registry, which);
      const { bytes, digest } = await makeArchive(registry, bundle);
      return answerFile(context, bytes, { type: 'application/zip', cache: 'fresh', digest });
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

/** @throws Problem `request-invalid` for more skills than a client can be expected to fetch */
async function listed(
  registry: Registry,
  context: Context,
  scope?: Scope,
): Promise<readonly IndexEntry[]> {
  const page = await skillsByName(registry, { scope, limit: indexedSkillsMax + 1 });
  if (page.next !== undefined)
    throw new Problem(
      'request-invalid',
      `${scope === undefined ? 'This registry' : `@${scope}`} has more than ${indexedSkillsMax} skills, and the client would fetch them all`,
      { hint: `Name a skill: npx skills add ${registry.config.base}/@scope/name` },
    );
  const entries: IndexEntry[] = [];
  for (const skill of await onlyShown(registry, context, page.skills))
    entries.push(await entryOf(registry, skill, skill.description));
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
  { bundle, name, version }: Pick<VersionRow, 'name' | 'version' | 'bundle'>,
  description: string,
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
