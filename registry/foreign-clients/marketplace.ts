/**
 * Plugin marketplaces for Claude Code, and the npm packages that their entries name. Claude Code
 * starts `npm install` for an entry, and npm compares the package with the digest in its document.
 */
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { hexOf } from '../../skills-index/skill/digest.ts';
import {
  parseScope,
  parseSkillName,
  type Scope,
  type SkillName,
  shortNameOf,
} from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseVersion } from '../../skills-index/skill/version.ts';
import { pluginPackageDigest, pluginPackageOf } from '../catalogue/plugin-packages.ts';
import type { Registry } from '../context.ts';
import { type AdviceKind, adviceKinds } from '../index/index-rows.ts';
import { answerFile } from '../routes/site/file-answers.ts';
import { approvedVersions } from '../versions/find-versions.ts';
import type { VersionRow } from '../versions/versions.ts';
import {
  answerMade,
  type NamedSkill,
  requireOffered,
  requireReadingSkill,
  requireServed,
  skillInPath,
  skillsOfScope,
} from './agent-skills.ts';

/** The newest approved versions that npm's document of a skill has. */
const npmVersionsMax = 20;

/** Routes at the root of the site. */
export function marketplaceRoutes(registry: Registry): Hono {
  const app = new Hono();
  app.use('/npm/*', answerToNpm);
  return app
    .get('/:scope/marketplace.json', async (context) => {
      const { scope, skills } = await skillsOfScope(registry, context);
      return answerMarketplace(registry, context, { name: scope, scope, skills });
    })
    .get('/:scope/:name/marketplace.json', async (context) => {
      const { skills, why } = await skillUnlessStopped(registry, context);
      const { name = '', scope = '' } = context.req.param();
      const short = name.split('@')[0];
      const about = { name: `${scope.slice(1)}.${short}`, scope: parseScope(scope), skills, why };
      return answerMarketplace(registry, context, about);
    })
    .get('/npm/:package', async (context) => {
      const name = parseSkillName(context.req.param('package'));
      await requireReadingSkill(registry, context, name);
      const document = JSON.stringify(await npmDocument(registry, name));
      return answerFile(context, document, { type: 'application/json', cache: 'fresh' });
    })
    .get('/npm/:scope/:name/-/:tarball', async (context) => {
      const { name: short, scope, tarball } = context.req.param();
      const name = parseSkillName(`${scope}/${short}`);
      if (!tarball.startsWith(`${short}-`) || !tarball.endsWith('.tgz'))
        throw new Problem('not-found', `This registry has no package ${name}/-/${tarball}`);
      const version = parseVersion(tarball.slice(`${short}-`.length, -'.tgz'.length));
      await requireReadingSkill(registry, context, name, version);
      const row = await requireServed(registry, { name, version });
      return answerMade(registry, context, pluginPackageOf(registry, row));
    });
}

interface Marketplace {
  /** Under which a user adds the marketplace; a user has one marketplace of a name. */
  readonly name: string;
  readonly scope: Scope;
  readonly skills: readonly NamedSkill[];
  /** Why the marketplace is empty. */
  readonly why?: string | undefined;
}

/**
 * The skill in the path; none when its version was stopped. Claude Code goes on with the plugin of
 * a marketplace that it cannot read, and loads no plugin that a marketplace no longer has.
 */
async function skillUnlessStopped(
  registry: Registry,
  context: Context,
): Promise<Pick<Marketplace, 'skills' | 'why'>> {
  try {
    return { skills: [await skillInPath(registry, context)] };
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'version-withheld') throw error;
    return { skills: [], why: error.message };
  }
}

function answerMarketplace(
  { config }: Registry,
  context: Context,
  { name, scope, skills, why }: Marketplace,
): Response {
  const marketplace = {
    name,
    owner: { name: `@${scope}` },
    description: why ?? `The approved skills of @${scope} in the registry ${config.base}`,
    forceRemoveDeletedPlugins: true,
    plugins: skills.map((skill) => ({
      name: shortNameOf(skill.name),
      description: skill.description,
      version: skill.version,
      source: {
        source: 'npm',
        package: skill.name,
        version: skill.version,
        registry: `${config.base}/npm`,
      },
    })),
  };
  const as = { type: 'application/json', cache: 'fresh' } as const;
  return answerFile(context, JSON.stringify(marketplace), as);
}

/** What npm reads before it fetches a version. */
async function npmDocument(registry: Registry, name: SkillName): Promise<object> {
  const offered = await requireOffered(registry, name);
  const rows = await approvedVersions(registry, name, npmVersionsMax);
  const kinds = await adviceKinds(
    registry,
    rows.map(({ id }) => id),
  );
  const versions: Record<string, object> = {};
  for (const row of rows)
    versions[row.version] = await npmVersion(registry, row, kinds.get(row.id));
  return { name, 'dist-tags': { latest: offered.version }, versions };
}

async function npmVersion(
  registry: Registry,
  row: VersionRow,
  advised: readonly AdviceKind[] = [],
): Promise<object> {
  const { name, version } = row;
  const integrity = Buffer.from(hexOf(await pluginPackageDigest(registry, row)), 'hex');
  return {
    name,
    version,
    ...(advised.length === 0 ? {} : { deprecated: `Its author ${advised.join(' and ')} it` }),
    dist: {
      tarball: `${registry.config.base}/npm/${name}/-/${shortNameOf(name)}-${version}.tgz`,
      integrity: `sha256-${integrity.toString('base64')}`,
    },
  };
}

/** npm shows the text `error` of an answer, and nothing else of it. */
const answerToNpm: MiddlewareHandler = async (context, next) => {
  await next();
  const { error } = context;
  if (!(error instanceof Problem)) return;
  const status = context.res.status as ContentfulStatusCode;
  const headers = { 'cache-control': 'no-store' };
  context.res = context.json({ error: `${error.code}: ${error.message}` }, status, headers);
};
