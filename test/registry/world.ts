/**
 * A registry in memory for unit tests: the real application, database and keys; only the clock can
 * be set.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { afterAll, afterEach, beforeAll, beforeEach, onTestFinished } from 'vitest';
import { createApp } from '../../registry/app.ts';
import { makeExclusive, type Registry } from '../../registry/context.ts';
import type { Quotas } from '../../registry/intake/quotas-file.ts';
import { loadKeys } from '../../registry/log/signing.ts';
import { Readers } from '../../registry/readers/readers.ts';
import type { ReadersFile } from '../../registry/readers/readers-file.ts';
import type { RetentionRules } from '../../registry/retention/retention-rules.ts';
import { knownFilesBytesMax } from '../../registry/serve.ts';
import type { SignOn } from '../../registry/sign-in/sign-on-config.ts';
import { KnownFiles } from '../../registry/store/known-files.ts';
import type { Objects } from '../../registry/store/objects.ts';
import type { OpenDatabase } from '../../registry/store/sqlite.ts';
import { digestOf } from '../../skills-index/skill/digest.ts';
import { defaultPolicy, type Policy } from '../../skills-index/trust/policy/policy.ts';
import { openMemoryDatabase } from './memory-database.ts';
import { makeKey, makeRoot, type TestKey, type TestRoot } from './people.ts';
import { claimScope, enrol, type Send, signIn } from './road.ts';

const begin = Date.parse('2026-03-01T12:00:00Z');

export interface World {
  readonly registry: Registry;
  readonly send: Send;
  readonly trust: TestRoot;
  readonly stored: Map<string, Uint8Array>;
  readonly errors: unknown[];
  /** Moves the clock. */
  wait(ms: number): void;
  close(): void;
}

/** What a test's registry has that others have not. */
export interface WorldOptions {
  readonly trust?: TestRoot;
  readonly policy?: Policy;
  /** Parsed trusted_root.json. */
  readonly sigstore?: unknown;
  readonly quotas?: Quotas;
  readonly retention?: RetentionRules;
  /** Single sign-on, which reads the clock of the world. */
  readonly signOn?: (now: () => Date) => Promise<SignOn>;
  /** What is private, and who may read it. */
  readonly readers?: ReadersFile;
}

export async function makeWorld(options: WorldOptions = {}): Promise<World> {
  return openWorld(options, openMemoryDatabase().db, new Map());
}

async function openWorld(
  {
    trust = makeRoot(),
    policy = defaultPolicy,
    sigstore,
    quotas,
    retention,
    signOn,
    readers,
  }: WorldOptions,
  db: OpenDatabase,
  stored: Map<string, Uint8Array>,
): Promise<World> {
  const errors: unknown[] = [];
  let time = begin;
  // Each request from elsewhere, unless a test says where from.
  const addressOf = (context: Context): string =>
    context.req.header('x-test-address') ?? randomUUID();
  const registry: Registry = {
    db,
    objects: memoryObjects(stored),
    keys: await loadKeys(trust.texts),
    root: trust.root,
    policy,
    sigstore,
    quotas,
    retention,
    signOn: await signOn?.(() => new Date(time)),
    readers: readers && new Readers(readers, 'readers.json', addressOf),
    config: { base: 'http://localhost', hosts: ['localhost'] },
    identities: {},
    known: new KnownFiles(knownFilesBytesMax),
    unsettled: new Set(),
    waiting: [],
    now: () => new Date(time),
    random: (bytes) => randomBytes(bytes),
    exclusive: makeExclusive(),
  };
  const app = createApp(registry, { logError: (error) => errors.push(error), addressOf });
  return {
    registry,
    trust,
    stored,
    errors,
    send: async (path, init) => app.request(`http://localhost${path}`, init),
    wait: (ms) => {
      time += ms;
    },
    close: () => db.close(),
  };
}

/** Everybody that the road needs, enrolled and signed in. */
interface Staff {
  readonly author: TestKey;
  readonly scanner: TestKey;
  readonly rita: TestKey;
  readonly omar: TestKey;
  readonly tokens: Readonly<Record<'author' | 'scanner' | 'rita' | 'omar', string>>;
}

export type Staffed = World & Staff;

/** A staffed registry that can be opened again. */
interface StaffedImage {
  readonly trust: TestRoot;
  readonly staff: Staff;
  readonly database: Buffer;
  readonly stored: ReadonlyMap<string, Uint8Array>;
  /** By how much the clock was moved. */
  readonly waited: number;
}

// Staffing takes longer than most tests. Worlds that are open at once never share an image: a test
// with two registries has two roots of trust.
const unused: StaffedImage[] = [];

export async function makeStaffedWorld(options: WorldOptions = {}): Promise<Staffed> {
  if (options.trust !== undefined) {
    const world = await makeWorld(options);
    return { ...world, ...(await enrolStaff(world)) };
  }
  const image = unused.pop() ?? (await makeStaffedImage({}));
  const world = await openImage(image, options);
  let isOpen = true;
  const close = (): void => {
    world.close();
    if (isOpen) unused.push(image);
    isOpen = false;
  };
  return { ...world, close };
}

/**
 * A staffed registry in which something happened. It happens once: each call opens a copy, as a
 * process does that is started again.
 */
export function worldAfter(
  happen: (world: Staffed) => Promise<void>,
  options: WorldOptions = {},
): () => Promise<Staffed> {
  let made: Promise<StaffedImage> | undefined;
  return async () => {
    made ??= makeStaffedImage(options, happen);
    return openImage(await made, options);
  };
}

/**
 * The world of each test, in which something happened before.
 * @returns one object, which is another registry in each test
 */
export function eachWorld(options: WorldOptions = {}, happen?: () => Promise<void>): Staffed {
  const world = {} as Staffed;
  const after = worldAfter(async (made) => {
    Object.assign(world, made);
    await happen?.();
  }, options);
  const start = happen === undefined ? () => makeStaffedWorld(options) : after;
  beforeEach(async () => void Object.assign(world, await start()));
  afterEach(() => world.close());
  return world;
}

/** A world of this test alone. */
export async function ownWorld(options: WorldOptions = {}): Promise<Staffed> {
  const world = await makeStaffedWorld(options);
  onTestFinished(() => world.close());
  return world;
}

/** The world that all tests of a file or group share. */
export function oneWorld(options: WorldOptions = {}): Staffed {
  const world = {} as Staffed;
  beforeAll(async () => void Object.assign(world, await makeStaffedWorld(options)));
  afterAll(() => world.close());
  return world;
}

async function makeStaffedImage(
  options: WorldOptions,
  happen = async (_: Staffed): Promise<void> => undefined,
): Promise<StaffedImage> {
  const { db, image } = openMemoryDatabase();
  const world = await openWorld(options, db, new Map());
  const { registry, stored, trust } = world;
  const staff = await enrolStaff(world);
  await happen({ ...world, ...staff });
  const waited = registry.now().getTime() - begin;
  const database = image();
  world.close();
  return { trust, staff, database, stored, waited };
}

async function openImage(
  { database, staff, stored, trust, waited }: StaffedImage,
  options: WorldOptions,
): Promise<Staffed> {
  const { db } = openMemoryDatabase(database);
  const copies = new Map(Array.from(stored, ([name, bytes]) => [name, new Uint8Array(bytes)]));
  const world = await openWorld({ ...options, trust }, db, copies);
  world.wait(waited);
  // Tests sign in again, which changes their tokens.
  return { ...world, ...staff, tokens: { ...staff.tokens } };
}

async function enrolStaff({ send, trust }: World): Promise<Staff> {
  const administrators = trust.administrators.slice(0, trust.root.threshold);
  const author = makeKey();
  const scanner = makeKey();
  const rita = makeKey();
  const omar = makeKey();
  await enrol(send, administrators, { name: 'scanner', roles: ['scanner'], key: scanner });
  await enrol(send, administrators, {
    name: 'rita',
    roles: ['reviewer'],
    key: rita,
    identities: [],
  });
  await enrol(send, administrators, {
    name: 'omar',
    roles: ['reviewer'],
    key: omar,
    identities: [],
  });
  await claimScope(send, 'acme', author);
  const tokens = {
    author: await signIn(send, author),
    scanner: await signIn(send, scanner),
    rita: await signIn(send, rita),
    omar: await signIn(send, omar),
  };
  return { author, scanner, rita, omar, tokens };
}

export function memoryObjects(stored: Map<string, Uint8Array>): Objects {
  const tagOf = (name: string): string | undefined => {
    const bytes = stored.get(name);
    return bytes && digestOf(bytes);
  };
  return {
    get: async (name) => stored.get(name),
    getTagged: async (name) => {
      const bytes = stored.get(name);
      return bytes && { bytes, tag: digestOf(bytes) };
    },
    has: async (name) => stored.has(name),
    put: async (name, bytes) => void stored.set(name, bytes),
    putOver: async (name, bytes, tag) => {
      if (tagOf(name) !== tag) return false;
      stored.set(name, bytes);
      return true;
    },
    remove: async (names) => {
      for (const name of names) stored.delete(name);
    },
    putAll: async (all) => {
      for (const [name, bytes] of all) stored.set(name, bytes);
    },
  };
}
