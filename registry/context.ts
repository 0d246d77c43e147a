/**
 * What the registry's code is given: database, objects, keys, time, randomness, configuration. The
 * two shells make it.
 */
import type { Digest } from '../skills-index/skill/digest.ts';
import type { Scope, SkillName } from '../skills-index/skill/name.ts';
import type { Version } from '../skills-index/skill/version.ts';
import type { OidcIdentity } from '../skills-index/statement/attestation.ts';
import type { Policy } from '../skills-index/trust/policy.ts';
import type { RootFile } from '../skills-index/trust/root.ts';
import type { TufRepository } from '../skills-index/trust/tuf/repository.ts';
import type { VerifiedStatements } from '../skills-index/trust/verified-statements.ts';
import type { OwnHeadAhead } from './log/head-ahead.ts';
import type { RegistryKeys } from './log/signing.ts';
import type { Witnesses } from './log/witness-answers.ts';
import type { IdentityCache } from './people/known-identities.ts';
import type { IncidentPolicy } from './review/incident-policy.ts';
import type { Database } from './store/batch.ts';
import type { Objects } from './store/objects.ts';

export interface RegistryConfig {
  /** Where it is reached, without a slash at the end: `http://localhost:8787`. */
  readonly base: string;
  /** Values of the Host header that are answered; all others get 421. */
  readonly hosts: readonly string[];
}

export interface Registry {
  readonly db: Database;
  readonly objects: Objects;
  readonly keys: RegistryKeys;
  readonly root: RootFile;
  readonly policy: Policy;
  /** What administrators signed for clients; absent until they have: /tuf/ is then empty. */
  readonly tuf?: TufRepository | undefined;
  /**
   * Parsed JSON of the Sigstore root by which certificates are verified; absent: everybody signs
   * with keys.
   */
  readonly sigstore?: unknown;
  /** Asked to cosign the log's head; absent: nobody but this registry vouches for it. */
  readonly witnesses?: Witnesses | undefined;
  /**
   * Set when the log lacks entries that this registry has signed: nothing is written to it then.
   */
  ownHeadAhead?: OwnHeadAhead | undefined;
  /**
   * Compares again before each write, where a database can be brought back under a running process;
   * absent: only the start compares.
   */
  readonly compareOwnHead?: (registry: Registry) => Promise<OwnHeadAhead | undefined>;
  /**
   * Told of what failed after an act that is in the log, and is done again later. The application
   * sets it.
   */
  reportPutOff?: (error: unknown) => void;
  /**
   * Ids of versions whose approval or scan is in the log and whose way on was cut off in this
   * process.
   */
  readonly unsettled: Set<string>;
  /**
   * Milliseconds since 1970 before which none of them is tried: one is tried now, or failed a
   * moment ago.
   */
  settleFrom?: number | undefined;
  /** Whose reports of incidents count; absent: they only inform. */
  readonly incidents?: IncidentPolicy | undefined;
  readonly config: RegistryConfig;
  readonly identities: IdentityCache;
  /** So that a statement is verified once in this process; absent: each time. */
  readonly verified?: VerifiedStatements;
  now(): Date;
  /** Bytes from a cryptographic source. */
  random(bytes: number): Uint8Array;
  /**
   * Runs tasks of one name one after the other within this process; between processes the batch's
   * clash decides.
   */
  exclusive<Result>(name: string, task: () => Promise<Result>): Promise<Result>;
}

/**
 * Who acts: a key or a passkey. What it may do is looked up in the signed identity statements at
 * each use.
 */
export type Principal =
  | { readonly kind: 'key'; readonly keyId: Digest }
  | { readonly kind: 'passkey'; readonly credentialId: string };

export type Role = 'reviewer' | 'administrator' | 'scanner';

export interface EnrolledMember {
  readonly name: string;
  readonly roles: readonly Role[];
  /** Who the member is at issuers; absent where no administrator has said. */
  readonly identities?: readonly OidcIdentity[];
}

export interface Actor {
  readonly subject: Principal;
  /** Absent for authors who are no members. */
  readonly member?: EnrolledMember;
  /** Scopes whose owner statement names the key. */
  readonly scopes: readonly Scope[];
}

export interface VersionName {
  readonly name: SkillName;
  readonly version: Version;
}

/** `key:sha256:…` or `passkey:…`: how a subject is written in rows. */
export function printSubject(subject: Principal): string {
  return subject.kind === 'key' ? `key:${subject.keyId}` : `passkey:${subject.credentialId}`;
}

/** Reads a row's subject back. */
export function readSubject(text: string): Principal {
  return text.startsWith('key:')
    ? { kind: 'key', keyId: text.slice('key:'.length) as Digest }
    : { kind: 'passkey', credentialId: text.slice('passkey:'.length) };
}

/** How the audit log names who acted: the member's name where there is one, else the key. */
export function nameOf(actor: Actor): string {
  return actor.member?.name ?? printSubject(actor.subject);
}

/**
 * A queue for each name: promises chained, so that a second task waits for the first to end,
 * however it ends.
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
