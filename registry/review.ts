/** The review of a version: the queue, what a reviewer reads, drafts of approvals, and the moves a person makes. */
import type { BundleFile } from '../skills-index/skill/bundle.ts';
import type { Capabilities } from '../skills-index/skill/capability.ts';
import type { Digest } from '../skills-index/skill/digest.ts';
import type { Manifest } from '../skills-index/skill/manifest.ts';
import type { SkillName } from '../skills-index/skill/name.ts';
import type { Version } from '../skills-index/skill/version.ts';
import type { Severity, Verdict } from '../skills-index/statement/finding.ts';
import type { ScanReport } from '../skills-index/statement/scan-report.ts';
import type { Actor, Registry, VersionName } from './context.ts';
import type { State } from './status.ts';

export interface QueueRow {
  readonly name: SkillName;
  readonly version: Version;
  readonly bundle: Digest;
  readonly status: State;
  readonly verdict?: Verdict;
  /** Higher is read first. */
  readonly risk: number;
  readonly findings: Readonly<Record<Severity, number>>;
  readonly publisher: Digest;
  readonly receivedAt: Date;
  readonly approvals: number;
  readonly approvalsNeeded: ApprovalsNeeded;
  /** Who is looking at it now. */
  readonly claim?: { readonly by: string; readonly until: Date };
}

export interface ApprovalsNeeded {
  readonly total: number;
  readonly independent: number;
}

export interface ApprovalRow {
  readonly reviewer: string;
  readonly by: 'key' | 'passkey';
  readonly independent: boolean;
  readonly reason: string;
  readonly at: Date;
  readonly digest: Digest;
}

export interface MoveRow {
  readonly at: Date;
  readonly from: State;
  readonly to: State;
  readonly by: string;
  readonly why: string;
}

export interface ReviewDetail {
  readonly name: SkillName;
  readonly version: Version;
  readonly bundle: Digest;
  readonly status: State;
  readonly verdict?: Verdict;
  readonly publisher: Digest;
  readonly description: string;
  readonly manifest: Manifest;
  readonly report?: ScanReport;
  readonly reportDigest?: Digest;
  readonly files: readonly BundleFile[];
  readonly approvals: readonly ApprovalRow[];
  readonly approvalsNeeded: ApprovalsNeeded;
  readonly history: readonly MoveRow[];
  /** States that a person may move it to now. */
  readonly moves: readonly State[];
  readonly notes: readonly {
    readonly at: Date;
    readonly kind: 'claimed' | 'asked';
    readonly by: string;
    readonly text: string;
  }[];
  /** Capabilities of the last approved version before, where there is one. */
  readonly previousApproved?: { readonly version: Version; readonly capabilities: Capabilities };
}

/** An approval as it will be signed: exactly these bytes. */
export interface Draft {
  readonly digest: Digest;
  /** The statement's JSON as text. */
  readonly statement: string;
  /** The same, base64 of its UTF-8 bytes. */
  readonly payload: string;
  readonly expires: Date;
}

/** What a browser hands over: WebAuthn's AuthenticationResponseJSON, still unread. */
export type PasskeyAssertion = unknown;

export interface Applied {
  readonly digest: Digest;
  readonly logIndex: number;
  readonly status: State;
}

/** Versions that wait for a person, riskiest first. */
export async function listQueue(_registry: Registry): Promise<readonly QueueRow[]> {
  throw new Error('not yet');
}

/** @throws Problem `not-found` */
export async function readReview(_registry: Registry, _which: VersionName): Promise<ReviewDetail> {
  throw new Error('not yet');
}

/** Bytes of a file, a report or a bundle of a version. @throws Problem `not-found` */
export async function readReviewFile(_registry: Registry, _digest: Digest): Promise<Uint8Array> {
  throw new Error('not yet');
}

/**
 * Writes out the approval that a reviewer would sign, and keeps it.
 * @throws Problem `forbidden`, `move-illegal`, `not-found`
 */
export async function draftApproval(
  _registry: Registry,
  _actor: Actor,
  _wanted: VersionName & { readonly reason: string; readonly independent: boolean; readonly reviewer?: Actor['subject'] },
): Promise<Draft> {
  throw new Error('not yet');
}

/** A draft by its digest. @throws Problem `not-found` */
export async function readDraft(_registry: Registry, _digest: Digest): Promise<Draft> {
  throw new Error('not yet');
}

/**
 * Takes a passkey's assertion over a draft as an approval.
 * @throws Problem `approval-refused`, `signature-invalid`, `not-found`, `move-illegal`
 */
export async function approveByPasskey(
  _registry: Registry,
  _actor: Actor,
  _signed: { readonly digest: Digest; readonly assertion: PasskeyAssertion },
): Promise<Applied> {
  throw new Error('not yet');
}

/** A person's move with a reason: out of quarantine, or refused. @throws Problem `forbidden`, `move-illegal`, `not-found` */
export async function moveVersion(
  _registry: Registry,
  _actor: Actor,
  _move: VersionName & { readonly to: State; readonly reason: string },
): Promise<State> {
  throw new Error('not yet');
}

/** Asks the author something; the version stays where it is. @throws Problem `forbidden`, `not-found` */
export async function askAuthor(
  _registry: Registry,
  _actor: Actor,
  _question: VersionName & { readonly reason: string },
): Promise<void> {
  throw new Error('not yet');
}

/** Says "I am looking at this" for 10 minutes. @throws Problem `forbidden`, `not-found` */
export async function claimReview(
  _registry: Registry,
  _actor: Actor,
  _which: VersionName,
): Promise<{ readonly by: string; readonly until: Date }> {
  throw new Error('not yet');
}
