/** `skillgate host approver …`: the people who may answer holds on this host. */
import { canAnswer } from '../../skills-index/run/holds/hold-answer.ts';
import type { Approver } from '../../skills-index/run/holds/hold-policy.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import type { CommandContext } from '../command.ts';
import { approverEntry } from '../holds/approver-entry.ts';
import { answer, type Safe, safe, table } from '../terminal/output.ts';
import { applyHostChange, readPolicy } from './change.ts';
import { listIn, requireNamed, withMember } from './policy-list.ts';

/** @param written the entry that `skillgate key approver` prints, or the name of a key here */
export async function addApprover(context: CommandContext, written: string): Promise<void> {
  const entry = written.trimStart().startsWith('{')
    ? parseEntry(written)
    : (await approverEntry(context, written)).approver;
  const name = nameOf(entry);
  applyHostChange(context, {
    change: (members, { approvers }) => {
      const others = listIn(members, 'approvers');
      const at = approvers.findIndex((approver) => approver.name === name);
      if (JSON.stringify(others[at]) === JSON.stringify(entry)) return members;
      if (at !== -1)
        throw new Problem('usage', `Cannot add approver ${name}: host policy has one already`, {
          hint: `to replace the entry, first: skillgate host approver remove ${name}`,
        });
      return withMember(members, 'approvers', [...others, entry], true);
    },
    means: [
      safe`${name} may answer the holds of this host, such as an agent’s changes that wait: skillgate hold show, then skillgate hold allow ID.`,
    ],
  });
}

export function removeApprover(context: CommandContext, name: string): void {
  const { approvers } = readPolicy(context);
  requireNamed(
    approvers.map((approver) => approver.name),
    'approver',
    name,
  );
  const others = approvers.filter((approver) => approver.name !== name);
  const isAnswered = others.some((other) => canAnswer(other, [process.getuid?.() ?? 0]));
  applyHostChange(context, {
    change: (members, policy) => {
      const at = policy.approvers.findIndex((approver) => approver.name === name);
      const rest = listIn(members, 'approvers').filter((_, index) => index !== at);
      return withMember(members, 'approvers', rest, rest.length > 0);
    },
    means: [safe`${name} can no longer answer holds on this host.`],
    notes: isAnswered
      ? []
      : [safe`nobody can answer holds on this host now, so each held action is denied`],
  });
}

export function listApprovers(context: CommandContext): void {
  const { approvers, file } = readPolicy(context);
  answer(context, { schema: 'skillgate.host-approvers/1', file, approvers }, () =>
    approvers.length === 0
      ? safe`Host policy has no approver, so each held action is denied. Create a key: skillgate key create operator --passphrase. Then: skillgate host approver add operator`
      : approverTable(approvers),
  );
}

export function approverTable(approvers: HostPolicy['approvers']): Safe {
  return table(
    approvers.map((approver) => [
      approver.name,
      proofText(approver),
      approver.mailboxKey === undefined ? '' : 'also by mailbox',
    ]),
  );
}

function proofText({ key, passkey, user }: Approver): string {
  if (key !== undefined) return `key ${key.keyId}`;
  return passkey === undefined
    ? `user ${user?.uid}, who answers in ${user?.folder}`
    : `passkey of ${passkey.rpId}`;
}

function parseEntry(written: string): unknown {
  return parseJson(written, 'the approver’s entry').value;
}

// The parser of host policy judges the whole entry; the name is needed for messages before that.
function nameOf(entry: unknown): string {
  const name = typeof entry === 'object' && entry !== null && 'name' in entry ? entry.name : '';
  return String(name);
}
