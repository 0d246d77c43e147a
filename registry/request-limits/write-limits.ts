/**
 * Limits write requests: of clients that are not members, per address, and of everybody who is
 * signed in, per account. Verifying signatures costs time, and log and audit grow for ever. The
 * process that counts is the one that writes: on Cloudflare, a count in each isolate is no limit,
 * and its own rate limits count for each place, and late.
 */
import type { Context, MiddlewareHandler } from 'hono';
import { Problem } from '../../skills-index/skill/problem.ts';
import { nameOf, type Registry } from '../context.ts';
import { readActor } from '../routes/request-parts.ts';
import { bodyBytesMaxAt, isUpload, roomsInMemory, roomsOnDisk } from './spool.ts';

/**
 * Write requests of one account, a member or a signed-in key: in a burst, and then per second. A
 * scanner at work sends two for each version.
 */
export const accountWritesBurst = 1_000;

export const accountWritesPerSecond = 100;

/** Client networks, and accounts, whose requests are counted at one time. */
export const rateBucketsMax = 10_000;

/**
 * Write requests of clients that are not members, per address: in a burst, and then per second.
 */
export const strangerWritesBurst = 300;

const strangerWritesPerSecond = 2;

/**
 * The client's address; undefined when the shell does not know it. Such requests share one bucket.
 */
export type AddressOf = (context: Context) => string | undefined;

interface Bucket {
  readonly tokens: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** The size of a burst, and the rate after it. */
interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

const ofStrangers: Rate = { burst: strangerWritesBurst, perSecond: strangerWritesPerSecond };
const ofAccounts: Rate = { burst: accountWritesBurst, perSecond: accountWritesPerSecond };

/** Token buckets by the network of a client, or by account. */
export class Buckets {
  readonly #rate: Rate;
  readonly #buckets = new Map<string, Bucket>();

  constructor(rate: Rate) {
    this.#rate = rate;
  }

  /** Takes one token; false when the bucket is empty. */
  take(name: string, now: number): boolean {
    const before = this.#buckets.get(name) ?? { tokens: this.#rate.burst, at: now };
    const refilled = before.tokens + (Math.max(0, now - before.at) / 1_000) * this.#rate.perSecond;
    const tokens = Math.min(this.#rate.burst, refilled);
    // Whoever wrote longest ago is forgotten first.
    this.#buckets.delete(name);
    if (this.#buckets.size >= rateBucketsMax)
      this.#buckets.delete(this.#buckets.keys().next().value ?? '');
    this.#buckets.set(name, { tokens: tokens < 1 ? tokens : tokens - 1, at: now });
    return tokens >= 1;
  }
}

/** Calls over MCP have bodies, and only read. */
export const mcpPath = '/mcp';

/**
 * Whether a request counts towards the limits: it can have a body, or it tries a one-time link of
 * the desk.
 */
export function isCounted({ method, path }: { readonly method: string; readonly path: string }) {
  if (path === mcpPath) return false;
  return !['GET', 'HEAD'].includes(method) || path.startsWith('/review/sign-in');
}

/**
 * Counts requests and large bodies. A session alone does not bypass the limit of an address: any
 * key that claims a scope gets one.
 * @throws Problem `too-many-requests`, `registry-busy`
 */
export function limitWrites(registry: Registry, addressOf: AddressOf): MiddlewareHandler {
  const networks = new Buckets(ofStrangers);
  const accounts = new Buckets(ofAccounts);
  const inMemory = roomsInMemory();
  const uploads = registry.spool === undefined ? inMemory : roomsOnDisk();
  return async (context, next) => {
    const actor = await actorOrNone(registry, context);
    const isMember = actor?.member !== undefined;
    const network = networkOf(addressOf(context) ?? 'unknown');
    const now = registry.now().getTime();
    if (!isMember && !networks.take(network, now)) throw tooMany('address');
    if (actor !== undefined && !accounts.take(nameOf(actor), now)) throw tooMany('account');
    const rooms = isUpload(context.req) ? uploads : inMemory;
    const done = rooms[isMember ? 'member' : 'stranger'].reserve(
      network,
      context.req.raw.headers,
      bodyBytesMaxAt(context.req.path),
    );
    try {
      await next();
    } finally {
      done();
    }
  };
}

function tooMany(who: 'address' | 'account'): Problem {
  return new Problem('too-many-requests', `This ${who} has sent too many requests in a short time`);
}

async function actorOrNone(registry: Registry, context: Context): ReturnType<typeof readActor> {
  try {
    return await readActor(registry, context);
  } catch (error) {
    // The route itself decides whether it needs a session.
    if (error instanceof Problem && error.code === 'not-signed-in') return undefined;
    throw error;
  }
}

/** The holder of one IPv6 address has 2^64 of them, so the first half of the address counts. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1];
  if (mapped !== undefined || !address.includes(':')) return mapped ?? address;
  const [head = '', tail = ''] = (address.split('%')[0] ?? '').toLowerCase().split('::');
  const [left, right] = [head, tail].map((part) => (part === '' ? [] : part.split(':')));
  const middle = Array.from(
    { length: Math.max(0, 8 - (left?.length ?? 0) - (right?.length ?? 0)) },
    () => '0',
  );
  const groups = address.includes('::')
    ? [...(left ?? []), ...middle, ...(right ?? [])]
    : (left ?? []);
  return groups.slice(0, 4).join(':');
}
