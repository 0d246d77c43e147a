/** The evidence and the trust for a decision about one version. */
import type { Hash, TreeHead } from '../../log/merkle-tree.ts';
import type { WitnessPolicy } from '../../log/witness-policy.ts';
import type { Digest } from '../../skill/digest.ts';
import type { IndexLine } from '../index/index-line.ts';
import type { Policy } from '../policy/policy.ts';
import type { RootFile } from '../root/root.ts';
import type { VerifiedStatements } from '../statements/verified-statements.ts';

export interface DecisionInput {
  readonly root: RootFile;
  readonly policy: Policy;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly line: IndexLine;
  /** Address of each Sigstore bundle that the line names → its bytes. */
  readonly statements: ReadonlyMap<Digest, Uint8Array>;
  /** Canonical bytes of the bundle. */
  readonly bundle: Uint8Array;
  /** Canonical bytes of the scan report; empty when it is missing. */
  readonly report: Uint8Array;
  /**
   * Delivered files of the skill, by path. SKILL.md is required, and skill.json when the bundle has
   * one.
   */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /**
   * One or several `status.json`. The newest valid one shows the head of the log; the marks of all
   * valid ones count.
   */
  readonly statuses: readonly Uint8Array[];
  /** How long an expired status, and witnesses' cosignatures, still count; 0 by default. */
  readonly statusGraceSeconds?: number;
  /**
   * `now` is a past time, and later statements are ignored. The caller must tell the reader so.
   */
  readonly past?: boolean;
  /**
   * Sigstore's `trusted_root.json` as parsed JSON, trusted like `root`. Without it no signature by
   * certificate counts.
   */
  readonly sigstore?: unknown;
  /**
   * The statements that the caller's process verified before; without it all are verified now.
   */
  readonly verified?: VerifiedStatements;
  /**
   * The witnesses that must cosign the checkpoint of the status, trusted like `root`. Without it no
   * cosignature is needed.
   */
  readonly witnesses?: WitnessPolicy;
  /**
   * The last checkpoint that this host saw, with its signed note and the consistency proof to the
   * checkpoint of the status.
   */
  readonly seen?: {
    readonly checkpoint: TreeHead & { readonly note?: string };
    readonly proof: readonly Hash[];
  };
  /**
   * Consistency proofs from the size of each checkpoint in the evidence to the largest one. They
   * show that all evidence lies in one log. Only the keeper of the log leaves them out.
   */
  readonly consistency?: ReadonlyMap<number, readonly Hash[]>;
  /**
   * Bundles that an earlier status marked as revoked. That is final, also when a later status has
   * no such mark.
   */
  readonly revokedBefore?: ReadonlySet<Digest>;
  /**
   * Address → bytes of the identity statements and revocations that earlier decisions learned
   * (`learned`).
   */
  readonly known?: ReadonlyMap<Digest, Uint8Array>;
  /** The pins of the lock or of host policy. */
  readonly pinned?: Pinned;
}

/** The trusted inputs: nothing proves them. */
export type TrustedInputs = Pick<DecisionInput, 'root' | 'policy' | 'sigstore' | 'witnesses'>;

export interface Pinned {
  readonly bundle?: Digest;
  readonly publisher?: Digest;
  /** Origin of the registry. */
  readonly registry?: string;
  /**
   * Fingerprint of the registry's first root file: two registries may have one origin, such as
   * `localhost`.
   */
  readonly registryId?: Digest;
  /** Digest of the approved capabilities. */
  readonly capabilities?: Digest;
  /** Log index of the verification summary. */
  readonly logIndex?: number;
  /** Log index of the first claim of the scope, from the first skill of the scope on this host. */
  readonly scopeClaim?: number;
}
