/**
 * `npm run bench -- workers`: what a month on Cloudflare Workers costs, from measured operations and
 * bytes, and from the prices in `prices.ts`.
 */
import { jobPollMillisecondsMax } from '../../scanner/worker/jobs-client.ts';
import {
  databaseGBMax,
  dollarsFor,
  type Priced,
  prices,
  pricesRead,
  subscription,
} from './prices.ts';
import { type MeasuredUsage, measureUsage, type Usage } from './usage.ts';

/** What people and hosts do, by assumption. */
const assumed = {
  skills: [1_000, 100_000, 10_000_000],
  versionsOfSkill: 3,
  /** In a month, for each skill. */
  publications: 0.1,
  installations: 1,
  checks: 100,
  /** Of one scanner without work. */
  polls: (30 * 24 * 3_600_000) / jobPollMillisecondsMax,
  crons: 30 * 24 * 6,
} as const;

/** A Durable Object that never sleeps. Cloudflare bills 128 MB of memory for it. */
const objectGBSeconds = 30 * 24 * 3_600 * 0.128;
const gigabyte = 1e9;

const named: Record<Priced, string> = {
  requests: 'requests to the Worker',
  cpuMs: 'processor time, ms (upper bound)',
  objectRequests: 'requests to the writer',
  objectGBSeconds: 'writer, GB-s (never asleep)',
  rowsRead: 'D1 rows read',
  rowsWritten: 'D1 rows written',
  databaseGB: 'D1, GB',
  objectWrites: 'R2 writes (class A)',
  objectReads: 'R2 reads (class B)',
  bucketGB: 'R2, GB',
};

/** Both tables in Markdown: what one action spends, and what a month costs. */
export async function workersCosts(): Promise<string> {
  const usage = await measureUsage();
  return [
    actionsTable(usage),
    `One approved version keeps ${whole(usage.databaseBytes)} bytes in D1, and ${usage.bucketObjects.toFixed(1)} objects with ${whole(usage.bucketBytes)} bytes in R2. D1 holds ${databaseGBMax} GB, which is the room of ${whole((databaseGBMax * gigabyte) / usage.databaseBytes)} versions.`,
    monthTable(usage),
  ].join('\n\n');
}

function actionsTable(usage: MeasuredUsage): string {
  const columns: readonly (readonly [string, (usage: Usage) => number])[] = [
    ['requests', (one) => one.requests],
    ['to the writer', (one) => one.objects],
    ['D1 queries', (one) => one.reads],
    ['D1 batches', (one) => one.batches],
    ['statements in batches', (one) => one.statements],
    ['rows read', (one) => one.rowsRead],
    ['rows written', (one) => one.rowsWritten],
    ['R2 writes', (one) => one.puts],
    ['R2 reads', (one) => one.gets + one.heads],
  ];
  const actions: readonly (readonly [string, Usage])[] = [
    ['a version: publish, scan, look, approve', usage.version],
    ['an installation', usage.installation],
    ['a check of an installed version', usage.check],
    ['a scanner asks, and there is no work', usage.poll],
    ['a cron trigger', usage.cron],
  ];
  return table([
    ['mean of one', ...columns.map(([name]) => name)],
    ...actions.map(([name, one]) => [name, ...columns.map(([, of]) => of(one).toFixed(1))]),
  ]);
}

function monthTable(usage: MeasuredUsage): string {
  const months = assumed.skills.map((skills) => unitsOf(usage, skills));
  const rows = (Object.keys(prices) as Priced[]).map((what) => [
    named[what],
    ...months.map((units) => `${whole(units[what])}: $${dollarsFor(what, units[what]).toFixed(2)}`),
  ]);
  const sums = months.map((units) => {
    const all = (Object.keys(prices) as Priced[]).map((what) => dollarsFor(what, units[what]));
    return `**$${all.reduce((sum, one) => sum + one, subscription).toFixed(2)}**`;
  });
  return table([
    ['a month', ...assumed.skills.map((skills) => `${whole(skills)} skills`)],
    ['subscription', ...assumed.skills.map(() => `$${subscription.toFixed(2)}`)],
    ...rows,
    [`**sum**, prices read on ${pricesRead}`, ...sums],
  ]);
}

function unitsOf(usage: MeasuredUsage, skills: number): Record<Priced, number> {
  const times: readonly (readonly [Usage, number])[] = [
    [usage.version, skills * assumed.publications],
    [usage.installation, skills * assumed.installations],
    [usage.check, skills * assumed.checks],
    [usage.poll, assumed.polls],
    [usage.cron, assumed.crons],
  ];
  const sum = (of: (one: Usage) => number): number =>
    times.reduce((all, [one, count]) => all + of(one) * count, 0);
  const versions = skills * assumed.versionsOfSkill;
  return {
    requests: sum((one) => one.requests),
    cpuMs: sum((one) => one.cpuMs),
    objectRequests: sum((one) => one.objects),
    objectGBSeconds,
    rowsRead: sum((one) => one.rowsRead),
    rowsWritten: sum((one) => one.rowsWritten),
    databaseGB: (versions * usage.databaseBytes) / gigabyte,
    objectWrites: sum((one) => one.puts),
    objectReads: sum((one) => one.gets + one.heads),
    bucketGB: (versions * usage.bucketBytes) / gigabyte,
  };
}

function table([heading = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(heading), line(heading.map(() => '---')), ...rows.map(line)].join('\n');
}

function whole(amount: number): string {
  return amount >= 10 || amount === 0
    ? Math.round(amount).toLocaleString('en')
    : String(Number(amount.toPrecision(2)));
}
