/**
 * The Worker in this process, over a D1 and an R2 that refuse what Cloudflare refuses. Isolates
 * share them, and one Durable Object writes for all, or none.
 */
import { randomUUID } from 'node:crypto';
import worker, { RegistryWriter, type WorkerEnvironment } from '../../../registry/worker.ts';
import { canonicalJson } from '../../../skills-index/skill/text/canonical-json.ts';
import type { TestRoot } from '../people.ts';
import type { Send } from '../road.ts';
import { D1 } from './d1.ts';
import { Invocations, Isolate } from './invocations.ts';
import { R2 } from './r2.ts';
import { routeOf } from './routes.ts';

export interface CloudflareOptions {
  readonly isolates?: number;
  readonly hasWriter?: boolean;
  readonly d1Ms?: number;
  readonly r2Ms?: number;
  /** How long a key of R2 that was written refuses the next write. */
  readonly keyMs?: number;
  /** Variables of the Worker besides its root and keys. */
  readonly settings?: Partial<WorkerEnvironment>;
}

export interface Cloudflare {
  readonly invocations: Invocations;
  readonly database: D1;
  readonly bucket: R2;
  /** Ends all isolates within whatever they do, and begins with new ones. */
  restart(): void;
  /** Sends requests to one of the isolates, from one address or from many. */
  send(isolate: number, address?: string): Send;
  /** Runs SQL on the database that all isolates share. */
  run(sql: string): void;
  /** Runs the cron trigger. */
  cron(): Promise<void>;
  close(): void;
}

const base = 'http://localhost';
const chunkBytes = 64 * 1024;

export function makeCloudflare(
  trust: TestRoot,
  { isolates = 1, hasWriter = true, d1Ms = 0, r2Ms = 0, keyMs, settings }: CloudflareOptions = {},
): Cloudflare {
  const invocations = new Invocations();
  const database = new D1(invocations, d1Ms);
  const bucket = new R2(invocations, r2Ms, keyMs);
  const bindings = {
    DB: database,
    OBJECTS: bucket,
    BASE: base,
    ROOT: canonicalJson(trust.root),
    LOG_KEY: trust.texts.log,
    STATUS_KEY: trust.texts.status,
    REGISTRY_KEY: trust.texts.registry,
    ...settings,
  } as unknown as WorkerEnvironment;
  const makeWriter = () => ({
    isolate: new Isolate(),
    object: new RegistryWriter(undefined, bindings),
  });
  let writer = makeWriter();
  const namespace = {
    idFromName: (name: string) => name,
    get: () => ({
      fetch: (request: Request) => {
        invocations.spend('objects');
        const { isolate, object } = writer;
        return invocations.run(isolate, routeOf(request), () => object.fetch(request));
      },
    }),
  } as unknown as NonNullable<WorkerEnvironment['WRITER']>;
  const makeAll = () =>
    Array.from({ length: isolates }, () => ({
      isolate: new Isolate(),
      environment: { ...bindings, ...(hasWriter ? { WRITER: namespace } : {}) },
    }));
  let all = makeAll();
  const at = (nth: number) => all[nth % isolates] as (typeof all)[number];
  return {
    invocations,
    database,
    bucket,
    restart: () => {
      for (const { isolate } of [writer, ...all]) isolate.end();
      writer = makeWriter();
      all = makeAll();
    },
    send: (nth, address) => async (path, init) => {
      const { isolate, environment } = at(nth);
      const sent = new Request(new URL(path, base), init);
      const body = sent.body === null ? undefined : Buffer.from(await sent.arrayBuffer());
      return invocations.run(isolate, routeOf(sent), () =>
        worker.fetch(arrived(sent, { body, address, invocations }), environment),
      );
    },
    run: (sql) => database.run(sql),
    cron: () => {
      const { isolate, environment } = at(0);
      return invocations.run(isolate, 'cron trigger', () =>
        worker.scheduled(undefined, environment),
      );
    },
    close: () => database.close(),
  };
}

interface Arrival {
  readonly body: Uint8Array | undefined;
  readonly address: string | undefined;
  readonly invocations: Invocations;
}

/**
 * A request as Cloudflare hands it over: with its length, and with the address of the client. The
 * body takes memory as it is read.
 */
function arrived(sent: Request, { body, address = randomUUID(), invocations }: Arrival): Request {
  const headers = new Headers(sent.headers);
  headers.set('cf-connecting-ip', address);
  if (body === undefined) return new Request(sent, { headers });
  headers.set('content-length', String(body.byteLength));
  const hold = invocations.holder();
  const chunks = function* (): Generator<Uint8Array> {
    for (let from = 0; from < body.byteLength; from += chunkBytes) {
      const chunk = Uint8Array.from(body.subarray(from, from + chunkBytes));
      hold(chunk.byteLength);
      yield chunk;
    }
  };
  const init = { method: sent.method, headers, body: ReadableStream.from(chunks()) };
  return new Request(sent.url, { ...init, duplex: 'half' });
}
