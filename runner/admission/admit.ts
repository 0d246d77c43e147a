/**
 * Admission: gathers the evidence about a skill version and decides whether this host may use the
 * version. Admission runs at installation and again at every start of the skill. Without evidence
 * the answer is no.
 */
import {
  type EvidenceQuery,
  gatherEvidence,
  rememberHead,
} from '../../skills-index/client/admission-evidence.ts';
import { rememberKnown } from '../../skills-index/client/known-statements.ts';
import { stagedStore } from '../../skills-index/client/limited-source.ts';
import { describeKeptAlarm, keepAlarm } from '../../skills-index/client/log-alarm.ts';
import type { VersionEvidence } from '../../skills-index/client/registry-index.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import {
  type Admitted,
  type Decision,
  type DecisionInput,
  decide,
} from '../../skills-index/trust/decision/decision.ts';

/**
 * The input of an admission: the registry, the skill, the trust policy and the pinned claims of
 * this host. At a start, `range` is the exact version.
 */
export interface AdmissionRequest
  extends EvidenceQuery,
    Pick<DecisionInput, 'policy' | 'sigstore' | 'witnesses' | 'past' | 'pinned' | 'verified'> {
  /**
   * Hours for which an expired status still counts, from host policy. An expired status counts only
   * while the registry is not asked or does not answer, or is a copy in a folder. The default is 0.
   */
  readonly statusGraceHours?: number;
}

export interface Admission {
  readonly decision: Decision;
  /** The evidence and the trust policy from which the decision follows. */
  readonly input: DecisionInput;
  /**
   * Notes for a person: that the registry is down, which cached evidence counts instead, and until
   * when.
   */
  readonly notes: readonly string[];
  /**
   * The path of a file with two signed heads of the log that contradict each other; absent while no
   * heads contradict each other.
   */
  readonly kept?: string | undefined;
}

/**
 * Admits one version, or gives every reason against the version. When the registry is down, cached
 * evidence counts until the version's last status expires, plus the grace period of host policy.
 * After that time `decide` refuses the version with `status-stale`.
 * @throws Problem `not-found`, `registry-down` where nothing is cached, `registry-answer-invalid`,
 * `signature-invalid`, `interrupted`
 */
export async function admit(request: AdmissionRequest): Promise<Admission> {
  const admission = await admitOnce(request);
  // A kept file of name proofs may lack a name that this release asks for.
  return admission.decision.kind === 'refused' && admission.areProofsCached
    ? admitOnce({ ...request, asksNameProofs: true })
    : admission;
}

async function admitOnce(
  request: AdmissionRequest,
): Promise<Admission & Pick<VersionEvidence, 'areProofsCached'>> {
  const store = stagedStore(request.store);
  const keptStatus = async (): Promise<string> => String(await store.getNamed('status.json'));
  const before = await keptStatus();
  const { evidence, notes, statusNotes } = await gatherEvidence({ ...request, store });
  const isOffline = request.offline === true || notes.length > 0;
  // A registry that answers gets no grace period: the registry could send an old status to hide a
  // revocation. A folder is a copy that somebody carried here, and as old as the copy.
  const isGraced = isOffline || request.base.startsWith('file:');
  const statusGraceSeconds = isGraced ? (request.statusGraceHours ?? 0) * 3600 : 0;
  const input = { ...request, ...evidence, statusGraceSeconds, olderProofs: isOffline };
  const decision = decide(input);
  await rememberHead(request, evidence, decision);
  await rememberKnown(request.store, evidence.statements, decision);
  // Do not cache the evidence of a refused version: each try would let a registry fill this disk a
  // little more.
  const { reasons, alarm } =
    decision.kind === 'refused' ? decision : { reasons: [], alarm: undefined };
  // The evidence of a suspended version is whole. Without a network, a part that lacks would
  // accuse the registry of withholding it.
  if (reasons.every(({ code }) => code === 'suspended')) await store.keep();
  // Tiles of a log in doubt would make a later decision without the registry doubt the right log,
  // and an invalid statement may name any head. Nothing is learned while the log is in doubt.
  else if (decision.learned.length > 0 && reasons.every(({ code }) => code !== 'statement-invalid'))
    await store.keepProofs();
  // A registry that does not answer contradicts nothing. One that showed a new status in this
  // admission, and then fails, may hide a second log.
  const isSilent = isOffline && alarm?.kind === 'log-unproven' && before === (await keptStatus());
  const kept = alarm && !isSilent ? await keepAlarm(request, alarm) : undefined;
  const fresh =
    decision.kind === 'admitted' && isGraced ? [freshnessNote(decision, statusGraceSeconds)] : [];
  return {
    decision,
    input,
    areProofsCached: evidence.areProofsCached && !isOffline,
    notes: [...notes, ...fresh, ...statusNotes],
    kept,
  };
}

/**
 * Returns the admitted version, or throws the reasons against the version.
 * @throws Problem `not-admitted` with every reason; `status-stale` when a stale status is the only
 * reason
 */
export function requireAdmitted(
  { decision, kept }: Pick<Admission, 'decision' | 'kept'>,
  name: SkillName,
): Admitted {
  if (decision.kind === 'admitted') return decision;
  const [first] = decision.reasons;
  const onlyStale =
    decision.reasons.length > 0 &&
    decision.reasons.every((reason) => reason.code === 'status-stale');
  const message = `Cannot admit ${name}: ${first?.message ?? 'there is no evidence for this version'}`;
  const { alarm } = decision;
  const evidence =
    kept === undefined || alarm === undefined ? [] : [{ message: describeKeptAlarm(kept, alarm) }];
  throw new Problem(onlyStale ? 'status-stale' : 'not-admitted', message, {
    reasons: [
      ...decision.reasons.map((reason) => ({ message: `${reason.code}: ${reason.message}` })),
      ...evidence,
    ],
    ...(first === undefined ? {} : { hint: first.hint }),
  });
}

function freshnessNote({ freshUntil, onGrace }: Admitted, graceSeconds: number): string {
  if (!onGrace) return `the last known status of this version counts until ${freshUntil}`;
  const until = new Date(Date.parse(freshUntil) + graceSeconds * 1000).toISOString();
  return `the last known status of this version expired at ${freshUntil} and counts until ${until} by the grace period of host policy: this host does not know later revocations`;
}
