/** What a registry reads from its folder at the start, and never again. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Policy } from '../../skills-index/trust/policy/policy.ts';
import { tufProposalName } from '../index/tuf-document.ts';
import { readKeys, readPolicy, readRootFile, readSigstore, readTuf } from './data-folder.ts';
import { readWitnesses } from './witness-config.ts';

export interface TrustOptions {
  /** A folder that `skillgate registry init` made. */
  readonly dir: string;
  /** Replaces `policy.json` of the folder. */
  readonly policy?: Policy;
  /** Submission prefixes of witnesses. `witnesses.json` of the folder names their keys. */
  readonly witnesses?: readonly string[];
}

/** Whom the registry trusts, and with which keys it signs: the files of its folder. */
export async function readTrust({ dir, ...options }: TrustOptions, say: (line: string) => void) {
  const root = await readRootFile(dir);
  const keys = await readKeys(dir, root);
  const policy = options.policy ?? (await readPolicy(dir));
  const tuf = await readTuf(dir, { root, policy });
  if (tuf === undefined && existsSync(join(dir, tufProposalName)))
    say(
      `warning: ${root.threshold} of ${root.administrators.length} administrators have not signed the root of trust yet, so clients refuse this registry (tuf-missing): skillgate registry rotate sign, then skillgate registry rotate publish ${dir} (docs/registry-reference.md, "The root of trust is rotated")`,
    );
  const sigstore = await readSigstore(dir, tuf);
  const signedPolicy = tuf?.files['witnesses.json'];
  const witnesses = await readWitnesses(dir, { urls: options.witnesses ?? [], signedPolicy, say });
  return { root, keys, policy, tuf, sigstore, witnesses };
}
