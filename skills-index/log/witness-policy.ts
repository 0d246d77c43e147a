/**
 * The witnesses whose cosignatures a client counts, and how many of these witnesses must cosign.
 * The policy (`skillgate.witnesses/1`) is trusted input.
 */
import * as v from 'valibot';
import { Problem } from '../skill/problem.ts';
import { boundedList, exactObject, parseShape } from '../skill/shape.ts';
import { parseJson } from '../skill/text/json.ts';
import { base64, isEd25519Spki, type Shape } from '../statement/field-shapes.ts';
import { noteName } from './checkpoint.ts';

const witnessesMax = 32;

export const witnessNameCharsMax = 200;

const witnessPolicyBytesMax = 64 * 1024;

export interface Witness {
  /** The name at the beginning of the witness's signature lines. */
  readonly name: string;
  /** The witness's Ed25519 key: SPKI DER in base64. */
  readonly key: string;
}

export interface WitnessPolicy {
  readonly schema: 'skillgate.witnesses/1';
  /**
   * How many witnesses must cosign a head of the log. With 0, a client only shows the cosignatures.
   */
  readonly threshold: number;
  readonly witnesses: readonly Witness[];
}

const witnessShape: Shape<Witness> = exactObject({
  name: v.pipe(
    v.string(),
    v.maxLength(witnessNameCharsMax, 'is too long'),
    v.regex(noteName, 'is not the name of a witness'),
  ),
  key: v.pipe(
    base64,
    v.check(
      (text) => isEd25519Spki(Buffer.from(text, 'base64')),
      'is not an Ed25519 key (SPKI DER in base64)',
    ),
  ),
});

const policyShape: Shape<WitnessPolicy> = v.pipe(
  exactObject({
    schema: v.literal('skillgate.witnesses/1'),
    threshold: v.pipe(v.number(), v.safeInteger(), v.minValue(0, 'is less than 0')),
    witnesses: boundedList(witnessShape, witnessesMax),
  }),
  v.check(
    (policy) => policy.threshold <= policy.witnesses.length,
    'demands more witnesses than it names',
  ),
  // A witness that the policy names twice would count as two witnesses.
  v.check(
    (policy) => new Set(policy.witnesses.map((one) => one.key)).size === policy.witnesses.length,
    'names one key twice',
  ),
  v.check(
    (policy) => new Set(policy.witnesses.map((one) => one.name)).size === policy.witnesses.length,
    'names one name twice',
  ),
);

/**
 * Parses a witness policy.
 * @throws Problem `json-invalid` with every reason
 */
export function parseWitnessPolicy(content: Uint8Array | string): WitnessPolicy {
  if (content.length > witnessPolicyBytesMax)
    throw new Problem('json-invalid', 'Cannot read the witness policy: it is too large');
  return parseShape(
    policyShape,
    parseJson(content, 'witnesses.json'),
    'json-invalid',
    'the witness policy',
  );
}
