/**
 * The objects of a registry, and the sweep of what killed processes left on its disk.
 */

import { isIP } from 'node:net';
import { join } from 'node:path';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context, MiddlewareHandler } from 'hono';
import { addressClass } from '../../skills-index/network/network-address.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry } from '../context.ts';
import { behindOf } from '../log/witness-duty.ts';
import { parseNetworks, plainAddress } from '../networks.ts';
import { diskSpool } from '../request-limits/disk-spool.ts';
import { probes } from '../request-limits/gates.ts';
import type { AddressOf } from '../request-limits/write-limits.ts';
import { boundedObjects } from '../store/bounded-objects.ts';
import { diskObjects } from '../store/disk/disk-objects.ts';
import { type BucketPlace, openBucket, requireOwnObjects } from '../store/s3/objects-place.ts';
import { sweepOrphans } from '../store/sweeps/sweep-orphans.ts';
import { sweepParts } from '../store/sweeps/sweep-parts.ts';

export interface StoredObjects extends Pick<Registry, 'objects' | 'spool'> {
  readonly sweep: (registry: Registry, signal: AbortSignal) => Promise<void>;
}

/**
 * @param requireRoom rejects when the disk takes no upload
 * @throws Problem `object-store-unfit` where the objects are in another place than named
 */
export async function openObjects(
  dir: string,
  bucket: BucketPlace | undefined,
  requireRoom: () => Promise<void>,
  say: (line: string) => void,
): Promise<StoredObjects> {
  const folder = join(dir, 'objects');
  const spool = diskSpool(join(folder, 'uploads'), requireRoom);
  if (bucket !== undefined) {
    const objects = boundedObjects(await openBucket(dir, bucket, say));
    return {
      objects,
      spool,
      sweep: async (_, signal) => void (await sweepParts(folder, signal)),
    };
  }
  await requireOwnObjects(
    dir,
    'name the bucket: objects = "URL" in the settings, or --objects URL',
  );
  const objects = diskObjects(folder);
  // Begun before any request, so that no sweep removes what a request writes.
  const removals = objects.startRemovals();
  const began = Date.now();
  return {
    objects: boundedObjects(objects),
    spool,
    sweep: async (registry, signal) => {
      try {
        await sweepParts(folder, signal);
        const isBehind = (): boolean => behindOf(registry) !== undefined;
        await sweepOrphans(registry, { folder, removals, began, signal, isBehind });
      } finally {
        removals.end();
      }
    },
  };
}

// Warns of a reverse proxy that the operator forgot to name: all its clients share one limit.

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

// The address of the client behind reverse proxies that the operator named. A header about a
// client's address counts only when a named proxy sent it, because every client can send one.

/**
 * The one header that the proxies set. A second header would be the client's own: proxies pass on
 * headers that they do not know.
 */
const forwardedHeaders = ['x-forwarded-for', 'forwarded'] as const;
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

// Which client a request comes from, and whether plain HTTP from there is taken.

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
function isInner(context: Context): boolean {
  return (context.env as PortEnvironment | undefined)?.isInner === true;
}
