/** Sign-in by key, and the one-time sign-in link of the desk. */
import { createPublicKey, verify } from 'node:crypto';
import { Hono } from 'hono';
import * as v from 'valibot';
import { Problem } from '../../skills-index/skill/problem.ts';
import { rootFingerprint } from '../../skills-index/trust/root/root.ts';
import { sessionText } from '../../skills-index/trust/signatures/session-text.ts';
import type { Actor, Registry } from '../context.ts';
import { publisherUses, type QuotaUses, scopeUses } from '../intake/quotas.ts';
import { ownBases } from '../own-bases.ts';
import { actorOf, findKeys, scopesOf } from '../people/actors.ts';
import { createChallenge, createLink, createSession, takeChallenge } from '../sign-in/sessions.ts';
import { asDigest, digestSchema, jsonBody, requireActor } from './describe.ts';

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
