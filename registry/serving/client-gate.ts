/** Which client a request comes from, and whether plain HTTP from there is taken. */
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context, MiddlewareHandler } from 'hono';
import { Problem } from '../../skills-index/skill/problem.ts';
import { probes } from '../request-limits/gates.ts';
import type { AddressOf } from '../request-limits/write-limits.ts';
import { clientAddress, type TrustedProxies } from './trusted-proxies.ts';

/** Tells the port for the scanner from the port for clients: no proxy uses the former. */
export interface PortEnvironment {
  readonly isInner?: boolean;
}

/** The address of a request's client, behind the proxies that the operator named. */
export function makeAddressOf(proxies: TrustedProxies | undefined): AddressOf {
  return (context) =>
    clientAddress(
      getConnInfo(context).remote.address,
      context.req.raw.headers,
      isInner(context) ? undefined : proxies,
    );
}

/**
 * Refuses plain HTTP that no named proxy sent. Probes of a container's host come without TLS.
 * @throws Problem `proxy-untrusted`
 */
export function requireProxy(proxies: TrustedProxies): MiddlewareHandler {
  return async (context, next) => {
    if (isInner(context) || probes.has(context.req.path)) return next();
    const { address } = getConnInfo(context).remote;
    if (address === undefined || !proxies.includes(address))
      throw new Problem(
        'proxy-untrusted',
        `This registry takes no plain HTTP from ${address ?? 'an unknown address'}`,
      );
    await next();
  };
}

/** Whether a request came to the port for the scanner. */
export function isInner(context: Context): boolean {
  return (context.env as PortEnvironment | undefined)?.isInner === true;
}
