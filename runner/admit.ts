/** Admission: gathers the evidence about a version and has it decided, at installation and again at every start. Fails closed. */

import type { Source } from '../skills-index/client/blobs.ts';
import { fetchVersionEvidence, type VersionEvidence } from '../skills-index/client/registry-index.ts';
import type { Digest } from '../skills-index/skill/digest.ts';
import type { SkillName } from '../skills-index/skill/name.ts';
import { Problem } from '../skills-index/skill/problem.ts';
import { type Admitted, type Decision, decide } from '../skills-index/trust/decision.ts';
import type { Policy } from '../skills-index/trust/policy.ts';
import type { RootFile } from '../skills-index/trust/root.ts';

export interface AdmissionRequest extends Source {
  readonly name: SkillName;
  /** Semver range; an exact version at a start. */
  readonly range: string;
  /** The pinned root of the registry. */
  readonly root: RootFile;
  readonly policy: Policy;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** What the lock says it was: other bytes or another publisher are refused. */
  readonly pinned?: { readonly bundle?: Digest; readonly publisher?: Digest };
  /** Further places of `status.json`, from host policy: the newest that verifies counts. */
  readonly statusUrls?: readonly string[];
}

export interface Admission {
  readonly decision: Decision;
  readonly evidence: VersionEvidence;
  /** What a person should know besides: that the registry is down, and until when the cached status counts. */
  readonly notes: readonly string[];
}

/**
 * Admits one version, or says every reason why not.
 * @throws Problem `not-found`, `registry-down`, `registry-answer`, `signature-invalid`
 */
export async function admit(request: AdmissionRequest): Promise<Admission> {
  throw new Problem('internal', `Not written yet: ${request.name} ${typeof decide} ${typeof fetchVersionEvidence}`);
}

/**
 * The admitted version, and nothing else.
 * @throws Problem `not-admitted` with every reason, `status-stale` when that is the only one
 */
export function requireAdmitted(admission: Pick<Admission, 'decision'>, name: SkillName): Admitted {
  const { decision } = admission;
  if (decision.kind === 'admitted') return decision;
  const [first] = decision.reasons;
  const onlyStale = decision.reasons.every((reason) => reason.code === 'status-stale');
  throw new Problem(
    onlyStale ? 'status-stale' : 'not-admitted',
    `Cannot admit ${name}: ${first?.message ?? 'nothing speaks for it'}`,
    {
      reasons: decision.reasons.map((reason) => ({ message: `${reason.code}: ${reason.message}` })),
      ...(first === undefined ? {} : { hint: first.hint }),
    },
  );
}
