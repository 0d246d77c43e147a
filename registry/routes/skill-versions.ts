/** Sign-in by key, and the one-time sign-in link of the desk. */

import { createPublicKey, verify } from 'node:crypto';
import { type Context, Hono } from 'hono';
import * as v from 'valibot';
import { packageReport } from '../../skills-index/packages/package-report.ts';
import { type Digest, parseDigest } from '../../skills-index/skill/digest.ts';
import { parseSkillName, type SkillName, scopeOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { statementValuesMax } from '../../skills-index/statement/parse-statement.ts';
import {
  type Envelope,
  envelopeBytesMax,
  parseEnvelope,
} from '../../skills-index/statement/signature-formats/envelope.ts';
import { parsePlainBundle } from '../../skills-index/statement/signature-formats/sigstore-bundle.ts';
import { rootFingerprint } from '../../skills-index/trust/root/root.ts';
import { sessionText } from '../../skills-index/trust/signatures/session-text.ts';
import type { Actor, Registry } from '../context.ts';
import { adviceKinds } from '../index/index-rows.ts';
import { whyAllUncounted } from '../index/uncounted.ts';
import { type PublishUpload, takeVersion } from '../intake/intake.ts';
import { parseMultipart } from '../intake/multipart.ts';
import { publisherUses, type QuotaUses, scopeUses } from '../intake/quotas.ts';
import { takeStatement } from '../intake/statements.ts';
import { ownBases } from '../own-bases.ts';
import { actorOf, findKeys, scopesOf } from '../people/actors.ts';
import { envelopeOf, isCertifiedSent, type SentStatement } from '../people/certified.ts';
import { requireRole } from '../people/identities.ts';
import { keyHeader } from '../people/signer.ts';
import { requireReading } from '../readers/may-read.ts';
import { limitBody } from '../request-limits/body-limit.ts';
import { statementBodyBytesMax, uploadReceiver } from '../request-limits/spool.ts';
import { type AddressOf, Buckets, networkOf } from '../request-limits/write-limits.ts';
import { readVersion } from '../review/detail.ts';
import { failObservation, leaseObservation, takeObservation } from '../scans/observations.ts';
import { giveBackPackage, leasePackage, takePackageReport } from '../scans/package-reports.ts';
import { createChallenge, createLink, createSession, takeChallenge } from '../sign-in/sessions.ts';
import { versionsBefore, versionsOf } from '../versions/find-versions.ts';
import type { VersionRow } from '../versions/versions.ts';
import {
  asDigest,
  digestSchema,
  jsonBody,
  readActor,
  requireActor,
  versionIn,
} from './request-parts.ts';
import { versionsPageRows } from './scope-versions.ts';

/** One report of a package. */
const packageReportBytesMax = 256 * 1024;

export const strangerClaimSeconds = 60;

/**
 * First claims of scopes by clients that are not members, per address: in a burst, and then one
 * claim in each period.
 */
export const strangerClaimsBurst = 20;

const base64 = v.pipe(v.string(), v.base64(), v.maxLength(512));

/** Routes below /api/v1. */
export function sessionRoutes(registry: Registry): Hono {
  return new Hono()
    .post(
      '/session/challenge',
      jsonBody(v.strictObject({ keyId: digestSchema })),
      async (context) => {
        const keyId = asDigest(context.req.valid('json').keyId);
        const actor = await actorOf(registry, { kind: 'key', keyId });
        if (actor === undefined)
          throw new Problem('key-unknown', `The key ${keyId} is not enrolled here`);
        return context.json({ nonce: await createChallenge(registry, keyId) });
      },
    )
    .post(
      '/session',
      jsonBody(
        v.strictObject({
          keyId: digestSchema,
          nonce: v.pipe(v.string(), v.maxLength(100)),
          signature: base64,
        }),
      ),
      async (context) => {
        const { keyId, nonce, signature } = context.req.valid('json');
        const subject = { kind: 'key', keyId: asDigest(keyId) } as const;
        const meant = await takeChallenge(registry, nonce);
        const key = (await findKeys(registry, [subject.keyId])).get(subject.keyId);
        const holdsKey =
          meant?.kind === 'key' &&
          meant.keyId === subject.keyId &&
          key !== undefined &&
          signs(key.spki, questions(registry, nonce), signature);
        if (!holdsKey)
          throw new Problem(
            'signature-invalid',
            `This key did not sign a fresh nonce for ${registry.config.base}`,
            {
              hint: `Sign in again. This registry is ${registry.config.base}: whoever pinned another address of it pins this one (skillgate registry add).`,
            },
          );
        const actor = await actorOf(registry, subject);
        if (actor === undefined)
          throw new Problem('key-unknown', `The key ${keyId} is not enrolled here`);
        const session = await createSession(registry, subject, 'token');
        return context.json({ ...session, member: actor.member ?? null });
      },
    )
    .post('/session/link', async (context) => {
      const actor = await requireActor(registry, context);
      if (actor.member === undefined)
        throw new Problem('forbidden', 'Only members may use the desk');
      const link = await createLink(registry, actor.subject);
      return context.json({ url: `${registry.config.base}/review/sign-in?link=${link}` });
    })
    .get('/whoami', async (context) => {
      const actor = await requireActor(registry, context);
      return context.json(await whoami(registry, actor));
    });
}

async function whoami(registry: Registry, actor: Actor) {
  const { member, subject } = actor;
  const scopes = [...(await scopesOf(registry, actor))];
  const quotas = subject.kind === 'key' ? await publisherUses(registry, subject.keyId) : {};
  const scopeQuotas: Record<string, QuotaUses> = {};
  for (const scope of scopes) {
    const uses = await scopeUses(registry, `@${scope}`);
    if (!isEmpty(uses)) scopeQuotas[`@${scope}`] = uses;
  }
  return {
    member: member ?? null,
    scopes,
    ...(subject.kind === 'key' ? { keyId: subject.keyId } : { credentialId: subject.credentialId }),
    ...(isEmpty(quotas) ? {} : { quotas }),
    ...(isEmpty(scopeQuotas) ? {} : { scopeQuotas }),
  };
}

function isEmpty(record: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(record).length === 0;
}

function questions({ root, config }: Registry, nonce: string): string[] {
  const fingerprint = rootFingerprint(root);
  return [...ownBases(config)].map((base) => sessionText({ root: fingerprint, base, nonce }));
}

function signs(spki: string, texts: readonly string[], signature: string): boolean {
  const key = createPublicKey({ key: Buffer.from(spki, 'base64'), format: 'der', type: 'spki' });
  return texts.some((text) =>
    verify('sha256', Buffer.from(text), key, Buffer.from(signature, 'base64')),
  );
}

// Looks at packages, for scanners: lease a package, report what was seen, give the lease back.

/** Routes below /api/v1. */
export function packageRoutes(registry: Registry): Hono {
  return new Hono()
    .post('/packages/lease', jsonBody(v.strictObject({})), async (context) => {
      const actor = await requireActor(registry, context);
      return context.json({ package: (await leasePackage(registry, actor)) ?? null });
    })
    .post('/packages/:id/fail', jsonBody(v.strictObject({})), async (context) => {
      const actor = await requireActor(registry, context);
      await giveBackPackage(registry, actor, idIn(context.req.param('id')));
      return context.json({ taken: true });
    })
    .post(
      '/packages/:id/report',
      limitBody(packageReportBytesMax),
      // The role is checked first: a body is parsed only for clients that may send it.
      async (context, next) => {
        requireRole(await requireActor(registry, context), ['scanner']);
        await next();
      },
      jsonBody(packageReport),
      async (context) => {
        const actor = await requireActor(registry, context);
        const report = context.req.valid('json');
        await takePackageReport(registry, actor, { id: idIn(context.req.param('id')), report });
        return context.json({ taken: true });
      },
    );
}

function idIn(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text))
    throw new Problem('not-found', `There is no package ${text.slice(0, 80)}`);
  return Number(text);
}

// The versions of a skill, in pages: from the oldest on, or from the newest back.

/** Routes below /api/v1. */
export function skillVersionRoutes(registry: Registry): Hono {
  return new Hono().get('/versions/:scope/:name', async (context) => {
    const name = parseSkillName(`${context.req.param('scope')}/${context.req.param('name')}`);
    const missing = `This registry has no skill ${name}`;
    await requireReading(registry, context, () => new Set([scopeOf(name)]), missing);
    const { rows, ...around } = await readPage(registry, name, context);
    if (rows.length === 0 && !hasPlace(context)) throw new Problem('not-found', missing);
    return context.json({ versions: await listed(registry, rows), ...around });
  });
}

interface Page {
  readonly rows: readonly VersionRow[];
  readonly next?: string;
  readonly previous?: string;
}

async function readPage(registry: Registry, name: SkillName, context: Context): Promise<Page> {
  const { after, before } = context.req.query();
  const limit = versionsPageRows + 1;
  if (before === undefined) {
    const found = await versionsOf(registry, name, { after: placeIn(after, -1), limit });
    const rows = found.slice(0, versionsPageRows);
    return { rows, ...(found.length < limit ? {} : { next: String(rows.at(-1)?.logIndex) }) };
  }
  if (after !== undefined) throw noPage();
  const end = Number.MAX_SAFE_INTEGER;
  const from = before === 'end' ? end : placeIn(before, end);
  const found = await versionsBefore(registry, name, { before: from, limit });
  const rows = found.slice(0, versionsPageRows).reverse();
  return { rows, ...(found.length < limit ? {} : { previous: String(rows[0]?.logIndex) }) };
}

/** Whether a request names a place in the list, where a page may be empty. */
function hasPlace(context: Context): boolean {
  const { after, before = 'end' } = context.req.query();
  return after !== undefined || before !== 'end';
}

function placeIn(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (!/^\d{1,15}$/.test(text)) throw noPage();
  return Number(text);
}

function noPage(): Problem {
  return new Problem('request-invalid', 'No page of the versions begins there', {
    hint: 'Take `next` or `previous` from another page, or ask without `after` and `before` for the first page.',
  });
}

async function listed(registry: Registry, rows: readonly VersionRow[]) {
  const whys = await whyAllUncounted(registry, rows);
  const advice = await adviceKinds(
    registry,
    rows.map(({ id }) => id),
  );
  return rows.map(({ id, version, status, bundle }) => {
    const uncounted = whys.get(id);
    const advised = advice.get(id);
    return {
      version,
      status,
      bundle,
      ...(uncounted === undefined ? {} : { uncounted }),
      ...(advised === undefined ? {} : { advice: advised }),
    };
  });
}

// Publishes versions, and answers questions about them.

/** Routes below /api/v1. */
export function versionRoutes(registry: Registry): Hono {
  return new Hono().route('/', publishRoute(registry)).route('/', readingRoutes(registry));
}

function publishRoute(registry: Registry): Hono {
  const receive = uploadReceiver(registry.spool);
  return new Hono().post('/versions', async (context) => {
    const sender = await readActor(registry, context);
    const hint = keyHint(context);
    const { row, statements } = await receive(context, (body) =>
      takeVersion(registry, { ...readUpload(body, context), hint }, sender),
    );
    const { name, version: taken, bundle, status } = row;
    return context.json({ name, version: taken, bundle, status, statements }, 201);
  });
}

/** Public facts about versions. */
function readingRoutes(registry: Registry): Hono {
  return new Hono().get('/versions/:scope/:name/:version', async (context) => {
    const which = versionIn(context);
    const missing = `This registry has no version ${which.name}@${which.version}`;
    await requireReading(registry, context, () => new Set([scopeOf(which.name)]), missing);
    const { reportDigest, ...detail } = await readVersion(registry, which);
    return context.json({
      ...detail,
      ...(reportDigest === undefined ? {} : { report: reportDigest }),
    });
  });
}

const partNames = ['publish', 'provenance', 'bundle'];

function readUpload(body: Buffer, context: Context): PublishUpload {
  const parts = parseMultipart(body, context.req.header('content-type'), partNames);
  const publish = parts.get('publish');
  const tar = parts.get('bundle');
  if (publish === undefined || tar === undefined)
    throw new Problem('request-invalid', 'The upload lacks its part publish or bundle');
  const provenance = parts.get('provenance');
  return {
    publish: readSent(publish),
    tar,
    ...(provenance === undefined ? {} : { provenance: readSent(provenance) }),
  };
}

// Reads sent envelopes. Their length is checked before anything parses them.

/**
 * An envelope that a key signed, or the Sigstore bundle of a certificate-signed one.
 * @throws Problem `request-too-large`, `json-invalid`, `statement-invalid`
 */
function readSent(bytes: Uint8Array): SentStatement {
  requireSmall(bytes.byteLength);
  const { value } = parseJson(bytes, 'the envelope', statementValuesMax);
  const isBundle = typeof value === 'object' && value !== null && 'dsseEnvelope' in value;
  return isBundle ? parsePlainBundle(value) : parseEnvelope(value);
}

/**
 * An envelope inside a larger document of parsed JSON.
 * @throws Problem `request-too-large`, `statement-invalid`
 */
export function envelopeIn(value: unknown): Envelope {
  const envelope = parseEnvelope(value);
  requireSmall(envelope.payload.length);
  return envelope;
}

/**
 * The signer's key id as the sender names it, unsigned; undefined without one. @throws Problem
 * `digest-invalid`
 */
function keyHint(context: Context): Digest | undefined {
  const named = context.req.header(keyHeader);
  return named === undefined ? undefined : parseDigest(named);
}

function requireSmall(bytes: number): void {
  if (bytes <= envelopeBytesMax) return;
  throw new Problem('request-too-large', `An envelope has at most ${envelopeBytesMax} bytes`, {
    hint: 'Name fewer files and capabilities in one statement.',
  });
}

// Takes signed observations of versions.

const form = v.strictObject({ envelope: v.unknown(), observation: v.unknown() });

/** Routes below /api/v1. */
export function observationRoutes(registry: Registry): Hono {
  return new Hono().post(
    '/versions/:scope/:name/:version/observations',
    limitBody(statementBodyBytesMax),
    async (context) => {
      const actor = await requireActor(registry, context);
      // The role is checked first: a long body is parsed only for clients that may send it.
      requireRole(actor, ['scanner']);
      const bytes = new Uint8Array(await context.req.arrayBuffer());
      const parsed = v.safeParse(form, parseJson(bytes, 'the body', statementValuesMax).value);
      if (!parsed.success)
        throw new Problem('request-invalid', 'The body is not an envelope and an observation');
      const envelope = envelopeIn(parsed.output.envelope);
      const { observation } = parsed.output;
      return context.json(
        await takeObservation(registry, actor, versionIn(context), { envelope, observation }),
        201,
      );
    },
  );
}

// Observation jobs for scanners that can observe: lease, fail.

const lease = v.pipe(v.string(), v.maxLength(100));
/** Routes below /api/v1. */
export function observationJobRoutes(registry: Registry): Hono {
  return new Hono()
    .post('/observation-jobs/lease', jsonBody(v.strictObject({})), async (context) => {
      const actor = await requireActor(registry, context);
      return context.json({ job: (await leaseObservation(registry, actor)) ?? null });
    })
    .post(
      '/observation-jobs/fail',
      jsonBody(v.strictObject({ lease, detail: v.pipe(v.string(), v.maxLength(500)) })),
      async (context) => {
        const actor = await requireActor(registry, context);
        await failObservation(registry, actor, context.req.valid('json'));
        return context.json({ taken: true });
      },
    );
}

// Takes signed statements one by one.

/** Routes below /api/v1. */
export function statementRoutes(registry: Registry, addressOf: AddressOf): Hono {
  const claims = new Buckets({ burst: strangerClaimsBurst, perSecond: 1 / strangerClaimSeconds });
  return new Hono().post('/statements', limitBody(envelopeBytesMax), async (context) => {
    const bytes = new Uint8Array(await context.req.arrayBuffer());
    const sent = readSent(bytes);
    const bundle = isCertifiedSent(sent) ? sent : undefined;
    const countClaim = (): void => {
      const address = addressOf(context);
      // Without addresses all strangers share one bucket, and one stranger would lock out all.
      const now = registry.now().getTime();
      if (address === undefined || claims.take(networkOf(address), now)) return;
      throw new Problem('too-many-requests', 'This address has claimed too many scopes lately', {
        hint: 'Try again in some minutes, or ask an administrator of this registry to claim the scope and transfer it to you.',
      });
    };
    const posted = { envelope: envelopeOf(sent), bundle, hint: keyHint(context), countClaim };
    return context.json(await takeStatement(registry, posted), 201);
  });
}
