/**
 * The address of the client behind reverse proxies that the operator named. A header about a
 * client's address counts only when a named proxy sent it, because every client can send one.
 */
import { isIP } from 'node:net';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseNetworks, plainAddress } from '../networks.ts';

/**
 * The one header that the proxies set. A second header would be the client's own: proxies pass on
 * headers that they do not know.
 */
export const forwardedHeaders = ['x-forwarded-for', 'forwarded'] as const;
type ForwardedHeader = (typeof forwardedHeaders)[number];

/** Proxies as an operator names them. */
export interface NamedProxies {
  /** IP addresses, and networks such as `10.0.0.0/8`. */
  readonly addresses: readonly string[];
  /** `x-forwarded-for` by default. */
  readonly header?: string | undefined;
}

export interface TrustedProxies {
  readonly header: ForwardedHeader;
  includes(address: string): boolean;
}

/**
 * @throws Problem `usage` for an entry that is no address and no network, for a network that
 * contains every address, and for an unknown header
 */
export function parseTrustedProxies({
  addresses,
  header: named = 'x-forwarded-for',
}: NamedProxies): TrustedProxies {
  const header = forwardedHeaders.find((known) => known === named.toLowerCase());
  if (header === undefined)
    throw new Problem('usage', `Cannot read the client’s address from the header ${named}`, {
      hint: `write ${forwardedHeaders.join(' or ')}`,
    });
  const networks = parseNetworks(addresses, (entry, isEverybody) => {
    throw new Problem('usage', `Cannot trust the proxy ${JSON.stringify(entry)}`, {
      hint: isEverybody
        ? 'This network contains every address, so every client could name any address. Name the proxy alone: 127.0.0.1'
        : 'write the IP address of the proxy, or its network: 127.0.0.1 or 10.0.0.0/8',
    });
  });
  return { header, includes: (address) => networks.includes(address) };
}

/**
 * The client's address. Each proxy appends the address that it saw, so the addresses are read from
 * the right, up to the first one that is no trusted proxy.
 * @param remote the other end of the connection
 */
export function clientAddress(
  remote: string | undefined,
  headers: Headers,
  proxies: TrustedProxies | undefined,
): string | undefined {
  if (remote === undefined || proxies?.includes(remote) !== true) return remote;
  let client = remote;
  for (const hop of hopsOf(headers, proxies.header)) {
    // Everything to the left of an unreadable hop is a claim of somebody unknown.
    if (hop === undefined) return client;
    client = hop;
    if (!proxies.includes(hop)) return client;
  }
  return client;
}

/** Addresses from the last proxy to the client; undefined for a hop without an IP address. */
function hopsOf(headers: Headers, header: ForwardedHeader): (string | undefined)[] {
  const value = headers.get(header);
  if (value === null) return [];
  return value
    .split(',')
    .map((part) => hopAddress(header === 'forwarded' ? forOf(part) : part.trim()))
    .reverse();
}

/** The `for` of one element of Forwarded (RFC 7239 §4). */
function forOf(element: string): string {
  return /(?:^|;)\s*for\s*=\s*"?([^";]*)"?/i.exec(element)?.[1]?.trim() ?? '';
}

// Some proxies append the client's port. RFC 7239 demands brackets around IPv6.
function hopAddress(text: string): string | undefined {
  const address =
    /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  const plain = plainAddress(address);
  return isIP(plain) === 0 ? undefined : plain;
}
