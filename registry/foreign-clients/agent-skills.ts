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
import { parseSkillName, type SkillName, shortNameOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseVersion, type Version } from '../../skills-index/skill/version.ts';
import { archiveDigest, archiveOf } from '../catalogue/archives.ts';
import type { Registry } from '../context.ts';
import { answerFile } from '../routes/site/file-answers.ts';
import { answerMade } from './answer-made.ts';
import {
  missingScope,
  type NamedSkill,
  namedSkills,
  requireReadingSkill,
  skillInPath,
  skillsOfScope,
} from './named-skills.ts';
import { requireServed } from './served-version.ts';

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
