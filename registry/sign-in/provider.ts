/** The identity provider's own description (OpenID Connect Discovery), and requests to it. */
import * as oauth from 'oauth4webapi';
import { readBoundedBody } from '../../skills-index/client/bounded-body.ts';
import type { Registry } from '../context.ts';
import {
  providerAnswerBytesMax,
  providerAnswerMs,
  providerFailureKeptMs,
  providerKeptMs,
} from './limits.ts';
import type { ProviderServer, SignOn } from './sign-on-config.ts';
import { providerDown, wellKnown } from './sign-on-failures.ts';

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
