/**
 * A witness that reads a log itself: its checkpoint and tiles. It computes the proof, and cosigns a
 * head that continues the previous one.
 */

import { fetchFile, type Source } from '../../skills-index/client/blobs.ts';
import { fetchConsistency } from '../../skills-index/client/log-proofs.ts';
import { provesOtherHead } from '../../skills-index/client/other-head.ts';
import { memoryStore } from '../../skills-index/client/store.ts';
import { forked } from '../../skills-index/log/add-checkpoint.ts';
import { type Checkpoint, verifyCheckpoint } from '../../skills-index/log/checkpoint.ts';
import { noteBytesMax } from '../../skills-index/log/limits.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import {
  type Answered,
  type CosigningWitness,
  consider,
  keepRollback,
  stop,
  stoppedAnswer,
  type WatchedLog,
} from './cosigner.ts';
import type { Replays } from './replays.ts';

/** The result of one look at a log. */
export type Followed = Answered | { readonly status: 'behind'; readonly why: string };

/**
 * Looks at a log once.
 * @throws Problem `registry-down`, `registry-answer-invalid`, `not-found`, `log-invalid`,
 * `signature-invalid`
 */
export async function followOnce(
  witness: CosigningWitness,
  {
    base,
    fetch,
    signal,
  }: {
    readonly base: string;
    readonly fetch: typeof globalThis.fetch;
    readonly signal?: AbortSignal;
  },
): Promise<Followed> {
  const source: Source = {
    base,
    fetch,
    store: memoryStore(),
    ...(signal === undefined ? {} : { signal }),
  };
  const bytes = await fetchFile(source, '/log/checkpoint', noteBytesMax);
  if (bytes === undefined)
    throw new Problem('not-found', `There is no checkpoint at ${base}/log/checkpoint`);
  const note = Buffer.from(bytes).toString('utf8');
  const { log, head } = await readHead(witness, note);
  const kept = await witness.heads.read(log.origin);
  if (kept.stopped !== undefined) return stoppedAnswer(log, kept.stopped);
  if (kept.head !== undefined && head.size < kept.head.size) {
    return { status: 'behind', why: await keepRollback(witness, log, { kept, note }) };
  }
  const before = kept.head?.size ?? 0;
  const proofs = await fetchConsistency(source, [before], head.size);
  const answered = await consider(witness, log, {
    oldSize: before,
    proof: proofs.get(before) ?? [],
    note,
  });
  // A proof that was refused may be the log's fault or its tiles'; the tiles say which, unless the
  // proof did.
  if (answered.status !== 422 || kept.head === undefined || (await isStopped(witness, log)))
    return answered;
  return (await provesOtherHead(source, kept.head, head))
    ? stop(witness, log, { kept, judged: forked(422, kept.head, head), note })
    : answered;
}

async function readHead(
  witness: CosigningWitness,
  note: string,
): Promise<{ readonly log: WatchedLog; readonly head: Checkpoint }> {
  const log = watchedLog(witness, note);
  try {
    return { log, head: verifyCheckpoint(note, log) };
  } catch (cause) {
    const isOtherKey = cause instanceof Problem && cause.code === 'signature-invalid';
    const renewed = isOtherKey ? await witness.renew?.(log) : undefined;
    if (renewed === undefined) throw cause;
    return { log: renewed, head: verifyCheckpoint(note, renewed) };
  }
}

async function isStopped({ heads }: CosigningWitness, { origin }: WatchedLog): Promise<boolean> {
  return (await heads.read(origin)).stopped !== undefined;
}

function watchedLog(witness: CosigningWitness, note: string): WatchedLog {
  const origin = note.slice(0, note.indexOf('\n'));
  const log = witness.logs.find((one) => one.origin === origin);
  if (log === undefined)
    throw new Problem(
      'log-invalid',
      `The checkpoint is of ${JSON.stringify(origin.slice(0, 200))}, which is not watched here`,
    );
  return log;
}

/** Looks at each log repeatedly until the signal aborts. Failures are logged and tried again. */
export async function followForever(
  witness: CosigningWitness,
  follow: {
    readonly bases: readonly string[];
    readonly every: number;
    readonly fetch: typeof globalThis.fetch;
    readonly signal: AbortSignal;
    /** Replays each log before looking at its head. */
    readonly replays?: Replays;
  },
): Promise<void> {
  const { bases, every, fetch, signal, replays } = follow;
  await Promise.all(
    bases.map(async (base) => {
      while (!signal.aborted) {
        await followAndAlarm(witness, { base, fetch, signal }, replays);
        await pause(every * 1_000, signal);
      }
    }),
  );
  if (bases.length === 0) await pause(undefined, signal);
}

async function followAndAlarm(
  witness: CosigningWitness,
  place: Parameters<typeof followOnce>[1],
  replays?: Replays,
): Promise<void> {
  try {
    await replays?.look(place.base, place.signal);
    const { status, ...rest } = await followOnce(witness, place);
    // A fork or a rollback has already been reported.
    if (status !== 200 && status !== 'behind' && 'why' in rest)
      witness.alarm(`${place.base}: not cosigned: ${rest.why}`);
  } catch (cause) {
    if (place.signal?.aborted !== true)
      witness.alarm(`${place.base}: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

/** Waits, at most until the signal aborts. */
export function pause(millis: number | undefined, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = millis === undefined ? undefined : setTimeout(done, millis);
    signal.addEventListener('abort', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
