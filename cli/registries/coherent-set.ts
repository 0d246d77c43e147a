/** Whether the files of a registry's root of trust belong together, and to what a host trusts. */
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { verifyStatus } from '../../skills-index/trust/index-files/status-file.ts';
import type { TufRoot, TufTargets } from '../../skills-index/trust/root/metadata.ts';
import {
  requireReadableFiles,
  rootMismatches,
  type TufFiles,
  targetsMismatches,
} from '../../skills-index/trust/root/repository.ts';
import { parseRoot, type RootFile } from '../../skills-index/trust/root/root.ts';
import {
  describeForeignRetiredKey,
  strangersAmongRetired,
} from '../../skills-index/trust/root/root-chain.ts';
import { registryIdOf } from '../../skills-index/trust/signatures/own-registry.ts';
import type { KeptTrust, TrustRole } from './kept.ts';

/** What a host trusts before it looks at the files. */
export interface TrustedBefore {
  /** The pinned root file. */
  readonly pinned: RootFile;
  /** The files that were stored last time. */
  readonly kept?: KeptTrust | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** TUF roots from the one that was trusted at the start to the newest. */
  readonly chain: readonly TufRoot[];
}

/** The files that tuf-js accepted, as text. */
export interface ShownSet {
  readonly metadata: Readonly<Record<TrustRole, string>>;
  readonly files: TufFiles;
  readonly status: string;
  readonly checkpoint: string;
}

/**
 * Checks beyond TUF: metadata and root file name the same keys, and the root file admits the
 * status.
 * @throws Problem `tuf-invalid` with every reason; `tuf-expired` and others of the status
 */
export function requireCoherent(
  { pinned, kept, now, chain }: TrustedBefore,
  { metadata, files, status, checkpoint }: ShownSet,
): void {
  const root = parseRoot(files['root.json']);
  const tufRoot: TufRoot = JSON.parse(metadata.root).signed;
  const targets: TufTargets = JSON.parse(metadata.targets).signed;
  const reasons = [...rootMismatches(tufRoot, root), ...targetsMismatches(targets, root)];
  const inOffice = [root.log, root.status, root.registry, ...root.administrators].map(
    ({ key }) => key,
  );
  if ((pinned.retired ?? []).some(({ key }) => inOffice.includes(key)))
    reasons.push(
      'the root file is older than the pinned root file: it uses a key that the pinned root file has retired',
    );
  if (root.origin !== pinned.origin)
    reasons.push(`the root file is for the registry ${root.origin}, not for ${pinned.origin}`);
  const before = kept === undefined ? [] : [parseRoot(kept.files['root.json'])];
  reasons.push(
    ...[pinned, ...before].flatMap((earlier) => whyOtherThresholds(root, earlier) ?? []),
  );
  // Older root files do not name the registry. Since the first rotation its name is the root file
  // that was in force then.
  const named = [pinned, ...before].filter(
    ({ tuf, first }) => tuf !== undefined || first !== undefined,
  );
  if (named.some((one) => registryIdOf(one) !== registryIdOf(root)))
    reasons.push(
      `the root file is of the registry ${registryIdOf(root)}, not of the registry that is pinned on this host`,
    );
  const earlier = { files: [pinned, ...before], chain, isWhole: chain.length <= 2 };
  reasons.push(...strangersAmongRetired(root, earlier).map(describeForeignRetiredKey));
  requireReadableFiles(files);
  if (
    reasons.length === 0 &&
    verifyStatus(Buffer.from(status), root, now).checkpoint !== checkpoint
  )
    reasons.push('status.json and the checkpoint belong to different logs or different times');
  if (reasons.length === 0) return;
  throw new Problem(
    'tuf-invalid',
    'Cannot trust the registry’s files: they do not belong together',
    {
      reasons: reasons.map((message) => ({ message })),
    },
  );
}

// Earlier thresholds decide whether an enrolment counts. A root file that drops one would undo
// enrolments, or let a single earlier vote count.
function whyOtherThresholds(
  { thresholds = [] }: RootFile,
  { thresholds: earlier = [] }: RootFile,
): string | undefined {
  const changed = earlier.find(
    (one, at) => canonicalJson(one) !== canonicalJson(thresholds[at] ?? null),
  );
  return (
    changed &&
    `the root file no longer says that ${changed.threshold} administrators had to agree up to log index ${changed.validUpTo}, but an earlier root file says so`
  );
}
