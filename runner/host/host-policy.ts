/**
 * Host policy, `host.json`, says what the operator of this machine allows. No skill and no agent
 * can write `host.json`.
 */
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { type Desk, isDeskSite } from '../../skills-index/run/holds/desk-site.ts';
import {
  emptyHostPolicy,
  type HostPolicy,
  parseHostPolicy,
} from '../../skills-index/run/plan/host-policy.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseShape } from '../../skills-index/skill/shape.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { policyBytesMax } from '../agents/budget.ts';
import { readPrivateFile } from '../files/private-file.ts';

/**
 * Reads host policy. A missing file means the empty policy.
 * @throws Problem `host-policy-invalid` when the file is malformed or other users may write to it
 */
export function readHostPolicy(path: string): HostPolicy {
  const bytes = readPolicyFile(path);
  if (bytes === undefined) return { ...emptyHostPolicy, file: path };
  const policy = parseHostPolicy(bytes, path);
  requireNoDeskPasskeys(policy);
  return policy;
}

/**
 * Reads the PEM files that host policy lists in `authorities`.
 * @throws Problem `host-policy-invalid` when a file is missing or other users may write to it
 */
export function readAuthorities({ authorities, file }: HostPolicy): readonly string[] {
  return authorities.map((path) => {
    const bytes = readPolicyFile(path);
    if (bytes === undefined)
      throw new Problem(
        'host-policy-invalid',
        `Cannot use ${file}: the file ${path} in authorities does not exist`,
      );
    return Buffer.from(bytes).toString('utf8');
  });
}

/** Reads a file of host policy; undefined when the file does not exist. */
export function readPolicyFile(path: string): Uint8Array | undefined {
  return readPrivateFile(path, {
    bytesMax: policyBytesMax,
    secret: false,
    code: 'host-policy-invalid',
  });
}

/**
 * Rejects an approver's passkey that was made at a registry's review site. A site's pages choose
 * what the site's passkeys sign. So that registry could make its reviewer sign the answer to a hold
 * of this host.
 */
export function requireNoDeskPasskeys({ approvers, file, mailbox }: HostPolicy): void {
  const withPasskey = approvers.filter((approver) => approver.passkey !== undefined);
  if (withPasskey.length === 0) return;
  const desks = [
    ...(mailbox === undefined ? [] : [{ base: mailbox }]),
    ...pinnedDesks(dirname(file)),
  ];
  const found = withPasskey.find(({ passkey }) =>
    desks.some((desk) => isDeskSite(passkey?.origin ?? '', desk)),
  );
  if (found === undefined) return;
  throw new Problem(
    'host-policy-invalid',
    `Cannot use ${file}: the passkey of approver ${found.name} was made at ${found.passkey?.origin}, the site of a registry that this host uses, and that registry could make the passkey sign the answer to a hold`,
    {
      hint: 'Name a key with a passphrase (skillgate key create NAME --passphrase), or a passkey that was made at another site.',
    },
  );
}

const pinnedShape = v.looseObject({
  registries: v.array(v.looseObject({ base: v.string(), root: v.string() })),
});
const rootShape = v.looseObject({ origin: v.string() });

function pinnedDesks(folder: string): Desk[] {
  const path = join(folder, 'registries.json');
  const bytes = readPolicyFile(path);
  if (bytes === undefined) return [];
  const { registries } = parseShape(
    pinnedShape,
    parseJson(bytes, path),
    'host-policy-invalid',
    path,
  );
  return registries.map(({ base, root }) => ({ base, origin: originOf(folder, root) }));
}

function originOf(folder: string, root: string): string | undefined {
  const path = join(folder, 'roots', `${/^sha256:([0-9a-f]{64})$/.exec(root)?.[1]}.json`);
  const bytes = readPolicyFile(path);
  return bytes === undefined
    ? undefined
    : parseShape(rootShape, parseJson(bytes, path), 'host-policy-invalid', path).origin;
}
