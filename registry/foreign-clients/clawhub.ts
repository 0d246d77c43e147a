/**
 * The routes of ClawHub's API that its clients read: `clawhub`, and `openclaw skills`. Answers have
 * ClawHub's form. A refusal is plain text, because the clients print its body as it is.
 */

import { type Context, Hono, type MiddlewareHandler } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import * as v from 'valibot';
import {
  type Capabilities,
  listCapabilities,
  printCapability,
} from '../../skills-index/skill/capability.ts';
import { hexOf } from '../../skills-index/skill/digest.ts';
import { scopeOf, shortNameOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { problemCodes } from '../../skills-index/skill/problem-codes.ts';
import { parseVersion } from '../../skills-index/skill/version.ts';
import { archiveOf } from '../catalogue/plugin-packages.ts';
import { skillsByTime } from '../catalogue/visible-skills.ts';
import type { Registry } from '../context.ts';
import { letOthersGoOn } from '../people/identity-statements.ts';
import { onlyReadable, scopesHiddenFrom } from '../readers/may-read.ts';
import { jsonBody } from '../routes/request-parts.ts';
import { answerFile } from '../routes/site/file-answers.ts';
import { requireBlob } from '../store/blobs.ts';
import { approvedVersions, requireVersion } from '../versions/find-versions.ts';
import { filesOf, manifestOf, statementsOf } from '../versions/manifests.ts';
import { sourceOf } from '../versions/version-source.ts';
import type { VersionRow } from '../versions/versions.ts';
import type { VisibleVersion } from '../versions/visible-versions.ts';
import { answerMade, isPending, requireOffered, whyNotServed } from './agent-skills.ts';
import {
  aboutSkill,
  aboutVersion,
  listedAtOnce,
  listedPage,
  offeredSkill,
  readableName,
  resolved,
  servedVersion,
} from './clawhub-skill.ts';

/** Versions of which one request may ask for the verdicts; OpenClaw asks for so many at once. */
export const verdictsAtOnce = 100;

/** Characters of a version's capabilities in the overview that a person reads. */
export const overviewCharsMax = 600;

// Routes that ClawHub's clients ask for verdicts: `openclaw skills`, `clawhub skill verify`.

const askedFor = v.object({
  slug: v.pipe(v.string(), v.maxLength(200)),
  ownerHandle: v.exactOptional(v.pipe(v.string(), v.maxLength(200))),
  version: v.pipe(v.string(), v.maxLength(200)),
});
const schema = 'clawhub.skill.security-verdicts.v1';

/** Routes below /api/v1. */
function verdictRoutes(registry: Registry): Hono {
  return new Hono()
    .post(
      '/skills/-/security-verdicts',
      jsonBody(v.object({ items: v.pipe(v.array(askedFor), v.maxLength(verdictsAtOnce)) })),
      async (context) => {
        const items: object[] = [];
        for (const item of context.req.valid('json').items) {
          items.push(await judge(registry, context, item));
          await letOthersGoOn(registry);
        }
        return context.json({ schema, items });
      },
    )
    .get('/skills/:slug/verify', async (context) => {
      const asked = context.req.query('version');
      const named = asked === undefined ? undefined : parseVersion(asked);
      const name = await readableName(registry, context, named);
      const version = named ?? (await requireOffered(registry, name)).version;
      const row = await requireVersion(registry, { name, version });
      const from = asked === undefined ? 'latest' : 'version';
      return context.json(await describeVerification(registry, row, from));
    });
}

/** The verdict on one version. A version that the client may not see is not there. */
async function judge(
  registry: Registry,
  context: Context,
  { ownerHandle, slug, version }: v.InferOutput<typeof askedFor>,
) {
  const asked = {
    requestedSlug: slug,
    ...(ownerHandle === undefined ? {} : { requestedOwnerHandle: ownerHandle }),
    requestedVersion: version,
  };
  try {
    const which = parseVersion(version);
    const name = await readableName(registry, context, which, { slug, ownerHandle });
    const row = await requireVersion(registry, { name, version: which });
    return { ...asked, slug, ...(await describeVerdict(registry, row)) };
  } catch (error) {
    if (!(error instanceof Problem) || !absent.has(error.code)) throw error;
    return {
      ...asked,
      ok: false,
      decision: 'fail',
      reasons: ['skill.not_found'],
      slug: null,
      version: null,
      displayName: null,
      publisherHandle: null,
      createdAt: null,
      checkedAt: null,
      security: null,
      error: { code: 'skill_not_found', message: error.message },
    };
  }
}

const absent: ReadonlySet<string> = new Set(['not-found', 'name-invalid', 'version-invalid']);

// The verdict on a version in the form of ClawHub's clients. OpenClaw asks for the verdict before
// every download, shows the overview to the person, and installs nothing that is blocked.

interface Verdict {
  /** `clean` for an approved version, `pending` for one that waits, and the state of any other. */
  readonly security: {
    readonly status: string;
    readonly passed: boolean;
    readonly signals: object;
  };
  readonly reasons: string[];
  /** One line for the person who installs. */
  readonly overview: string;
}

/** Judges a version by its state alone: people and the scanner judged it before. */
async function readVerdict(registry: Registry, row: VisibleVersion<VersionRow>): Promise<Verdict> {
  const refusal = await whyNotServed(registry, row);
  if (refusal === undefined) {
    const { capabilities } = await manifestOf(registry, row);
    return {
      security: { status: 'clean', passed: true, signals: {} },
      reasons: [],
      overview: printOverview(capabilities),
    };
  }
  const waits = isPending(row);
  return {
    security: { status: waits ? 'pending' : row.status, passed: false, signals: {} },
    reasons: [waits ? 'pending_scan' : `version.${row.status.replace(' ', '_')}`, refusal.message],
    overview: refusal.message,
  };
}

/** The address of the version's files and decision for a person who reads the overview. */
function addressesOf({ config }: Registry, { name, version }: VersionRow) {
  return { page: `${config.base}/${name}`, archive: `${config.base}/archives/${name}/${version}` };
}

/** What `security-verdicts` answers about a version that the client may see. */
async function describeVerdict(registry: Registry, row: VisibleVersion<VersionRow>) {
  const { overview, reasons, security } = await readVerdict(registry, row);
  const { page } = addressesOf(registry, row);
  return {
    ok: security.passed,
    decision: security.passed ? 'pass' : 'blocked',
    reasons,
    version: row.version,
    displayName: row.name,
    publisherHandle: scopeOf(row.name),
    skillUrl: page,
    securityAuditUrl: page,
    overview,
    createdAt: row.createdAt,
    checkedAt: registry.now().getTime(),
    security,
  };
}

/** What `verify` answers. The evidence is named, so that another program can verify it. */
async function describeVerification(
  registry: Registry,
  row: VisibleVersion<VersionRow>,
  resolvedFrom: 'latest' | 'version',
) {
  const { reasons, security } = await readVerdict(registry, row);
  const source = await sourceOf(registry, row);
  const scope = scopeOf(row.name);
  const { archive, page } = addressesOf(registry, row);
  const signed = await statementsOf(registry, row.id);
  return {
    schema: 'clawhub.skill.verify.v1',
    ok: security.passed,
    decision: security.passed ? 'pass' : 'fail',
    reasons,
    slug: shortNameOf(row.name),
    displayName: row.name,
    pageUrl: page,
    publisherHandle: scope,
    publisherDisplayName: scope,
    publisherProfileUrl: null,
    version: row.version,
    resolvedFrom,
    tag: null,
    createdAt: row.createdAt,
    card: null,
    artifact: { bundle: row.bundle, archiveUrl: archive },
    provenance: source === undefined ? null : { signedBy: 'publisher', source },
    security,
    signature: {
      verifiedBy: 'registry',
      // The client that reads this verified none of them.
      // A statement has an address from the moment when its bundle is written.
      statements: signed.flatMap(({ bundle, logIndex, predicateType }) =>
        bundle === null
          ? []
          : [
              {
                type: predicateType,
                logIndex,
                url: `${registry.config.base}/api/v1/blobs/sha256/${hexOf(bundle)}`,
              },
            ],
      ),
    },
  };
}

/** OpenClaw enforces none of the capabilities, and the person has to know. */
function printOverview(capabilities: Capabilities): string {
  const declared = listCapabilities(capabilities).map(printCapability);
  const text =
    declared.length === 0
      ? 'Declares no network, secrets, files or programs.'
      : `Declares: ${declared.join('; ')}.`;
  const cut = text.length <= overviewCharsMax ? text : `${text.slice(0, overviewCharsMax - 1)}…`;
  return `Approved by reviewers. ${cut} Only "skillgate run" holds the skill to that.`;
}

// What `openclaw skills search` shows without words: the registry counts no downloads.

/** Routes below /api/v1. */
function trendingRoutes(registry: Registry): Hono {
  return new Hono().get('/trending', async (context) => {
    const hidden = await scopesHiddenFrom(registry, context);
    const { skills } = await skillsByTime(registry, { hidden });
    const shown = await onlyReadable(registry, context, skills);
    return context.json({
      items: shown.map(({ description, name, offeredSince }) => ({
        slug: shortNameOf(name),
        displayName: name,
        summary: description,
        source: 'clawhub',
        publisher: { handle: scopeOf(name) },
        metrics: { updatedAt: offeredSince.getTime() },
      })),
    });
  });
}

/** Routes below /api/v1. */
export function clawhubRoutes(registry: Registry): Hono {
  const app = new Hono();
  for (const path of ['/skills', '/skills/*', '/download', '/resolve'])
    app.use(path, answerInPlainText);
  for (const routes of routesOfClients) app.route('/', routes(registry));
  return app;
}

const routesOfClients = [skillRoutes, fileRoutes, verdictRoutes, trendingRoutes];

function skillRoutes(registry: Registry): Hono {
  return new Hono()
    .get('/skills', async (context) => {
      const { items, next } = await listedPage(registry, context);
      const shown = await onlyReadable(registry, context, items);
      return context.json({
        items: shown.map((skill) => ({
          ...aboutSkill(skill),
          latestVersion: aboutVersion(skill),
        })),
        nextCursor: next ?? null,
      });
    })
    .get('/skills/:slug', async (context) => {
      const skill = await offeredSkill(registry, context);
      const scope = scopeOf(skill.name);
      return context.json({
        skill: aboutSkill(skill),
        latestVersion: aboutVersion(skill),
        owner: { handle: scope, displayName: scope },
        moderation: null,
      });
    })
    .get('/skills/:slug/versions', async (context) => {
      const skill = await offeredSkill(registry, context);
      const rows = await approvedVersions(registry, skill.name, listedAtOnce);
      return context.json({ items: rows.map(aboutVersion), nextCursor: null });
    });
}

function fileRoutes(registry: Registry): Hono {
  return new Hono()
    .get('/skills/:slug/versions/:version', async (context) => {
      const row = await servedVersion(registry, context, context.req.param('version'));
      const files = (await filesOf(registry, row)).map(({ path, size, sha256 }) => ({
        path,
        size,
        sha256: hexOf(sha256),
      }));
      return context.json({
        version: { ...aboutVersion(row), files },
        skill: { slug: shortNameOf(row.name), displayName: row.name },
      });
    })
    .get('/skills/:slug/file', async (context) => {
      const row = await servedVersion(registry, context, context.req.query('version'));
      const path = context.req.query('path');
      const file = (await filesOf(registry, row)).find((one) => one.path === path);
      if (file === undefined)
        throw new Problem('not-found', `${row.name}@${row.version} has no such file`);
      // A browser must show nothing of it as a page.
      const as = {
        type: 'application/octet-stream',
        cache: 'fresh',
        digest: file.sha256,
      } as const;
      return answerFile(context, await requireBlob(registry, file.sha256), as);
    })
    .get('/skills/:slug/install', async (context) => {
      const skill = await offeredSkill(registry, context);
      const { name, version } = skill;
      return context.json({
        ok: true,
        slug: shortNameOf(name),
        installKind: 'archive',
        archive: { version, downloadUrl: `${registry.config.base}/archives/${name}/${version}` },
      });
    })
    .get('/download', async (context) => {
      const row = await servedVersion(registry, context, context.req.query('version'));
      return answerMade(registry, context, archiveOf(registry, row.bundle));
    })
    .get('/resolve', async (context) => context.json(await resolved(registry, context)));
}

/** The address that `clawhub --site` reads. The route is at the root of the site. */
export function clawhubDiscovery({ config }: Registry): Hono {
  return new Hono().get('/.well-known/clawhub.json', (context) =>
    context.json({ apiBase: config.base }),
  );
}

const uncached = { 'cache-control': 'no-store' };

const answerInPlainText: MiddlewareHandler = async (context, next) => {
  await next();
  const { error } = context;
  if (!(error instanceof Problem)) return;
  const status = context.res.status as ContentfulStatusCode;
  const message = `${error.code}: ${error.message}`;
  // OpenClaw shows the message of this one answer, and no text.
  if (context.req.path.endsWith('/install') && error.code !== 'not-found') {
    const refusal = { ok: false, slug: context.req.param('slug'), reason: error.code };
    context.res = context.json({ ...refusal, message, status }, status, uncached);
    return;
  }
  const text = `${message}\n${error.hint ?? problemCodes[error.code].fix}\n`;
  context.res = context.text(text, status, uncached);
};
