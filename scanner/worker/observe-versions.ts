/**
 * The second job of a scanner, for hosts that can run submissions in sandboxes: observes versions
 * that wait for an observation, while no version waits for a scan. The scanner itself runs nothing
 * of a skill: the caller brings what observes.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseBundle, type SourceFile } from '../../skills-index/skill/bundle.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { bundleFileBytesMax } from '../../skills-index/skill/limits.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalDigest } from '../../skills-index/skill/text/canonical-json.ts';
import type { ObservedBehaviour } from '../../skills-index/statement/observation.ts';
import {
  observationStatement,
  observedStatement,
} from '../../skills-index/statement/observation-statement.ts';
import { signStatement } from '../../skills-index/statement/sign.ts';
import { jobPollMillisecondsMax, jobPollMillisecondsMin } from '../limits.ts';
import { fetchFiles } from './bundle-files.ts';
import { noFailureOfTheScan, whileBusy } from './busy-registry.ts';
import type { JobsClient, JobsWorld, ObservationJob } from './jobs-client.ts';
import type { LookLines, VersionQueue } from './package-looks.ts';

/** Runs the files in sandboxes with decoys. */
export interface VersionObserver {
  /** The program that observes, for example `skillgate 0.1.0`. */
  readonly name: string;
  observe(files: readonly SourceFile[], signal: AbortSignal): Promise<ObservedBehaviour>;
}

export interface ObservingWorld extends Pick<JobsWorld, 'signal' | 'signer'>, LookLines {
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
