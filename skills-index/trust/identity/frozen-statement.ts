/**
 * A logged identity statement that can no longer be verified, because the Sigstore root or the
 * log's key behind it was replaced. It once counted and may have revoked something, so ignoring it
 * could restore a revoked right. Instead its subject is frozen: a scope from there on; a key,
 * passkey or publisher entirely. Everything else continues.
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
  /** The statement's address. */
  readonly digest: Digest;
  /** Why the statement cannot be verified. */
  readonly why: string;
  readonly about: FrozenSubject;
}

/** The subject that the statement itself names; nothing proves it. */
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
  // A statement about one version concerns no identity.
  v.pipe(
    v.object({ target: v.looseObject({}) }),
    v.transform(() => ({})),
  ),
]);
const payloadShape: Shape<{ readonly predicate: FrozenSubject }> = v.object({
  predicate: subjects,
});

/**
 * Reads only the subject of an unverified payload, because any other part may be the unreadable
 * one.
 * @throws Problem `statement-invalid`, `json-invalid`; the statement may then concern anybody
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

/** A frozen key, passkey or publisher counts at no log index, however it was enrolled. */
export function endsOfFrozen(frozen: readonly FrozenStatement[]): Ends {
  const ends = frozen.flatMap(({ digest, about: { id } }): [Digest, End][] =>
    id === undefined ? [] : [[digest, { of: id, at: Number.MAX_SAFE_INTEGER, upTo: -1 }]],
  );
  return { members: new Map(ends), keys: new Map(ends) };
}
