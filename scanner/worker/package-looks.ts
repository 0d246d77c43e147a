/**
 * Looks at packages while no version waits for a scan. The registry says which package waits, and
 * remembers what was seen.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { LeasedPackage, PackageLook } from '../../skills-index/packages/package-look.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { jobPollMillisecondsMax, jobPollMillisecondsMin, namedFailuresMax } from '../limits.ts';
import type { JobsClient, JobsWorld } from './jobs-client.ts';
import type { ScanPool } from './pool.ts';
import { type PackageFile, type PackageScan, scanPackage } from './scan-package.ts';

/** What a look may use of the registry and of the scanner. */
export interface LookTools {
  /** A blob of the registry, checked against its digest. */
  readonly blob: (digest: Digest, bytesMax: number) => Promise<Uint8Array>;
  readonly scan: (
    files: readonly PackageFile[],
    named: { readonly name: string; readonly version: string },
  ) => Promise<PackageScan>;
  readonly signal: AbortSignal;
}

/** @throws Problem when the host cannot compare advisories; the package waits */
export type LookAtPackage = (leased: LeasedPackage, tools: LookTools) => Promise<PackageLook>;

export interface VersionQueue {
  /** Whether the last lease found no version that waits for a scan. */
  isEmpty: boolean;
}

interface Looking {
  readonly client: JobsClient;
  readonly pool: ScanPool;
  readonly queue: VersionQueue;
  readonly lookAt: LookAtPackage;
}

export interface LookLines {
  /** Receives one line for each event. */
  readonly log?: (line: string) => void;
  /** Receives what somebody has to mend on this host, once for each cause. */
  readonly warn?: (line: string) => void;
}

/** Looks until the signal aborts. A package that cannot be looked at does not stop the others. */
export async function lookAtPackages(
  { log, signal, warn }: Pick<JobsWorld, 'signal'> & LookLines,
  { client, lookAt, pool, queue }: Looking,
): Promise<void> {
  const tools: LookTools = {
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
        const look = await lookOrGiveBack(client, leased, () => lookAt(leased, tools));
        const { ecosystem, name, version } = leased;
        log?.(`${ecosystem} ${name} ${version}: ${look.scan?.verdict ?? look.looked}`);
        if (isFetching && look.looked === 'not fetched')
          warn?.(`no code read of ${ecosystem} ${name} ${version}: ${look.why ?? ''}`);
        if (look.looked !== 'advisories') isFetching = look.looked === 'whole';
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
        warn?.(`packages wait for a look: ${line}${hint === undefined ? '' : `; ${hint}`}`);
      }
      wait = Math.min(wait * 2, jobPollMillisecondsMax);
    }
    await sleep(wait, undefined, { signal }).catch(() => undefined);
  }
}

async function lookOrGiveBack(
  client: JobsClient,
  leased: LeasedPackage,
  lookAt: () => Promise<PackageLook>,
): Promise<PackageLook> {
  try {
    const look = await lookAt();
    await report(client, leased, look);
    return look;
  } catch (cause) {
    // A registry that is down or older does not take the lease back: the lease ends by its time.
    await client.giveBack(leased).catch(() => undefined);
    throw cause;
  }
}

// The registry would lease a package without a look again and again.
async function report(client: JobsClient, leased: LeasedPackage, look: PackageLook): Promise<void> {
  try {
    await client.look(leased, look);
  } catch (cause) {
    const isRefused = cause instanceof Problem && cause.code === 'request-invalid';
    if (!isRefused || look.looked === 'not fetched') throw cause;
    const why = 'The registry refused what was seen of the package';
    const { advisories } = look;
    const compared = advisories === undefined ? {} : { advisories };
    await client.look(leased, { looked: 'not fetched', why, ...compared });
  }
}
