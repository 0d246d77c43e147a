/** Types of statements in the database: a number, where their address has up to 50 characters. */
import { customType } from 'drizzle-orm/sqlite-core';
import { predicateTypes } from '../../../skills-index/statement/attestation.ts';

/** Rows and triggers have these numbers, so no number ever changes. */
const numbers: Readonly<Record<string, number>> = {
  [predicateTypes.publish]: 1,
  [predicateTypes.provenance]: 2,
  [predicateTypes.scan]: 3,
  [predicateTypes.approval]: 4,
  [predicateTypes.summary]: 5,
  [predicateTypes.revocation]: 6,
  [predicateTypes.advice]: 7,
  [predicateTypes.member]: 8,
  [predicateTypes.scope]: 9,
  [predicateTypes.key]: 10,
  [predicateTypes.observed]: 11,
};
const types = new Map(Object.entries(numbers).map(([type, number]) => [number, type]));

/** A column of the types of statements. SQL texts use `predicateTypeNumber`. */
export const predicateTypeColumn = customType<{ data: string; driverData: number }>({
  dataType: () => 'integer',
  toDriver: predicateTypeNumber,
  fromDriver: predicateTypeOf,
});

/** The number of a type; 0, which no row has, for a type that no statement has. */
export function predicateTypeNumber(type: string): number {
  return numbers[type] ?? 0;
}

/** The type with a number; empty for a number that somebody wrote into the database. */
export function predicateTypeOf(number: number): string {
  return types.get(number) ?? '';
}

// Hashes of the log in the database: 32 bytes, where their base64 has 44 characters.

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
