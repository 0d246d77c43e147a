/**
 * A root of trust held against those before it: whose root it is, and that it retires no key that
 * was never in office.
 */
import { digestOf } from '../../skill/digest.ts';
import { type RetiredKey, type RootFile, rootKeyId } from '../root/root.ts';
import { keysOfOffice } from '../root/root-office.ts';
import { spkiOfTuf, type TufMetadata, type TufRoot } from './metadata.ts';
import { rootMismatches } from './repository.ts';
import { tufSignersOf } from './signature.ts';

/** What is known of the roots before a new one. */
export interface EarlierRoots {
  readonly files: readonly RootFile[];
  /** TUF roots name administrators and status key only. */
  readonly chain: readonly TufRoot[];
  /** Whether the root file right before the new one is among them. */
  readonly isWhole: boolean;
}

/**
 * Whether a TUF root is the one that follows from a root file, signed by enough of its
 * administrators.
 */
export function isSignedRootOf(root: TufMetadata<TufRoot>, file: RootFile): boolean {
  const { keys, roles } = root.signed;
  // All of it has to match: a root of the same administrators before a rotation would put its
  // status key in office again.
  return (
    rootMismatches(root.signed, file).length === 0 &&
    tufSignersOf(root, roles.root, keys).length >= roles.root.threshold
  );
}

/**
 * Retired keys that no earlier root had in that office, or that it let count for a shorter time.
 * Such a key would hold the office up to whatever log index its entry says. Of what is not known
 * nothing is said.
 */
export function strangersAmongRetired(
  { retired = [] }: RootFile,
  earlier: EarlierRoots,
): RetiredKey[] {
  return retired.filter((one) => {
    const ended = earlier.files
      .flatMap((file) => file.retired ?? [])
      .filter(({ key }) => key === one.key);
    if (ended.length > 0)
      return ended.some(
        ({ office, validUpTo }) => office !== one.office || validUpTo < one.validUpTo,
      );
    if (
      earlier.files.some((file) => isInOffice(file, one)) ||
      earlier.chain.some((root) => isNamed(root, one))
    )
      return false;
    return earlier.isWhole || one.office === 'administrator' || one.office === 'status';
  });
}

/** The words of a refusal. */
export function strangerWords(one: RetiredKey): string {
  return `${one.office} key ${rootKeyId(one)} is to count up to log index ${one.validUpTo}, and the roots before never let it count so far`;
}

function isInOffice(file: RootFile, { office, key }: RetiredKey): boolean {
  return keysOfOffice(file, office).some((one) => one.validUpTo === undefined && one.key === key);
}

function isNamed({ roles, keys }: TufRoot, retired: RetiredKey): boolean {
  if (retired.office !== 'administrator' && retired.office !== 'status') return false;
  const { keyids } = retired.office === 'administrator' ? roles.root : roles.timestamp;
  return keyids.some(
    (id) => keys[id] !== undefined && digestOf(spkiOfTuf(keys[id])) === rootKeyId(retired),
  );
}
