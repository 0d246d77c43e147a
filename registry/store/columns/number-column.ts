/** Words of a fixed list in the database: numbers, where their texts have up to 14 characters. */
import { customType } from 'drizzle-orm/sqlite-core';

/**
 * The numbers of the kinds of audit lines. Rows, triggers and indexes have them, so no number ever
 * changes.
 */
export const auditKinds = {
  move: 1,
  statement: 2,
  job: 3,
  incident: 4,
  asked: 5,
  answered: 6,
  claimed: 7,
  'refused-intake': 8,
  deleted: 9,
} as const satisfies Record<string, number>;

/** The numbers of states in the audit. Those from 5 on are decisions. */
export const stateNumbers = {
  received: 1,
  scanning: 2,
  'in review': 3,
  quarantined: 4,
  approved: 5,
  refused: 6,
  suspended: 7,
  revoked: 8,
  withdrawn: 9,
} as const satisfies Record<string, number>;

export const auditKindColumn = numberColumn(auditKinds);
export const stateColumn = numberColumn(stateNumbers);

/** A column of words. A number that somebody wrote into the database is an empty word. */
function numberColumn<Word extends string>(numbers: Readonly<Record<Word, number>>) {
  const words = new Map(
    Object.entries<number>(numbers).map(([word, number]) => [number, word as Word]),
  );
  return customType<{ data: Word; driverData: number }>({
    dataType: () => 'integer',
    toDriver: (word) => numbers[word],
    fromDriver: (number) => words.get(number) ?? ('' as Word),
  });
}
