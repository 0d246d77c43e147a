/**
 * Checks that a request passes before any route sees it: its host name, and the site that a browser
 * sent it from.
 */
import type { MiddlewareHandler } from 'hono';
import { addressClass } from '../../skills-index/network/network-address.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { RegistryConfig } from '../context.ts';

/** How long a browser that has used TLS here refuses plain HTTP. */
const strictTransportSeconds = 365 * 24 * 3_600;

const readingMethods: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

/** Serves only configured host names, so that DNS rebinding gives an attacker no access. */
export function requireOwnHost(config: RegistryConfig): MiddlewareHandler {
  return async (context, next) => {
    const host = context.req.header('host') ?? new URL(context.req.url).host;
    const isOwn =
      config.hosts.includes(host.toLowerCase()) ||
      (probes.has(context.req.path) && isAddress(host));
    if (!isOwn) {
      throw new Problem(
        'host-unknown',
        `This registry does not serve the host ${JSON.stringify(host.slice(0, 200))}`,
      );
    }
    await next();
  };
}

/** What a supervisor asks, which knows the address of a container and no name. */
export const probes: ReadonlySet<string> = new Set(['/healthz', '/readyz']);

// A page whose name was pointed at this machine (DNS rebinding) sends its name, never an address.
function isAddress(host: string): boolean {
  const name = URL.parse(`http://${host}`)?.hostname ?? '';
  return addressClass(name.replace(/^\[(.*)\]$/, '$1')) !== 'invalid';
}

/**
 * Rejects requests that a browser sends from another site. Requests without Origin and
 * Sec-Fetch-Site do not come from a browser. `Origin: null` passes only with `Sec-Fetch-Site:
 * same-origin`: our own forms under `Referrer-Policy: no-referrer` send that pair (Fetch, "append a
 * request Origin header"), and no page can set Sec-Fetch-Site.
 */
export function requireOwnOrigin(config: RegistryConfig): MiddlewareHandler {
  const own = new URL(config.base).origin;
  return async (context, next) => {
    if (!readingMethods.includes(context.req.method)) {
      const origin = context.req.header('origin');
      const site = context.req.header('sec-fetch-site');
      const fromHere = origin === own || (origin === 'null' && site === 'same-origin');
      const noBrowser =
        origin === undefined && (site === undefined || site === 'same-origin' || site === 'none');
      if (!fromHere && !noBrowser)
        throw new Problem('origin-refused', 'The request came from another site');
    }
    await next();
  };
}

/** Headers of every answer. Each page sets its own content security policy. */
export function addHeaders(config: RegistryConfig): MiddlewareHandler {
  const always = [
    ['x-content-type-options', 'nosniff'],
    ['referrer-policy', 'no-referrer'],
    ...(config.base.startsWith('https:')
      ? [['strict-transport-security', `max-age=${strictTransportSeconds}`] as const]
      : []),
  ] as const;
  return async (context, next) => {
    await next();
    // `context.header` would make another answer for each header.
    const { headers } = context.res;
    for (const [name, value] of always) headers.set(name, value);
    if (!headers.has(contentPolicy)) headers.set(contentPolicy, strictest);
  };
}

const contentPolicy = 'content-security-policy';
const strictest = "default-src 'none'; frame-ancestors 'none'; sandbox";
