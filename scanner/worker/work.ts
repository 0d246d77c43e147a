/**
 * A scanner at work: leases jobs, scans in children, signs the reports and sends them, until it is
 * told to stop.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Bundle,
  bundleFileBytesMax,
  parseBundle,
  type SourceFile,
} from '../../skills-index/skill/bundle.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalDigest } from '../../skills-index/skill/text/canonical-json.ts';
import type { ObservedBehaviour } from '../../skills-index/statement/observation.ts';
import {
  observationStatement,
  observedStatement,
} from '../../skills-index/statement/observation-statement.ts';
import type { Prose } from '../../skills-index/statement/prose.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import { signStatement } from '../../skills-index/statement/sign.ts';
import { scanStatement } from '../../skills-index/statement/version-statement.ts';
import type { ProseReader } from '../reader/reader.ts';
import { ruleSetDigest } from '../rule-set.ts';
import {
  createJobsClient,
  type JobsClient,
  type JobsWorld,
  jobPollMillisecondsMax,
  jobPollMillisecondsMin,
  noFailureOfTheScan,
  type ObservationJob,
  type ScanJob,
  whileBusy,
} from './jobs-client.ts';
import {
  type PackageReportLines,
  type ReportOnPackage,
  reportOnPackages,
  type VersionQueue,
} from './package-reports.ts';
import { type ScanPool, startScanPool } from './pool.ts';

interface WorkOptions extends JobsWorld, PackageReportLines {
  /** Fingerprint of the registry's first root file: a scan counts in that registry only. */
  readonly registry: Digest;
  readonly now: () => Date;
  /** Number of simultaneous scans. */
  readonly children: number;
  /** Replaces a pool of its own. */
  readonly pool?: ScanPool;
  /** Looks at a package of an approved or waiting version. Without it, packages wait. */
  readonly lookAt?: ReportOnPackage;
  /** Reads the prose of skills that rules pass. Without it, no model reads anything. */
  readonly reader?: ProseReader;
  /** Observes versions where the registry's policy asks for it. Without it, nothing is run. */
  readonly observer?: VersionObserver;
}

/**
 * Works until the signal aborts. Asks a registry that is down again, at growing intervals.
 * @throws Problem `key-unknown`, `forbidden` when the key may not scan
 */
export async function workJobs(options: WorkOptions): Promise<void> {
  const pool = options.pool ?? (await startScanPool({ children: options.children }));
  const stop = (): void => pool.close();
  options.signal.addEventListener('abort', stop, { once: true });
  // The end of the scans ends the looks at packages.
  const ended = new AbortController();
  try {
    const client = createJobsClient(options);
    const queue = { isEmpty: false };
    const { lookAt, log, observer, warn } = options;
    if (!pool.isSealed) warn?.(unsealed);
    const outage = watchOutage(options.children, (line) => warn?.(line));
    const signal = AbortSignal.any([options.signal, ended.signal]);
    const looking = {
      signal,
      ...(log !== undefined && { log }),
      ...(warn !== undefined && { warn }),
    };
    await Promise.all([
      ...Array.from({ length: options.children }, () =>
        workOne(options, { client, pool, queue, outage }),
      ),
      ...(lookAt === undefined ? [] : [reportOnPackages(looking, { client, pool, queue, lookAt })]),
      ...(observer === undefined
        ? []
        : [observeVersions({ ...options, signal }, { client, queue, observer })]),
    ]);
  } finally {
    ended.abort();
    options.signal.removeEventListener('abort', stop);
    pool.close();
  }
}

const unsealed = [
  'Scans run without bubblewrap: a hostile skill that takes its scan over reaches the network.',
  'Install bubblewrap, and start the scanner again.',
  'Where bubblewrap is installed, the unit or container of the scanner keeps it from making',
  'sandboxes: compare the unit with docs/serving/skillgate.service.',
].join(' ');

interface Workplace {
  readonly client: JobsClient;
  readonly pool: ScanPool;
  readonly queue: VersionQueue;
  readonly outage: Outage;
}

async function workOne(
  options: WorkOptions,
  { client, pool, queue, outage }: Workplace,
): Promise<void> {
  let wait = jobPollMillisecondsMin;
  while (!options.signal.aborted) {
    try {
      const job = await client.lease(ruleSetDigest());
      queue.isEmpty = job === undefined;
      outage.ended();
      if (job !== undefined) {
        wait = jobPollMillisecondsMin;
        await scanJob(options, client, pool, job);
        continue;
      }
      // A queue that was just busy is asked again soon; one that stays empty, seldom.
      wait = Math.min(wait * 1.5, jobPollMillisecondsMax / 10);
    } catch (cause) {
      if (options.signal.aborted) return;
      if (cause instanceof Problem && (cause.code === 'key-unknown' || cause.code === 'forbidden'))
        throw cause;
      const why = cause instanceof Error ? cause.message : String(cause);
      options.log?.(why);
      outage.failed(why);
      wait = Math.min(wait * 2, jobPollMillisecondsMax);
    }
    await sleep(wait, undefined, { signal: options.signal }).catch(() => undefined);
  }
}

async function scanJob(
  options: WorkOptions,
  client: JobsClient,
  pool: ScanPool,
  job: ScanJob,
): Promise<void> {
  const renewal = setInterval(
    () => {
      // An expired lease is noticed when the report is sent.
      client.renew(job).catch(() => undefined);
    },
    (job.leaseSeconds * 1_000) / 3,
  );
  try {
    const { bundle } = parseBundle(await client.blob(job.bundle, bundleFileBytesMax));
    const { name, version } = job;
    const { report, ...index } = await pool.scan(await fetchFiles(client, bundle), {
      name,
      version,
    });
    const dispositions = new Map(
      report.coverage.files.map(({ path, disposition }) => [path, disposition]),
    );
    const statement = scanStatement(
      { name, version, bundle: job.bundle, files: bundle.files },
      {
        registry: options.registry,
        ruleSet: report.ruleSet,
        report: canonicalDigest(report),
        verdict: report.verdict,
        isolation: pool.isolation,
        coverage: bundle.files.map(({ path, sha256 }) => ({
          path,
          sha256,
          disposition: dispositions.get(path) ?? 'unanalysed',
        })),
      },
    );
    const envelope = await signStatement(statement, options.signer);
    const prose = await remarkedProse(options, report, index.prose);
    await whileBusy(options, () => client.report(job, envelope, report, { ...index, prose }));
    options.log?.(`${job.name}@${job.version}: ${report.verdict}`);
  } catch (cause) {
    if (options.signal.aborted) return;
    if (cause instanceof Problem && noFailureOfTheScan.includes(cause.code)) throw cause;
    const killed = cause instanceof Problem && cause.code === 'scan-killed';
    const detail = cause instanceof Error ? cause.message : String(cause);
    options.log?.(`${job.name}@${job.version}: ${detail}`);
    await client.fail(job, killed ? 'killed' : 'crash', detail === '' ? 'no reason given' : detail);
  } finally {
    clearInterval(renewal);
  }
}

// A person looks at any other verdict anyway, so only what rules pass is worth a model's time.
async function remarkedProse(
  { reader, signal }: WorkOptions,
  { verdict }: ScanReport,
  prose: Prose | undefined,
): Promise<Prose | undefined> {
  if (reader === undefined || verdict !== 'pass' || prose === undefined) return prose;
  return reader.read(prose, signal);
}

// The second job of a scanner, for hosts that can run submissions in sandboxes: observes versions
// that wait for an observation, while no version waits for a scan. The scanner itself runs nothing
// of a skill: the caller brings what observes.

/** Runs the files in sandboxes with decoys. */
export interface VersionObserver {
  /** The program that observes, for example `skillgate 0.1.0`. */
  readonly name: string;
  observe(files: readonly SourceFile[], signal: AbortSignal): Promise<ObservedBehaviour>;
}

interface ObservingWorld extends Pick<JobsWorld, 'signal' | 'signer'>, PackageReportLines {
  readonly now: () => Date;
  /** Fingerprint of the registry's first root file. */
  readonly registry: Digest;
}

interface Observing {
  readonly client: JobsClient;
  readonly queue: VersionQueue;
  readonly observer: VersionObserver;
}

/** Observes until the signal aborts, one version at a time. */
export async function observeVersions(world: ObservingWorld, observing: Observing): Promise<void> {
  const { client, queue } = observing;
  const { log, signal } = world;
  let wait = jobPollMillisecondsMin;
  while (!signal.aborted) {
    try {
      const job = queue.isEmpty ? await client.leaseObservation() : undefined;
      if (job !== undefined) {
        wait = jobPollMillisecondsMin;
        await observeJob(world, observing, job);
        continue;
      }
      wait = Math.min(wait * 1.5, queue.isEmpty ? jobPollMillisecondsMax : jobPollMillisecondsMin);
    } catch (cause) {
      if (signal.aborted) return;
      log?.(wordsOf(cause));
      wait = Math.min(wait * 2, jobPollMillisecondsMax);
    }
    await sleep(wait, undefined, { signal }).catch(() => undefined);
  }
}

async function observeJob(
  { log, now, registry, signal, signer }: ObservingWorld,
  { client, observer }: Observing,
  job: ObservationJob,
): Promise<void> {
  const { bundle: digest, name, version } = job;
  try {
    const { bundle } = parseBundle(await client.blob(digest, bundleFileBytesMax));
    const observation = await observer.observe(await fetchFiles(client, bundle), signal);
    const statement = observationStatement(digest, {
      observation,
      observer: observer.name,
      observedAt: now().toISOString(),
    });
    const { verdict } = observation;
    const about = { name, version, bundle: digest, files: bundle.files };
    const named = { registry, observation: canonicalDigest(statement), verdict };
    const envelope = await signStatement(observedStatement(about, named), signer);
    await whileBusy({ signal }, () => client.sendObservation(job, envelope, statement));
    log?.(`${name}@${version}: observed, ${verdict}`);
  } catch (cause) {
    if (signal.aborted) return;
    log?.(`${name}@${version}: not observed: ${wordsOf(cause)}`);
    // The registry hands the job out again after the lease.
    if (cause instanceof Problem && noFailureOfTheScan.includes(cause.code)) throw cause;
    await client.failObservation(job, wordsOf(cause));
  }
}

function wordsOf(cause: unknown): string {
  const words = cause instanceof Error ? cause.message : String(cause);
  return words === '' ? 'no reason given' : words;
}

// The files of a bundle, as a scanner fetches them from its registry.

/** The bundle's files, each checked against its listed digest. @throws Problem */
async function fetchFiles(client: JobsClient, bundle: Bundle): Promise<SourceFile[]> {
  const files: SourceFile[] = [];
  for (const { path, sha256, mode } of bundle.files) {
    files.push({
      path,
      bytes: await client.blob(sha256, bundleFileBytesMax),
      mode: mode === '755' ? 0o755 : 0o644,
    });
  }
  return files;
}

// Names a registry that gives no work: once when the outage lasts, and once when it ends.

/**
 * Failed requests for work of one scan, one after the other, before the scanner says so: about 7 s.
 *
 */
export const outageFailures = 4;

interface Outage {
  /** A request for work failed, for this reason. */
  failed(why: string): void;
  /** The registry answered a request for work. */
  ended(): void;
}

/**
 * The notes of all scans of one scanner.
 * @param children scans at the same time, each of which asks for work
 */
export function watchOutage(children: number, warn: (line: string) => void): Outage {
  let failures = 0;
  let isNamed = false;
  return {
    failed: (why) => {
      failures += 1;
      // A registry that restarts misses a request or two.
      if (isNamed || failures < outageFailures * children) return;
      isNamed = true;
      warn(`the registry gives no work: ${why}; the scanner goes on asking`);
    },
    ended: () => {
      failures = 0;
      if (isNamed) warn('the registry gives work again');
      isNamed = false;
    },
  };
}
