/** Warns of a reverse proxy that the operator forgot to name: all its clients share one limit. */
import { getConnInfo } from '@hono/node-server/conninfo';
import type { MiddlewareHandler } from 'hono';
import { addressClass } from '../../skills-index/network/network-address.ts';
import { isInner } from './client-gate.ts';
import { forwardedHeaders, type TrustedProxies } from './trusted-proxies.ts';

/**
 * Warns once, at the first request that an unnamed proxy forwards.
 * @param say receives the warning
 */
export function warnOfUntrustedProxy(
  proxies: TrustedProxies,
  say: (line: string) => void,
): MiddlewareHandler {
  let isSaid = false;
  return async (context, next) => {
    const header = isSaid
      ? undefined
      : forwardedHeaders.find((name) => context.req.header(name) !== undefined);
    // The port for figures asks without a connection, and sends no header.
    if (header !== undefined && !isInner(context)) {
      const { address } = getConnInfo(context).remote;
      // Anybody may send the header. Proxies have addresses of the operator's own network.
      const isUnnamed =
        address !== undefined && !proxies.includes(address) && addressClass(address) !== 'public';
      if (isUnnamed) {
        isSaid = true;
        say(
          `warning: ${address} sends the header ${header}, and the setting trusted-proxies does not name ${address}, so all clients behind this proxy count as one. If it is your proxy, add it: trusted-proxies = [${JSON.stringify(address)}]`,
        );
      }
    }
    await next();
  };
}
