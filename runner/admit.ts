/** Admission: gathers the evidence about a version and has it decided, at installation and again at every start. Fails closed. */
import { fetchFile } from '../skills-index/client/blobs.ts';
import { keepAlarm } from '../skills-index/client/log-alarm.ts';
import { fetchVersionEvidence, type VersionEvidence, type VersionQuery } from '../skills-index/client/registry-index.ts';
import { rememberRevoked } from '../skills-index/client/revoked-before.ts';
import { parseCheckpoint } from '../skills-index/log/checkpoint.ts';
import type { SkillName } from '../skills-index/skill/name.ts';
import { Problem } from '../skills-index/skill/problem.ts';
import { type Admitted, type Decision, type DecisionInput, decide } from '../skills-index/trust/decision.ts';
import type { RootFile } from '../skills-index/trust/root.ts';
import { verifyStatus } from '../skills-index/trust/status-file.ts';
import { statusBytesMax } from './limits.ts';

/** Where to ask, for what, and what is trusted and pinned here; `range` is the exact version at a start. */
export interface AdmissionRequest
  extends VersionQuery,
    Pick<DecisionInput, 'policy' | 'sigstore' | 'witnesses' | 'past' | 'pinned' | 'verified'> {
  /** Further places of `status.json`, from host policy: the newest that verifies counts. */
  readonly statusUrls?: readonly string[];
  /** From host policy: how long an expired status still counts when the registry is not asked or does not answer; 0 by default. */
  readonly statusGraceHours?: number;
}

export interface Admission {
  readonly decision: Decision;
  /** What a person should know besides: that the registry is down, what counts instead, and for how long. */
  readonly notes: readonly string[];
  /** Where two heads of the log that contradict each other were kept. */
  readonly kept?: string;
}

/**
 * Admits one version, or says every reason why not. A registry that is down leaves what was verified before, for as long as
 * its last status is fresh, and the host's grace after that: then `decide` refuses with `status-stale`.
 * @throws Problem `not-found`, `registry-down` where nothing is cached, `registry-answer`, `signature-invalid`, `interrupted`
 */
export async function admit(request: AdmissionRequest): Promise<Admission> {
  const further = await Promise.all((request.statusUrls ?? []).map((url) => fetchStatus(request, url)));
  const furtherStatuses = further.flatMap((one) => ('bytes' in one ? [one.bytes] : []));
  const { evidence, notes } = await gather({ ...request, furtherStatuses });
  const alone = request.offline === true || notes.length > 0;
  // A registry that answers has no need of grace: an old status from it is one that hides something.
  const statusGraceSeconds = alone ? (request.statusGraceHours ?? 0) * 3600 : 0;
  const revokedBefore = await rememberRevoked(request, evidence.statuses);
  // As of a time gone by it was perhaps not revoked yet.
  const remembered = request.past === true ? {} : { revokedBefore };
  const decision = decide({ ...request, ...evidence, statusGraceSeconds, ...remembered });
  await rememberHead(request, evidence.statuses, decision);
  const kept = decision.kind === 'refused' && decision.alarm !== undefined ? await keepAlarm(request, decision.alarm) : undefined;
  const fresh = decision.kind === 'admitted' && alone ? [sayFresh(decision, statusGraceSeconds)] : [];
  return {
    decision,
    notes: [...notes, ...fresh, ...further.flatMap((one) => ('note' in one ? [one.note] : []))],
    ...(kept === undefined ? {} : { kept }),
  };
}

/**
 * The admitted version, and nothing else.
 * @throws Problem `not-admitted` with every reason, `status-stale` when that is the only one
 */
export function requireAdmitted({ decision, kept }: Omit<Admission, 'notes'>, name: SkillName): Admitted {
  if (decision.kind === 'admitted') return decision;
  const [first] = decision.reasons;
  const onlyStale = decision.reasons.length > 0 && decision.reasons.every((reason) => reason.code === 'status-stale');
  const message = `Cannot admit ${name}: ${first?.message ?? 'nothing speaks for it'}`;
  const evidence = kept === undefined ? [] : [{ message: `both heads of the log, signed, are kept in ${kept}: send it on` }];
  throw new Problem(onlyStale ? 'status-stale' : 'not-admitted', message, {
    reasons: [...decision.reasons.map((reason) => ({ message: `${reason.code}: ${reason.message}` })), ...evidence],
    ...(first === undefined ? {} : { hint: first.hint }),
  });
}

function sayFresh({ freshUntil, onGrace }: Admitted, graceSeconds: number): string {
  if (!onGrace) return `its last status counts until ${freshUntil}`;
  const until = new Date(Date.parse(freshUntil) + graceSeconds * 1000).toISOString();
  return `its last status expired at ${freshUntil} and counts until ${until} by this host's grace: a revocation since then is not known here`;
}

async function gather(request: AdmissionRequest): Promise<{ evidence: VersionEvidence; notes: readonly string[] }> {
  try {
    return { evidence: await fetchVersionEvidence(request), notes: [] };
  } catch (problem) {
    stopIfInterrupted(request);
    const down = problem instanceof Problem && (problem.code === 'registry-down' || problem.code === 'registry-busy');
    if (!down || request.offline === true) throw problem;
    const evidence = await fetchVersionEvidence({ ...request, offline: true }).catch(() => {
      throw problem;
    });
    return { evidence, notes: [`${request.base} does not answer; what was verified before is used`] };
  }
}

// A refusal is remembered too: who has seen a revocation cannot be shown the log as it was before it.
async function rememberHead(
  { store, root, now }: AdmissionRequest,
  statuses: readonly Uint8Array[],
  decision: Decision,
): Promise<void> {
  if (decision.kind === 'refused' && decision.reasons.some(({ code }) => code === 'log-rolled-back' || code === 'log-forked'))
    return;
  const kept = await store.getNamed('checkpoint');
  let size = kept === undefined ? -1 : parseCheckpoint(Buffer.from(kept).toString('utf8')).size;
  for (const bytes of statuses) {
    const note = noteOf(bytes, root, now);
    if (note === undefined || parseCheckpoint(note).size <= size) continue;
    size = parseCheckpoint(note).size;
    await store.putNamed('checkpoint', Buffer.from(note));
  }
}

function noteOf(status: Uint8Array, root: RootFile, now: number): string | undefined {
  try {
    return verifyStatus(status, root, now, { graceSeconds: Number.POSITIVE_INFINITY }).checkpoint;
  } catch {
    return undefined;
  }
}

// A second source can only add a newer status: when it is silent, endless or elsewhere, the registry's own still has to be fresh.
async function fetchStatus(
  request: AdmissionRequest,
  url: string,
): Promise<{ readonly bytes: Uint8Array } | { readonly note: string }> {
  if (request.offline === true) return { note: `${url} was not asked` };
  try {
    const bytes = await fetchFile({ ...request, base: url }, '', statusBytesMax);
    return bytes === undefined ? { note: `${url} gave no status` } : { bytes };
  } catch (cause) {
    stopIfInterrupted(request);
    const said = cause instanceof Problem && cause.code === 'registry-answer';
    return { note: said ? `${url} gave no status` : `${url} does not answer` };
  }
}

// Who was told to stop has not learned that the registry is down.
function stopIfInterrupted({ signal }: AdmissionRequest): void {
  if (signal?.aborted === true) throw new Problem('interrupted', 'Interrupted while the registry was asked');
}
