/**
 * The names in the log's map on which a version rests: its bundle, its scope, and everybody who
 * signed a statement about the version or gave such a signer rights.
 */
import type { Digest } from '../../skill/digest.ts';
import { type SkillName, scopeOf } from '../../skill/name.ts';
import type { Version } from '../../skill/version.ts';
import { predicateTypes, type Statement } from '../../statement/attestation.ts';
import { identityId } from '../../statement/identity-id.ts';
import {
  bundleMapName,
  identityMapName,
  mapNames,
  scopeMapName,
  versionMapName,
} from './map-names.ts';
import { idsOf, type SignedBy } from './match.ts';

export interface RestingVersion {
  readonly name: SkillName;
  readonly version: Version;
  readonly bundle: Digest;
  /** Id of the identity that published the version. */
  readonly publisher: Digest;
}

export type SignedStatement = SignedBy & { readonly statement: Statement };

/**
 * All names on which the version rests, by these statements. With the statements that the map has
 * under these names, the function may find further names: the caller asks until no name is new.
 * @param statements the statements about the version, and the statements under known names
 */
export function namesRestedOn(
  version: RestingVersion,
  statements: readonly SignedStatement[],
): ReadonlySet<string> {
  const names = new Set([
    bundleMapName(version.bundle),
    versionMapName(version.name, version.version),
    scopeMapName(scopeOf(version.name)),
    identityMapName(version.publisher),
  ]);
  const add = (ids: readonly string[]) => {
    for (const id of ids) names.add(identityMapName(id));
  };
  const due = new Set<SignedStatement>();
  for (const one of statements) {
    if (mapNames(one.statement).length > 0) due.add(one);
    else add([...idsOf(one), ...reviewerIds(one.statement)]);
  }
  for (let before = -1; before !== names.size; ) {
    before = names.size;
    for (const one of due) {
      if (!mapNames(one.statement).some((name) => names.has(name))) continue;
      due.delete(one);
      add([...idsOf(one), ...namedIds(one.statement)]);
    }
  }
  return names;
}

// A passkey signs inside the approval. The registry’s own key signs the statement around it.
function reviewerIds(statement: Statement): string[] {
  if (statement.predicateType !== predicateTypes.approval) return [];
  const { reviewer } = statement.predicate;
  return 'credentialId' in reviewer ? [reviewer.credentialId] : [];
}

/** Whom a statement gives rights: the owners and publishers of a scope, the successor of a key. */
function namedIds(statement: Statement): string[] {
  switch (statement.predicateType) {
    case predicateTypes.scope:
      return [...statement.predicate.owners, ...(statement.predicate.publishers ?? [])].map(
        identityId,
      );
    case predicateTypes.key:
      return [statement.predicate.key.keyId];
    default:
      return [];
  }
}
