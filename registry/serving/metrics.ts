/** Figures about a registry in the text format of Prometheus (version 0.0.4). */
import { and, asc, eq, sql } from 'drizzle-orm';
import { lastRootOf } from '../../skills-index/trust/root/repository.ts';
import type { Registry } from '../context.ts';
import { countedRowsMax } from '../limits.ts';
import { logSize } from '../log/log.ts';
import { isOpen } from '../store/columns/index-conditions.ts';
import { jobs, versions } from '../store/schema.ts';
import { readPendingStops } from '../versions/shown-versions.ts';
import { storedInAll } from '../versions/stored-bytes.ts';
import type { ObservedRequest } from './observed-requests.ts';

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

export interface MetricsWorld {
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
