/**
 * Shared by the routes: validated bodies, and the signed-in client.
 */

import type { Context } from 'hono';
import { validator } from 'hono/validator';
import * as v from 'valibot';
import { type Digest, isDigest } from '../../skills-index/skill/digest.ts';
import { parseSkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseVersion } from '../../skills-index/skill/version.ts';
import type { Actor, Registry, VersionName } from '../context.ts';
import { bearerToken } from '../readers/readers.ts';
import { readSession } from '../sign-in/sessions.ts';

/** Reasons in the answer to a JSON body that does not follow its schema. */
const bodyReasonsMax = 20;

/** Reads a JSON body by its schema. The handler throws a Problem `request-invalid` otherwise. */
export function jsonBody<Schema extends v.GenericSchema>(schema: Schema) {
  return validator('json', (body: unknown) => parseBody(schema, body));
}

function parseBody<Schema extends v.GenericSchema>(
  schema: Schema,
  body: unknown,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, body);
  if (result.success) return result.output;
  const reasons = result.issues
    .slice(0, bodyReasonsMax)
    .map((issue) => ({ message: `${v.getDotPath(issue) ?? 'body'}: ${issue.message}` }));
  throw new Problem('request-invalid', 'The request body does not follow the API', { reasons });
}

/** A digest in a body. */
export const digestSchema = v.pipe(v.string(), v.regex(/^sha256:[0-9a-f]{64}$/, 'is not a digest'));

/** Parses a digest in a body that `digestSchema` checked. */
export function asDigest(text: string): Digest {
  if (!isDigest(text))
    throw new Problem(
      'digest-invalid',
      `This is not a digest such as sha256:…: ${text.slice(0, 80)}`,
    );
  return text;
}

/** The version in a path: `/:scope/:name/:version`, the scope with its @. */
export function versionIn(context: Context): VersionName {
  const name = parseSkillName(`${context.req.param('scope')}/${context.req.param('name')}`);
  return { name, version: parseVersion(context.req.param('version')) };
}

/**
 * The actor of the bearer token; undefined without a token. @throws Problem `not-signed-in` for an
 * expired token
 */
export async function readActor(registry: Registry, context: Context): Promise<Actor | undefined> {
  const isSession = context.req.header('authorization') !== undefined;
  if (!isSession || registry.readers?.hasToken(context)) return undefined;
  const token = bearerToken(context);
  const session = token === undefined ? undefined : await readSession(registry, token, 'token');
  if (session === undefined)
    throw new Problem('not-signed-in', 'The session is unknown or has expired');
  return session.actor;
}

/** @throws Problem `not-signed-in` */
export async function requireActor(registry: Registry, context: Context): Promise<Actor> {
  const actor = await readActor(registry, context);
  if (actor === undefined) throw new Problem('not-signed-in', 'This request needs a session');
  return actor;
}

/**
 * @throws Problem `not-signed-in`, and `forbidden` unless the actor is a reviewer or administrator
 */
export async function requireReviewer(registry: Registry, context: Context): Promise<Actor> {
  const actor = await requireActor(registry, context);
  const roles = actor.member?.roles ?? [];
  if (!roles.includes('reviewer') && !roles.includes('administrator'))
    throw new Problem('forbidden', 'Only a reviewer may read this answer');
  return actor;
}
