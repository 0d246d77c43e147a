/** Who a session or a request acts for, and the keys that the log knows. */
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { Scope } from '../../skills-index/skill/name.ts';
import type { PublicKey } from '../../skills-index/statement/attestation.ts';
import { identityId } from '../../skills-index/statement/identity-id.ts';
import {
  holderName,
  idName,
} from '../../skills-index/trust/members-and-scopes/needed-statements.ts';
import type { Actor, Principal, Registry } from '../context.ts';
import {
  isIdentityStatement,
  keysOfStatement,
  latest,
  memberNow,
  readIdentities,
  readMembers,
} from './identities.ts';
import { findSomeIdentityStatements } from './identity-statements.ts';

/** Identity statements read at once when a key is looked for. */
const wordsAtOnce = 8;

/** The actor that a subject is now; undefined when no member or scope has it. */
export async function actorOf(registry: Registry, subject: Principal): Promise<Actor | undefined> {
  const { chain } = await readMembers(registry);
  if (subject.kind === 'passkey') {
    const found = chain.passkeyOf(subject.credentialId, latest);
    return found === undefined ? undefined : { subject, member: found.member };
  }
  const member = memberNow(registry, chain, subject.keyId);
  if (member !== undefined) return { subject, member };
  return (await hasScope(registry, subject.keyId)) ? { subject } : undefined;
}

/** The scopes that an actor owns or may publish in now. */
export async function scopesOf(registry: Registry, { subject }: Actor): Promise<readonly Scope[]> {
  if (subject.kind === 'passkey') return [];
  const { chain } = await readIdentities(registry, { rightsOf: [subject.keyId] });
  return chain.scopesOf(subject.keyId, latest);
}

// Most keys still have rights in a scope that named them first. Only for other keys, all scopes are
// looked through.
async function hasScope(registry: Registry, keyId: Digest): Promise<boolean> {
  const place = { after: -1, limit: 1 };
  const { words } = await findSomeIdentityStatements(registry, holderName(keyId), place);
  const scope = words.map((word) =>
    'why' in word ? word.about.scope : scopeIn(word.statement),
  )[0];
  if (scope !== undefined) {
    const { chain } = await readIdentities(registry, { scopes: [scope], ids: [keyId] });
    const all = [...chain.ownersOf(scope, latest), ...chain.publishersOf(scope, latest)];
    if (all.some((identity) => identityId(identity) === keyId)) return true;
  }
  const { chain } = await readIdentities(registry, { rightsOf: [keyId] });
  return chain.scopesOf(keyId, latest).length > 0;
}

function scopeIn({ predicate }: { readonly predicate: object }): Scope | undefined {
  return 'scope' in predicate ? (predicate.scope as Scope) : undefined;
}

/** Those of the keys that the root file or an identity statement names. */
export async function findKeys(
  registry: Registry,
  keyIds: readonly (Digest | undefined)[],
): Promise<ReadonlyMap<Digest, PublicKey>> {
  const members = await readMembers(registry);
  const found = new Map<Digest, PublicKey>();
  for (const keyId of new Set(keyIds)) {
    if (keyId === undefined) continue;
    const key = members.keys.get(keyId) ?? (await findKey(registry, keyId));
    if (key !== undefined) found.set(keyId, key);
  }
  return found;
}

async function findKey(registry: Registry, keyId: Digest): Promise<PublicKey | undefined> {
  for (const name of [holderName(keyId), idName(keyId)]) {
    for (let after: number | undefined = -1; after !== undefined; ) {
      const { words, last } = await findSomeIdentityStatements(registry, name, {
        after,
        limit: wordsAtOnce,
      });
      const keys = words.flatMap((word) =>
        'why' in word || !isIdentityStatement(word.statement)
          ? []
          : keysOfStatement(word.statement),
      );
      const key = keys.find((one) => one.keyId === keyId);
      if (key !== undefined) return key;
      after = last;
    }
  }
  return undefined;
}
