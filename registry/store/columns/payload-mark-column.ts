/** Marks of payloads in the database: the first eight bytes of their digests. */
import { customType } from 'drizzle-orm/sqlite-core';
import { type Digest, hexOf } from '../../../skills-index/skill/digest.ts';

declare const markBrand: unique symbol;
/**
 * The first eight bytes of a payload's digest, in hexadecimal. A mark tells that somebody repeats a
 * statement. Whoever signs two payloads with one mark, which takes 2^32 hashes, has the second one
 * refused or taken for the first: a mark never stands for a signature. A payload with the mark of
 * another person's payload takes 2^64 hashes.
 */
export type PayloadMark = string & { readonly [markBrand]: true };

const markChars = 16;

/** A column of marks. */
export const payloadMarkColumn = customType<{ data: PayloadMark; driverData: Uint8Array }>({
  dataType: () => 'blob',
  toDriver: (mark) => new Uint8Array(Buffer.from(mark, 'hex')),
  fromDriver: (cell) => Buffer.from(cell).toString('hex') as PayloadMark,
});

export function payloadMark(payload: Digest): PayloadMark {
  return hexOf(payload).slice(0, markChars) as PayloadMark;
}
