/** The next root of trust as a proposal: made without a network, read by each administrator before signing, merged from their copies. */
import { canonicalDigest, canonicalJson } from '../skills-index/skill/canonical-json.ts';
import type { Digest } from '../skills-index/skill/digest.ts';
import { digestOf } from '../skills-index/skill/digest.ts';
import { Problem } from '../skills-index/skill/problem.ts';
import type { PublicKey } from '../skills-index/statement/attestation.ts';
import { earlierPoliciesMax } from '../skills-index/trust/limits.ts';
import { type Policy, parsePolicy, policyDigest } from '../skills-index/trust/policy.ts';
import type { RetiredKey, RootFile, RootOffice } from '../skills-index/trust/root.ts';
import { parseRoot } from '../skills-index/trust/root.ts';
import { spkiOfTuf, type TufMetadata, type TufRoot, type TufSigned, tufTime } from '../skills-index/trust/tuf-metadata.ts';
import {
  lastRootOf,
  nextRepository,
  rootFileOf,
  type TufFiles,
  type TufRepository,
} from '../skills-index/trust/tuf-repository.ts';

/** How long administrators' signatures count before they have to be given anew. */
const signedDays = 365;

/** What is to be another than it is. */
export interface RootChange {
  readonly add: readonly PublicKey[];
  readonly remove: readonly Digest[];
  readonly threshold?: number;
  /** SPKI in base64 of new keys. */
  readonly keys: Readonly<Partial<Record<'log' | 'status' | 'registry', string>>>;
  /** Last log index up to which replaced keys count; undefined while nothing is logged. */
  readonly validUpTo?: number;
}

/**
 * The root file after a change: replaced keys are retired, so that what they signed until then counts on.
 * @throws Problem `usage`, `root-invalid`
 */
export function changedRoot(root: RootFile, { add, remove, threshold, keys, validUpTo }: RootChange): RootFile {
  const gone = root.administrators.filter((one) => remove.includes(one.keyId));
  const stranger = remove.find((id) => !gone.some((one) => one.keyId === id));
  if (stranger !== undefined) throw new Problem('usage', `Cannot remove ${stranger}: it is no administrator of the root file`);
  const offices = (['log', 'status', 'registry'] as const).filter((office) => keys[office] !== undefined);
  const replaced: readonly (readonly [RootOffice, string])[] = [
    ...offices.map((office) => [office, root[office].key] as const),
    ...gone.map((one) => ['administrator', one.key] as const),
  ];
  const fresh: RetiredKey[] = validUpTo === undefined ? [] : replaced.map(([office, key]) => ({ office, key, validUpTo }));
  const retired = [...(root.retired ?? []), ...fresh];
  const stay = root.administrators.filter((one) => !remove.includes(one.keyId));
  const next = {
    ...root,
    ...Object.fromEntries(offices.map((office) => [office, { key: keys[office] }])),
    administrators: [...stay, ...add.map(({ keyId, spki }) => ({ keyId, key: spki }))],
    threshold: threshold ?? root.threshold,
    ...(retired.length === 0 ? {} : { retired }),
  };
  return parseRoot(JSON.stringify(next));
}

export interface PolicyChange {
  readonly next?: Policy;
  /** Last log index of what was approved under the policy until now; undefined while nothing is logged. */
  readonly validUpTo?: number;
  /** All that earlier policies approved has to be approved anew. */
  readonly dropEarlier: boolean;
}

/**
 * The policy after a change: what counted until now goes on judging what was approved under it.
 * @throws Problem `usage`
 */
export function changedPolicy(now: Policy, { next = now, validUpTo, dropEarlier }: PolicyChange): Policy {
  if (next !== now && next.earlier !== undefined)
    throw new Problem('usage', 'Cannot propose this policy: its file names earlier ones, and those are filled in here', {
      hint: 'take `earlier` out of the file; for none at all: --drop-earlier-policies',
    });
  const { earlier = [], ...was } = now;
  const { earlier: _, ...is } = next;
  if (dropEarlier) return is;
  const last = earlier.at(-1)?.validUpTo ?? -1;
  const isSame = policyDigest(was) === policyDigest(is);
  // A policy that replaced another one at the same place in the log has judged nothing.
  const more = isSame || validUpTo === undefined || validUpTo <= last ? [] : [{ policy: was, validUpTo }];
  const all = [...earlier, ...more];
  if (all.length > earlierPoliciesMax)
    throw new Problem('usage', `Cannot propose this policy: ${earlierPoliciesMax} earlier ones count already`, {
      hint: 'have all be approved anew: --drop-earlier-policies',
    });
  return all.length === 0 ? is : { ...is, earlier: all };
}

export interface Proposed {
  readonly before?: TufRepository;
  readonly root: RootFile;
  readonly files: Omit<TufFiles, 'root.json'>;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The next document, unsigned, good for a year from now. */
export function proposeNext({ now, ...rest }: Proposed): TufRepository {
  return nextRepository({ ...rest, expires: now + signedDays * 86_400_000, timeOf: tufTime });
}

/** What administrators compare: digest of the newest root and targets, whoever has signed them so far. */
export function proposalDigest(repository: TufRepository): Digest {
  return canonicalDigest({ root: lastRootOf(repository).signed, targets: repository.targets.signed });
}

/** Copies of one proposal that were signed apart, as one. @throws Problem `tuf-invalid` when they are of two proposals */
export function mergeProposals(copies: readonly TufRepository[]): TufRepository {
  const [first] = copies;
  if (first === undefined) throw new Problem('usage', 'There is no proposal to publish');
  const contentOf = (one: TufRepository): string => canonicalJson([proposalDigest(one), one.roots.slice(0, -1)]);
  if (copies.some((one) => contentOf(one) !== contentOf(first)))
    throw new Problem('tuf-invalid', 'These files are copies of two proposals: an administrator signed another one');
  const root = united(copies.map(lastRootOf), lastRootOf(first).signed);
  const targets = united(
    copies.map((one) => one.targets),
    first.targets.signed,
  );
  return { ...first, roots: [...first.roots.slice(0, -1), root], targets };
}

/** A proposal in words: what it says, and what of it is new. */
export function describeProposal(repository: TufRepository): string[] {
  const root = rootFileOf(repository);
  const policy = parsePolicy(repository.files['policy.json']);
  const [before, last] = [repository.roots.at(-2)?.signed, lastRootOf(repository).signed];
  const [were, are] = [before === undefined ? [] : administratorsOf(before), administratorsOf(last)];
  const marked = (id: Digest): string => (before === undefined || were.includes(id) ? `  ${id}` : `+ ${id}`);
  const retired = (root.retired ?? []).map(
    (one) => `  ${one.office} key ${digestOf(Buffer.from(one.key, 'base64'))} counts up to log index ${one.validUpTo}`,
  );
  return [
    `root of trust of ${root.origin}, version ${last.version}, signed until ${last.expires}`,
    `administrators, ${root.threshold} of whom must agree:`,
    ...are.map(marked),
    ...were.filter((id) => !are.includes(id)).map((id) => `- ${id}`),
    ...(['log', 'status', 'registry'] as const).map(
      (office) => `${office} key ${digestOf(Buffer.from(root[office].key, 'base64'))}`,
    ),
    ...(retired.length === 0 ? [] : ['retired:', ...retired]),
    `policy ${policyDigest(policy)}`,
    ...(policy.earlier ?? []).map(
      (one) => `  earlier policy ${policyDigest(one.policy)} counts up to log index ${one.validUpTo}`,
    ),
    ...(['trusted_root.json', 'witnesses.json'] as const).flatMap((name) => {
      const text = repository.files[name];
      return text === undefined ? [] : [`${name} ${digestOf(Buffer.from(text))}`];
    }),
  ];
}

function administratorsOf({ roles, keys }: TufRoot): Digest[] {
  return roles.root.keyids.flatMap((id) => (keys[id] === undefined ? [] : [digestOf(spkiOfTuf(keys[id]))])).sort();
}

function united<Signed extends TufSigned>(copies: readonly TufMetadata<Signed>[], signed: Signed): TufMetadata<Signed> {
  const byKey = new Map(copies.flatMap((one) => one.signatures).map((one) => [one.keyid, one]));
  return { signatures: [...byKey.values()], signed };
}
