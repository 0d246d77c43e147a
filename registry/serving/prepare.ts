/** What a registry does at its start, before and beside its first answers. */
import { setTimeout as delay } from 'node:timers/promises';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry } from '../context.ts';
import { readEnrolments } from '../data-folder/data-folder.ts';
import { resume, whatOwnHeadShows } from '../index/resume.ts';
import { renewTufSet } from '../index/tuf.ts';
import { takeStatement } from '../intake/statements.ts';
import { untilDone } from '../keep-on.ts';
import { newestCheckpoint } from '../log/log.ts';
import { alarmText } from '../log/witness-duty.ts';
import { askWitnesses } from '../log/witnesses.ts';
import { renewQueue } from '../review/queue/renew-queue.ts';
import { moveSome } from '../stops/pending-stops.ts';

/**
 * How long a start waits for what the registry finishes. The rest is finished beside the first
 * requests.
 */
const resumeWaitMs = 1_000;

/** What the start finishes beside the first requests. */
export interface Finishing {
  readonly signal: AbortSignal;
  done?: Promise<void>;
  /** What the registry does from then on. */
  readonly keep: (onFailure: (error: unknown) => void) => Promise<void>;
}

/** Finishes what is left over, until the registry stops. */
async function finish(
  registry: Registry,
  onRefusal: (error: unknown) => void,
  signal: AbortSignal,
): Promise<void> {
  // A version that nobody can judge must not keep the registry from starting.
  await untilDone(() => moveSome(registry), signal).catch(onRefusal);
  await resume(registry, onRefusal, signal);
  await untilDone(() => renewQueue(registry), signal);
}

/** Finishes what a crash interrupted, and logs the statements that came with the folder. */
export async function prepare(
  registry: Registry,
  dir: string,
  { log, finishing }: { readonly log: (line: string) => void; readonly finishing: Finishing },
): Promise<void> {
  // Compared before anything is written: the last status, or a witness, may show more log entries
  // than an old copy has.
  registry.ownHeadAhead = await whatOwnHeadShows(registry, log);
  const head = await newestCheckpoint(registry);
  if (head !== undefined) await askWitnesses(registry, head);
  if (registry.ownHeadAhead !== undefined) {
    log(alarmText(registry.ownHeadAhead));
    return;
  }
  const onRefusal = (error: unknown): void =>
    log(error instanceof Problem ? `${error.code}: ${error.message}` : String(error));
  const report = (error: unknown): void => (registry.reportPutOff ?? onRefusal)(error);
  // A full disk keeps nobody from reading: what it leaves unfinished is finished at the next start.
  await renewTufSet(registry).catch(report);
  const finished = finish(registry, onRefusal, finishing.signal).catch(report);
  finishing.done = finished;
  // A small registry is finished before its first answer. A large one answers meanwhile.
  await Promise.race([finished, delay(resumeWaitMs, undefined, { ref: false })]);
  finishing.done = finished.then(() => finishing.keep(report));
  for (const envelope of await readEnrolments(dir)) {
    await takeStatement(registry, { envelope }).catch((error: unknown) => {
      // A member whose statement came with the folder may have been removed since; the file stays
      // where it is.
      if (!(error instanceof Problem) || !['statement-replayed', 'log-behind'].includes(error.code))
        throw error;
    });
  }
}
