/** Registries in this process, of whose storage one call can fail. */
import type BetterSqlite3 from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import type { Registry } from '../../registry/context.ts';
import { resume } from '../../registry/index/resume.ts';
import { untilDone } from '../../registry/keep-on.ts';
import { knownFilesBytesMax } from '../../registry/serve.ts';
import { moveSome } from '../../registry/stops/pending-stops.ts';
import { KnownFiles } from '../../registry/store/known-files.ts';
import type { Objects } from '../../registry/store/objects.ts';
import { digestOf } from '../../skills-index/skill/digest.ts';
import { makeCloudflare } from '../registry/cloudflare/cloudflare.ts';
import { makeRoot } from '../registry/people.ts';
import type { Send } from '../registry/road.ts';
import { makeWorld, type World } from '../registry/world.ts';
import type { CheckedSite } from './site.ts';

export interface FailingStorage extends CheckedSite {
  readonly send: Send;
  /** Lets one of the calls to come fail: reads and writes, of the database and of objects. */
  fail(nth: number): void;
  /** Ends that. Returns whether so many calls came. */
  mend(): boolean;
  /** Changes an object, or deletes it. */
  replace(name: string, bytes: Uint8Array | undefined): void;
  /** Forgets what the process remembers, as a new process. */
  forget(): void;
  /** Finishes what failures left, as the next start or cron trigger does. */
  finish(): Promise<void>;
  close(): void;
}

/** A cron trigger does one slice of one stop. */
const crons = 4;

class Call {
  #left = Number.POSITIVE_INFINITY;

  fail(nth: number): void {
    this.#left = nth;
  }

  mend(): boolean {
    const came = this.#left < 0;
    this.#left = Number.POSITIVE_INFINITY;
    return came;
  }

  readonly count = (): void => {
    if (this.#left-- === 0) throw new Error('the storage is busy');
  };
}

export async function makeFailingNode(): Promise<
  FailingStorage & Pick<World, 'registry' | 'wait'>
> {
  const world = await makeWorld();
  world.wait(Date.now() - world.registry.now().getTime());
  const { registry, trust, send, stored } = world;
  const call = new Call();
  const client = clientOf(world);
  const { batch } = registry.db;
  Object.assign(registry, {
    db: {
      read: drizzle(counted(client, call.count)),
      batch: async (writes: Parameters<typeof batch>[0]) => {
        call.count();
        await batch(writes);
      },
    },
    objects: countedObjects(registry.objects, call.count),
  } satisfies Pick<Registry, 'db' | 'objects'>);
  return {
    registry,
    wait: world.wait,
    trust,
    send,
    sender: () => send,
    rows: async (query) => client.prepare(query).all() as Record<string, unknown>[],
    objects: async () => [...stored].map(([name, bytes]) => ({ name, read: async () => bytes })),
    fail: (nth) => call.fail(nth),
    mend: () => call.mend(),
    replace: (name, bytes) => {
      if (bytes === undefined) stored.delete(name);
      else stored.set(name, bytes);
    },
    forget: () => {
      registry.unsettled.clear();
      Object.assign(registry, {
        known: new KnownFiles(knownFilesBytesMax),
        identities: {},
      } satisfies Partial<Registry>);
    },
    finish: async () => {
      await untilDone(() => moveSome(registry));
      await resume(registry, (error) => {
        throw error;
      });
    },
    close: () => world.close(),
  };
}

export async function makeFailingWorker(): Promise<FailingStorage> {
  const trust = makeRoot();
  const world = makeCloudflare(trust, { keyMs: 0 });
  const call = new Call();
  world.invocations.onUse = call.count;
  const send: Send = (path, init) => world.send(0)(path, init);
  return {
    trust,
    send,
    sender: () => send,
    rows: async (query) => world.database.look(query),
    objects: async () =>
      [...world.bucket.stored].map(([name, { bytes }]) => ({ name, read: async () => bytes })),
    fail: (nth) => call.fail(nth),
    mend: () => call.mend(),
    replace: (name, bytes) => {
      const kept = world.bucket.stored.get(name);
      if (bytes === undefined || kept === undefined) world.bucket.stored.delete(name);
      else world.bucket.stored.set(name, { ...kept, bytes, etag: digestOf(bytes) });
    },
    forget: () => world.restart(),
    finish: async () => {
      for (let nth = 0; nth < crons; nth++) await world.cron();
    },
    close: () => world.close(),
  };
}

function countedObjects(objects: Objects, count: () => void): Objects {
  const turn = async <Result>(act: () => Promise<Result>): Promise<Result> => {
    count();
    return act();
  };
  return {
    get: (name) => turn(() => objects.get(name)),
    getTagged: (name) => turn(() => objects.getTagged(name)),
    has: (name) => turn(() => objects.has(name)),
    put: (name, bytes) => turn(() => objects.put(name, bytes)),
    putOver: (...given) => turn(() => objects.putOver(...given)),
    putAll: (...given) => turn(() => objects.putAll(...given)),
    remove: (...given) => turn(() => objects.remove(...given)),
  };
}

/** The database whose statements count each execution. */
function counted(client: BetterSqlite3.Database, count: () => void): BetterSqlite3.Database {
  const prepare = (text: string): unknown => {
    const statement = client.prepare(text);
    const wrap =
      (run: (...given: unknown[]) => unknown) =>
      (...given: unknown[]): unknown => {
        count();
        return run(...given);
      };
    return {
      run: wrap((...given) => statement.run(...given)),
      all: wrap((...given) => statement.all(...given)),
      get: wrap((...given) => statement.get(...given)),
      raw: () => {
        const raw = statement.raw();
        return {
          all: wrap((...given) => raw.all(...given)),
          get: wrap((...given) => raw.get(...given)),
        };
      },
    };
  };
  return Object.create(client, { prepare: { value: prepare } });
}

export function clientOf({ registry }: World): BetterSqlite3.Database {
  const { read } = registry.db as unknown as { read: { $client: BetterSqlite3.Database } };
  return read.$client;
}
