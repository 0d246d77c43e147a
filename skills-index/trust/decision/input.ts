/** All that a decision on one version is made of. */
import type { Hash, TreeHead } from '../../log/merkle-tree.ts';
import type { WitnessPolicy } from '../../log/witness-policy.ts';
import type { Digest } from '../../skill/digest.ts';
import type { IndexLine } from '../index-line.ts';
import type { Policy } from '../policy.ts';
import type { RootFile } from '../root.ts';
import type { VerifiedStatements } from '../verified-statements.ts';

export interface DecisionInput {
  readonly root: RootFile;
  readonly policy: Policy;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly line: IndexLine;
  /** Address → bytes of each Sigstore bundle that the line names. */
  readonly statements: ReadonlyMap<Digest, Uint8Array>;
  /** Canonical bytes of the bundle. */
  readonly bundle: Uint8Array;
  /** Canonical bytes of the scan report; empty when there are none. */
  readonly report: Uint8Array;
  /**
   * Files of the skill at hand by path; SKILL.md and, where the bundle has one, skill.json are
   * demanded.
   */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /**
   * `status.json`, one or several: the newest that verifies shows the head of the log, and the
   * marks of all that verify count.
   */
  readonly statuses: readonly Uint8Array[];
  /** How long an expired status, and witnesses' cosignatures, still count; 0 by default. */
  readonly statusGraceSeconds?: number;
  /**
   * `now` is a time gone by, and all that was said since is not asked for: only who says so to the
   * reader may set it.
   */
  readonly past?: boolean;
  /**
   * Sigstore's `trusted_root.json` as parsed JSON, trusted like `root`. Without it whatever a
   * certificate signed is refused.
   */
  readonly sigstore?: unknown;
  /**
   * What the caller's process verified before, by the same function; absent: all is verified now.
   */
  readonly verified?: VerifiedStatements;
  /**
   * Who has to have cosigned the status file's checkpoint, trusted like `root`. Without it nobody
   * has to.
   */
  readonly witnesses?: WitnessPolicy;
  /**
   * The last checkpoint that this installation saw, with its signed note and the consistency proof
   * from it to the status file's.
   */
  readonly seen?: {
    readonly checkpoint: TreeHead & { readonly note?: string };
    readonly proof: readonly Hash[];
  };
  /**
   * Consistency proofs from the size of each checkpoint among the evidence to the largest one, so
   * that all of it lies in one log. Left out only by who keeps the log.
   */
  readonly consistency?: ReadonlyMap<number, readonly Hash[]>;
  /**
   * Bundles that a status seen here before said were revoked: that is final, whoever denies it
   * since.
   */
  readonly revokedBefore?: ReadonlySet<Digest>;
  /**
   * Address → bytes of statements about who is who, and revocations, that earlier decisions here
   * learned (`learned`).
   */
  readonly known?: ReadonlyMap<Digest, Uint8Array>;
  /** What the lock or host policy pins, when there is one. */
  readonly pinned?: Pinned;
}

/** What is believed without proof. */
export type TrustedInputs = Pick<DecisionInput, 'root' | 'policy' | 'sigstore' | 'witnesses'>;

export interface Pinned {
  readonly bundle?: Digest;
  readonly publisher?: Digest;
  /** Origin of the registry. */
  readonly registry?: string;
  /**
   * Fingerprint of its first root file: an origin such as `localhost` may be that of two
   * registries.
   */
  readonly registryId?: Digest;
  /** Digest of the approved capabilities. */
  readonly capabilities?: Digest;
  /** Log index of the verification summary. */
  readonly logIndex?: number;
  /** Log index of the first claim of the scope, as the first skill of that scope here showed it. */
  readonly scopeClaim?: number;
}
