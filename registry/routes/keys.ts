/**
 * The log's facts about a key or about an identity in a certificate: for its holder, and for people
 * who have to end or stop it.
 */

import { and, desc, eq } from 'drizzle-orm';
import { type Context, Hono } from 'hono';
import * as v from 'valibot';
import { parseIncident } from '../../skills-index/run/audit/incident.ts';
import {
  mailboxAnswerShape,
  mailboxBytesMax,
  mailboxMessageShape,
  mailboxQuestionShape,
  parseForMailbox,
} from '../../skills-index/run/holds/mailbox.ts';
import { type Digest, parseDigest } from '../../skills-index/skill/digest.ts';
import { scopeOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import {
  isSignature,
  type SimilaritySignature,
} from '../../skills-index/skill/text/matching-parts.ts';
import { predicateTypes } from '../../skills-index/statement/attestation.ts';
import { scanReportValuesMax } from '../../skills-index/statement/scan-report.ts';
import { renewSkills } from '../catalogue/renew-skills.ts';
import type { Actor, Registry, VersionName } from '../context.ts';
import { orLater } from '../log/after-logging.ts';
import { logSize } from '../log/log.ts';
import {
  isIdentityStatement,
  keysOfStatement,
  latest,
  memberNow,
  readIdentities,
  requireRole,
} from '../people/identities.ts';
import type { KnownIdentities } from '../people/known-identities.ts';
import {
  answerTo,
  forgetMessage,
  messagesFor,
  takeAnswer,
  takeMessage,
} from '../people/mailbox.ts';
import { mayRead, onlyReadable, requireReading } from '../readers/may-read.ts';
import { limitBody } from '../request-limits/body-limit.ts';
import { reportBytesMax } from '../request-limits/spool.ts';
import { type AddressOf, networkOf } from '../request-limits/write-limits.ts';
import { keepSome } from '../review/queue/renew-queue.ts';
import { failJob, leaseJob, renewLease } from '../scans/jobs.ts';
import { type SignedReport, takeReportOnce } from '../scans/reports.ts';
import { planRescans, takeRuleSet } from '../scans/rescans.ts';
import { takeIncident } from '../stops/incidents.ts';
import { followStops } from '../stops/pending-stops.ts';
import { findBlob } from '../store/blobs.ts';
import { hasDigest } from '../store/columns/digest-column.ts';
import { versionBlobs, versions } from '../store/schema.ts';
import { stopOfPublisher } from '../versions/publishers.ts';
import { leasableBy } from '../versions/second-scans.ts';
import { readVisible, visibleColumns } from '../versions/visible-versions.ts';
import { asDigest, digestSchema, jsonBody, requireActor } from './request-parts.ts';
import { envelopeIn } from './skill-versions.ts';

/** Versions listed for one publisher, the newest ones. */
const keyVersionsMax = 200;

/** One incident report. */
const incidentBytesMax = 8 * 1024;

/** Routes below /api/v1. */
export function keyRoutes(registry: Registry): Hono {
  return new Hono().get('/keys/:keyId', async (context) => {
    const keyId = parseDigest(context.req.param('keyId'));
    const known = await readIdentities(registry, { rightsOf: [keyId] });
    const isRoot = registry.root.administrators.some((one) => one.keyId === keyId);
    const isNamed = isRoot || (await isNamedInShown(registry, context, known, keyId));
    const spki = isNamed ? known.chain.keyOf(keyId) : undefined;
    const shown = known.chain
      .scopesOf(keyId, latest)
      .map(async (scope) => ((await mayRead(registry, context, scope)) ? [scope] : []));
    const scopes = (await Promise.all(shown)).flat();
    const published = await onlyReadable(registry, context, await publishedWith(registry, keyId));
    if (spki === undefined && scopes.length === 0 && published.length === 0)
      throw new Problem('not-found', `The log names no key or publisher ${keyId}`);
    const stopped = (await stopOfPublisher(registry, keyId))?.kind;
    return context.json({
      keyId,
      ...(spki === undefined ? {} : { spki: Buffer.from(spki).toString('base64') }),
      scopes,
      roles: memberNow(registry, known.chain, keyId)?.roles ?? [],
      isRoot,
      ...lifeOf(known, keyId),
      ...(stopped === undefined ? {} : { stopped }),
      versions: published,
      logSize: await logSize(registry),
    });
  });
}

/** Whether a statement names the key that the request may read: members and keys are public. */
async function isNamedInShown(
  registry: Registry,
  context: Context,
  { statements: logged }: KnownIdentities,
  keyId: Digest,
): Promise<boolean> {
  if (registry.readers === undefined) return true;
  for (const { statement } of logged) {
    if (!isIdentityStatement(statement)) continue;
    const { predicateType, predicate } = statement;
    const replaced = predicateType === predicateTypes.key ? predicate.replaces : undefined;
    const named = [...keysOfStatement(statement).map((one) => one.keyId), replaced];
    if (!named.includes(keyId)) continue;
    if (predicateType !== predicateTypes.scope) return true;
    if (await mayRead(registry, context, predicate.scope)) return true;
  }
  return false;
}

function lifeOf(
  { chain, statements: logged }: KnownIdentities,
  keyId: Digest,
): { endedUpTo?: number; follows: Digest[]; followedBy: Digest[] } {
  const ignored = new Set(chain.ignored.map(({ digest }) => digest));
  const keyStatements = logged.flatMap(({ statement, digest, logIndex }) =>
    statement.predicateType === predicateTypes.key && !ignored.has(digest)
      ? [{ ...statement.predicate, logIndex }]
      : [],
  );
  const ends = keyStatements.flatMap(({ key, state, validUpTo, logIndex }) =>
    state === 'ended' && key.keyId === keyId ? [Math.min(validUpTo ?? logIndex, logIndex)] : [],
  );
  return {
    ...(ends.length === 0 ? {} : { endedUpTo: Math.min(...ends) }),
    follows: keyStatements.flatMap(({ key, replaces }) =>
      key.keyId === keyId && replaces !== undefined ? [replaces] : [],
    ),
    followedBy: keyStatements.flatMap(({ key, replaces }) =>
      replaces === keyId ? [key.keyId] : [],
    ),
  };
}

async function publishedWith(registry: Registry, keyId: Digest) {
  const rows = await readVisible(registry, () =>
    registry.db.read
      .select(visibleColumns)
      .from(versions)
      .where(hasDigest(versions.publisher, keyId))
      .orderBy(desc(versions.logIndex))
      .limit(keyVersionsMax),
  );
  return rows.map(({ createdAt, logIndex, name, status, version }) => ({
    name,
    version,
    status,
    logIndex,
    at: new Date(createdAt).toISOString(),
  }));
}

// Scan jobs for workers: lease, renew, report, fail.

const lease = v.pipe(v.string(), v.maxLength(100));
const reportForm = v.strictObject({
  lease,
  envelope: v.unknown(),
  report: v.unknown(),
  signature: v.optional(v.custom<SimilaritySignature>(isSignature)),
  prose: v.optional(v.unknown()),
});

function readReport(bytes: Uint8Array): Omit<SignedReport, 'id'> {
  const parsed = v.safeParse(reportForm, parseJson(bytes, 'the report', scanReportValuesMax).value);
  if (!parsed.success)
    throw new Problem('request-invalid', 'The body is not a lease, an envelope and a report');
  return { ...parsed.output, envelope: envelopeIn(parsed.output.envelope) };
}

/** Routes below /api/v1. */
export function jobRoutes(registry: Registry): Hono {
  return new Hono().route('/', leaseRoutes(registry)).route('/', resultRoutes(registry));
}

function leaseRoutes(registry: Registry): Hono {
  return new Hono()
    .post(
      '/jobs/lease',
      jsonBody(v.strictObject({ ruleSet: v.optional(digestSchema) })),
      async (context) => {
        const actor = await requireActor(registry, context);
        const { ruleSet: said } = context.req.valid('json');
        const ruleSet = said === undefined ? undefined : asDigest(said);
        const wanted = { ruleSet, only: await leasableBy(registry, actor, ruleSet) };
        const waiting = await leaseJob(registry, actor, wanted);
        // New versions go first. A scanner without work rescans versions of an older rule set.
        if (waiting === undefined && ruleSet !== undefined)
          await takeRuleSet(registry, actor, ruleSet);
        const again = waiting === undefined && (await planRescans(registry)) > 0;
        if (waiting === undefined && registry.keepsQueue !== true) await keepOne(registry);
        return context.json({
          job: (again ? await leaseJob(registry, actor, wanted) : waiting) ?? null,
        });
      },
    )
    .post('/jobs/:id/renew', jsonBody(v.strictObject({ lease })), async (context) => {
      const held = { id: context.req.param('id'), lease: context.req.valid('json').lease };
      return context.json({
        leaseSeconds: await renewLease(registry, await requireActor(registry, context), held),
      });
    });
}

function resultRoutes(registry: Registry): Hono {
  return new Hono()
    .post('/jobs/:id/report', limitBody(reportBytesMax), async (context) => {
      const actor = await requireActor(registry, context);
      // The role is checked first: megabytes are parsed only for clients that may send them.
      requireRole(actor, ['scanner']);
      const sent = readReport(new Uint8Array(await context.req.arrayBuffer()));
      const { status, statement } = await takeReportOnce(registry, actor, {
        id: context.req.param('id'),
        ...sent,
      });
      return context.json({ status, ...(statement === undefined ? {} : { statement }) });
    })
    .post(
      '/jobs/:id/fail',
      jsonBody(
        v.strictObject({
          lease,
          reason: v.picklist(['killed', 'limit', 'crash']),
          detail: v.pipe(v.string(), v.maxLength(2_000)),
        }),
      ),
      async (context) => {
        const actor = await requireActor(registry, context);
        const { status } = await failJob(registry, actor, {
          id: context.req.param('id'),
          ...context.req.valid('json'),
        });
        return context.json({ status });
      },
    );
}

/**
 * A slice of the first upkeep that has something to do. All of them together would be more queries
 * than a request of a Worker may make.
 */
async function keepOne(registry: Registry): Promise<void> {
  for (const keep of [followStops, renewSkills, keepSome]) {
    let hasDone = false;
    await orLater(registry, async () => {
      hasDone = await keep(registry);
    });
    if (hasDone) return;
  }
}

// Hosts leave holds for approvers here, and approvers leave their answers.

async function bodyOf<Schema extends v.GenericSchema>(
  context: Context,
  shape: Schema,
): Promise<v.InferOutput<Schema>> {
  const { value } = parseJson(new Uint8Array(await context.req.arrayBuffer()), 'body');
  return parseForMailbox(shape, value);
}

/** Routes below /api/v1. */
export function mailboxRoutes(registry: Registry, addressOf: AddressOf): Hono {
  return new Hono()
    .use('/mailbox/*', limitBody(mailboxBytesMax))
    .post('/mailbox/messages', async (context) => {
      const message = await bodyOf(context, mailboxMessageShape);
      await takeMessage(registry, message, networkOf(addressOf(context) ?? 'unknown'));
      return context.json({ ok: true }, 201);
    })
    .delete('/mailbox/messages/:id', async (context) => {
      await forgetMessage(registry, context.req.param('id'));
      return context.json({ ok: true });
    })
    .post('/mailbox/questions', async (context) =>
      context.json({
        messages: await messagesFor(registry, await bodyOf(context, mailboxQuestionShape)),
      }),
    )
    .post('/mailbox/answers', async (context) => {
      await takeAnswer(registry, await bodyOf(context, mailboxAnswerShape));
      return context.json({ ok: true }, 201);
    })
    .get('/mailbox/answers/:id', async (context) => {
      const answer = await answerTo(registry, context.req.param('id'));
      return context.json(answer === undefined ? {} : { answer });
    });
}

// Stored blobs, public or private, for clients that may read them.

/** Routes below /api/v1. */
export function blobRoutes(registry: Registry): Hono {
  return new Hono().get('/blobs/sha256/:hex', async (context) => {
    const actor = await requireActor(registry, context);
    const digest = parseDigest(`sha256:${context.req.param('hex')}`);
    // The same answer for "forbidden" and "missing", so that nobody can find out which bytes
    // others have sent.
    if (actor.member === undefined && !(await isOwn(registry, actor, digest)))
      throw new Problem('not-found', `There is no blob ${digest}`);
    const bytes = await findBlob(registry, digest);
    if (bytes === undefined) throw new Problem('not-found', `There is no blob ${digest}`);
    return context.body(Buffer.from(bytes), 200, {
      'content-type': 'application/octet-stream',
      'cache-control': 'private, no-store',
    });
  });
}

async function isOwn(registry: Registry, { subject }: Actor, digest: Digest): Promise<boolean> {
  if (subject.kind !== 'key') return false;
  const own = await registry.db.read
    .select({ id: versions.id })
    .from(versionBlobs)
    .innerJoin(versions, eq(versions.id, versionBlobs.versionId))
    .where(and(eq(versionBlobs.digest, digest), eq(versions.publisher, subject.keyId)))
    .limit(1);
  return own.length > 0;
}

// Takes incident reports: hosts report here what a version did to them.

/** Routes below /api/v1. */
export function incidentRoutes(registry: Registry): Hono {
  return new Hono().post('/incidents', limitBody(incidentBytesMax), async (context) => {
    const { value } = parseJson(new Uint8Array(await context.req.arrayBuffer()), 'body');
    const requireShown = ({ name, version }: VersionName): Promise<void> =>
      requireReading(
        registry,
        context,
        () => new Set([scopeOf(name)]),
        `This registry has no version ${name}@${version}`,
      );
    return context.json(await takeIncident(registry, parseIncident(value), requireShown), 201);
  });
}

// Says what a reader's token reads, so that its holder learns of a wrong token at once.

/** Routes below /api/v1. */
export function readerRoutes(registry: Registry): Hono {
  return new Hono().get('/reader', (context) => {
    const { readers: known } = registry;
    // From an address that reads, a wrong token would not be noticed.
    const isWrong = context.req.header('authorization') !== undefined && !known?.hasToken(context);
    const readers = isWrong ? [] : (known?.of(context) ?? []);
    if (readers.length > 0) return context.json({ readers: readers.map(({ name }) => name) });
    throw new Problem('not-signed-in', 'This registry knows no reader with this token', {
      hint: 'Ask its operator for a token. A new token counts once the operator has typed systemctl reload skillgate, or has sent SIGHUP to skillgate serve.',
    });
  });
}
