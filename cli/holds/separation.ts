/** Whether a person other than the agent can answer holds on this host, for `skillgate doctor`. */

import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { canAnswer } from '../../skills-index/run/holds/hold-action.ts';
import { type HoldPolicy, lacksMailboxKey } from '../../skills-index/run/holds/hold-policy.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { calledName } from '../called-name.ts';

type Approver = HostPolicy['approvers'][number];

/** How this host stores the private part of each key, by its id. */
export type KeysHere = ReadonlyMap<string, 'sealed' | 'keychain' | 'plain'>;

export interface Separation {
  readonly name: string;
  readonly holds: boolean;
  readonly detail: string;
  readonly type?: string;
}

/** Rows about approvers, and about users who may change host policy and so name approvers. */
export function separationRows(
  policy: HostPolicy,
  uid: number,
  keys: KeysHere = new Map(),
): Separation[] {
  const isOpen = ({ key }: Approver): boolean => keys.get(key?.keyId ?? '') === 'plain';
  const able = policy.approvers.filter(
    (approver) => canAnswer(approver, [uid]) && !isOpen(approver),
  );
  const open = policy.approvers.filter(isOpen);
  const approvals: Separation =
    able.length === 0
      ? {
          name: 'separate operator',
          holds: false,
          detail:
            'operator and agent share a uid, so the agent could approve its own actions; held actions are denied',
          type: `${calledName()} key create operator --passphrase   (then: ${calledName()} host approver add operator)`,
        }
      : {
          name: 'separate operator',
          holds: true,
          detail: `holds are answered by ${able.map((approver) => approverText(approver, keys)).join(', ')}`,
        };
  return [
    approvals,
    ...open.map(openKeyRow),
    ...mailboxRows(policy),
    ...idleRows(policy),
    policyRow(policy.file, uid),
  ];
}

function approverText({ name, key, passkey }: Approver, keys: KeysHere): string {
  if (key === undefined) return `${name} (${passkey !== undefined ? 'passkey' : 'another user'})`;
  const kind = keys.get(key.keyId);
  if (kind === 'sealed') return `${name} (key with a passphrase)`;
  const keychain =
    'key in this user’s keychain: while the keychain is unlocked, each program of this user can sign with the key';
  return `${name} (${kind === 'keychain' ? keychain : 'key that is not on this host'})`;
}

// `skillgate hold` does not sign with this key. But any program of this user that reads the file
// can, and the runner cannot tell the difference.
function openKeyRow({ name }: Approver): Separation {
  return {
    name: `approver ${name}`,
    holds: false,
    detail:
      'the approver’s key has no passphrase: each program of this user can answer holds with the key',
    type: `${calledName()} key create ${name}-2 --passphrase   (then: ${calledName()} host approver add ${name}-2, and ${calledName()} host approver remove ${name})`,
  };
}

function mailboxRows({ approvers, file, mailbox }: HostPolicy): Separation[] {
  if (mailbox === undefined) return [];
  return approvers.filter(lacksMailboxKey).map(({ name }) => ({
    name: `mailbox of ${name}`,
    holds: false,
    detail: `${file} names no mailbox key for this approver, so the runner leaves no hold for the approver at ${mailbox}`,
    type: `${calledName()} key approver ${name}   (on the host that has the key; then here: ${calledName()} host approver remove ${name}, and host approver add with the printed line)`,
  }));
}

function idleRows(policy: HostPolicy): Separation[] {
  const idle = idleRules(policy);
  if (idle.length === 0) return [];
  const detail = `${idle.join(', ')}: the rule names the tag high-stakes, but highStakes is empty, so the rule holds nothing`;
  return [
    {
      name: 'hold rules',
      holds: false,
      detail,
      type: `add the skills to highStakes in ${policy.file}`,
    },
  ];
}

// A user who may write host policy may name an approver. No sandboxed program can write it; on the
// host, every program of its owner can.
function policyRow(file: string, uid: number): Separation {
  const paths = [dirname(file), file].filter((path) => existsSync(path));
  const apart =
    uid !== 0 && paths.length === 2 && paths.every((path) => statSync(path).uid !== uid);
  return {
    name: 'host policy protected',
    holds: apart,
    detail: apart
      ? `${file} belongs to another user than the runner`
      : `a program that runs as user ${uid} outside a sandbox can rewrite ${file} and add approvers; agents in sandboxes cannot`,
    // Not what else lies in the folder: the user's keys are there.
    ...(!apart &&
      uid !== 0 &&
      paths.length > 0 && { type: `sudo chown root:root ${paths.join(' ')}` }),
  };
}

/**
 * Returns the names of rules that never match under this policy: these rules demand the tag
 * `high-stakes`, but no skill has the tag.
 */
export function idleRules({
  highStakes,
  holds,
}: Pick<HoldPolicy, 'highStakes' | 'holds'>): string[] {
  return holds
    .filter(({ when }) => when.tag !== undefined && highStakes.length === 0)
    .map((one) => one.name);
}
