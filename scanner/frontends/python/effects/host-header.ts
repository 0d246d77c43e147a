/** The host that a request names in a header, where its address names another one. */
import { textsOf } from '../assignments/alternatives.ts';
import type { PyCall } from './call.ts';

/**
 * Addresses of the hosts that a `Host` header names: a content network hands the request to them,
 * whatever host the address has.
 */
export function frontedHosts({ keywords }: PyCall, addresses: readonly string[]): string[] {
  const headers = keywords.get('headers')?.entries ?? new Map<string, never>();
  const asked = new Set(addresses.map((text) => hostOf.exec(text)?.[1]?.toLowerCase()));
  return [...headers].flatMap(([key, value]) =>
    key.toLowerCase() === 'host'
      ? textsOf(value)
          .map((text) => text.trim().toLowerCase().replace(portOrDot, ''))
          .filter((host) => domain.test(host) && !asked.has(host))
          .map((host) => `https://${host}/`)
      : [],
  );
}

const hostOf = /^\s{0,9}https?:\/\/([\w.-]{1,255})(?=[:/?#]|\s{0,9}$)/i;
// `host.example:443` and `host.example.` are `host.example`.
const portOrDot = /\.?(?::\d{0,5})?$/;
const domain = /^(?:[\w-]{1,63}\.){1,10}[a-z]{2,24}$/;
