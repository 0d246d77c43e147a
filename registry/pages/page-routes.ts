/** Pages for everybody: search, skills and their versions. */
import { type Context, Hono } from 'hono';
import { parseScope, parseSkillName, type SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseVersion } from '../../skills-index/skill/version.ts';
import { queryCharsMax } from '../catalogue/limits.ts';
import { findSkills } from '../catalogue/search/find-skills.ts';
import {
  newestPlaceText,
  parseNewestPlace,
  skillsByName,
  skillsByTime,
} from '../catalogue/shown-skills.ts';
import type { Registry, VersionName } from '../context.ts';
import { pageFileRoutes } from '../markup/page-files.ts';
import { latest } from '../people/identities.ts';
import { onlyShown, scopesHiddenFrom } from '../readers/may-read.ts';
import { withoutIn } from '../routes/search.ts';
import { requireVersion } from '../versions/find-versions.ts';
import { answerPage, namesHtml } from './answer-page.ts';
import { readEvidence } from './evidence-tree.ts';
import { type HomeView, homePage } from './home-page.ts';
import { installLines } from './install-lines.ts';
import { publicFiles } from './layout.ts';
import { foundRows } from './limits.ts';
import { listVersions } from './listed-versions.ts';
import { requireScopePage, requireSkillPage, requireVersionPage } from './page-subjects.ts';
import { publisherPage } from './publisher-page.ts';
import { skillPage } from './skill-page.ts';
import { versionPage } from './version-page.ts';

// Crawlers get the pages about skills: nothing of the desk, and none of the endless searches.
const robots = ['User-agent: *', 'Disallow: /api/', 'Disallow: /review', 'Disallow: /*?', ''].join(
  '\n',
);

/** Routes at the root of the site. */
export function pageRoutes(registry: Registry): Hono {
  const app = new Hono()
    .route('/assets', pageFileRoutes(registry, publicFiles))
    .get('/robots.txt', (context) => context.text(robots));
  app.get('/', async (context, next) => {
    // Programs get the addresses of the registry here.
    if (!namesHtml(context)) return next();
    const view = await readHome(registry, context);
    const answer = await answerPage(registry, context, (frame) => homePage(frame, view));
    answer.headers.append('vary', 'accept');
    return answer;
  });
  app.get('/:scope{@[^/]+}/:name', async (context) => {
    const { scope, name: named } = context.req.param();
    const [short = '', version] = named.split('@');
    const name = parseSkillName(`${scope}/${short}`);
    return version === undefined
      ? answerSkill(registry, context, name)
      : answerVersion(registry, context, { name, version: parseVersion(version) });
  });
  app.get('/:scope{@[^/]+}', async (context) => {
    const scope = parseScope(context.req.param('scope'));
    const chain = await requireScopePage(registry, context, scope);
    const { after } = context.req.query();
    const page = await skillsByName(registry, {
      scope,
      after: after === undefined ? undefined : parseSkillName(after),
    });
    const owners = chain.ownersOf(scope, latest);
    const publishers = chain.publishersOf(scope, latest);
    return answerPage(registry, context, (frame) =>
      publisherPage(frame, { scope, owners, publishers, ...page }),
    );
  });
  return app;
}

async function answerSkill(
  registry: Registry,
  context: Context,
  name: SkillName,
): Promise<Response> {
  const offered = await requireSkillPage(registry, context, name);
  const list = await listVersions(registry, name, placeIn(context));
  const lines = installLines(registry, { name });
  return answerPage(registry, context, (frame) => skillPage(frame, { name, offered, lines, list }));
}

async function answerVersion(
  registry: Registry,
  context: Context,
  which: VersionName,
): Promise<Response> {
  const version = await requireVersionPage(registry, context, which);
  const evidence = await readEvidence(registry, await requireVersion(registry, which));
  const lines = installLines(registry, which);
  return answerPage(registry, context, (frame) => versionPage(frame, { version, evidence, lines }));
}

async function readHome(registry: Registry, context: Context): Promise<HomeView> {
  const query = context.req.query('q') ?? '';
  const without = withoutIn(context.req.queries('without')?.join(','));
  const hidden = await scopesHiddenFrom(registry, context);
  if (query.trim() === '') {
    const text = context.req.query('after');
    const after = text === undefined ? undefined : parseNewestPlace(text);
    const { next, skills } = await skillsByTime(registry, { after, hidden });
    return {
      query: '',
      without,
      skills: await onlyShown(registry, context, skills),
      corrected: {},
      next: next && `after=${newestPlaceText(next)}`,
    };
  }
  if (query.length > queryCharsMax)
    throw new Problem('request-invalid', `A query has at most ${queryCharsMax} characters`);
  const { corrected, skills } = await findSkills(registry, { query, without, hidden });
  const found = await onlyShown(registry, context, skills);
  const from = numberIn(context, 'from', 0);
  const end = from + foundRows;
  const rest = new URLSearchParams([
    ['q', query],
    ...without.map((kind): [string, string] => ['without', kind]),
    ['from', String(end)],
  ]);
  return {
    query,
    without,
    skills: found.slice(from, end),
    found: found.length,
    corrected,
    next: found.length > end ? String(rest) : undefined,
  };
}

function placeIn(context: Context): number {
  return numberIn(context, 'before', Number.MAX_SAFE_INTEGER);
}

function numberIn(context: Context, name: string, otherwise: number): number {
  const text = context.req.query(name);
  if (text === undefined) return otherwise;
  if (!/^\d{1,15}$/.test(text))
    throw new Problem('request-invalid', `\`${name}\` is not a place on this page`);
  return Number(text);
}
