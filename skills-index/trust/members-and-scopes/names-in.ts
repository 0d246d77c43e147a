/**
 * The names by which an index finds an identity statement. With the index, a reader of a large log
 * finds the few statements that a question needs.
 */
import type { Digest } from '../../skill/digest.ts';
import type { Scope } from '../../skill/name.ts';
import { predicateTypes, type Statement } from '../../statement/attestation.ts';
import { identityId } from '../../statement/identity-id.ts';
import type { FrozenSubject } from './frozen-statement.ts';

/** Finds the statements about a scope. */
export function scopeName(scope: Scope): string {
  return `@${scope}`;
}

/** Finds the key statements about an id, and the suspensions and revocations of an id. */
export function idName(id: string): string {
  return id;
}

/** Finds the scope statements that name an id as an owner or publisher. */
export function holderName(id: string): string {
  return `in ${id}`;
}

/**
 * The names of a scope statement, a key statement, or a suspension, lift or revocation of a
 * publisher; empty for every other statement. Statements on members have no names, because every
 * question needs all of them.
 */
export function namesIn(statement: Statement): string[] {
  switch (statement.predicateType) {
    case predicateTypes.scope: {
      const { scope, owners, publishers = [] } = statement.predicate;
      const holders = [...owners, ...publishers].map((one) => holderName(identityId(one)));
      return [...new Set([scopeName(scope), ...holders])];
    }
    case predicateTypes.key: {
      const { key, replaces } = statement.predicate;
      return [...new Set([key.keyId, ...given(replaces)])].map(idName);
    }
    case predicateTypes.revocation: {
      const { target } = statement.predicate;
      return 'publisher' in target ? [idName(target.publisher)] : [];
    }
    default:
      return [];
  }
}

/** The names of a statement that cannot be verified, as far as its subject tells. */
export function namesOfSubject({ scope, id }: FrozenSubject): string[] {
  return [...(scope === undefined ? [] : [scopeName(scope)]), ...given(id).map(idName)];
}

function given<Value extends Digest | string>(value: Value | undefined): Value[] {
  return value === undefined ? [] : [value];
}
