/** Hashes of the log in the database: 32 bytes, where their base64 has 44 characters. */
import { customType } from 'drizzle-orm/sqlite-core';

/** A column of hashes in base64. An empty text has no bytes. */
export const hashColumn = customType<{ data: string; driverData: Uint8Array }>({
  dataType: () => 'text',
  toDriver: hashBytes,
  fromDriver: hashText,
});

/** A hash as rows have it. D1 takes all bytes behind a view, so the view is of the hash alone. */
export function hashBytes(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'));
}

/** The base64 of a cell. D1 gives bytes as a list of numbers. */
export function hashText(cell: Uint8Array | readonly number[] | string): string {
  return typeof cell === 'string' ? cell : Buffer.from(cell).toString('base64');
}
