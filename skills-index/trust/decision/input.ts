/** The evidence for a decision about one version, and the trusted inputs of the decision. */
import type { Hash, TreeHead } from '../../log/merkle-tree.ts';
import type { WitnessPolicy } from '../../log/witness-policy.ts';
import type { Digest } from '../../skill/digest.ts';
import type { IndexLine } from '../index-files/index-line.ts';
import type { NameProofsFile } from '../index-files/name-proofs.ts';
import type { Policy } from '../policy/policy.ts';
import type { RootFile } from '../root/root.ts';
import type { VerifiedStatements } from '../signatures/verified-statements.ts';

export interface DecisionInput {
  readonly root: RootFile;
  readonly policy: Policy;
  /** The time of the decision, in milliseconds since 1970. */
  readonly now: number;
  readonly line: IndexLine;
  /** The bytes of each Sigstore bundle that the index line names, by the bundle's address. */
  readonly statements: ReadonlyMap<Digest, Uint8Array>;
  /** The canonical bytes of the version's bundle. */
  readonly bundle: Uint8Array;
  /** The canonical bytes of the scan report; empty when the report is missing. */
  readonly report: Uint8Array;
  /**
   * The delivered files of the skill, by path. SKILL.md is required. skill.json is required when
   * the bundle has the file.
   */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /**
   * One or several copies of `status.json`. Of the valid statuses, the one with the largest head
   * shows the head of the log.
   */
  readonly statuses: readonly Uint8Array[];
  /**
   * How many seconds an expired status, and witnesses' old cosignatures, still count; 0 by default.
   */
  readonly statusGraceSeconds?: number;
  /**
   * Whether `now` is a past time, so that later statements are ignored. The caller must tell the
   * reader that the decision is about the past.
   */
  readonly past?: boolean;
  /**
   * Sigstore's `trusted_root.json` as parsed JSON, trusted like `root`. Without this trusted root,
   * no signature by certificate counts.
   */
  readonly sigstore?: unknown;
  /**
   * The statements that the caller's process verified before. When absent, all statements are
   * verified now.
   */
  readonly verified?: VerifiedStatements;
  /**
   * The witnesses that must cosign the checkpoint of the status, trusted like `root`. When absent,
   * no cosignature is needed.
   */
  readonly witnesses?: WitnessPolicy;
  /**
   * The last checkpoint that this host saw, with the signed note and the consistency proof from
   * that checkpoint to the checkpoint of the status.
   */
  readonly seen?: {
    readonly checkpoint: TreeHead & { readonly note?: string };
    readonly proof: readonly Hash[];
  };
  /**
   * Consistency proofs from the size of each checkpoint in the evidence to the largest checkpoint.
   * These proofs show that all evidence lies in one log. Only the keeper of the log leaves the
   * proofs out.
   */
  readonly consistency?: ReadonlyMap<number, readonly Hash[]>;
  /**
   * The bytes of the identity statements and revocations that earlier decisions learned
   * (`learned`), by the statement's address.
   */
  readonly known?: ReadonlyMap<Digest, Uint8Array>;
  /**
   * The map’s proof for each name on which the version rests. Only the keeper of the log leaves the
   * proofs out.
   */
  readonly nameProofs?: NameProofsFile;
  /**
   * Whether proofs of an older head in a valid status count, because the registry was not asked for
   * others.
   */
  readonly olderProofs?: boolean;
  /**
   * Addresses of the statements that these proofs name and the index line does not. `statements`
   * has their bytes.
   */
  readonly proven?: readonly Digest[];
  /** The pins of the lock file or of host policy. */
  readonly pinned?: Pinned;
}

/** The trusted inputs of a decision. No evidence proves these inputs. */
export type TrustedInputs = Pick<DecisionInput, 'root' | 'policy' | 'sigstore' | 'witnesses'>;

export interface Pinned {
  readonly bundle?: Digest;
  readonly publisher?: Digest;
  /** Origin of the pinned registry. */
  readonly registry?: string;
  /**
   * Fingerprint of the first root file of the pinned registry. The fingerprint is needed because
   * two registries may have one origin, such as `localhost`.
   */
  readonly registryId?: Digest;
  /** Digest of the approved capabilities. */
  readonly capabilities?: Digest;
  /** Log index of the version's verification summary. */
  readonly logIndex?: number;
  /**
   * Log index of the scope's first claim, which this host pinned with its first skill of the scope.
   */
  readonly scopeClaim?: number;
}
