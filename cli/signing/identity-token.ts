/**
 * Finds an identity token: from an option, from the CI, or from a person who signs in. Only the
 * certificate authority gets it.
 */

import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import * as v from 'valibot';
import { readBoundedBody } from '../../skills-index/client/bounded-body.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CertificateClaims } from '../../skills-index/trust/signatures/certificate-identity.ts';
import type { CommandContext } from '../command.ts';
import { requestSecondsMax } from '../send-request.ts';
import { printNote, safe } from '../terminal/output.ts';
import { parseServiceUrl, type SigningServices } from './signing-config.ts';

const identityTokenBytesMax = 16 * 1024;

const deviceSecondsMax = 600;

const signingAnswerBytesMax = 1024 * 1024;

/** Audience that certificate authorities of Sigstore expect. */
const audience = 'sigstore';

/**
 * `--identity-token FILE`, else `SIGSTORE_ID_TOKEN`, else GitHub Actions' own, else the issuer of
 * the signing config asks a person.
 * @throws Problem `identity-token-missing`, `identity-token-invalid`, `signing-service-failed`
 */
export async function identityToken(
  context: CommandContext,
  services: SigningServices,
): Promise<string> {
  const { 'identity-token': given } = context.options;
  const { SIGSTORE_ID_TOKEN: fromEnvironment = '', ACTIONS_ID_TOKEN_REQUEST_URL: url = '' } =
    context.env;
  // A token instead of a file name would appear in the error message.
  if (typeof given === 'string' && jwt.test(given))
    throw invalid(
      '--identity-token takes a file name, but this is a token: everybody who can see this command line has the token now',
    );
  if (typeof given === 'string') return requireJwt(await tokenFile(resolve(context.cwd, given)));
  if (fromEnvironment !== '') return requireJwt(fromEnvironment);
  if (url !== '') return requireJwt(await githubToken(context, url));
  if (services.issuer !== undefined && context.stderr.isTTY === true)
    return requireJwt(await signInByDevice(context, services.issuer));
  throw new Problem(
    'identity-token-missing',
    `Cannot sign without a key: ${whyNone(context, services)}`,
  );
}

const jwt = /^[\w-]+\.[\w-]{20,}\.[\w-]+$/;

const claimsShape = v.object({
  iss: v.string(),
  sub: v.string(),
  email: v.optional(v.string()),
  email_verified: v.optional(v.union([v.boolean(), v.string()])),
  repository_id: v.optional(v.string()),
  workflow_ref: v.optional(v.string()),
  job_workflow_ref: v.optional(v.string()),
  ref: v.optional(v.string()),
  ref_type: v.optional(v.string()),
  environment: v.optional(v.string()),
  event_name: v.optional(v.string()),
  project_id: v.optional(v.string()),
  ci_config_ref_uri: v.optional(v.string()),
  pipeline_source: v.optional(v.string()),
});

/**
 * The claims that a certificate for this token will have, as the public Fulcio makes them for
 * GitHub and GitLab. Unverified: only to show the signer and to stop early.
 * @throws Problem `identity-token-invalid`
 */
export function claimsOf(token: string): CertificateClaims {
  const { iss, sub, email, ...ci } = parseClaims(token);
  const ref = ci.project_id === undefined ? ci.ref : gitlabRef(ci.ref, ci.ref_type);
  const found = {
    repository: ci.repository_id ?? ci.project_id,
    workflow: withoutRef(webAddress(ci.workflow_ref, ci.ci_config_ref_uri), ref),
    ref,
    environment: ci.environment,
    trigger: ci.event_name ?? ci.pipeline_source,
  };
  const said = Object.entries(found).filter(([, value]) => value !== undefined && value !== '');
  const subject = webAddress(ci.job_workflow_ref, ci.ci_config_ref_uri) ?? email ?? sub;
  return { issuer: iss, subject, ...Object.fromEntries(said) };
}

/** The text that the key signs to prove possession: the verified email, else the subject. */
export function challengeOf(token: string): string {
  const { email, email_verified, sub } = parseClaims(token);
  if (email === undefined) return sub;
  if (email_verified !== true && email_verified !== 'true')
    throw invalid('its email address is not verified by the issuer');
  return email;
}

function parseClaims(token: string): v.InferOutput<typeof claimsShape> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
  } catch {
    throw invalid('it is not a JWT');
  }
  const result = v.safeParse(claimsShape, value);
  if (!result.success)
    throw invalid(
      `its claims cannot be read: ${v.getDotPath(result.issues[0]) ?? 'not an object'}`,
    );
  return result.output;
}

function webAddress(github: string | undefined, gitlab: string | undefined): string | undefined {
  return github === undefined ? gitlab && `https://${gitlab}` : `https://github.com/${github}`;
}

function gitlabRef(ref: string | undefined, type: string | undefined): string | undefined {
  return ref && `refs/${type === 'tag' ? 'tags' : 'heads'}/${ref}`;
}

function withoutRef(address: string | undefined, ref: string | undefined): string | undefined {
  return address?.endsWith(`@${ref}`) ? address.slice(0, -`@${ref}`.length) : address;
}

function requireJwt(text: string): string {
  const token = text.trim();
  // A line feed in the token would start another header. A damaged token is refused before it is
  // sent.
  if (!jwt.test(token) || token.length > identityTokenBytesMax) throw invalid('it is not a JWT');
  parseClaims(token);
  return token;
}

async function tokenFile(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new Problem(
      'file-not-found',
      `Cannot read the identity token ${JSON.stringify(path)} (${cause.code})`,
      { cause },
    );
  });
}

async function githubToken(context: CommandContext, url: string): Promise<string> {
  const bearer = context.env.ACTIONS_ID_TOKEN_REQUEST_TOKEN ?? '';
  // The error about an invalid header would repeat the token.
  if (!/^[\x21-\x7e]+$/.test(bearer))
    throw new Problem(
      'identity-token-missing',
      'Cannot ask for an identity token: ACTIONS_ID_TOKEN_REQUEST_TOKEN is empty or damaged',
    );
  const asked = new URL(parseServiceUrl(url, 'ACTIONS_ID_TOKEN_REQUEST_URL'));
  asked.searchParams.set('audience', audience);
  const request = { what: 'token service of GitHub Actions', url: asked.href };
  const headers = { accept: 'application/json', authorization: `Bearer ${bearer}` };
  const bytes = await askSigningService(context, { ...request, headers, secrets: [bearer] });
  const parsed = v.safeParse(v.object({ value: v.string() }), jsonAnswer(bytes, request));
  if (!parsed.success) throw signingProblem(request, 'its answer contains no token');
  return parsed.output.value;
}

function whyNone({ env }: CommandContext, { issuer }: SigningServices): string {
  if (env.GITHUB_ACTIONS === 'true')
    return 'no token: the job lacks "permissions: id-token: write"';
  if (env.GITLAB_CI === 'true')
    return 'no token: the job lacks "id_tokens: SIGSTORE_ID_TOKEN: aud: sigstore"';
  return issuer === undefined
    ? 'no token: SIGSTORE_ID_TOKEN is not set, and the signing config names no issuer to sign in at'
    : 'no token: SIGSTORE_ID_TOKEN is not set, and there is no terminal in which a person could sign in';
}

function invalid(why: string): Problem {
  return new Problem('identity-token-invalid', `Cannot use the identity token: ${why}`);
}

// A person signs in at an OIDC issuer in any browser, and this process gets the identity token (RFC
// 8628 device grant, with PKCE as Sigstore requires).

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
async function signInByDevice(context: CommandContext, issuer: string): Promise<string> {
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

// One request to a service of the signing config. It may contain an identity token, so no redirect
// is followed and no error repeats the request.

export type SigningWorld = Pick<CommandContext, 'fetch'>;

interface SigningRequest {
  /** The name of the service in messages: `certificate authority`. */
  readonly what: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent by POST; without a body, GET. */
  readonly body?: string | Uint8Array<ArrayBuffer>;
  /** Must not appear in a message: the identity token. */
  readonly secrets?: readonly string[];
}

/** The bytes of a successful answer. @throws Problem `signing-service-failed` */
export async function askSigningService(
  world: SigningWorld,
  request: SigningRequest,
): Promise<Buffer> {
  const { status, bytes } = await exchangeWithSigningService(world, request);
  if (status >= 200 && status < 300) return bytes;
  throw signingProblem(request, `it answered ${status}: ${shown(bytes, request.secrets)}`);
}

/** The answer with any status. @throws Problem `signing-service-failed` without an answer */
async function exchangeWithSigningService(
  { fetch }: SigningWorld,
  request: SigningRequest,
): Promise<{ status: number; bytes: Buffer }> {
  const { url, headers = {}, body } = request;
  try {
    const response = await fetch(url, {
      ...(body === undefined ? {} : { method: 'POST', body }),
      headers,
      redirect: 'error',
      signal: AbortSignal.timeout(requestSecondsMax * 1000),
    });
    return { status: response.status, bytes: await readBody(response, request) };
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    if (cause instanceof Error && cause.name === 'AbortError')
      throw new Problem('interrupted', `Interrupted while the ${request.what} was asked`);
    // The cause of a failed fetch describes sockets, never the request's content.
    throw signingProblem(
      request,
      cause instanceof Error && cause.name === 'TimeoutError'
        ? `no answer within ${requestSecondsMax} s`
        : 'it cannot be reached',
      cause,
    );
  }
}

/** JSON of an answer. @throws Problem `signing-service-failed` */
export function jsonAnswer(bytes: Buffer, request: Pick<SigningRequest, 'what' | 'url'>): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw signingProblem(request, 'its answer is not JSON');
  }
}

/** The failure of a service. */
export function signingProblem(
  { what, url }: Pick<SigningRequest, 'what' | 'url'>,
  why: string,
  cause?: unknown,
): Problem {
  return new Problem(
    'signing-service-failed',
    `Cannot sign: the ${what} at ${url.split('?')[0]}: ${why}`,
    { cause },
  );
}

async function readBody(response: Response, request: SigningRequest): Promise<Buffer> {
  const bytes = await readBoundedBody(response.body, signingAnswerBytesMax);
  if (bytes !== undefined) return bytes;
  throw signingProblem(request, `its answer has more than ${signingAnswerBytesMax} bytes`);
}

// Some services repeat the request in their answer.
function shown(bytes: Buffer, secrets: readonly string[] = []): string {
  const text = secrets.reduce(
    (all, secret) => all.replaceAll(secret, '(token)'),
    bytes.toString('utf8'),
  );
  return JSON.stringify(text.replace(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, '(token)').slice(0, 300));
}
