/**
 * A revocation reaches what runs: while a skill runs, the status of its registry is looked at, here
 * and over there.
 */
import { existsSync, statSync, watch } from 'node:fs';
import { dirname } from 'node:path';
import type * as runs from '../../runner/run/public.ts';
import { fetchFile, fetchNamed, type Source } from '../../skills-index/client/blobs.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { type Status, verifyStatus } from '../../skills-index/trust/index-files/status-file.ts';
import { statusBytesMax } from '../../skills-index/trust/limits.ts';
import type { RootFile } from '../../skills-index/trust/root/root.ts';
import { statusPollMilliseconds } from '../limits.ts';

export interface WatchedVersion {
  readonly bundle: Digest;
  /**
   * Where its registry answers, and where this host keeps what the registry said last: whichever
   * process asked.
   */
  readonly source: Source;
  readonly root: RootFile;
  /** Further places of the status, from host policy. */
  readonly statusUrls: readonly string[];
  /** Between two questions to the registry; 0 for none. */
  readonly seconds: number;
  readonly now: () => Date;
}

export interface RevocationWatch {
  readonly stop: runs.Stop;
  close(): void;
}

/**
 * Watches until it is closed. What any process of this host stores as the registry's status is seen
 * within `statusPollMilliseconds`; a registry that is silent stops nothing, since the status that
 * the start was admitted under stays fresh for hours.
 */
export function watchRevocation(version: WatchedVersion): RevocationWatch {
  const revoked = new AbortController();
  const closed = new AbortController();
  const look = async (bytes: Promise<Uint8Array | undefined>): Promise<void> => {
    const kept = await bytes.catch(() => undefined);
    if (kept !== undefined && !closed.signal.aborted && isStopped(kept, version)) revoked.abort();
  };
  const place = version.source.store.placeOf?.('status.json');
  let seen: number | undefined;
  const lookHere = (): void => {
    const changed =
      place === undefined ? Number.NaN : statSync(place, { throwIfNoEntry: false })?.ctimeMs;
    if (changed === seen) return;
    seen = changed;
    void look(version.source.store.getNamed('status.json'));
  };
  const source = { ...version.source, signal: closed.signal };
  const ask = (): void => {
    void look(fetchStatus(source, version));
    for (const base of version.statusUrls)
      void look(fetchFile({ ...source, base }, '', statusBytesMax));
  };
  const timers = [setInterval(lookHere, statusPollMilliseconds)];
  if (version.seconds > 0 && source.offline !== true)
    timers.push(setInterval(ask, version.seconds * 1_000));
  const watcher =
    place !== undefined && existsSync(dirname(place)) ? watch(dirname(place), lookHere) : undefined;
  lookHere();
  return {
    stop: { signal: revoked.signal, reason: 'revoked' },
    close: () => {
      for (const timer of timers) clearInterval(timer);
      watcher?.close();
      closed.abort();
    },
  };
}

// What is stored is seen by every run of this host, this one included; an older status never takes
// the place of a newer one.
async function fetchStatus(
  source: Source,
  version: WatchedVersion,
): Promise<Uint8Array | undefined> {
  const kept = await source.store.getNamed('status.json');
  const known = kept === undefined ? undefined : readStatus(kept, version);
  const isGood = (bytes: Uint8Array): boolean =>
    (readStatus(bytes, version)?.issued ?? '') > (known?.issued ?? '');
  return fetchNamed(source, {
    name: 'status.json',
    path: '/index/status.json',
    bytesMax: statusBytesMax,
    isGood,
  });
}

function isStopped(bytes: Uint8Array, version: WatchedVersion): boolean {
  const marks = readStatus(bytes, version)?.marks ?? [];
  return marks.some(
    ({ bundle, kind }) => bundle === version.bundle && (kind === 'revoked' || kind === 'suspended'),
  );
}

// As at admission, its age is no question here: an old status that says revoked is true all the
// same.
function readStatus(bytes: Uint8Array, { now, root }: WatchedVersion): Status | undefined {
  try {
    return verifyStatus(bytes, root, now().getTime(), { graceSeconds: Number.POSITIVE_INFINITY });
  } catch {
    return undefined;
  }
}
