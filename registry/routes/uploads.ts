/**
 * What the keys of a scope do about clients that hold no key: make and end tokens, and look through
 * the uploads that wait. Adoption is an ordinary publication.
 */
import { type Context, Hono } from 'hono';
import * as v from 'valibot';
import { parseScope, type Scope, scopeOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type Actor, nameOf, type Registry } from '../context.ts';
import { jsonBodyBytesMax } from '../limits.ts';
import { limitBody } from '../request-limits/body-limit.ts';
import { audit } from '../store/schema.ts';
import {
  createUploadToken,
  endUploadToken,
  listUploadTokens,
  requireKeyOf,
  requireOwnerKey,
} from '../uploads/upload-tokens.ts';
import {
  endUpload,
  findUpload,
  requireReceived,
  type WaitingUpload,
  waitingUploads,
} from '../uploads/waiting-uploads.ts';
import { describe, jsonBody, requireActor, versionIn } from './describe.ts';

const token = v.object({
  label: v.string(),
  /** The key that made the token. */
  by: v.string(),
  createdAt: v.string(),
  /** Null for a token that was never used. */
  usedAt: v.nullable(v.string()),
  expires: v.string(),
});
const waiting = v.object({
  name: v.string(),
  version: v.string(),
  status: v.literal('received'),
  bundle: v.string(),
  bytes: v.number(),
  /** Label of the token that uploaded, and the key that made it. */
  token: v.string(),
  by: v.string(),
  at: v.string(),
  expires: v.string(),
});

/** Routes below /api/v1. */
export function uploadRoutes(registry: Registry): Hono {
  return new Hono().route('/', tokenRoutes(registry)).route('/', waitingRoutes(registry));
}

function tokenRoutes(registry: Registry): Hono {
  const app = new Hono();
  app.use('/scopes/:scope/upload-tokens', limitBody(jsonBodyBytesMax));
  return app
    .get(
      '/scopes/:scope/upload-tokens',
      describe({
        summary: 'List the tokens that upload to a scope, for its owners',
        answer: v.object({ tokens: v.array(token) }),
        problems: ['name-invalid'],
        signedIn: true,
      }),
      async (context) => {
        const { scope } = await ownerOf(registry, context);
        const tokens = (await listUploadTokens(registry, scope)).map(
          ({ label, by, createdAt, usedAt, expires }) => ({
            label,
            by,
            createdAt: createdAt.toISOString(),
            usedAt: usedAt?.toISOString() ?? null,
            expires: expires.toISOString(),
          }),
        );
        return context.json({ tokens });
      },
    )
    .post(
      '/scopes/:scope/upload-tokens',
      describe({
        summary: 'Make a token that uploads to a scope; only this answer has the token',
        answer: v.object({ token: v.string(), expires: v.string() }),
        created: true,
        problems: ['name-invalid', 'request-too-large'],
        signedIn: true,
      }),
      jsonBody(v.strictObject({ label: v.pipe(v.string(), v.maxLength(100)), days: v.number() })),
      async (context) => {
        const { actor, scope } = await ownerOf(registry, context);
        const made = await createUploadToken(registry, actor, {
          scope,
          ...context.req.valid('json'),
        });
        return context.json({ token: made.token, expires: made.expires.toISOString() }, 201);
      },
    )
    .delete(
      '/scopes/:scope/upload-tokens/:label',
      describe({
        summary: 'End a token that uploads to a scope',
        answer: v.object({ ended: v.string() }),
        problems: ['name-invalid', 'not-found'],
        signedIn: true,
      }),
      async (context) => {
        const { scope } = await ownerOf(registry, context);
        const label = context.req.param('label');
        await endUploadToken(registry, scope, label);
        return context.json({ ended: label });
      },
    );
}

function waitingRoutes(registry: Registry): Hono {
  return new Hono()
    .get(
      '/scopes/:scope/uploads',
      describe({
        summary: 'List the uploads that wait for adoption, for the keys of the scope',
        answer: v.object({ uploads: v.array(waiting) }),
        problems: ['name-invalid'],
        signedIn: true,
      }),
      async (context) => {
        const scope = parseScope(context.req.param('scope'));
        await requireKeyOf(registry, await requireActor(registry, context), scope);
        return context.json({ uploads: (await waitingUploads(registry, scope)).map(shown) });
      },
    )
    .get(
      '/uploads/:scope/:name/:version',
      describe({
        summary: 'Read the files of an upload as uncompressed ustar, for the keys of the scope',
        problems: ['name-invalid', 'version-invalid', 'not-found'],
        signedIn: true,
      }),
      async (context) => {
        const { upload } = await uploadIn(registry, context);
        const bytes = await requireReceived(registry, upload);
        return context.body(Buffer.from(bytes), 200, {
          'content-type': 'application/x-tar',
          'cache-control': 'private, no-store',
        });
      },
    )
    .delete(
      '/uploads/:scope/:name/:version',
      describe({
        summary: 'Discard an upload',
        answer: v.object({ discarded: v.string() }),
        problems: ['name-invalid', 'version-invalid', 'not-found'],
        signedIn: true,
      }),
      async (context) => {
        const { actor, upload } = await uploadIn(registry, context);
        const { bundle, name, version } = upload;
        await registry.db.batch([
          endUpload(upload),
          (db) =>
            db.insert(audit).values({
              at: registry.now().getTime(),
              kind: 'upload',
              by: nameOf(actor),
              why: `discarded ${name}@${version}, ${bundle}`,
            }),
        ]);
        return context.json({ discarded: bundle });
      },
    );
}

async function ownerOf(
  registry: Registry,
  context: Context,
): Promise<{ readonly actor: Actor; readonly scope: Scope }> {
  const scope = parseScope(context.req.param('scope'));
  const actor = await requireActor(registry, context);
  await requireOwnerKey(registry, actor, scope);
  return { actor, scope };
}

/** The upload in the path. The right to the scope is checked first. */
async function uploadIn(
  registry: Registry,
  context: Context,
): Promise<{ readonly actor: Actor; readonly upload: WaitingUpload }> {
  const which = versionIn(context);
  const actor = await requireActor(registry, context);
  await requireKeyOf(registry, actor, scopeOf(which.name));
  const upload = await findUpload(registry, which);
  if (upload !== undefined) return { actor, upload };
  throw new Problem('not-found', `No upload ${which.name}@${which.version} waits for adoption`, {
    hint: 'skillgate publish --adopt lists the uploads that wait.',
  });
}

function shown(upload: WaitingUpload): v.InferOutput<typeof waiting> {
  const { name, version, bundle, bytes, token: label, by, createdAt, expiresAt } = upload;
  return {
    name,
    version,
    status: 'received',
    bundle,
    bytes,
    token: label,
    by,
    at: new Date(createdAt).toISOString(),
    expires: new Date(expiresAt).toISOString(),
  };
}
