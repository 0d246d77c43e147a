/** Whether somebody who is not the agent can answer on this host, as `skill doctor` says it. */
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { canAnswer } from '../../skills-index/run/hold-answer.ts';
import type { HostPolicy } from '../../skills-index/run/host-policy.ts';

export interface Separation {
  readonly name: string;
  readonly holds: boolean;
  readonly detail: string;
  readonly type?: string;
}

/** One row for who may answer, one for who may change host policy, which says who may. */
export function separationRows(policy: HostPolicy, uid: number): Separation[] {
  const able = policy.approvers.filter((one) => canAnswer(one, [uid]));
  const approvals: Separation =
    able.length === 0
      ? {
          ...{ name: 'separate operator', holds: false },
          detail: 'operator and agent share uid: approvals are not separable, so what would wait for a person is refused',
          type: `skill key create operator --passphrase   (and write the line it prints into ${policy.file})`,
        }
      : { name: 'separate operator', holds: true, detail: `holds are answered by ${able.map(sayApprover).join(', ')}` };
  return [approvals, policyRow(policy.file, uid)];
}

function sayApprover({ name, key, passkey }: HostPolicy['approvers'][number]): string {
  return `${name} (${key !== undefined ? 'key with a passphrase' : passkey !== undefined ? 'passkey' : 'another user'})`;
}

// Who may write host policy may name an approver: inside a sandbox nobody can, on the host every program of its owner can.
function policyRow(file: string, uid: number): Separation {
  const owners = [file, dirname(file)].map((path) => statSync(path, { throwIfNoEntry: false })?.uid);
  const apart = uid !== 0 && owners.every((owner) => owner !== undefined && owner !== uid);
  const name = 'host policy apart';
  if (apart) return { name, holds: true, detail: `${file} belongs to another user than the runner` };
  const detail = `who runs as user ${uid} outside a sandbox can rewrite ${file}, and name approvers there; agents in sandboxes cannot`;
  return uid === 0
    ? { name, holds: false, detail }
    : { name, holds: false, detail, type: `sudo chown root:root ${dirname(file)} ${file}` };
}
