/** What an operator sees of a running registry: the access log and the port for figures. */

import { createWriteStream, openSync, type WriteStream } from 'node:fs';
import { createServer } from 'node:http';
import type { HttpBindings } from '@hono/node-server';
import { and, asc, eq, sql } from 'drizzle-orm';
import type { Context, MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';
import { Problem } from '../../skills-index/skill/problem.ts';
import { lastRootOf } from '../../skills-index/trust/root/repository.ts';
import type { Registry } from '../context.ts';
import { logSize } from '../log/log.ts';
import type { AddressOf } from '../request-limits/write-limits.ts';
import { isOpen } from '../store/columns/index-conditions.ts';
import { jobs, versions } from '../store/schema.ts';
import { storedInAll } from '../versions/stored-bytes.ts';
import { readPendingStops } from '../versions/visible-versions.ts';
import type { DiskSpace } from './disk-reserve.ts';
import { listen } from './listen.ts';
import type { Listeners } from './listeners.ts';

const accessLogRetryMs = 60_000;

/** Lines of the access log that wait for the disk, and the pause after the file failed. */
const accessLogWaitingBytesMax = 1024 * 1024;

/** Rows that the figures of a queue count at most. */
const countedRowsMax = 10_000;

export interface ObservationOptions {
  readonly accessLog?: AccessLogTarget | undefined;
  /** Port on 127.0.0.1; 0 for any free one. No metrics without it. */
  readonly metricsPort?: number | undefined;
}

export interface Observation {
  readonly steps: readonly MiddlewareHandler[];
  /** The port for figures that was opened. */
  readonly metricsPort: number | undefined;
  /** Opens the file of the access log again. */
  reload(): void;
  close(): Promise<void>;
}

/**
 * Opens what the options name.
 * @throws Problem `file-not-found` for the access log, `port-taken`, `usage`
 */
export async function openObservation(
  options: ObservationOptions,
  world: {
    readonly registry: Registry;
    readonly listeners: Listeners;
    readonly disk: DiskSpace;
    readonly addressOf: AddressOf;
    /** Asks the application, without a port. */
    readonly ask: (path: string) => Promise<Response>;
    readonly say: (line: string) => void;
  },
): Promise<Observation> {
  const { registry, listeners, disk, addressOf, ask, say } = world;
  const log =
    options.accessLog === undefined
      ? undefined
      : openAccessLog(options.accessLog, { now: registry.now, say });
  const requests = new RequestCounts();
  const text = () =>
    metricsText({
      registry,
      requests,
      diskFree: disk.free,
      isReady: () => ask('/readyz').then(({ ok }) => ok),
      certificateExpires: listeners.certificateExpires,
    });
  const metrics =
    options.metricsPort === undefined
      ? undefined
      : await openMetricsPort(options.metricsPort, text, (error) =>
          say(`Cannot answer for metrics: ${String(error)}`),
        );
  const steps =
    log === undefined && metrics === undefined
      ? []
      : [
          observeRequests(addressOf, (request) => {
            if (!isPoll(request)) log?.note(request);
            if (metrics !== undefined) requests.note(request);
          }),
        ];
  return {
    steps,
    metricsPort: metrics?.port,
    reload: () => log?.reopen(),
    close: async () => {
      await metrics?.close();
      await log?.close();
    },
  };
}

// Each scanner asks for work every second or two, which would fill the log. The audit log of the
// registry has what scanners do.
function isPoll({ route, status }: ObservedRequest): boolean {
  return status === 200 && pollRoutes.has(route);
}

const pollRoutes: ReadonlySet<string> = new Set([
  '/api/v1/jobs/lease',
  '/api/v1/observation-jobs/lease',
  '/api/v1/packages/lease',
]);

// The access log: one line of JSON for each request.

interface AccessLog {
  note(request: ObservedRequest): void;
  /** Opens the file by its name again, after another program has renamed it. */
  reopen(): void;
  close(): Promise<void>;
}

/** A file, or a function that writes a line. */
type AccessLogTarget = string | ((line: string) => void);

/**
 * Opens the log. A log that cannot be written later stops no request.
 * @param say receives a warning when lines are lost
 * @throws Problem `file-not-found` when the file cannot be opened
 */
function openAccessLog(
  target: AccessLogTarget,
  { now, say }: { readonly now: () => Date; readonly say: (line: string) => void },
): AccessLog {
  const write = typeof target === 'string' ? appendTo(target, now, say) : undefined;
  return {
    note: (request) => {
      const line = `${JSON.stringify(lineOf(request, now()))}\n`;
      if (typeof target === 'string') write?.line(line);
      else target(line);
    },
    reopen: () => write?.reopen(),
    close: async () => write?.close(),
  };
}

function lineOf({ isAborted, ...request }: ObservedRequest, now: Date): object {
  return { time: now.toISOString(), ...request, ...(isAborted && { aborted: true }) };
}

function appendTo(path: string, now: () => Date, say: (line: string) => void) {
  let stream: WriteStream | undefined;
  let failedAt = 0;
  const fail = (why: string): void => {
    stream = undefined;
    failedAt = now().getTime();
    say(`warning: requests are missing from the access log ${path}: ${why}`);
  };
  const open = (): void => {
    const next = createWriteStream(path, { fd: openSync(path, 'a', 0o600) });
    next.once('error', (error) => {
      if (stream === next) fail(error.message);
    });
    stream = next;
  };
  const tryOpen = (): void => {
    try {
      open();
    } catch (error) {
      fail(error instanceof Error ? error.message : String(error));
    }
  };
  try {
    open();
  } catch (cause) {
    throw new Problem(
      'file-not-found',
      `Cannot write the access log ${path}: ${(cause as NodeJS.ErrnoException).code}`,
      {
        cause,
        hint: 'name a file in a folder that exists and that the user of the registry may write',
      },
    );
  }
  const end = (ended: WriteStream | undefined): Promise<void> =>
    new Promise((resolve) => (ended === undefined ? resolve() : ended.end(resolve)));
  return {
    line: (line: string): void => {
      if (stream === undefined && now().getTime() - failedAt > accessLogRetryMs) tryOpen();
      // A disk that hangs must not fill the memory.
      if (stream !== undefined && stream.writableLength > accessLogWaitingBytesMax) {
        stream.destroy();
        fail('the disk is too slow');
      }
      stream?.write(line);
    },
    reopen: (): void => {
      void end(stream);
      tryOpen();
    },
    close: (): Promise<void> => end(stream),
  };
}

// What an operator may learn of each request: never a path, a query, a header or a body.

interface ObservedRequest {
  readonly method: string;
  /**
   * The pattern of the route, such as `/api/v1/versions/:scope/:name`; `none` where no route fits.
   * Values in a path or query may be secrets, such as a sign-in link.
   */
  readonly route: string;
  readonly status: number;
  readonly ms: number;
  /** Bytes of the answer, with its headers. */
  readonly bytes: number;
  readonly address: string | undefined;
  /** Whether the client went away before the whole answer was sent. */
  readonly isAborted: boolean;
}

/** Calls `note` after each answer. */
function observeRequests(
  addressOf: AddressOf,
  note: (request: ObservedRequest) => void,
): MiddlewareHandler {
  return async (context, next) => {
    const { incoming, outgoing } = context.env as Partial<HttpBindings>;
    // Our own question, which came over no port.
    if (incoming === undefined || outgoing === undefined) return next();
    const { socket } = incoming;
    const start = performance.now();
    const before = socket.bytesWritten;
    // Read now: a socket that was closed has no address any more.
    const address = addressOf(context);
    outgoing.once('close', () =>
      note({
        method: context.req.method,
        route: routeOf(context),
        status: outgoing.statusCode,
        ms: Math.round((performance.now() - start) * 10) / 10,
        bytes: socket.bytesWritten - before,
        address,
        isAborted: !outgoing.writableFinished,
      }),
    );
    await next();
  };
}

/** The pattern of the route that answers a request. */
function routeOf(context: Context): string {
  // Routes answer HEAD as GET. Middleware has the method ALL.
  const method = context.req.method === 'HEAD' ? 'GET' : context.req.method;
  return matchedRoutes(context).findLast((route) => route.method === method)?.path ?? 'none';
}

// Figures about a registry in the text format of Prometheus (version 0.0.4).

/** Counts requests by method, route and status: a fixed set of routes, so a fixed set of sums. */
export class RequestCounts {
  readonly #counts = new Map<string, { count: number; seconds: number }>();

  note({ method, route, status, ms }: ObservedRequest): void {
    const labels = `{method="${method}",route="${escaped(route)}",status="${status}"}`;
    const before = this.#counts.get(labels) ?? { count: 0, seconds: 0 };
    this.#counts.set(labels, { count: before.count + 1, seconds: before.seconds + ms / 1_000 });
  }

  /** Lines of the text format. */
  *lines(): Generator<string> {
    const counts = [...this.#counts];
    yield* family('requests_total', 'counter', 'Requests that were answered.');
    for (const [labels, { count }] of counts) yield `skillgate_requests_total${labels} ${count}`;
    yield* family(
      'request_seconds_total',
      'counter',
      'Seconds from a request to its whole answer.',
    );
    for (const [labels, { seconds }] of counts)
      yield `skillgate_request_seconds_total${labels} ${seconds.toFixed(4)}`;
  }
}

interface MetricsWorld {
  readonly registry: Registry;
  readonly requests: RequestCounts;
  diskFree(): Promise<number>;
  isReady(): Promise<boolean>;
  /** Milliseconds since 1970. */
  certificateExpires(): number | undefined;
}

/** All figures as one text. Its cost does not grow with the registry. */
export async function metricsText(world: MetricsWorld): Promise<string> {
  const { registry } = world;
  const now = registry.now().getTime();
  const [reviews, scans, stops, stored, size, disk, ready] = await Promise.all([
    waitingReviews(registry),
    waitingScans(registry),
    readPendingStops(registry),
    storedInAll(registry),
    logSize(registry),
    world.diskFree(),
    world.isReady(),
  ]);
  const root = registry.tuf && Date.parse(lastRootOf(registry.tuf).signed.expires);
  const gauges: (readonly [name: string, help: string, value: number | undefined])[] = [
    ['ready', '1 when /readyz answers 200.', ready ? 1 : 0],
    [
      'review_queue_versions',
      `Versions that wait for a reviewer, up to ${countedRowsMax}.`,
      reviews.count,
    ],
    ['review_queue_oldest_seconds', 'Age of the oldest of them.', ageOf(reviews.oldest, now)],
    ['scan_queue_jobs', `Scans that wait for a scanner, up to ${countedRowsMax}.`, scans.count],
    ['scan_queue_oldest_seconds', 'Age of the oldest of them.', ageOf(scans.oldest, now)],
    ['pending_stops', 'Stops of publishers that have not reached all versions yet.', stops.length],
    ['log_size', 'Entries of the transparency log.', size],
    ['stored_bytes', 'Bytes of all versions whose files are stored.', stored.bytes],
    ['waiting_bytes', 'Those of versions that wait for a scan or a decision.', stored.waiting],
    ['disk_free_bytes', 'Bytes that the registry may still write to its disk.', disk],
    ['root_expiry_timestamp_seconds', 'When the root of trust expires.', secondsOf(root)],
    [
      'certificate_expiry_timestamp_seconds',
      'When the TLS certificate expires.',
      secondsOf(world.certificateExpires()),
    ],
  ];
  const lines = gauges.flatMap(([name, help, value]) =>
    value === undefined ? [] : [...family(name, 'gauge', help), `skillgate_${name} ${value}`],
  );
  return `${[...lines, ...world.requests.lines()].join('\n')}\n`;
}

interface Waiting {
  readonly count: number;
  /** Milliseconds since 1970. */
  readonly oldest: number | undefined;
}

async function waitingReviews({ db }: Registry): Promise<Waiting> {
  const isWaiting = eq(versions.status, 'in review');
  const rows = db.read
    .select({ one: sql`1` })
    .from(versions)
    .where(isWaiting)
    .limit(countedRowsMax);
  const [counted] = await db.read.select({ count: sql<number>`count(*)` }).from(rows.as('counted'));
  const [oldest] = await db.read
    .select({ at: versions.createdAt })
    .from(versions)
    .where(isWaiting)
    .orderBy(asc(versions.logIndex))
    .limit(1);
  return { count: counted?.count ?? 0, oldest: oldest?.at };
}

async function waitingScans({ db }: Registry): Promise<Waiting> {
  const isWaiting = and(isOpen(jobs.state), eq(jobs.state, 'waiting'));
  const rows = db.read.select({ one: sql`1` }).from(jobs).where(isWaiting).limit(countedRowsMax);
  const [counted] = await db.read.select({ count: sql<number>`count(*)` }).from(rows.as('counted'));
  const [oldest] = await db.read
    .select({ at: jobs.createdAt })
    .from(jobs)
    .where(isWaiting)
    .orderBy(asc(jobs.createdAt), asc(jobs.id))
    .limit(1);
  return { count: counted?.count ?? 0, oldest: oldest?.at };
}

function ageOf(at: number | undefined, now: number): number {
  return at === undefined ? 0 : Math.max(0, Math.round((now - at) / 1_000));
}

function secondsOf(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms / 1_000);
}

function family(name: string, type: 'counter' | 'gauge', help: string): string[] {
  return [`# HELP skillgate_${name} ${help}`, `# TYPE skillgate_${name} ${type}`];
}

// The three signs that the format escapes in the value of a label.
function escaped(value: string): string {
  return value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
}

// The port for figures: on this machine alone, because they tell how much a company publishes.

interface MetricsPort {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves `/metrics` on 127.0.0.1. @throws Problem `port-taken`, `usage` for a port of root */
async function openMetricsPort(
  port: number,
  text: () => Promise<string>,
  logError: (error: unknown) => void,
): Promise<MetricsPort> {
  const server = createServer((request, response) => {
    const host = request.headers.host?.split(':')[0];
    // A web page whose name was pointed at this machine sends its own name.
    if (request.method !== 'GET' || request.url !== '/metrics' || !ownHosts.has(host ?? '')) {
      response.writeHead(404).end();
      return;
    }
    text().then(
      (body) => response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(body),
      (error) => {
        logError(error);
        response.writeHead(500).end();
      },
    );
  });
  const open = await listen(server, { host: '127.0.0.1', port, option: '--metrics-port' });
  return {
    port: open,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

const ownHosts: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost']);
