/**
 * Finds an identity token: from an option, from the CI, or from a person who signs in. Only the
 * certificate authority gets it.
 */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import * as v from 'valibot';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CertificateClaims } from '../../skills-index/trust/signatures/certificate-identity.ts';
import type { CommandContext } from '../command.ts';
import { identityTokenBytesMax } from '../limits.ts';
import { signInByDevice } from './device-flow.ts';
import { parseServiceUrl } from './service-url.ts';
import type { SigningServices } from './signing-config.ts';
import { askSigningService, jsonAnswer, signingProblem } from './signing-service.ts';

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
