/** Admission: gathers the evidence about a version and has it decided, at installation and again at every start. Fails closed. */
import { fetchFile, type Source } from '../skills-index/client/blobs.ts';
import { fetchVersionEvidence, type VersionEvidence } from '../skills-index/client/registry-index.ts';
import { parseCheckpoint } from '../skills-index/log/checkpoint.ts';
import type { SkillName } from '../skills-index/skill/name.ts';
import { Problem } from '../skills-index/skill/problem.ts';
import { type Admitted, type Decision, decide, type Pinned } from '../skills-index/trust/decision.ts';
import type { Policy } from '../skills-index/trust/policy.ts';
import type { RootFile } from '../skills-index/trust/root.ts';
import { verifyStatus } from '../skills-index/trust/status-file.ts';
import { statusBytesMax } from './limits.ts';

export interface AdmissionRequest extends Source {
  readonly name: SkillName;
  /** Semver range; the exact version at a start. */
  readonly range: string;
  /** The pinned root of the registry. */
  readonly root: RootFile;
  readonly policy: Policy;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** What the lock says it was: other bytes, another publisher or another owner of the scope are refused. */
  readonly pinned?: Pinned;
  /** Further places of `status.json`, from host policy: the newest that verifies counts. */
  readonly statusUrls?: readonly string[];
}

export interface Admission {
  readonly decision: Decision;
  /** What a person should know besides: that the registry is down, and what counts instead. */
  readonly notes: readonly string[];
}

/**
 * Admits one version, or says every reason why not. A registry that is down leaves what was verified before, for as long as
 * its last status is fresh: then `decide` refuses with `status-stale`.
 * @throws Problem `not-found`, `registry-down` where nothing is cached, `registry-answer`, `signature-invalid`, `interrupted`
 */
export async function admit(request: AdmissionRequest): Promise<Admission> {
  const { evidence, notes } = await gather(request);
  const further = await Promise.all((request.statusUrls ?? []).map((url) => fetchStatus(request, url)));
  const statuses = [...evidence.statuses, ...further.flatMap((one) => ('bytes' in one ? [one.bytes] : []))];
  const decision = decide({
    ...evidence,
    statuses,
    root: request.root,
    policy: request.policy,
    now: request.now,
    ...(request.pinned === undefined ? {} : { pinned: request.pinned }),
  });
  await rememberHead(request, statuses, decision);
  const fresh = decision.kind === 'admitted' && notes.length > 0 ? [`its last status counts until ${decision.freshUntil}`] : [];
  return { decision, notes: [...notes, ...fresh, ...further.flatMap((one) => ('note' in one ? [one.note] : []))] };
}

/**
 * The admitted version, and nothing else.
 * @throws Problem `not-admitted` with every reason, `status-stale` when that is the only one
 */
export function requireAdmitted({ decision }: Pick<Admission, 'decision'>, name: SkillName): Admitted {
  if (decision.kind === 'admitted') return decision;
  const [first] = decision.reasons;
  const onlyStale = decision.reasons.length > 0 && decision.reasons.every((reason) => reason.code === 'status-stale');
  const message = `Cannot admit ${name}: ${first?.message ?? 'nothing speaks for it'}`;
  throw new Problem(onlyStale ? 'status-stale' : 'not-admitted', message, {
    reasons: decision.reasons.map((reason) => ({ message: `${reason.code}: ${reason.message}` })),
    ...(first === undefined ? {} : { hint: first.hint }),
  });
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
    return verifyStatus(status, root, now, Number.POSITIVE_INFINITY).checkpoint;
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
