/**
 * A proposal for the next root of trust: created offline, read by each administrator before
 * signing, and merged from their copies.
 */

import type { Digest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalDigest, canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import type { PublicKey } from '../../skills-index/statement/attestation.ts';
import { earlierPoliciesMax } from '../../skills-index/trust/limits.ts';
import { type Policy, policyDigest } from '../../skills-index/trust/policy/policy.ts';
import {
  type TufMetadata,
  type TufRoot,
  type TufSigned,
  tufTime,
} from '../../skills-index/trust/root/metadata.ts';
import {
  lastRootOf,
  nextRepository,
  type TufFiles,
  type TufRepository,
} from '../../skills-index/trust/root/repository.ts';
import type { RetiredKey, RootFile, RootOffice } from '../../skills-index/trust/root/root.ts';
import { parseRoot } from '../../skills-index/trust/root/root.ts';
import { holdsOver } from '../../skills-index/trust/root/signature.ts';
import { registryIdOf } from '../../skills-index/trust/signatures/own-registry.ts';

/** How long administrators' signatures are valid. */
const signedDays = 365;

/** The requested changes. */
export interface RootChange {
  readonly add: readonly PublicKey[];
  readonly remove: readonly Digest[];
  readonly threshold?: number;
  /** SPKI in base64 of new keys. */
  readonly keys: Readonly<Partial<Record<'log' | 'status' | 'registry', string>>>;
  /** Last log index at which replaced keys count; undefined for an empty log. */
  readonly validUpTo?: number;
  /** Newest log index; undefined for an empty log. */
  readonly lastLogIndex?: number;
}

/**
 * The root file after a change. Replaced keys are retired, so that their earlier signatures still
 * count. Statements name the registry as before. Older statements without a registry name still
 * count; new ones must have it.
 * @throws Problem `usage`, `root-invalid`
 */
export function changedRoot(
  root: RootFile,
  { add, remove, threshold, keys, validUpTo, lastLogIndex }: RootChange,
): RootFile {
  const gone = root.administrators.filter((one) => remove.includes(one.keyId));
  const stranger = remove.find((id) => !gone.some((one) => one.keyId === id));
  if (stranger !== undefined)
    throw new Problem(
      'usage',
      `Cannot remove ${stranger}: it is not the key of an administrator of the root file`,
    );
  const offices = (['log', 'status', 'registry'] as const).filter(
    (office) => keys[office] !== undefined,
  );
  const replaced: readonly (readonly [RootOffice, string])[] = [
    ...offices.map((office) => [office, root[office].key] as const),
    ...gone.map((one) => ['administrator', one.key] as const),
  ];
  const fresh: RetiredKey[] =
    validUpTo === undefined ? [] : replaced.map(([office, key]) => ({ office, key, validUpTo }));
  const retired = [...(root.retired ?? []), ...fresh];
  const stay = root.administrators.filter((one) => !remove.includes(one.keyId));
  const earlier = root.thresholds ?? [];
  // A threshold that was replaced at the same log index has judged nothing.
  const isReplaced =
    threshold !== undefined &&
    threshold !== root.threshold &&
    (lastLogIndex ?? -1) > (earlier.at(-1)?.validUpTo ?? -1);
  const thresholds =
    isReplaced && lastLogIndex !== undefined
      ? [...earlier, { threshold: root.threshold, validUpTo: lastLogIndex }]
      : earlier;
  const next = {
    ...root,
    ...Object.fromEntries(offices.map((office) => [office, { key: keys[office] }])),
    administrators: [...stay, ...add.map(({ keyId, spki }) => ({ keyId, key: spki }))],
    threshold: threshold ?? root.threshold,
    ...(thresholds.length === 0 ? {} : { thresholds }),
    ...(retired.length === 0 ? {} : { retired }),
    ...(root.tuf === undefined ? { tuf: 1 } : {}),
    ...(root.tuf === undefined && lastLogIndex !== undefined ? { unnamedUpTo: lastLogIndex } : {}),
  };
  const first = canonicalJson(next) === canonicalJson(root) ? {} : { first: registryIdOf(root) };
  return parseRoot(JSON.stringify({ ...next, ...first }));
}

export interface PolicyChange {
  readonly next?: Policy;
  /**
   * Last log index of what was approved under the policy until now; undefined while nothing is
   * logged.
   */
  readonly validUpTo?: number;
  /** Everything that earlier policies approved needs a new approval. */
  readonly dropEarlier: boolean;
}

/**
 * The policy after a change. Earlier policies still judge the versions that were approved under
 * them.
 * @throws Problem `usage`
 */
export function changedPolicy(
  now: Policy,
  { next = now, validUpTo, dropEarlier }: PolicyChange,
): Policy {
  if (next !== now && next.earlier !== undefined)
    throw new Problem(
      'usage',
      'Cannot propose this policy: its file must not name earlier policies, because this command adds them',
      {
        hint: 'remove `earlier` from the file; to keep no earlier policy: --drop-earlier-policies',
      },
    );
  const { earlier = [], ...was } = now;
  const { earlier: _, ...is } = next;
  if (dropEarlier) return is;
  const last = earlier.at(-1)?.validUpTo ?? -1;
  const isSame = policyDigest(was) === policyDigest(is);
  // A policy that replaced another one at the same log index has judged nothing.
  const more =
    isSame || validUpTo === undefined || validUpTo <= last ? [] : [{ policy: was, validUpTo }];
  const all = [...earlier, ...more];
  if (all.length > earlierPoliciesMax)
    throw new Problem(
      'usage',
      `Cannot propose this policy: the limit of ${earlierPoliciesMax} earlier policies is reached`,
      {
        hint: 'drop them, so that every version needs new approvals: --drop-earlier-policies',
      },
    );
  return all.length === 0 ? is : { ...is, earlier: all };
}

export interface Proposed {
  readonly before?: TufRepository;
  readonly root: RootFile;
  readonly files: Omit<TufFiles, 'root.json'>;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The next document, unsigned and valid for a year. */
export function proposeNext({ now, ...rest }: Proposed): TufRepository {
  return nextRepository({ ...rest, expires: now + signedDays * 86_400_000, timeOf: tufTime });
}

/**
 * The digest that administrators compare. It covers all roots and the targets, without signatures.
 */
export function proposalDigest({ roots, targets }: TufRepository): Digest {
  return canonicalDigest({ roots: roots.map(({ signed }) => signed), targets: targets.signed });
}

/**
 * Merges separately signed copies of one proposal. @throws Problem `tuf-invalid` for copies of two
 * proposals
 */
export function mergeProposals(copies: readonly TufRepository[]): TufRepository {
  const [first] = copies;
  if (first === undefined) throw new Problem('usage', 'There is no proposal to publish');
  const contentOf = (one: TufRepository): string =>
    canonicalJson([proposalDigest(one), one.roots.slice(0, -1)]);
  if (copies.some((one) => contentOf(one) !== contentOf(first)))
    throw new Problem(
      'tuf-invalid',
      'Cannot publish: the files are copies of two different proposals',
    );
  const { signed } = lastRootOf(first);
  const keys = { ...first.roots.at(-2)?.signed.keys, ...signed.keys };
  const root = united(copies.map(lastRootOf), signed, keys);
  const targets = united(
    copies.map((one) => one.targets),
    first.targets.signed,
    signed.keys,
  );
  return { ...first, roots: [...first.roots.slice(0, -1), root], targets };
}

// Anybody can add a worthless signature with another key's id, so only a valid signature counts for
// its key.
function united<Signed extends TufSigned>(
  copies: readonly TufMetadata<Signed>[],
  signed: Signed,
  keys: TufRoot['keys'],
): TufMetadata<Signed> {
  const all = copies.flatMap((one) => one.signatures);
  const byKey = new Map(
    all.filter((one) => holdsOver(signed, one, keys)).map((one) => [one.keyid, one]),
  );
  return { signatures: [...byKey.values()], signed };
}
