/**
 * A person signs in at an OIDC issuer in any browser, and this process gets the identity token (RFC
 * 8628 device grant, with PKCE as Sigstore requires).
 */
import { createHash, randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import * as v from 'valibot';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommandContext } from '../command.ts';
import { deviceSecondsMax } from '../limits.ts';
import { printNote, safe } from '../terminal/output.ts';
import { parseServiceUrl } from './service-url.ts';
import {
  askSigningService,
  exchangeWithSigningService,
  jsonAnswer,
  signingProblem,
} from './signing-service.ts';

const clientId = 'sigstore';
const grantType = 'urn:ietf:params:oauth:grant-type:device_code';
const what = 'OIDC issuer';

const discovery = v.object({
  issuer: v.string(),
  device_authorization_endpoint: v.string(),
  token_endpoint: v.string(),
});
const started = v.object({
  device_code: v.string(),
  user_code: v.string(),
  verification_uri: v.string(),
  verification_uri_complete: v.optional(v.string()),
  interval: v.optional(v.number(), 5),
  expires_in: v.number(),
});
const finished = v.union([v.object({ id_token: v.string() }), v.object({ error: v.string() })]);

/** @throws Problem `signing-service-failed`, `identity-token-missing` */
export async function signInByDevice(context: CommandContext, issuer: string): Promise<string> {
  const endpoints = await ask(context, `${issuer}/.well-known/openid-configuration`, discovery);
  // RFC 8414 §3.3: another issuer's answer is rejected.
  if (endpoints.issuer.replace(/\/+$/, '') !== issuer)
    throw signingProblem(
      { what, url: issuer },
      `it calls itself ${JSON.stringify(endpoints.issuer)}`,
    );
  const verifier = randomBytes(32).toString('base64url');
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const begin = {
    client_id: clientId,
    scope: 'openid email',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  };
  const flow = await ask(
    context,
    parseServiceUrl(endpoints.device_authorization_endpoint, what),
    started,
    begin,
  );
  const page = parseServiceUrl(
    flow.verification_uri_complete ?? flow.verification_uri,
    'the page to sign in at',
  );
  printNote(context, safe`Sign in at ${page} with the code ${flow.user_code}`);
  const poll = {
    client_id: clientId,
    grant_type: grantType,
    device_code: flow.device_code,
    code_verifier: verifier,
  };
  return waitForToken(context, parseServiceUrl(endpoints.token_endpoint, what), poll, flow);
}

async function waitForToken(
  context: CommandContext,
  url: string,
  poll: Readonly<Record<string, string>>,
  { interval, expires_in }: Pick<v.InferOutput<typeof started>, 'interval' | 'expires_in'>,
): Promise<string> {
  const until = context.now().getTime() + Math.min(expires_in, deviceSecondsMax) * 1000;
  let pause = Math.min(Math.max(interval, 0), 60) * 1000;
  while (context.now().getTime() < until) {
    await setTimeout(pause, undefined, { signal: context.signal });
    const answer = await ask(context, url, finished, poll);
    if ('id_token' in answer) return answer.id_token;
    // RFC 8628 §3.5.
    if (answer.error === 'slow_down') pause += 5_000;
    else if (answer.error !== 'authorization_pending')
      throw signingProblem({ what, url }, JSON.stringify(answer.error.slice(0, 100)));
  }
  throw new Problem(
    'identity-token-missing',
    'Cannot sign without a key: nobody signed in before the code expired',
  );
}

async function ask<Schema extends v.GenericSchema>(
  context: CommandContext,
  url: string,
  schema: Schema,
  form?: Readonly<Record<string, string>>,
): Promise<v.InferOutput<Schema>> {
  const request = { what, url };
  const headers = {
    accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded',
  };
  const sent =
    form === undefined
      ? request
      : { ...request, headers, body: new URLSearchParams(form).toString() };
  // Until the person has signed in, the token endpoint answers 400 with the reason.
  const bytes =
    form?.grant_type === undefined
      ? await askSigningService(context, sent)
      : (await exchangeWithSigningService(context, sent)).bytes;
  const parsed = v.safeParse(schema, jsonAnswer(bytes, request));
  if (!parsed.success) throw signingProblem(request, 'its answer cannot be read');
  return parsed.output;
}
