/**
 * Checks the signed, offline part of the TUF repository: complete, signed by enough administrators,
 * and about this registry.
 */

import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import type { Policy } from '../../skills-index/trust/policy/policy.ts';
import { parsePolicy } from '../../skills-index/trust/policy/policy.ts';
import { missingSignatures } from '../../skills-index/trust/root/ceremony.ts';
import {
  parseTufRepository,
  rootFileOf,
  type TufRepository,
} from '../../skills-index/trust/root/repository.ts';
import type { RootFile } from '../../skills-index/trust/root/root.ts';

/** Its name in the data folder, and as an object in R2. */
export const tufDocumentName = 'tuf.json';

/** The next document while it lacks signatures. */
export const tufProposalName = 'tuf-proposal.json';

/** The policy that administrators signed for clients. */
export function signedPolicy({ files }: TufRepository): Policy {
  return parsePolicy(files['policy.json']);
}

/**
 * Parses the document and rejects one that clients would reject.
 * @param registry without a policy where the registry takes the signed one
 * @throws Problem `tuf-invalid`
 */
export function requireTuf(
  bytes: Uint8Array,
  registry: { readonly root: RootFile; readonly policy?: Policy | undefined },
): TufRepository {
  const repository = parseTufRepository(bytes);
  const missing = missingSignatures(repository);
  if (missing.length > 0)
    throw new Problem('tuf-invalid', 'Cannot serve tuf.json: signatures are missing', {
      hint: 'skillgate registry rotate show FILE lists who has not signed; each of them runs skillgate registry rotate sign FILE',
      reasons: missing.map(({ what, lacking }) => ({ message: `${what}: ${lacking} more` })),
    });
  const pairs = [
    ['root file', rootFileOf(repository), registry.root],
    ['policy', signedPolicy(repository), registry.policy],
  ] as const;
  const other = pairs.find(
    ([, signed, own]) => own !== undefined && canonicalJson(signed) !== canonicalJson(own),
  );
  if (other === undefined) return repository;
  throw new Problem(
    'tuf-invalid',
    `Cannot serve tuf.json: its ${other[0]} is not the file of this registry`,
    {
      hint: 'change the signed document and the file together: skillgate registry rotate propose, sign, publish',
    },
  );
}
