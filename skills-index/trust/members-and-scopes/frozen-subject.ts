/** Reads the subject of an identity statement that cannot be verified. */
import * as v from 'valibot';
import { parseShape, unplaced } from '../../skill/shape.ts';
import { parseJson } from '../../skill/text/json.ts';
import { type Shape, scope } from '../../statement/field-shapes.ts';
import type { FrozenSubject } from './frozen-statement.ts';

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
 * Reads only the subject of the statement, because any other part of the payload may be the part
 * that cannot be read.
 * @throws Problem `statement-invalid`, `json-invalid`; the statement may then concern any identity
 */
export function parseFrozenSubject(payload: Uint8Array): FrozenSubject {
  const { value } = parseJson(payload, 'a statement');
  return parseShape(
    payloadShape,
    unplaced(value, 'statement'),
    'statement-invalid',
    'the subject of the statement',
  ).predicate;
}
