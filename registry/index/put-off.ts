/**
 * Steps that a storage failure put off: this process remembers the versions. The steps are done
 * beside other answers, one version at a time, and after a failure not at once again. So a client
 * that asks for the status or posts a statement does not wait for a storage that fails slowly.
 */
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry } from '../context.ts';
import { behindNow } from '../log/witness-duty.ts';
import { completeScans } from '../versions/fallen-scans.ts';
import { writeLackingFiles } from './index-file.ts';
import { settle } from './publish-index.ts';

/** How long no such version is tried after one failed again. */
export const settlePauseMs = 5_000;

/**
 * How long one such version may take before another request starts again: a Worker may be stopped
 * in the middle.
 */
const settleRunMs = 60_000;

/** Versions that were approved or scanned while the storage failed, remembered by one process. */
const unsettledMax = 1_000;

/** Remembers a version whose next step is done later. */
export function putOff(registry: Registry, versionId: string): void {
  // Beyond the limit, the next start finds the versions: it queries the database for all that wait.
  if (registry.unsettled.size < unsettledMax) registry.unsettled.add(versionId);
  registry.settleFrom = registry.now().getTime() + settlePauseMs;
}

/**
 * Settles a version after its approval was logged.
 * @throws Problem `not-admitted`, which is a decision and no failure
 */
export async function settleApproved(
  registry: Registry,
  versionId: string,
  logIndex: number,
): Promise<void> {
  try {
    await settle(registry, versionId);
    registry.unsettled.delete(versionId);
  } catch (error) {
    if (error instanceof Problem && error.code === 'not-admitted')
      throw new Problem(
        'not-admitted',
        `The approval is in the log at index ${logIndex} and counts. ${error.message}`,
        {
          cause: error,
          reasons: error.reasons,
          ...(error.hint === undefined ? {} : { hint: error.hint }),
        },
      );
    putOff(registry, versionId);
    registry.reportPutOff?.(error);
  }
}

/** Moves a version on that lacks no scan any more, or enqueues the scan that it lacks. */
export async function completeOrLater(registry: Registry, versionId: string): Promise<void> {
  try {
    await completeScans(registry, versionId);
  } catch (error) {
    putOff(registry, versionId);
    registry.reportPutOff?.(error);
  }
}

/** Starts the steps that were put off, when it is time. Nobody waits for them. */
export function settlePutOff(registry: Registry): void {
  const now = registry.now().getTime();
  const { settleFrom = 0 } = registry;
  // A time further ahead than the pause was set by a clock that was ahead.
  if (registry.unsettled.size === 0 || (settleFrom > now && settleFrom <= now + settleRunMs))
    return;
  registry.settleFrom = now + settleRunMs;
  void settleAll(registry).catch((error: unknown) => registry.reportPutOff?.(error));
}

async function settleAll(registry: Registry): Promise<void> {
  // Nothing is signed over a log that lost its newest entries.
  if ((await behindNow(registry)) !== undefined) return;
  for (const id of [...registry.unsettled]) {
    registry.settleFrom = registry.now().getTime() + settleRunMs;
    try {
      await completeScans(registry, id);
      await settle(registry, id);
    } catch (error) {
      registry.reportPutOff?.(error);
      // A rejected version is decided; a failed one goes behind the others.
      registry.unsettled.delete(id);
      if (error instanceof Problem && error.code === 'not-admitted') continue;
      return putOff(registry, id);
    }
    registry.unsettled.delete(id);
  }
  registry.settleFrom = undefined;
  await writeLackingFiles(registry);
}
