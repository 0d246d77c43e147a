/** What a registry reads from its folder at the start, and never again. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseWitnessPolicy } from '../../skills-index/log/witness-policy.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Policy } from '../../skills-index/trust/policy/policy.ts';
import { tufProposalName } from '../index/tuf-document.ts';
import type { Witnesses } from '../log/witness-answers.ts';
import { requireAsked } from '../log/witness-duty.ts';
import { readKeys, readPolicy, readRootFile, readSigstore, readTuf } from './data-folder.ts';

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

// The witnesses of a registry on Node. The start names their URLs; `DIR/witnesses.json` names their
// keys.

/**
 * @param signedPolicy the witness policy that administrators signed for clients, if any
 * @throws Problem `file-not-found` when witnesses are to be asked and the file that names them is
 * missing; `json-invalid`; `witnesses-unasked`
 */
export async function readWitnesses(
  dir: string,
  {
    urls,
    signedPolicy,
    say,
  }: {
    readonly urls: readonly string[];
    readonly signedPolicy: string | undefined;
    readonly say: Witnesses['say'];
  },
): Promise<Witnesses | undefined> {
  requireAsked(signedPolicy, urls);
  if (urls.length === 0) return undefined;
  const path = join(dir, 'witnesses.json');
  const bytes =
    signedPolicy ??
    (await readFile(path).catch((cause: unknown) => throwInvalidConfig(path, cause)));
  return { policy: parseWitnessPolicy(bytes), urls, fetch: globalThis.fetch, say, last: new Map() };
}

function throwInvalidConfig(path: string, cause: unknown): never {
  throw new Problem(
    'file-not-found',
    `Cannot ask witnesses: ${path}, which holds their keys, is missing`,
    {
      cause,
      hint: '{"schema":"skillgate.witnesses/1","threshold":1,"witnesses":[the line that skillgate witness serve prints]}',
    },
  );
}
