/**
 * Gathers the evidence for an admission from the registry, from further sources of the registry's
 * status, and from this host's memory. After the decision, remembers the newest head of the log.
 */
import { parseCheckpoint } from '../log/checkpoint.ts';
import { Problem } from '../skill/problem.ts';
import type { Decision } from '../trust/decision/decision.ts';
import { alarmOfSeen } from '../trust/decision/one-log.ts';
import { statusBytesMax } from '../trust/index-files/status-file.ts';
import type { RootFile } from '../trust/root/root.ts';
import { fetchFile, type Source } from './blobs.ts';
import { peekStatus } from './peek.ts';
import {
  fetchVersionEvidence,
  seenStatusName,
  type VersionEvidence,
  type VersionQuery,
} from './registry-index.ts';
import type { Store } from './store.ts';

/** The version to find, and further sources to ask. */
export interface EvidenceQuery extends VersionQuery {
  /**
   * URLs in host policy from which `status.json` is fetched besides the registry. The proofs about
   * a version must be of the largest head in all of them.
   */
  readonly statusUrls?: readonly string[];
}

export interface GatheredEvidence {
  readonly evidence: VersionEvidence;
  /** Why the registry gave no evidence; empty when the registry gave evidence. */
  readonly notes: readonly string[];
  /** The further sources of `status.json` that gave no status, each with the reason. */
  readonly statusNotes: readonly string[];
}

/**
 * Gathers the evidence about one version. While the registry is down, uses the evidence that this
 * host keeps.
 * @throws Problem `not-found`, `registry-down` where this host keeps no evidence,
 * `registry-answer-invalid`, `signature-invalid`, `interrupted`
 */
export async function gatherEvidence(query: EvidenceQuery): Promise<GatheredEvidence> {
  const further = await Promise.all((query.statusUrls ?? []).map((url) => fetchStatus(query, url)));
  const furtherStatuses = further.flatMap((one) => ('bytes' in one ? [one.bytes] : []));
  const gathered = await fetchOrKept({ ...query, furtherStatuses });
  return { ...gathered, statusNotes: further.flatMap((one) => ('note' in one ? [one.note] : [])) };
}

/**
 * Remembers the newest head of the log and the status that showed it, also after a refused
 * admission: a host that has seen a revocation must not accept an older log.
 */
export async function rememberHead(
  host: { readonly store: Store; readonly root: RootFile; readonly now: number },
  { statuses, seen }: Pick<VersionEvidence, 'statuses' | 'seen'>,
  decision: Decision,
): Promise<void> {
  if (
    decision.kind === 'refused' &&
    // Each code that begins so doubts that the shown head continues the remembered one.
    decision.reasons.some(({ code }) => code.startsWith('log-'))
  )
    return;
  const { store } = host;
  const kept = await store.getNamed('checkpoint');
  let size = kept === undefined ? -1 : parseCheckpoint(Buffer.from(kept).toString('utf8')).size;
  for (const bytes of statuses) {
    const status = peekStatus(bytes, host);
    // `decide` compares no expired status with the remembered head. It may be of another log.
    if (!status || (seen && alarmOfSeen(seen, status))) continue;
    const note = status.checkpoint;
    if (parseCheckpoint(note).size <= size) continue;
    size = parseCheckpoint(note).size;
    await store.putNamed(seenStatusName, bytes);
    await store.putNamed('checkpoint', Buffer.from(note));
  }
}

async function fetchOrKept(request: VersionQuery): Promise<Omit<GatheredEvidence, 'statusNotes'>> {
  try {
    return { evidence: await fetchVersionEvidence(request), notes: [] };
  } catch (problem) {
    stopIfInterrupted(request);
    if (
      !(problem instanceof Problem) ||
      !['registry-down', 'registry-busy'].includes(problem.code) ||
      request.offline === true
    )
      throw problem;
    const evidence = await fetchVersionEvidence({ ...request, offline: true }).catch(() => {
      throw problem;
    });
    return {
      evidence,
      notes: [`${problem.message}; this host uses the evidence that it kept`].concat(
        problem.hint ?? [],
      ),
    };
  }
}

// A further source can only add a newer head of the log. When a further source fails, the
// registry's own status must still be fresh.
async function fetchStatus(
  request: Source,
  url: string,
): Promise<{ readonly bytes: Uint8Array } | { readonly note: string }> {
  if (request.offline === true) return { note: `${url} was not asked` };
  try {
    const bytes = await fetchFile({ ...request, base: url }, '', statusBytesMax);
    return bytes === undefined ? { note: `${url} gave no status` } : { bytes };
  } catch (cause) {
    stopIfInterrupted(request);
    return { note: cause instanceof Problem ? cause.message : `${url} does not answer` };
  }
}

// A request that was interrupted on this host does not prove that the registry is down.
function stopIfInterrupted({ signal }: Source): void {
  if (signal?.aborted === true)
    throw new Problem('interrupted', 'Interrupted during a request to the registry');
}
