/**
 * What the registry's code works with: database, objects, keys, time, randomness, configuration.
 * Each of the two shells makes one.
 */
import type { Digest } from '../skills-index/skill/digest.ts';
import type { SkillName } from '../skills-index/skill/name.ts';
import type { Version } from '../skills-index/skill/version.ts';
import type { OidcIdentity } from '../skills-index/statement/attestation.ts';
import type { Policy } from '../skills-index/trust/policy/policy.ts';
import type { TufRepository } from '../skills-index/trust/root/repository.ts';
import type { RootFile } from '../skills-index/trust/root/root.ts';
import type { VerifiedStatements } from '../skills-index/trust/signatures/verified-statements.ts';
import type { Quotas } from './intake/quotas-file.ts';
import type { WaitingAppend } from './log/appending.ts';
import type { OwnHeadAhead } from './log/head-ahead.ts';
import type { RegistryKeys } from './log/signing.ts';
import type { Witnesses } from './log/witness-answers.ts';
import type { Notices } from './notices/notice-config.ts';
import type { IdentityCache } from './people/known-identities.ts';
import type { Readers } from './readers/readers.ts';
import type { Spool } from './request-limits/spool.ts';
import type { RetentionRules } from './retention/retention-rules.ts';
import type { SignOn } from './sign-in/sign-on-config.ts';
import type { IncidentPolicy } from './stops/incident-policy.ts';
import type { Database } from './store/batch.ts';
import type { KnownFiles, StatusMemory } from './store/known-files.ts';
import type { Objects } from './store/objects.ts';

export interface RegistryConfig {
  /** The registry's address without a final slash: `http://localhost:8787`. */
  readonly base: string;
  /** Values of the Host header that the registry serves. All others get 421. */
  readonly hosts: readonly string[];
  /** Further addresses that a client on the registry's own machine may have pinned. */
  readonly localBases?: readonly string[];
}

export interface Registry {
  readonly db: Database;
  readonly objects: Objects;
  /** Where large uploads wait. Without it, they are held in memory. */
  readonly spool?: Spool;
  readonly keys: RegistryKeys;
  readonly root: RootFile;
  readonly policy: Policy;
  /** The TUF repository that administrators signed for clients. Without one, /tuf/ is empty. */
  readonly tuf?: TufRepository | undefined;
  /**
   * Parsed JSON of the Sigstore root that verifies certificates. Without it, everybody signs with
   * keys.
   */
  readonly sigstore?: unknown;
  /**
   * The witnesses that cosign the log's head. Without them, only this registry vouches for the
   * head.
   */
  readonly witnesses?: Witnesses | undefined;
  /**
   * Set when the log lacks entries that this registry has signed. Nothing is written to the log
   * then.
   */
  ownHeadAhead?: OwnHeadAhead | undefined;
  /**
   * Compares the log with the last signed head before each write, where a database can be restored
   * under a running process. Without it, only the start compares.
   */
  readonly compareOwnHead?: (registry: Registry) => Promise<OwnHeadAhead | undefined>;
  /**
   * Reports a step that failed after its statement was logged, and that is done again later. The
   * application sets this.
   */
  reportPutOff?: (error: unknown) => void;
  /**
   * Rejects with `registry-full` when the disk has no room for the evidence of a statement, or for
   * uploaded files. The database may have room of its own, so the log must not run ahead of the
   * evidence. Files get no part of the room that is reserved for statements.
   */
  readonly requireRoom?: (what: 'statements' | 'files') => Promise<void>;
  /**
   * Ids of versions whose approval or scan is logged, and whose next step failed in this process.
   */
  readonly unsettled: Set<string>;
  /**
   * Milliseconds since 1970. No unsettled version is tried before this time: one is being tried
   * now, or failed a moment ago.
   */
  settleFrom?: number | undefined;
  /**
   * Whether the process keeps the queue of reviewers in step between requests. Otherwise a scanner
   * without work does.
   */
  readonly keepsQueue?: boolean;
  /** Single sign-on at the desk. Without it, people sign in with a one-time link alone. */
  readonly signOn?: SignOn | undefined;
  /** Who is told of events. This and the next four follow their files while the registry runs. */
  notices?: Notices | undefined;
  /** Who may read what is private. Without it, everybody may read everything. */
  readers?: Readers | undefined;
  /** Whose incident reports count. Without it, reports only inform. */
  incidents?: IncidentPolicy | undefined;
  /** How much a publisher may send. Without it, nothing is limited. */
  quotas?: Quotas | undefined;
  /** How long refused and withdrawn versions keep their files. Without it, for ever. */
  retention?: RetentionRules | undefined;
  readonly config: RegistryConfig;
  readonly identities: IdentityCache;
  /**
   * Files that this process has found to be right. Absent where other processes write as well: a
   * file may change without this process.
   */
  readonly known?: KnownFiles;
  /** The last status of a process that alone writes. Without it, each answer reads the database. */
  readonly statusMemory?: StatusMemory;
  /**
   * Statements that this process has verified, so that each is verified once. Without it, each read
   * verifies again.
   */
  readonly verified?: VerifiedStatements;
  now(): Date;
  /** Bytes from a cryptographic source. */
  random(bytes: number): Uint8Array;
  /**
   * Appends to the log that wait for the next batch. Absent where requests must not wait for each
   * other.
   */
  readonly waiting?: WaitingAppend[];
  /**
   * Runs tasks of one name one after the other within this process. Between processes, a clash of
   * their batches decides.
   */
  exclusive<Result>(name: string, task: () => Promise<Result>): Promise<Result>;
}

/**
 * The actor: a key or a passkey. Each use looks up its rights in the signed identity statements.
 */
export type Principal =
  | { readonly kind: 'key'; readonly keyId: Digest }
  | { readonly kind: 'passkey'; readonly credentialId: string };

export type Role = 'reviewer' | 'administrator' | 'scanner';

export interface EnrolledMember {
  readonly name: string;
  readonly roles: readonly Role[];
  /** The member's identities at issuers; absent when no administrator has named any. */
  readonly identities?: readonly OidcIdentity[];
}

export interface Actor {
  readonly subject: Principal;
  /** Absent for authors who are not members. */
  readonly member?: EnrolledMember;
}

export interface VersionName {
  readonly name: SkillName;
  readonly version: Version;
}

/** `key:sha256:…` or `passkey:…`: a subject as database rows store it. */
export function printSubject(subject: Principal): string {
  return subject.kind === 'key' ? `key:${subject.keyId}` : `passkey:${subject.credentialId}`;
}

/** Parses the subject of a database row. */
export function readSubject(text: string): Principal {
  return text.startsWith('key:')
    ? { kind: 'key', keyId: text.slice('key:'.length) as Digest }
    : { kind: 'passkey', credentialId: text.slice('passkey:'.length) };
}

/** The actor's name in the audit log: the member's name, or else the key. */
export function nameOf(actor: Actor): string {
  return actor.member?.name ?? printSubject(actor.subject);
}

/**
 * A queue for each name. Promises are chained, so that a task starts when the one before has ended
 * or failed.
 */
export function makeExclusive(): Registry['exclusive'] {
  const tails = new Map<string, Promise<unknown>>();
  return (name, task) => {
    const before = tails.get(name) ?? Promise.resolve();
    const result = before.then(task, task);
    const tail = result.then(
      () => undefined,
      () => undefined,
    );
    tails.set(name, tail);
    void tail.then(() => {
      if (tails.get(name) === tail) tails.delete(name);
    });
    return result;
  };
}
