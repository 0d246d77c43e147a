/** Pages for everybody: search, skills and their versions. */
import { type Context, Hono } from 'hono';
import {
  parseScope,
  parseSkillName,
  type Scope,
  type SkillName,
  scopeOf,
} from '../../skills-index/skill/name.ts';
import { type Need, needs, needsOf } from '../../skills-index/skill/needs.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseVersion } from '../../skills-index/skill/version.ts';
import type { Finding } from '../../skills-index/statement/finding.ts';
import { isKey, printIdentity } from '../../skills-index/statement/identity-id.ts';
import type { Identity } from '../../skills-index/statement/predicates.ts';
import { ruleNote } from '../../skills-index/statement/rule-note.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import { findSkills } from '../catalogue/search/find-skills.ts';
import {
  findSkill,
  newestPlaceText,
  parseNewestPlace,
  skillsByName,
  skillsByTime,
  type VisibleSkill,
} from '../catalogue/visible-skills.ts';
import type { Registry, VersionName } from '../context.ts';
import { count, day, digest, type Html, html, part, untrusted } from '../markup/markup.ts';
import { pageFileRoutes } from '../markup/page-files.ts';
import { rankFindings } from '../markup/rank-findings.ts';
import { severityBadge, stateBadge, verdictBadge } from '../markup/severity.ts';
import { latest, readIdentities } from '../people/identities.ts';
import { onlyReadable, requireReading, scopesHiddenFrom } from '../readers/may-read.ts';
import { queryCharsMax, withoutIn } from '../routes/search.ts';
import { newestVersion, requireVersion } from '../versions/find-versions.ts';
import { type PublicFrame, publicFiles, publicPage } from './layout.ts';
import {
  answerPage,
  type EvidenceView,
  evidencePart,
  heading,
  installLines,
  installList,
  namesHtml,
  readEvidence,
  skillPage,
} from './skill-page.ts';
import {
  approvalPart,
  canPart,
  changeList,
  listVersions,
  notApproved,
  type PublicVersion,
  readPublicVersion,
  stateMeanings,
  versionFacts,
  warnings,
} from './version-parts.ts';

/** Skills on a page of search results. */
const foundRows = 20;

/** Findings that the page of a version shows. */
const publicFindingsMax = 100;

/** Steps of one finding's flow. */
const publicFlowStepsMax = 20;

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
      skills: await onlyReadable(registry, context, skills),
      corrected: {},
      next: next && `after=${newestPlaceText(next)}`,
    };
  }
  if (query.length > queryCharsMax)
    throw new Problem('request-invalid', `A query has at most ${queryCharsMax} characters`);
  const { corrected, skills } = await findSkills(registry, { query, without, hidden });
  const found = await onlyReadable(registry, context, skills);
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

// The first page: search, and the skills that were approved last.

interface HomeView {
  readonly query: string;
  readonly without: readonly Need[];
  readonly skills: readonly VisibleSkill[];
  /** All that a search found; undefined without a search. */
  readonly found?: number;
  /** Words that no skill has, with the words that were looked up instead. */
  readonly corrected: Readonly<Record<string, readonly string[]>>;
  /** The query of the next page, if there is one. */
  readonly next?: string | undefined;
}

/** The whole page. */
export function homePage(frame: PublicFrame, view: HomeView): Html {
  const { found, next, query, skills } = view;
  const title = found === undefined ? 'Skills for agents' : `Skills for “${query}”`;
  const body = html`${found === undefined ? about : ''}${searchForm(view)}
${found === undefined ? html`<h2>Approved last</h2>` : summary(view, found)}
${skills.length === 0 ? nothing(view) : skillList(skills)}
${next === undefined ? '' : html`<nav class="pages" aria-label="pages of skills"><a href="/?${next}" rel="next">More skills</a></nav>`}`;
  const description =
    'A registry of skills for agents. Each skill was signed by its author, scanned, and approved by a person.';
  return publicPage(frame, {
    title,
    description,
    body,
    path: '/',
    at: 'skills',
  });
}

const about = html`<p class="lead">Each skill here was signed by its author, scanned, and approved by a person. Each page says what a skill can do, and what it cannot do.</p>`;

const kindWords: Readonly<Record<Need, string>> = {
  network: 'network',
  secrets: 'secrets',
  environment: 'environment variables',
  files: 'your files',
  programs: 'programs of the host',
  packages: 'packages',
};

function searchForm({ query, without }: HomeView): Html {
  return html`<form class="search" method="get" action="/" role="search">
<label for="q">What should the skill do?</label>
<div class="asked"><input id="q" type="search" name="q" value="${query}" placeholder="write the weekly sales report" autocomplete="off"><button>Search</button></div>
<fieldset><legend>Only skills that need no</legend>${needs.map(
    (kind) =>
      html`<label><input type="checkbox" name="without" value="${kind}" ${without.includes(kind) ? 'checked' : ''}> ${kindWords[kind]}</label>`,
  )}</fieldset></form>`;
}

function summary({ corrected }: HomeView, found: number): Html {
  const instead = Object.entries(corrected).map(
    ([word, words]) =>
      html` No skill has the word ${untrusted(word)}; searched for ${untrusted(words.join(', '))} instead.`,
  );
  return html`<h2>${count(found, 'skill')} found</h2>${instead.length === 0 ? '' : html`<p class="summary">${instead}</p>`}`;
}

function nothing({ found }: HomeView): Html {
  return found === undefined
    ? html`<p class="empty">No skill is approved yet.</p>`
    : html`<p class="empty">No approved skill fits. Try other words, or fewer limits.</p>`;
}

// A list of skills: name, description, and what each asks for.

/** Skills with their offered versions. */
function skillList(skills: readonly VisibleSkill[]): Html {
  return html`<ul class="skills">${skills.map(item)}</ul>`;
}

const needWords: Readonly<Record<Need, string>> = {
  network: 'reaches the network',
  secrets: 'uses secrets',
  environment: 'sees environment variables',
  files: 'uses your files',
  programs: 'starts programs of the host',
  packages: 'loads packages',
};

function item(skill: VisibleSkill): Html {
  const { description, name, offeredSince, version } = skill;
  const needed = needsOf(skill.capabilities);
  return html`<li><h3><a href="/${name}">${name}</a> <span class="version">${version}</span></h3>
<p>${untrusted(description)}</p>
<p class="needs">${needed.length === 0 ? html`<span class="tag none">asks for nothing</span>` : needed.map((kind) => html`<span class="tag">${needWords[kind]}</span> `)}
<span class="quiet">approved ${day(offeredSince)}</span></p></li>`;
}

// What a public page is about, for whoever may read it.

/**
 * The offered version of a skill; undefined when the registry offers none.
 * @throws Problem `not-found` for a skill without any version
 */
async function requireSkillPage(
  registry: Registry,
  context: Context,
  name: SkillName,
): Promise<PublicVersion | undefined> {
  const missing = `This registry has no skill ${name}`;
  await requireReading(registry, context, () => new Set([scopeOf(name)]), missing);
  const skill = await findSkill(registry, name);
  if (skill !== undefined) return readPublicVersion(registry, skill);
  if ((await newestVersion(registry, name)) === undefined) throw new Problem('not-found', missing);
  return undefined;
}

/** @throws Problem `not-found` */
async function requireVersionPage(
  registry: Registry,
  context: Context,
  which: VersionName,
): Promise<PublicVersion> {
  const missing = `This registry has no version ${which.name}@${which.version}`;
  await requireReading(registry, context, () => new Set([scopeOf(which.name)]), missing);
  return readPublicVersion(registry, which);
}

/**
 * The statements about a claimed scope.
 * @throws Problem `not-found`
 */
async function requireScopePage(
  registry: Registry,
  context: Context,
  scope: Scope,
): Promise<Awaited<ReturnType<typeof readIdentities>>['chain']> {
  const missing = `This registry offers no skill of @${scope}`;
  await requireReading(registry, context, () => new Set([scope]), missing);
  const { chain } = await readIdentities(registry, { scopes: [scope] });
  if (chain.scopeStatementOf(scope, latest) === undefined) throw new Problem('not-found', missing);
  return chain;
}

// A scope: who may publish in it, and its approved skills.

interface PublisherView {
  readonly scope: Scope;
  readonly owners: readonly Identity[];
  readonly publishers: readonly Identity[];
  readonly skills: readonly VisibleSkill[];
  /** The skill behind which further ones are; absent on the last page. */
  readonly next?: SkillName | undefined;
}

/** The whole page. */
export function publisherPage(frame: PublicFrame, view: PublisherView): Html {
  const { next, owners, publishers, scope, skills } = view;
  const title = `@${scope}`;
  const list =
    skills.length === 0
      ? html`<p class="empty">No skill of ${title} is approved.</p>`
      : skillList(skills);
  const body = html`<div class="two"><div>
${part(
  'skills',
  'Approved skills',
  html`${list}${next === undefined ? '' : html`<nav class="pages" aria-label="pages of skills"><a href="/${title}?after=${next}" rel="next">More skills</a></nav>`}`,
)}
</div><aside aria-label="about ${title}">
<h2>Owners</h2>${identityList(owners)}
<h2>Publishers</h2>${identityList(publishers)}
<p class="quiet">A key proves no name. The log shows each change of owners and publishers.</p>
</aside></div>`;
  const description = `The approved skills of ${title}, and who may publish there.`;
  return publicPage(frame, {
    title,
    description,
    body,
    path: `/${title}`,
  });
}

function identityList(identities: readonly Identity[]): Html {
  if (identities.length === 0) return html`<p class="quiet">Nobody at the moment.</p>`;
  return html`<ul class="plain-list">${identities.map(
    (one) => html`<li>${isKey(one) ? digest(one.keyId) : untrusted(printIdentity(one))}</li>`,
  )}</ul>`;
}

// A version: what it can do, what it asks for anew, its findings and its evidence.

interface PublicVersionView {
  readonly version: PublicVersion;
  readonly evidence: EvidenceView;
  readonly lines: ReturnType<typeof installLines>;
}

/** The whole page. */
export function versionPage(
  frame: PublicFrame,
  { evidence, lines, version }: PublicVersionView,
): Html {
  const { content, detail } = version;
  const { name, status } = detail;
  const title = `${name} ${detail.version}`;
  const head = html`${heading(name)} <span class="version">${detail.version}</span> ${stateBadge(status)}`;
  const path = `/${name}@${detail.version}`;
  const other = html`<p><a href="/${name}">All versions of ${name}</a></p>`;
  if (content === undefined) {
    const description = `${title}: ${stateMeanings[status].text}.`;
    const body = html`${notApproved(detail)}${other}`;
    return publicPage(frame, { title, heading: head, description, body, path });
  }
  const { change, description, report } = content;
  const body = html`<p class="lead">${untrusted(description)}</p>
${warnings(detail)}
<div class="two"><div>
${canPart(content)}
${part('anew', change === 'first' ? 'What it asks for anew' : `What it asks for anew since ${change.since}`, changeList(change))}
${part('install', `Install ${detail.version}`, installList(lines))}
${findingPart(report)}
${evidencePart(evidence)}
</div><aside aria-label="about this version">
${versionFacts(detail, content)}
${approvalPart(detail)}
${other}
</aside></div>`;
  return publicPage(frame, { title, heading: head, description, body, path });
}

// The findings of an approved version's scan, for everybody. The desk shows more: code frames, and
// what a reviewer should check.

/** The section. Approvers read the findings before they approved. */
function findingPart(report: ScanReport | undefined): Html {
  if (report === undefined)
    return part('findings', 'Findings', html`<p class="empty">There is no scan report.</p>`);
  const { coverage, decidedBy, findings, verdict } = report;
  const shown = rankFindings(findings, decidedBy).slice(0, publicFindingsMax);
  const more = findings.length - shown.length;
  const unread = coverage.files.filter(({ disposition }) => disposition === 'unanalysed').length;
  return part(
    'findings',
    `Findings (${findings.length})`,
    html`<p class="summary">The scan of ${count(coverage.files.length, 'file')}: ${verdictBadge(verdict)}${
      unread === 0 ? '' : html`<b>${count(unread, 'file')} not analysed.</b> `
    }${findings.length === 0 ? '' : 'The people who approved the version saw these findings.'}</p>
<ol class="findings">${shown.map(findingItem)}</ol>
${more > 0 ? html`<p class="notice">${count(more, 'further finding')}: see the scan report.</p>` : ''}`,
  );
}

function findingItem({ flow, line, message, path, rule, severity }: Finding): Html {
  const steps = flow
    .slice(0, publicFlowStepsMax)
    .map(
      (step) =>
        html`<li>${untrusted(step.note)} <code>${untrusted(step.path)}:${step.line}</code></li>`,
    );
  return html`<li><p>${severityBadge(severity)}${untrusted(message)}</p>
<p class="quiet">${ruleName(rule)} <code>${untrusted(path)}:${line}</code></p>
${steps.length === 0 ? '' : html`<details><summary>${count(flow.length, 'step')}</summary><ol>${steps}</ol></details>`}</li>`;
}

/** A rule of another scanner version has no page. */
function ruleName(rule: string): Html {
  return ruleNote(rule) === undefined
    ? html`<code>${untrusted(rule)}</code>`
    : html`<a href="/rules/${rule}">${rule}</a>`;
}
