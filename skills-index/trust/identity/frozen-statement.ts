/**
 * A statement about who is who that is in the log and cannot be verified any more: the Sigstore
 * root that vouched for its signer was exchanged, or the key of the log. It counted once, and it
 * may have been the one that took something away, so leaving it out would give that back. What it
 * is about is frozen instead: a scope from there on, a key, passkey or publisher altogether.
 * Everything else goes on.
 */
import * as v from 'valibot';
import type { Digest } from '../../skill/digest.ts';
import { parseJson } from '../../skill/json.ts';
import type { Scope } from '../../skill/name.ts';
import { parseShape, unplaced } from '../../skill/shape.ts';
import { type Shape, scope } from '../../statement/field-shapes.ts';
import type { End, Ends } from './ends.ts';

export interface FrozenStatement {
  readonly logIndex: number;
  /** Address. */
  readonly digest: Digest;
  /** Why it cannot be verified. */
  readonly why: string;
  readonly about: FrozenSubject;
}

/** What a statement is about, as it says itself; nobody vouches for it. */
export interface FrozenSubject {
  readonly scope?: Scope;
  /** Id of a key, passkey or publisher. */
  readonly id?: string;
}

const text = v.string();
const subjects: Shape<FrozenSubject> = v.union([
  v.object({ scope }),
  v.pipe(
    v.object({ key: v.object({ keyId: text }) }),
    v.transform(({ key }) => ({ id: key.keyId })),
  ),
  v.pipe(
    v.object({ passkey: v.object({ credentialId: text }) }),
    v.transform(({ passkey }) => ({ id: passkey.credentialId })),
  ),
  v.pipe(
    v.object({ target: v.object({ publisher: text }) }),
    v.transform(({ target }) => ({ id: target.publisher })),
  ),
  // A word on one version: about nobody.
  v.pipe(
    v.object({ target: v.looseObject({}) }),
    v.transform(() => ({})),
  ),
]);
const payloadShape: Shape<{ readonly predicate: FrozenSubject }> = v.object({
  predicate: subjects,
});

/**
 * Reads what an unverified payload is about, and no more of it: what made it unreadable may be in
 * any other part.
 * @throws Problem `statement-invalid`, `json-invalid`: then it can concern anybody
 */
export function parseFrozenSubject(payload: Uint8Array): FrozenSubject {
  const { value } = parseJson(payload, 'a statement');
  return parseShape(
    payloadShape,
    unplaced(value, 'statement'),
    'statement-invalid',
    'what the statement is about',
  ).predicate;
}

/** Whomever it is about counts at no index, however they were enrolled. */
export function endsOfFrozen(frozen: readonly FrozenStatement[]): Ends {
  const ends = frozen.flatMap(({ digest, about: { id } }): [Digest, End][] =>
    id === undefined ? [] : [[digest, { of: id, at: Number.MAX_SAFE_INTEGER, upTo: -1 }]],
  );
  return { members: new Map(ends), keys: new Map(ends) };
}
