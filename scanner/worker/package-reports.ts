/**
 * Looks at packages while no version waits for a scan. The registry says which package waits, and
 * remembers what was seen.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { LeasedPackage, PackageReport } from '../../skills-index/packages/package-report.ts';
import { bundleFilesMax, type SourceFile } from '../../skills-index/skill/bundle.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type Finding, severities, type Verdict } from '../../skills-index/statement/finding.ts';
import { languageOf } from '../fact/language.ts';
import { programIn } from '../fact/program-look.ts';
import type { Language } from '../fact/source.ts';
import { sourceCharsMax } from '../ingest/text.ts';
import {
  type JobsClient,
  type JobsWorld,
  jobPollMillisecondsMax,
  jobPollMillisecondsMin,
} from './jobs-client.ts';
import type { ScanPool } from './pool.ts';

/** Causes that a scanner remembers, so that each is printed once. */
const namedFailuresMax = 100;

export const packageCodeBytesMax = 32 * 1024 * 1024;

/** The beginning of a package's file, which tells a program from data. */
const packageHeadBytes = 4_096;

/**
 * Code of one package in one scan, and in all scans of the package: a megabyte takes some seconds.
 */
export const packagePartBytesMax = 512 * 1024;

/** No further part of a package is scanned after this time. */
const packageScanSecondsMax = 240;

/** What a report may use of the registry and of the scanner. */
export interface PackageReportTools {
  /** A blob of the registry, checked against its digest. */
  readonly blob: (digest: Digest, bytesMax: number) => Promise<Uint8Array>;
  readonly scan: (
    files: readonly PackageFile[],
    named: { readonly name: string; readonly version: string },
  ) => Promise<PackageScan>;
  readonly signal: AbortSignal;
}

/** @throws Problem when the host cannot compare advisories; the package waits */
export type ReportOnPackage = (
  leased: LeasedPackage,
  tools: PackageReportTools,
) => Promise<PackageReport>;

export interface VersionQueue {
  /** Whether the last lease found no version that waits for a scan. */
  isEmpty: boolean;
}

interface Looking {
  readonly client: JobsClient;
  readonly pool: ScanPool;
  readonly queue: VersionQueue;
  readonly lookAt: ReportOnPackage;
}

export interface PackageReportLines {
  /** Receives one line for each event. */
  readonly log?: (line: string) => void;
  /** Receives what somebody has to mend on this host, once for each cause. */
  readonly warn?: (line: string) => void;
}

/** Reports until the signal aborts. A package that cannot be looked at does not stop the others. */
export async function reportOnPackages(
  { log, signal, warn }: Pick<JobsWorld, 'signal'> & PackageReportLines,
  { client, lookAt, pool, queue }: Looking,
): Promise<void> {
  const tools: PackageReportTools = {
    blob: (digest, bytesMax) => client.blob(digest, bytesMax),
    scan: (files, named) => scanPackage(pool, files, named),
    signal,
  };
  const failures = new Set<string>();
  // A way out that is shut fails for every package: only the first is named.
  let isFetching = true;
  let wait = jobPollMillisecondsMin;
  while (!signal.aborted) {
    try {
      const leased = queue.isEmpty ? await client.leasePackage() : undefined;
      if (leased !== undefined) {
        const seen = await reportOrGiveBack(client, leased, () => lookAt(leased, tools));
        const { ecosystem, name, version } = leased;
        log?.(`${ecosystem} ${name} ${version}: ${seen.scan?.verdict ?? seen.looked}`);
        if (isFetching && seen.looked === 'not fetched')
          warn?.(`no code read of ${ecosystem} ${name} ${version}: ${seen.why ?? ''}`);
        if (seen.looked !== 'advisories') isFetching = seen.looked === 'whole';
        wait = jobPollMillisecondsMin;
        continue;
      }
      wait = Math.min(wait * 1.5, queue.isEmpty ? jobPollMillisecondsMax : jobPollMillisecondsMin);
    } catch (cause) {
      if (signal.aborted) return;
      const code = cause instanceof Problem ? cause.code : undefined;
      const line = cause instanceof Error ? cause.message : String(cause);
      log?.(line);
      if (code !== 'registry-down' && !failures.has(line)) {
        if (failures.size === namedFailuresMax) failures.clear();
        failures.add(line);
        const hint = cause instanceof Problem ? cause.hint : undefined;
        warn?.(`packages wait for a report: ${line}${hint === undefined ? '' : `; ${hint}`}`);
      }
      wait = Math.min(wait * 2, jobPollMillisecondsMax);
    }
    await sleep(wait, undefined, { signal }).catch(() => undefined);
  }
}

async function reportOrGiveBack(
  client: JobsClient,
  leased: LeasedPackage,
  lookAt: () => Promise<PackageReport>,
): Promise<PackageReport> {
  try {
    const seen = await lookAt();
    await report(client, leased, seen);
    return seen;
  } catch (cause) {
    // A registry that is down or older does not take the lease back: the lease ends by its time.
    await client.giveBack(leased).catch(() => undefined);
    throw cause;
  }
}

// The registry would lease a package without a report again and again.
async function report(
  client: JobsClient,
  leased: LeasedPackage,
  seen: PackageReport,
): Promise<void> {
  try {
    await client.reportPackage(leased, seen);
  } catch (cause) {
    const isRefused = cause instanceof Problem && cause.code === 'request-invalid';
    if (!isRefused || seen.looked === 'not fetched') throw cause;
    const why = 'The registry refused what was seen of the package';
    const { advisories } = seen;
    const compared = advisories === undefined ? {} : { advisories };
    await client.reportPackage(leased, { looked: 'not fetched', why, ...compared });
  }
}

// Scans the code of a package: its files of Python, JavaScript and shell, in parts that one child
// can hold. The scan reports what only malice explains.

export interface PackageFile {
  readonly path: string;
  readonly size: number;
  readonly isExecutable: boolean;
  readonly read: () => Uint8Array;
}

export interface PackageScan {
  readonly verdict: Verdict;
  /** The worst first. */
  readonly findings: readonly Finding[];
  /** `part`: the package has more code than one scan reads, or a child was stopped. */
  readonly read: 'whole' | 'part';
}

/** @param named the package's name and version. Never throws because of the files' content. */
export async function scanPackage(
  pool: ScanPool,
  files: readonly PackageFile[],
  named: { readonly name: string; readonly version: string },
): Promise<PackageScan> {
  const end = Date.now() + packageScanSecondsMax * 1_000;
  const { parts, isWhole } = partsOf(files.filter(isCode));
  const findings: Finding[] = [];
  const verdicts = new Set<Verdict>();
  let read: PackageScan['read'] = isWhole ? 'whole' : 'part';
  for (const part of parts) {
    if (Date.now() > end) {
      read = 'part';
      break;
    }
    try {
      const { report } = await pool.scan(part.map(sourceOf), { ...named, of: 'package' });
      verdicts.add(report.verdict);
      findings.push(...report.findings);
    } catch (cause) {
      if (!(cause instanceof Problem) || cause.code !== 'scan-killed') throw cause;
      read = 'part';
    }
  }
  if (read === 'part') verdicts.add('incomplete');
  const verdict = worstFirst.find((one) => verdicts.has(one)) ?? 'pass';
  const rank = ({ severity }: Finding): number => severities.indexOf(severity);
  return { verdict, findings: findings.sort((a, b) => rank(b) - rank(a)), read };
}

const worstFirst = ['block', 'incomplete', 'review'] as const satisfies Verdict[];
const analysed: ReadonlySet<Language> = new Set(['python', 'javascript', 'typescript', 'shell']);

// Stubs of types and sources of Cython never run. package.json names the scripts of an
// installation.
function isCode({ path, read, size }: PackageFile): boolean {
  if (/\.py[ix]$|\.px[di]$|\.d\.[cm]?ts$|\.dist-info\/METADATA$/.test(path) || size === 0)
    return false;
  if (path === 'package.json') return true;
  // A file whose name says nothing may be a program: by its `#!` line, or when a program loads it.
  const byName = languageOf(path, '');
  if (byName !== 'text') return analysed.has(byName);
  const head = Buffer.from(read().subarray(0, packageHeadBytes)).toString('latin1');
  if (head.includes('\0')) return false;
  return analysed.has(languageOf(path, head)) || analysed.has(programIn(head) ?? 'text');
}

function partsOf(files: readonly PackageFile[]): {
  readonly parts: readonly (readonly PackageFile[])[];
  readonly isWhole: boolean;
} {
  const parts: PackageFile[][] = [];
  let bytes = 0;
  let inPart = 0;
  let isWhole = true;
  for (const file of files) {
    if (file.size > sourceCharsMax || bytes + file.size > packageCodeBytesMax) {
      isWhole = false;
      continue;
    }
    const last = parts.at(-1);
    const fits = inPart + file.size <= packagePartBytesMax && (last?.length ?? 0) < bundleFilesMax;
    if (last !== undefined && fits) last.push(file);
    else parts.push([file]);
    inPart = last !== undefined && fits ? inPart + file.size : file.size;
    bytes += file.size;
  }
  return { parts, isWhole };
}

function sourceOf({ isExecutable, path, read }: PackageFile): SourceFile {
  return { path, bytes: read(), mode: isExecutable ? 0o755 : 0o644 };
}
