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
import { Invocations } from './invocations.ts';
import { R2 } from './r2.ts';

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
  readonly bucket: R2;
  /** Sends requests to one of the isolates, from one address or from many. */
  send(isolate: number, address?: string): Send;
  /** Runs SQL on the database that all isolates share. */
  run(sql: string): void;
  /** Runs the cron trigger. */
  cron(): Promise<void>;
  close(): void;
}

const base = 'http://localhost';

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
  const writer = new RegistryWriter(undefined, bindings);
  const namespace = {
    idFromName: (name: string) => name,
    get: () => ({ fetch: (request: Request) => invocations.run(() => writer.fetch(request)) }),
  } as unknown as NonNullable<WorkerEnvironment['WRITER']>;
  const environments = Array.from({ length: isolates }, () => ({
    ...bindings,
    ...(hasWriter ? { WRITER: namespace } : {}),
  }));
  const environmentOf = (isolate: number) => environments[isolate % isolates] ?? bindings;
  return {
    invocations,
    bucket,
    send: (isolate, address) => async (path, init) => {
      const request = await arrived(new Request(new URL(path, base), init), address);
      return invocations.run(() => worker.fetch(request, environmentOf(isolate)));
    },
    run: (sql) => database.run(sql),
    cron: () => invocations.run(() => worker.scheduled(undefined, environmentOf(0))),
    close: () => database.close(),
  };
}

/** A request as Cloudflare hands it over: with its length, and with the address of the client. */
async function arrived(request: Request, address: string = randomUUID()): Promise<Request> {
  const headers = new Headers(request.headers);
  headers.set('cf-connecting-ip', address);
  if (request.body === null) return new Request(request, { headers });
  const body = await request.arrayBuffer();
  headers.set('content-length', String(body.byteLength));
  return new Request(request.url, { method: request.method, headers, body });
}
