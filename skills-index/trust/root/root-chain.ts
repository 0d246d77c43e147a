/**
 * Compares a root of trust with the earlier roots: which registry's root it is, and whether every
 * retired key in it was once in office.
 */
import { digestOf } from '../../skill/digest.ts';
import { spkiOfTuf, type TufMetadata, type TufRoot } from './metadata.ts';
import { rootMismatches } from './repository.ts';
import { type RetiredKey, type RootFile, rootKeyId } from './root.ts';
import { keysOfOffice } from './root-office.ts';
import { tufSignersOf } from './signature.ts';

/** The facts that are known about the roots before a new root. */
export interface EarlierRoots {
  readonly files: readonly RootFile[];
  /** The earlier TUF roots. A TUF root names only the administrators and the status key. */
  readonly chain: readonly TufRoot[];
  /** Whether the root file right before the new root file is known. */
  readonly isWhole: boolean;
}

/**
 * Whether a TUF root follows from a root file, and enough administrators of the root file signed
 * it.
 */
export function isSignedRootOf(root: TufMetadata<TufRoot>, file: RootFile): boolean {
  const { keys, roles } = root.signed;
  // Every part has to match the root file. An older TUF root with the same administrators would put
  // a replaced status key in office again.
  return (
    rootMismatches(root.signed, file).length === 0 &&
    tufSignersOf(root, roles.root, keys).length >= roles.root.threshold
  );
}

/**
 * Retired keys that no earlier root had in that office, or for which an earlier root had a lower
 * last log index. Such a key would hold the office up to whatever log index its entry has. Keys of
 * offices that the earlier roots do not show are not reported.
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

/** The text that refuses a root because of such a retired key. */
export function describeForeignRetiredKey(one: RetiredKey): string {
  return `the new root says that ${one.office} key ${rootKeyId(one)} counts up to log index ${one.validUpTo}, but no earlier root gave the key this role that long`;
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
