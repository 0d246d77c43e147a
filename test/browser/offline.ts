/** Verifies the passkey approvals of an indexed version from the index, the blobs and the root file: nothing that the registry answers is believed. */
import { digestOf, hexOf, parseDigest } from '../../skills-index/skill/digest.ts';
import { parseJson } from '../../skills-index/skill/json.ts';
import { predicateTypes } from '../../skills-index/statement/attestation.ts';
import { chainIdentities } from '../../skills-index/trust/identity.ts';
import { approvalChallenge, whyNotAsserted } from '../../skills-index/trust/passkey.ts';
import { verifyStatement } from '../../skills-index/trust/verify-statement.ts';
import type { Story } from './story-registry.ts';

/** Every reason why the version's passkey approvals do not hold; `no approval by passkey` when there is none. */
export async function whyNotVerified({ base, root }: Story, name: string): Promise<string[]> {
  const lines = (await (await fetch(`${base}/index/${name}`)).text()).trim().split('\n');
  const line = JSON.parse(lines.at(-1) ?? '') as { statements: string[] };
  const verified = [];
  for (const address of line.statements.map(parseDigest)) {
    const bytes = new Uint8Array(await (await fetch(`${base}/blobs/sha256/${hexOf(address)}`)).arrayBuffer());
    if (digestOf(bytes) !== address) return [`${address} has other bytes`];
    verified.push(verifyStatement(parseJson(bytes, address).value, { root }));
  }
  const identities = chainIdentities(root, verified);
  const reasons = verified.map(({ statement, logIndex }): string[] | undefined => {
    if (statement.predicateType !== predicateTypes.approval) return undefined;
    const { reviewer, assertion } = statement.predicate;
    if (!('credentialId' in reviewer) || assertion === undefined) return undefined;
    const known = identities.passkeyOf(reviewer.credentialId, logIndex);
    if (known === undefined) return ['the passkey is nobody’s'];
    return whyNotAsserted(assertion, approvalChallenge(statement), known.passkey);
  });
  const byPasskey = reasons.filter((one) => one !== undefined);
  return byPasskey.length === 0 ? ['no approval by passkey'] : byPasskey.flat();
}
