/**
 * `/proofs/@scope/name/VERSION`: for each name on which a version rests, the log indexes of all
 * statements about the name, and the proof that the log’s map has exactly these.
 */
import * as v from 'valibot';
import { type MapLeaf, mapDepth, mapValueOf, provenValue } from '../../log/map-tree.ts';
import type { Hash } from '../../log/merkle-tree.ts';
import { Problem } from '../../skill/problem.ts';
import { boundedList, exactObject } from '../../skill/shape.ts';
import { isBase64, logIndex, type Shape } from '../../statement/field-shapes.ts';
import { mapKeyOf } from '../members-and-scopes/map-names.ts';
import { parseAnswer } from './index-line.ts';

export const nameProofsBytesMax = 4 * 1024 * 1024;

export const nameProofsValuesMax = 100_000;

/** Names on which a version rests; each has a proof of some forty hashes. */
export const provenNamesMax = 1_000;

/** The statements about a name, and the proof that there are no others. */
export interface NameProof {
  /** Log indexes of the statements about the name, in the order of the log. */
  readonly at: readonly number[];
  /**
   * The registry’s word that the version rests only on the statements with a lower log index, so
   * that nobody fetches the others. `decide` finds out for itself.
   */
  readonly upTo?: number;
  /** The hashes next to the path of the name in the map, from the root down. */
  readonly siblings: readonly Hash[];
  /** The leaf of another name on the path, where the log has no statement about the name. */
  readonly other?: MapLeaf;
}

/** The proofs of several names, by the name. */
type NameProofs = ReadonlyMap<string, NameProof>;

export interface NameProofsFile {
  /** Root of the map in which the names are proved. */
  readonly map: Hash;
  readonly names: NameProofs;
}

const hash: Shape<Hash> = v.pipe(
  v.string(),
  v.check((text) => isBase64(text) && Buffer.from(text, 'base64').byteLength === 32, 'is no hash'),
  v.transform((text): Hash => Buffer.from(text, 'base64')),
);

const nameShape = exactObject({
  name: v.string(),
  at: boundedList(logIndex, nameProofsValuesMax),
  upTo: v.exactOptional(logIndex),
  siblings: boundedList(hash, mapDepth),
  other: v.exactOptional(exactObject({ key: hash, value: hash })),
});

const fileShape = exactObject({
  schema: v.literal('skillgate.name-proofs/1'),
  map: hash,
  names: boundedList(nameShape, provenNamesMax),
});

/**
 * Parses a file of name proofs; verifies nothing.
 * @throws Problem `registry-answer-invalid`
 */
export function parseNameProofsFile(bytes: Uint8Array): NameProofsFile {
  if (bytes.byteLength > nameProofsBytesMax)
    throw new Problem('registry-answer-invalid', 'The words of a version are too large');
  const what = 'the words of a version';
  const { map, names } = parseAnswer(fileShape, bytes, what, nameProofsValuesMax);
  return { map, names: new Map(names.map(({ name, ...proof }) => [name, proof])) };
}

/** Whether the map has exactly these statements about the name. */
export function provesName(map: Hash, name: string, { at, siblings, other }: NameProof): boolean {
  const key = mapKeyOf(name);
  const value = mapValueOf(at);
  if (value === undefined)
    return (
      provenValue(map, key, other === undefined ? { siblings } : { siblings, leaf: other }) ===
      'none'
    );
  const proven = provenValue(map, key, { siblings, leaf: { key, value } });
  return proven !== undefined && proven !== 'none' && other === undefined;
}
