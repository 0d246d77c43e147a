/**
 * Limits write requests of clients that are not members, per address: verifying signatures costs
 * time, and log and audit grow for ever.
 */
import type { Context, MiddlewareHandler } from 'hono';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry } from '../context.ts';
import { strangerAddressesMax, strangerWritesBurst, strangerWritesPerSecond } from '../limits.ts';
import { readActor } from '../routes/describe.ts';
import { bodyBytesMaxAt, isUpload, roomsInMemory, roomsOnDisk } from './bodies-in-flight.ts';

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
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

const writes: Rate = { burst: strangerWritesBurst, perSecond: strangerWritesPerSecond };

/** Token buckets by address. */
export class Buckets {
  readonly #rate: Rate;
  readonly #buckets = new Map<string, Bucket>();

  constructor(rate: Rate = writes) {
    this.#rate = rate;
  }

  /** Takes one token; false when the bucket is empty. */
  take(address: string, now: number): boolean {
    const name = networkOf(address);
    const before = this.#buckets.get(name) ?? { tokens: this.#rate.burst, at: now };
    const refilled = before.tokens + (Math.max(0, now - before.at) / 1_000) * this.#rate.perSecond;
    const tokens = Math.min(this.#rate.burst, refilled);
    // The address that wrote longest ago is forgotten first.
    this.#buckets.delete(name);
    if (this.#buckets.size >= strangerAddressesMax)
      this.#buckets.delete(this.#buckets.keys().next().value ?? '');
    this.#buckets.set(name, { tokens: tokens < 1 ? tokens : tokens - 1, at: now });
    return tokens >= 1;
  }
}

/**
 * Counts the large bodies of members, and bodies and requests of everybody else. A session alone
 * does not bypass the limit: any key that claims a scope gets one.
 * @throws Problem `too-many-requests`, `registry-busy`
 */
export function limitStrangers(registry: Registry, addressOf: AddressOf): MiddlewareHandler {
  const buckets = new Buckets();
  const inMemory = roomsInMemory();
  const uploads = registry.spool === undefined ? inMemory : roomsOnDisk();
  return async (context, next) => {
    const isMember = (await actorOrNone(registry, context))?.member !== undefined;
    const address = addressOf(context) ?? 'unknown';
    if (!isMember && !buckets.take(address, registry.now().getTime())) {
      throw new Problem(
        'too-many-requests',
        'This address has sent too many requests in a short time',
      );
    }
    const rooms = isUpload(context.req) ? uploads : inMemory;
    const done = rooms[isMember ? 'member' : 'stranger'].reserve(
      networkOf(address),
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
