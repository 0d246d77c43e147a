/**
 * Admission: gathers the evidence about a version and has it decided, at installation and again at
 * every start. Fails closed.
 */
import {
  type EvidenceQuery,
  gatherEvidence,
  rememberHead,
} from '../../skills-index/client/admission-evidence.ts';
import { rememberKnown } from '../../skills-index/client/known-statements.ts';
import { stagedStore } from '../../skills-index/client/limited-source.ts';
import { keepAlarm } from '../../skills-index/client/log-alarm.ts';
import { rememberRevoked } from '../../skills-index/client/revoked-before.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import {
  type Admitted,
  type Decision,
  type DecisionInput,
  decide,
} from '../../skills-index/trust/decision.ts';

/**
 * Where to ask, for what, and what is trusted and pinned here; `range` is the exact version at a
 * start.
 */
export interface AdmissionRequest
  extends EvidenceQuery,
    Pick<DecisionInput, 'policy' | 'sigstore' | 'witnesses' | 'past' | 'pinned' | 'verified'> {
  /**
   * From host policy: how long an expired status still counts when the registry is not asked or
   * does not answer; 0 by default.
   */
  readonly statusGraceHours?: number;
}

export interface Admission {
  readonly decision: Decision;
  /**
   * What a person should know besides: that the registry is down, what counts instead, and for how
   * long.
   */
  readonly notes: readonly string[];
  /** Where two heads of the log that contradict each other were kept. */
  readonly kept?: string;
}

/**
 * Admits one version, or says every reason why not. A registry that is down leaves what was
 * verified before, for as long as its last status is fresh, and the host's grace after that: then
 * `decide` refuses with `status-stale`.
 * @throws Problem `not-found`, `registry-down` where nothing is cached, `registry-answer`,
 * `signature-invalid`, `interrupted`
 */
export async function admit(request: AdmissionRequest): Promise<Admission> {
  const store = stagedStore(request.store);
  const { evidence, notes, statusNotes } = await gatherEvidence({ ...request, store });
  const alone = request.offline === true || notes.length > 0;
  // A registry that answers has no need of grace: an old status from it is one that hides
  // something.
  const statusGraceSeconds = alone ? (request.statusGraceHours ?? 0) * 3600 : 0;
  const revokedBefore = await rememberRevoked(request, evidence.statuses);
  // As of a time gone by it was perhaps not revoked yet.
  const remembered = request.past === true ? {} : { revokedBefore };
  const decision = decide({ ...request, ...evidence, statusGraceSeconds, ...remembered });
  await rememberHead(request, evidence.statuses, decision);
  await rememberKnown(request.store, evidence.statements, decision);
  // What a refused version brought is not kept: a registry could fill this disk with it, a little
  // more at each try.
  if (decision.kind === 'admitted') await store.keep();
  const kept =
    decision.kind === 'refused' && decision.alarm !== undefined
      ? await keepAlarm(request, decision.alarm)
      : undefined;
  const fresh =
    decision.kind === 'admitted' && alone ? [sayFresh(decision, statusGraceSeconds)] : [];
  return {
    decision,
    notes: [...notes, ...fresh, ...statusNotes],
    ...(kept === undefined ? {} : { kept }),
  };
}

/**
 * The admitted version, and nothing else.
 * @throws Problem `not-admitted` with every reason, `status-stale` when that is the only one
 */
export function requireAdmitted(
  { decision, kept }: Omit<Admission, 'notes'>,
  name: SkillName,
): Admitted {
  if (decision.kind === 'admitted') return decision;
  const [first] = decision.reasons;
  const onlyStale =
    decision.reasons.length > 0 &&
    decision.reasons.every((reason) => reason.code === 'status-stale');
  const message = `Cannot admit ${name}: ${first?.message ?? 'nothing speaks for it'}`;
  const evidence =
    kept === undefined
      ? []
      : [{ message: `both heads of the log, signed, are kept in ${kept}: send it on` }];
  throw new Problem(onlyStale ? 'status-stale' : 'not-admitted', message, {
    reasons: [
      ...decision.reasons.map((reason) => ({ message: `${reason.code}: ${reason.message}` })),
      ...evidence,
    ],
    ...(first === undefined ? {} : { hint: first.hint }),
  });
}

function sayFresh({ freshUntil, onGrace }: Admitted, graceSeconds: number): string {
  if (!onGrace) return `its last status counts until ${freshUntil}`;
  const until = new Date(Date.parse(freshUntil) + graceSeconds * 1000).toISOString();
  return `its last status expired at ${freshUntil} and counts until ${until} by this host's grace: a revocation since then is not known here`;
}
