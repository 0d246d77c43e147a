/**
 * The names under which the log's map has the statements that give or take rights. For each name
 * the map commits to the log indexes of all such statements, so nobody can leave one out.
 */
import { type Hash, sha256 } from '../../log/merkle-tree.ts';
import type { Digest } from '../../skill/digest.ts';
import type { Scope, SkillName } from '../../skill/name.ts';
import type { Version } from '../../skill/version.ts';
import { predicateTypes, type Statement } from '../../statement/attestation.ts';
import { identityId } from '../../statement/identity-id.ts';
import type { FrozenSubject } from './ends.ts';

/** The kinds of names, in the order of their letters. A slash follows the kind in each name. */
export const mapNameKinds = ['bundle', 'holder', 'identity', 'scope', 'version'] as const;

/** Claims and changes of a scope. */
export function scopeMapName(scope: Scope): string {
  return `scope/${scope}`;
}

/**
 * Statements about a key, a passkey or an identity: membership, end and successor, and suspension
 * as a publisher.
 */
export function identityMapName(id: string): string {
  return `identity/${id}`;
}

/**
 * Statements that give an id rights: scope statements that name the id, and the statements that
 * name a key as a successor. A stranger can make such statements, so `namesRestedOn` rests on this
 * name only where another statement needs it.
 */
export function holderMapName(id: Digest): string {
  return `holder/${id}`;
}

/** Suspensions and revocations of all versions with a bundle. */
export function bundleMapName(bundle: Digest): string {
  return `bundle/${bundle}`;
}

/** Suspensions and revocations of one version. */
export function versionMapName(name: SkillName, version: Version): string {
  return `version/${name}@${version}`;
}

/** The key of a name in the map: SHA-256 of the name. */
export function mapKeyOf(name: string): Hash {
  return sha256(Buffer.from(name));
}

/**
 * The names of a statement. The statement that names a successor is about the key that is
 * succeeded: otherwise anybody could fill the name of a stranger’s key.
 */
export function mapNames(statement: Statement): string[] {
  switch (statement.predicateType) {
    case predicateTypes.scope: {
      const { scope, owners, publishers = [] } = statement.predicate;
      const holders = new Set([...owners, ...publishers].map(identityId));
      return [scopeMapName(scope), ...[...holders].map(holderMapName)];
    }
    case predicateTypes.key: {
      const { key, replaces } = statement.predicate;
      return replaces === undefined
        ? [identityMapName(key.keyId)]
        : [identityMapName(replaces), holderMapName(key.keyId)];
    }
    case predicateTypes.member: {
      const { key, passkey, identities = [] } = statement.predicate;
      const ids = [
        ...(key === undefined ? [] : [key.keyId]),
        ...(passkey === undefined ? [] : [passkey.credentialId]),
        ...identities.map(identityId),
      ];
      return [...new Set(ids)].map(identityMapName);
    }
    case predicateTypes.revocation: {
      const { target } = statement.predicate;
      if ('publisher' in target) return [identityMapName(target.publisher)];
      if ('bundle' in target) return [bundleMapName(target.bundle)];
      return [versionMapName(target.name, target.version)];
    }
    default:
      return [];
  }
}

/** The names of a statement that nobody can verify, as far as the statement’s subject tells. */
export function mapNamesOfSubject({ scope, id }: FrozenSubject): string[] {
  return [
    ...(scope === undefined ? [] : [scopeMapName(scope)]),
    ...(id === undefined ? [] : [identityMapName(id)]),
  ];
}
