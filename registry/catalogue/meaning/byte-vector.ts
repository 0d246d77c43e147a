/** Vectors with a byte for each number. A byte is enough to compare directions. */
import { customType } from 'drizzle-orm/sqlite-core';
import { Problem } from '../../../skills-index/skill/problem.ts';

export type ByteVector = Int8Array<ArrayBuffer>;

const byteMax = 127;

/**
 * The vector with its largest number as 127: the direction stays, the length is lost.
 * @throws Problem `embedder-failed` for a vector without a direction
 */
export function byteVectorOf(vector: Float32Array): ByteVector {
  const largest = vector.reduce((most, number) => Math.max(most, Math.abs(number)), 0);
  if (!(largest > 0 && Number.isFinite(largest)))
    throw new Problem('embedder-failed', 'The model gave a vector without a direction');
  return Int8Array.from(vector, (number) => Math.round((number / largest) * byteMax));
}

/**
 * The cosine of the angle between two vectors: 1 for equal directions.
 * @returns undefined for vectors of different lengths, which are of different models
 */
export function cosineOf(one: ByteVector, other: ByteVector): number | undefined {
  if (one.length !== other.length) return undefined;
  let product = 0;
  let ownSquare = 0;
  let otherSquare = 0;
  for (let at = 0; at < one.length; at++) {
    const a = one[at] ?? 0;
    const b = other[at] ?? 0;
    product += a * b;
    ownSquare += a * a;
    otherSquare += b * b;
  }
  return product / Math.sqrt(ownSquare * otherSquare);
}

/** A column of such vectors. D1 gives bytes as a list of numbers. */
export const vectorColumn = customType<{ data: ByteVector; driverData: Uint8Array }>({
  dataType: () => 'blob',
  toDriver: (vector) => new Uint8Array(vector),
  fromDriver: (cell) => Int8Array.from(cell),
});
