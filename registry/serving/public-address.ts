/** Where a registry listens, under which address clients reach it, and whether the way is safe. */
import { Problem } from '../../skills-index/skill/problem.ts';

export interface Listening {
  /** The host name or address to listen on. */
  readonly host: string;
  /** The public address, as the operator wrote it. */
  readonly url?: string | undefined;
  /** Whether the registry has a certificate. */
  readonly isTls: boolean;
  /** Whether the operator named proxies that clients come through. */
  readonly hasProxies: boolean;
}

/** Whether a host name or address reaches this machine alone. */
export function isLoopbackHost(host: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[?::1\]?)$/i.test(host);
}

/**
 * The origin of a public address: `https://skills.acme.example`.
 * @throws Problem `usage`
 */
export function parsePublicUrl(text: string): string {
  const url = URL.parse(text);
  const refuse = (why: string) =>
    new Problem('usage', `Cannot use ${JSON.stringify(text)} as the registry’s address: ${why}`, {
      hint: 'write the address that people type: https://skills.acme.example',
    });
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw refuse('it does not begin with https://');
  if (url.protocol === 'http:' && !isLoopbackHost(url.hostname))
    throw refuse('sign-ins and skills would travel without TLS');
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw refuse('it has a user, a query or a fragment');
  if (url.pathname !== '/') throw refuse('a registry has a host name of its own, without a path');
  return url.origin;
}

/**
 * Refuses to listen where other machines could connect without TLS.
 * @returns what the operator should know
 * @throws Problem `usage`
 */
export function requireSafeListening(listening: Listening): readonly string[] {
  const { host, url, isTls, hasProxies } = listening;
  const isLocal = isLoopbackHost(host);
  if (url === undefined && !isLocal)
    throw new Problem('usage', `Cannot listen on ${host}: the registry has no public address`, {
      hint: `Add the address that people type, and a certificate for it: --url https://skills.acme.example --tls-certificate FILE --tls-key FILE. Behind a proxy that ends TLS, name the proxy instead of a certificate: --trusted-proxy ADDRESS. Without --host, the registry listens on localhost.`,
    });
  if (!isLocal && !isTls && !hasProxies)
    throw new Problem(
      'usage',
      `Cannot listen on ${host} without TLS: everybody on the way could read sign-ins and unpublished skills`,
      {
        hint: 'Add --tls-certificate FILE --tls-key FILE. Behind a proxy that ends TLS, name the proxy: --trusted-proxy ADDRESS. A proxy on this machine reaches the registry on localhost: leave out --host.',
      },
    );
  if (isTls && url?.startsWith('http:') === true)
    throw new Problem(
      'usage',
      `Cannot serve ${url} with a certificate: the address is plain http`,
      {
        hint: 'write the address with https://',
      },
    );
  return [...notesOf(listening, isLocal)];
}

function* notesOf({ url, isTls, hasProxies }: Listening, isLocal: boolean): Generator<string> {
  if (url === undefined || isLoopbackHost(new URL(url).hostname)) return;
  if (isLocal && isTls)
    yield 'warning: the registry listens on this machine alone. Other machines reach it with --host 0.0.0.0 (all IPv4 addresses) or --host :: (all addresses); in a settings file: host = "0.0.0.0"';
  if (isLocal && !isTls && !hasProxies)
    yield 'warning: every client has the address of the proxy, so all clients share one limit. Name the proxy: --trusted-proxy 127.0.0.1; in a settings file: trusted-proxies = ["127.0.0.1"]';
}
