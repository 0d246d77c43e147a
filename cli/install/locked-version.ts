/**
 * A version against the version that the lock pins: no other bytes, no silent downgrade, and no
 * more capabilities without a person's consent.
 */
import compare from 'semver/functions/compare.js';
import valid from 'semver/functions/valid.js';
import * as admission from '../../runner/admission/public.ts';
import { fetchIndex } from '../../skills-index/client/index-lines.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import {
  type Capabilities,
  capabilityDigest,
  isEmpty,
  minus,
} from '../../skills-index/skill/capability.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Version } from '../../skills-index/skill/version.ts';
import type { Admitted } from '../../skills-index/trust/decision/decision.ts';
import type { CommandContext } from '../command.ts';
import {
  type AdmissionAnswer,
  type AdmissionWorld,
  askAdmission,
  type Project,
  questionOf,
} from '../run/admission.ts';
import { confirm } from '../terminal/ask.ts';
import { safe } from '../terminal/output.ts';
import type { Prepared } from './install-text.ts';
import { type LockedSkill, lockFileName, type WantedSkill } from './lock.ts';

/** @throws Problem `lock-differs` where the same version has another digest now */
export function requireLockedBytes(admitted: Admitted, locked: LockedSkill | undefined): void {
  if (
    locked === undefined ||
    locked.version !== admitted.version ||
    locked.bundle === admitted.bundle
  )
    return;
  const which = `${admitted.name}@${admitted.version}`;
  throw new Problem(
    'lock-differs',
    `Cannot install ${which}: skillgate.lock pins other bytes for this version`,
    {
      reasons: [
        { message: `skillgate.lock has ${locked.bundle}` },
        { message: `the registry offers ${admitted.bundle}` },
      ],
    },
  );
}

/**
 * Why this host does not admit exactly this version; undefined when it does.
 * @throws Problem `interrupted`
 */
export async function whyNotAdmitted(
  context: CommandContext & AdmissionWorld,
  project: Project,
  hostPolicy: HostPolicy,
  { name, version }: { readonly name: SkillName; readonly version: Version },
): Promise<string | undefined> {
  try {
    const question = questionOf(project, hostPolicy, { name, range: version });
    const found = await askAdmission(context, question);
    admission.requireAdmitted(found.admission, name);
    return undefined;
  } catch (problem) {
    if (!(problem instanceof Problem) || context.signal.aborted) throw problem;
    return problem.message;
  }
}

/**
 * A registry that withholds the newest version must not cause a silent downgrade.
 * @throws Problem `not-admitted` where a range chose a lower version than the locked one
 */
export async function requireNoDowngrade(
  context: CommandContext & AdmissionWorld,
  chosen: {
    readonly admitted: Admitted;
    readonly before: LockedSkill | undefined;
    readonly wanted: WantedSkill;
    readonly project: Project;
    readonly hostPolicy: HostPolicy;
  },
): Promise<void> {
  const { admitted, before, wanted, project, hostPolicy } = chosen;
  if (
    before === undefined ||
    valid(wanted.range) !== null ||
    compare(admitted.version, before.version) >= 0
  )
    return;
  const message = `Cannot update ${admitted.name}: version ${before.version} is installed, and the registry offers the older ${admitted.version}`;
  const which = { name: admitted.name, version: before.version };
  const why = await whyNotAdmitted(context, project, hostPolicy, which);
  throw new Problem('not-admitted', message, {
    reasons: why === undefined ? [] : [{ message: why }],
    hint: `to install the older version on purpose: skillgate install ${admitted.name}@${admitted.version}`,
  });
}

/**
 * The capabilities of the locked version; undefined when nobody knows them any more. The digest
 * in the lock shows whether a list is of that version. The same version often comes from the cache,
 * so the list must not need the registry.
 */
export async function approvedBefore(
  found: AdmissionAnswer,
  { name, capabilities, capabilityDigest: digest }: Admitted,
  before: LockedSkill,
): Promise<Capabilities | undefined> {
  if (before.capabilities === digest) return capabilities;
  const lines = await fetchIndex(found.source, name, { name, range: before.version }).catch(
    () => [],
  );
  found.source.signal?.throwIfAborted();
  const line = lines.find((candidate) => candidate.version === before.version);
  return line !== undefined && capabilityDigest(line.capabilities) === before.capabilities
    ? line.capabilities
    : undefined;
}

/**
 * An update with more capabilities needs a person's consent, whoever approved it.
 * @throws Problem `not-confirmed`
 */
export async function agreeToMore(
  context: CommandContext,
  { name, admitted, before }: Prepared,
): Promise<void> {
  const isMore = before !== undefined && before.locked.capabilities !== admitted.capabilityDigest;
  const added =
    before?.capabilities === undefined
      ? admitted.capabilities
      : minus(admitted.capabilities, before.capabilities);
  const isOther = before?.locked.version === admitted.version;
  if (!isMore || (isEmpty(added) && !isOther) || context.options.yes === true) return;
  const question = isOther
    ? safe`${lockFileName} pins capabilities for ${name}@${admitted.version} that differ from the approved ones above.`
    : safe`This version of ${name} may do more than the installed version.`;
  await confirm(context, question, 'yes', `skillgate install ${name} --yes`);
}
