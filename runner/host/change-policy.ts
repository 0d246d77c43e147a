/**
 * Changes host policy for an operator. The members that a change does not name keep their values,
 * and the parser of runs judges the result before the result is written.
 */
import { chmodSync, statSync } from 'node:fs';
import * as v from 'valibot';
import { type HostPolicy, parseHostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { policyBytesMax } from '../agents/budget.ts';
import { withLock } from '../files/lock.ts';
import { writePrivateFile } from '../files/private-file.ts';
import { readHostPolicy, readPolicyFile, requireNoDeskPasskeys } from './host-policy.ts';

/** The members of host.json as written. */
type PolicyMembers = Readonly<Record<string, unknown>>;

interface HostPolicyChange {
  /** host.json before and after the change, in the form in which Skillgate writes it. */
  readonly before: string;
  readonly after: string;
}

const membersShape = v.record(v.string(), v.unknown());

/**
 * Changes host.json under a lock, so that two changes at the same time both count.
 * @param change makes the new members of the present ones, or throws
 * @param isTrial whether to judge the change without writing it
 * @param hint the next step where the new policy is not valid
 * @throws Problem `host-policy-invalid` when the present or the new policy is not valid
 */
export function changeHostPolicy(
  path: string,
  change: (members: PolicyMembers, policy: HostPolicy) => PolicyMembers,
  isTrial: boolean,
  hint = 'host.json stays as it was; correct the command',
): HostPolicyChange {
  return isTrial
    ? judge(path, change, hint)
    : withLock(`${path}.lock`, () => {
        const changed = judge(path, change, hint);
        if (changed.before !== changed.after) write(path, changed.after);
        return changed;
      });
}

function judge(
  path: string,
  change: Parameters<typeof changeHostPolicy>[1],
  hint: string,
): HostPolicyChange {
  const policy = readHostPolicy(path);
  const bytes = readPolicyFile(path);
  const members = v.parse(membersShape, bytes === undefined ? {} : parseJson(bytes, path).value);
  const after = textOf(change(members, policy));
  const written = Buffer.from(after);
  if (written.length > policyBytesMax)
    throw new Problem(
      'host-policy-invalid',
      `Cannot change ${path}: the file would be larger than ${policyBytesMax} bytes`,
    );
  requireNoDeskPasskeys(parseNew(written, path, hint));
  return { before: bytes === undefined ? '' : textOf(members), after };
}

function parseNew(written: Uint8Array, path: string, hint: string): HostPolicy {
  try {
    return parseHostPolicy(written, path);
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    // The places in the reasons are places in a text that is written nowhere. So the cause, which
    // names the places, is left out.
    const reasons = cause.reasons.map(({ message }) => message).join('; ');
    throw new Problem('host-policy-invalid', `Cannot change ${path}: ${reasons}`, { hint });
  }
}

function write(path: string, text: string): void {
  const before = statSync(path, { throwIfNoEntry: false });
  writePrivateFile(path, text);
  // A host.json of root may be made readable for the runner's user; the change must keep it so.
  if (before !== undefined && before.uid === 0) chmodSync(path, before.mode & 0o755);
}

function textOf(members: PolicyMembers): string {
  return `${JSON.stringify(members, null, 2)}\n`;
}
