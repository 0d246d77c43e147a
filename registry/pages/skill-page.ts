/** A skill: its offered version, how to install it, and all of its versions. */

import type { Context, MiddlewareHandler } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { type SkillName, scopeOf, shortNameOf } from '../../skills-index/skill/name.ts';
import type { Problem } from '../../skills-index/skill/problem.ts';
import { problemCodes } from '../../skills-index/skill/problem-codes.ts';
import type { Version } from '../../skills-index/skill/version.ts';
import { predicateTypes } from '../../skills-index/statement/attestation.ts';
import { rootFingerprint } from '../../skills-index/trust/root/root.ts';
import type { Registry } from '../context.ts';
import { pageHeaders, scriptlessPolicy } from '../markup/content-policy.ts';
import {
  day,
  digest,
  type Html,
  html,
  part,
  term,
  typedLine,
  untrusted,
} from '../markup/markup.ts';
import { stateBadge } from '../markup/severity.ts';
import { problemOf } from '../problem-json.ts';
import { answerGzipped } from '../routes/site/file-answers.ts';
import { statementsOf } from '../versions/manifests.ts';
import type { VersionRow } from '../versions/versions.ts';
import { type PublicFrame, publicPage } from './layout.ts';
import {
  approvalPart,
  canPart,
  changeList,
  type PublicVersion,
  stateMeanings,
  type VersionEntry,
  type VersionsPage,
  versionFacts,
  warnings,
} from './version-parts.ts';

interface SkillView {
  readonly name: SkillName;
  /** The version that the registry offers; absent when it offers none. */
  readonly offered?: PublicVersion | undefined;
  readonly lines: ReturnType<typeof installLines>;
  readonly list: VersionsPage;
}

/** The whole page. */
export function skillPage(frame: PublicFrame, view: SkillView): Html {
  const { list, name, offered } = view;
  const path = `/${name}`;
  const versions = part('versions', 'Versions', versionList(name, list));
  const content = offered?.content;
  if (offered === undefined || content === undefined) {
    const description = `${name} has no version that anybody may install.`;
    const body = html`<p class="notice">The registry offers no version of this skill. ${newestWords(list)}</p>${versions}`;
    return publicPage(frame, {
      title: name,
      description,
      heading: heading(name),
      body,
      path,
    });
  }
  const { detail } = offered;
  const body = html`<p class="lead">${untrusted(content.description)}</p>
${warnings(detail)}
<div class="two"><div>
${canPart(content)}
${part('install', 'Install', installList(view.lines))}
${versions}
</div><aside aria-label="about version ${detail.version}">
${versionFacts(detail, content)}
${approvalPart(detail)}
<p><a href="/${name}@${detail.version}">Findings and evidence of ${detail.version}</a></p>
</aside></div>`;
  const title = html`${heading(name)} <span class="version">${detail.version}</span> ${stateBadge(detail.status)}`;
  return publicPage(frame, {
    title: name,
    heading: title,
    description: content.description,
    body,
    path,
  });
}

/** The name, with a link to its scope. */
export function heading(name: SkillName): Html {
  const scope = `@${scopeOf(name)}`;
  return html`<a href="/${scope}">${scope}</a>/${shortNameOf(name)}`;
}

function newestWords({ versions: [newest] }: VersionsPage): string {
  if (newest === undefined) return '';
  const { status, version } = newest.row;
  if (newest.isYanked) return `Its author yanked ${version}.`;
  return status === 'approved' ? '' : `Version ${version}: ${stateMeanings[status].text}.`;
}

function versionList(name: SkillName, { next, versions }: VersionsPage): Html {
  return html`<ol class="versions">${versions.map((one) => versionItem(name, one))}</ol>
${next === undefined ? '' : html`<nav class="pages" aria-label="pages of versions"><a href="/${name}?before=${next}#versions" rel="next">Older versions</a></nav>`}`;
}

function versionItem(name: SkillName, { change, isYanked, row }: VersionEntry): Html {
  const { createdAt, status, version } = row;
  const { outlook, text } = stateMeanings[status];
  return html`<li><h3><a href="/${name}@${version}"><span class="version">${version}</span></a> ${stateBadge(status)}${
    isYanked ? html`<span class="tag">yanked</span>` : ''
  }<span class="quiet">${day(createdAt)}</span></h3>
${outlook === 'approved' ? (change === undefined ? '' : changeList(change)) : html`<p class="quiet">${text}</p>`}</li>`;
}

// What a person types to get a skill, for each client.

interface Installable {
  readonly name: SkillName;
  /** Absent for the version that the registry offers at the time of the installation. */
  readonly version?: Version;
}

interface InstallLine {
  readonly client: string;
  /** What the client verifies, and what it enforces. */
  readonly checks: string;
  readonly line: string;
}

/** The lines of the clients that can install the skill. */
export function installLines(
  { config: { base }, readers }: Pick<Registry, 'config' | 'readers'>,
  { name, version }: Installable,
): InstallLine[] {
  const which = version === undefined ? name : `${name}@${version}`;
  const pinned = version === undefined ? '' : ` --version ${version}`;
  const shortName = shortNameOf(name);
  const own = {
    client: 'Skillgate',
    checks: 'Verifies every signature, and runs the skill in a sandbox.',
    line: `skillgate install ${which}`,
  };
  // The other clients send no token.
  if (readers?.isPrivate(scopeOf(name)) === true) return [own];
  return [
    own,
    {
      client: 'npx skills',
      checks: 'Compares the files with a digest. Verifies no signature, and enforces nothing.',
      line: `npx skills add ${base}/${which}`,
    },
    {
      client: 'clawhub',
      checks: 'Verifies nothing, and enforces nothing.',
      line: `CLAWHUB_REGISTRY=${base} CLAWHUB_SITE=${base} clawhub install ${name}${pinned}`,
    },
    {
      client: 'OpenClaw',
      checks: 'Asks the registry for its verdict. Verifies nothing, and enforces nothing.',
      line: `OPENCLAW_CLAWHUB_URL=${base} openclaw skills install ${name}${pinned}`,
    },
    {
      client: 'Claude Code',
      checks: 'Compares the package with a digest. Verifies no signature, and enforces nothing.',
      line: `claude plugin marketplace add ${base}/${which}/marketplace.json && claude plugin install ${shortName}@${scopeOf(name)}.${shortName}`,
    },
  ];
}

/** The lines as a list, the safest client first. */
export function installList(lines: readonly InstallLine[]): Html {
  return html`<ul class="install">${lines.map(
    ({ client, checks, line }) => html`<li><h3>${client}</h3><p class="quiet">${checks}</p>
${typedLine(`the line for ${client}`, line)}</li>`,
  )}</ul>`;
}

// The chain of evidence as a tree, from the root of trust to the files: what the registry says, and
// the signed statements of each part. `skillgate verify` judges them; a page proves nothing.

interface StatementEntry {
  readonly predicateType: string;
  readonly logIndex: number;
  readonly at: number;
}

export interface EvidenceView extends Pick<VersionRow, 'name' | 'version' | 'bundle'> {
  readonly root: string;
  readonly origin: string;
  readonly statements: readonly StatementEntry[];
}

/** Reads the statements of a version. */
export async function readEvidence(
  registry: Registry,
  { bundle, id, name, version }: Pick<VersionRow, 'id' | 'name' | 'version' | 'bundle'>,
): Promise<EvidenceView> {
  const rows = await statementsOf(registry, id);
  return {
    name,
    version,
    bundle,
    root: rootFingerprint(registry.root),
    origin: registry.root.origin,
    statements: rows.map(({ createdAt, logIndex, predicateType }) => ({
      predicateType,
      logIndex,
      at: createdAt,
    })),
  };
}

/** The parts in the order of a version's way, each with the statements that say it. */
const parts: readonly (readonly [string, string])[] = [
  [predicateTypes.publish, 'The author published these files'],
  [predicateTypes.provenance, 'The publisher named the source of the files'],
  [predicateTypes.scan, 'A scanner scanned the files'],
  [predicateTypes.observed, 'A scanner ran the files in sandboxes with decoys'],
  [predicateTypes.approval, 'People approved the version'],
  [predicateTypes.summary, 'The registry summed up scan and approvals'],
];

/** The section. */
export function evidencePart(view: EvidenceView): Html {
  const { bundle, name, origin, root, statements, version } = view;
  const branches = parts.flatMap(([type, words]) => {
    const said = statements.filter(({ predicateType }) => predicateType === type);
    return said.length === 0 ? [] : [html`<li>${words}<ul>${said.map(leaf)}</ul></li>`];
  });
  const verify = typedLine(
    'the line that verifies the evidence',
    `skillgate verify ${name}@${version}`,
  );
  return part(
    'evidence',
    'Evidence',
    html`<p class="summary">Each signed statement is in the public log. This line checks all of them on your machine:</p>
${verify}
<ul class="tree"><li>Root of trust of ${origin} ${digest(root)}
<ul><li>The log of ${origin}, <a href="/log/checkpoint">its signed head</a>
<ul>${branches}</ul></li>
<li>${name} ${version} is the bundle ${digest(bundle)}</li></ul></li></ul>`,
  );
}

function leaf({ at, logIndex }: StatementEntry): Html {
  return html`<li><a href="/log/statements/${logIndex}">statement ${logIndex}</a>, ${day(at)}</li>`;
}

// Answers with public pages: the same headers for each, and a tag for conditional requests.

const headers = {
  ...pageHeaders,
  'content-security-policy': scriptlessPolicy,
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
} as const;

/** Makes and answers a page. Caches ask again each time: a stop must not wait for a cache. */
export async function answerPage(
  registry: Registry,
  context: Context,
  make: (frame: PublicFrame) => Html,
): Promise<Response> {
  const bytes = Buffer.from(String(make(frameOf(registry))));
  const as = { type: 'text/html; charset=utf-8', cache: 'fresh' } as const;
  const answer = await answerGzipped(registry, context, bytes, as);
  for (const [name, value] of Object.entries(headers)) answer.headers.set(name, value);
  return answer;
}

/** Whether a client names HTML among what it reads, as browsers do and programs do not. */
export function namesHtml(context: Context): boolean {
  return (context.req.header('accept') ?? '').includes('text/html');
}

/** Shows a failure as a page to browsers. The desk has pages of its own for failures. */
export function showFailures(registry: Registry): MiddlewareHandler {
  return async (context, next) => {
    await next();
    const { error, req } = context;
    if (error === undefined || !namesHtml(context) || /^\/(?:review|api)\//.test(`${req.path}/`))
      return;
    const status = context.res.status as ContentfulStatusCode;
    context.res = undefined;
    context.res = await context.html(failurePage(frameOf(registry), problemOf(error)), status, {
      ...headers,
      'cache-control': 'no-store',
    });
  };
}

function frameOf({ config: { base }, root: { origin } }: Registry): PublicFrame {
  return { base, origin };
}

// A failure as a page: what happened, and what to do.

/** The whole page. */
export function failurePage(frame: PublicFrame, problem: Problem): Html {
  const { fix, means } = problemCodes[problem.code];
  const body = html`<p class="notice notice-refused" role="alert">${untrusted(problem.message)}</p>
<dl class="facts">${term('code', html`<code>${problem.code}</code>`)}${term('what to do', untrusted(problem.hint ?? fix))}</dl>
<p><a href="/">Search for skills</a></p>`;
  return publicPage(frame, { title: 'The request failed', description: means, body });
}
