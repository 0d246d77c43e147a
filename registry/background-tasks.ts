/** What a registry does beside requests: one list for a process and for the cron of a Worker. */

import { renewSkills } from './catalogue/renew-skills.ts';
import type { Registry } from './context.ts';
import { keepOn } from './keep-on.ts';
import { tendSegments } from './log/segments/keep-segments.ts';
import { deliverSome } from './notices/deliver.ts';
import { deleteSomeFiles } from './retention/delete-files.ts';
import { keepSome } from './review/queue/renew-queue.ts';
import { judgeByPackageReports } from './scans/package-reports.ts';
import { followStops } from './stops/pending-stops.ts';

interface BackgroundTask {
  /** Milliseconds between two slices of a process while nothing is left. */
  readonly idleMs: number;
  /** @returns whether something is left */
  slice(registry: Registry, signal?: AbortSignal): Promise<boolean>;
}

/** In the order in which the cron of a Worker does one slice of each. */
const backgroundTasks: readonly BackgroundTask[] = [
  { idleMs: 1_000, slice: followStops },
  { idleMs: 500, slice: (registry) => renewSkills(registry) },
  { idleMs: 60_000, slice: judgeByPackageReports },
  { idleMs: 1_000, slice: keepSome },
  { idleMs: 5_000, slice: deliverSome },
  { idleMs: 60_000, slice: tendSegments },
  { idleMs: 600_000, slice: deleteSomeFiles },
];

/**
 * Does the tasks beside requests, until the signal aborts.
 * @param onFailure receives the error of a slice
 */
export async function runInProcess(
  registry: Registry,
  signal: AbortSignal,
  onFailure: (error: unknown) => void,
): Promise<void> {
  await Promise.all(
    backgroundTasks.map(({ idleMs, slice }) =>
      keepOn(() => slice(registry, signal), idleMs, { signal, onFailure }),
    ),
  );
}

/**
 * Does one slice of each task, and `others` before. A task that fails each time keeps no other from
 * its turn.
 * @throws the first error, so that Cloudflare shows the run as failed
 */
export async function runByCron(
  registry: Registry,
  onFailure: (error: unknown) => void,
  others: readonly ((registry: Registry) => Promise<unknown>)[] = [],
): Promise<void> {
  const failures: unknown[] = [];
  for (const slice of [...others, ...backgroundTasks.map((task) => task.slice)])
    await slice(registry).catch((error: unknown) => failures.push(error));
  failures.forEach(onFailure);
  if (failures.length > 0) throw failures[0];
}
