/** The identity provider's own description (OpenID Connect Discovery), and requests to it. */
import * as oauth from 'oauth4webapi';
import { readBoundedBody } from '../../skills-index/client/bounded-body.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry } from '../context.ts';
import type { ProviderServer, SignOn } from './sign-on-config.ts';

const providerAnswerBytesMax = 512 * 1024;

const providerAnswerMs = 10_000;

/** How long a failure to read the description counts for everybody. */
const providerFailureKeptMs = 5_000;

/** How long the description of the identity provider is used without reading it again. */
const providerKeptMs = 3_600_000;

/**
 * The identity provider's description, read at most once an hour. A failure counts for some
 * seconds.
 * @throws Problem `sign-on-down`
 */
export async function readProvider(registry: Registry, signOn: SignOn): Promise<ProviderServer> {
  const known = whatIsKnown(registry, signOn);
  if (known !== undefined) return known;
  // One request of a process at a time: a provider that was down would get thousands at once.
  return registry.exclusive('description of the identity provider', async () => {
    const meanwhile = whatIsKnown(registry, signOn);
    if (meanwhile !== undefined) return meanwhile;
    const readAt = registry.now().getTime();
    try {
      signOn.provider = await discover(signOn, readAt);
      delete signOn.failed;
      return signOn.provider;
    } catch (error) {
      signOn.failed = { error, at: registry.now().getTime() };
      throw error;
    }
  });
}

/** @throws the last failure, for some seconds */
function whatIsKnown(registry: Registry, signOn: SignOn): ProviderServer | undefined {
  const now = registry.now().getTime();
  const { failed, provider } = signOn;
  if (provider !== undefined && Math.abs(now - provider.readAt) < providerKeptMs) return provider;
  if (failed !== undefined && Math.abs(now - failed.at) < providerFailureKeptMs) throw failed.error;
  return undefined;
}

async function discover(signOn: SignOn, readAt: number): Promise<ProviderServer> {
  const { issuer, clientId, clientSecret } = signOn.config;
  const address = new URL(issuer);
  try {
    const response = await oauth.discoveryRequest(address, providerOptions(signOn));
    const server = await oauth.processDiscoveryResponse(address, response);
    const client = { client_id: clientId };
    return { server, client, authentication: authenticationFor(server)(clientSecret), readAt };
  } catch (cause) {
    throw providerDown(signOn, cause, `${issuer.replace(/\/$/, '')}${wellKnown}`);
  }
}

// RFC 8414 §2: a provider that lists no methods takes client_secret_basic.
function authenticationFor(
  server: oauth.AuthorizationServer,
): (secret: string) => oauth.ClientAuth {
  const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  return methods.includes('client_secret_basic') ? oauth.ClientSecretBasic : oauth.ClientSecretPost;
}

/** Options of every request to the provider: its time and its answer have limits. */
export function providerOptions({
  config,
  fetch,
}: SignOn): oauth.HttpRequestOptions<'GET' | 'POST', undefined | URLSearchParams> {
  return {
    // Only an address of this machine may be plain http: whoever made the settings checked it.
    [oauth.allowInsecureRequests]: config.issuer.startsWith('http:'),
    [oauth.customFetch]: async (url, options) => {
      const { signal: _, ...init } = options;
      const signal = AbortSignal.timeout(providerAnswerMs);
      const response = await fetch(url, { ...init, signal } as RequestInit);
      const body = await readBoundedBody(response.body, providerAnswerBytesMax);
      if (body === undefined) throw new TypeError('the answer is too large');
      const { status, headers } = response;
      return new Response(bodiless.has(status) ? null : body, { status, headers });
    },
  };
}

/** Statuses for which `Response` takes no body. */
const bodiless: ReadonlySet<number> = new Set([101, 204, 205, 304]);

// Why a sign-in at the identity provider failed. The person reads what they can mend. What only the
// operator can mend is written to the registry's output as well. Anybody may write what a browser
// carries, so nothing of that reaches the output.

/** A refusal that the person can mend: by another sign-in, or at the provider. */
export function refused(
  message: string,
  { hint, cause }: { readonly hint?: string; readonly cause?: unknown } = {},
): Problem {
  return new Problem('sign-on-refused', message, {
    ...(hint === undefined ? {} : { hint }),
    ...(cause === undefined ? {} : { cause }),
  });
}

/** No sign-in with this answer waits in this browser. */
export function notBegun(): Problem {
  return refused('This sign-in did not begin in this browser, was used before, or took too long');
}

interface Misconfigured {
  /** What the person reads. */
  readonly message: string;
  /** What the operator reads; `message` by default. */
  readonly why?: string;
  readonly hint?: string;
  readonly cause?: unknown;
}

/** A refusal whose cause lies in the settings of the provider or of the registry. */
export function misconfigured(
  signOn: SignOn,
  { message, why = message, hint = askTheOperator, cause }: Misconfigured,
): Problem {
  signOn.warn?.(`warning: A sign-in at ${signOn.config.issuer} failed: ${why}`);
  return refused(message, { hint, cause });
}

const askTheOperator = 'Ask the registry’s operator. The registry’s output names the cause.';

/**
 * The provider gave no usable answer.
 * @param asked the address of the provider's description, when that was read
 */
function providerDown(signOn: SignOn, cause: unknown, asked?: string): Problem {
  const { issuer } = signOn.config;
  signOn.warn?.(
    `warning: Nobody can sign in at ${issuer} (the setting sign-on-issuer): ${whyDown(cause, asked)}`,
  );
  return new Problem('sign-on-down', `The identity provider ${issuer} does not answer`, { cause });
}

/** The failure of a check of what the browser brought from the provider. */
export function failureOfBrowser(error: unknown): Problem {
  if (error instanceof oauth.AuthorizationResponseError)
    return refused(`The identity provider answered: ${shortened(error.error)}`, {
      cause: error,
      hint: 'Begin the sign-in again. When the same answer comes again, tell the registry’s operator the answer.',
    });
  const why = error instanceof Error ? error.message : 'it cannot be read';
  return refused(`Cannot believe the answer that the browser brought: ${why}`, { cause: error });
}

/** The failure of a request to the provider, or of a check of its answer. */
export function failureOf(signOn: SignOn, error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof oauth.WWWAuthenticateChallengeError && error.status === 401)
    return clientRefused(signOn, 'invalid_client', error);
  if (error instanceof oauth.ResponseBodyError && error.status < 500)
    // Any other code may come from a code that the browser brought.
    return operatorCodes.has(error.error)
      ? clientRefused(signOn, error.error, error)
      : refused(`The identity provider answered: ${shortened(error.error)}`, { cause: error });
  const isJudged =
    error instanceof oauth.UnsupportedOperationError ||
    (error instanceof oauth.OperationProcessingError &&
      error.code !== oauth.RESPONSE_IS_NOT_CONFORM);
  // An answer of the provider that does not follow the protocol, or a token that fails a check.
  if (isJudged)
    return misconfigured(signOn, {
      message: `Cannot believe the identity provider: ${error.message}`,
      cause: error,
    });
  return providerDown(signOn, error);
}

// RFC 6749 §5.2: the provider does not take the client's id, secret or kind of request.
const operatorCodes: ReadonlySet<string> = new Set([
  'invalid_client',
  'unauthorized_client',
  'unsupported_grant_type',
]);

function clientRefused(signOn: SignOn, code: string, cause: unknown): Problem {
  const message = `The identity provider answered: ${shortened(code)}`;
  return misconfigured(signOn, {
    message,
    why: `${message}. Compare the settings sign-on-client and sign-on-secret-file with the client at the provider`,
    cause,
  });
}

function shortened(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}

/** A value of the provider as JSON text of limited length, without control characters. */
export function shownJson(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  const short = text.length > shownCharsMax ? `${text.slice(0, shownCharsMax)}…` : text;
  return short.replace(
    /[\p{C}\u2028\u2029]/gu,
    (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`,
  );
}

const shownCharsMax = 300;

/** The innermost cause, which names the host, the certificate or the status. */
function whyDown(error: unknown, asked: string | undefined): string {
  let inner = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  const text = inner instanceof Error ? inner.message : String(inner);
  const response = inner instanceof Error ? inner.cause : undefined;
  if (response instanceof Response)
    return asked === undefined
      ? `${text} (HTTP status ${response.status})`
      : `${asked} answered with HTTP status ${response.status}. Compare the setting with the issuer that the provider names: the registry adds ${wellKnown} to it`;
  const code = inner instanceof Error && 'code' in inner ? String(inner.code) : '';
  return /SELF_SIGNED|^UNABLE_TO_(?:GET|VERIFY)_/.test(code)
    ? `${text}. Where its certificate comes from an authority of your own, set NODE_EXTRA_CA_CERTS to the authority’s certificate`
    : text;
}

/** Where a provider describes itself, below its issuer (OpenID Connect Discovery §4). */
const wellKnown = '/.well-known/openid-configuration';
