/** TUF documents for tests, signed by keys in memory. */
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import type { Signer } from '../../skills-index/statement/sign.ts';
import { defaultPolicy, type Policy } from '../../skills-index/trust/policy/policy.ts';
import { signRepository } from '../../skills-index/trust/root/ceremony.ts';
import { tufTime } from '../../skills-index/trust/root/metadata.ts';
import { nextRepository, type TufRepository } from '../../skills-index/trust/root/repository.ts';
import type { RootFile } from '../../skills-index/trust/root/root.ts';

export interface Ceremony {
  readonly root: RootFile;
  readonly signers: readonly Signer[];
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly before?: TufRepository;
  readonly days?: number;
  readonly trustedRoot?: unknown;
  readonly policy?: Policy;
}

/** The next document, signed by everyone named. */
export async function holdCeremony({
  root,
  signers,
  now,
  before,
  days = 365,
  trustedRoot,
  policy = defaultPolicy,
}: Ceremony): Promise<TufRepository> {
  const files = {
    'policy.json': canonicalJson(policy),
    ...(trustedRoot === undefined ? {} : { 'trusted_root.json': JSON.stringify(trustedRoot) }),
  };
  let next = nextRepository({
    ...(before === undefined ? {} : { before }),
    root,
    files,
    expires: now + days * 86_400_000,
    timeOf: tufTime,
  });
  for (const signer of signers) next = await signRepository(next, signer);
  return next;
}
