/** Who did something and why, as the lines of the audit have it. */
import { type SQL, sql } from 'drizzle-orm';
import { customType } from 'drizzle-orm/sqlite-core';
import { type Digest, hexOf, isDigest } from '../../../skills-index/skill/digest.ts';
import { canonicalJson } from '../../../skills-index/skill/text/canonical-json.ts';
import { digestIn } from './digest-column.ts';

const keyPrefix = 'key:';
const registry = '\u0001';
/** Stands before a text that begins with a control character, as the short forms do. */
const mark = '\u001f';

/**
 * The beginnings of reasons that most lines have, each with the control character that stands for
 * it. Rows have these characters, so no character ever changes.
 */
const beginnings = [
  ['enough approvals; verification summary at log index ', '\u0001'],
  ['a scanner took it', '\u0002'],
  ['scan verdict: ', '\u0003'],
  ['published', '\u0004'],
] as const;

/** A column of people: a key is 32 bytes, and the registry is one character. */
export const actorColumn = customType<{ data: string; driverData: string | Uint8Array }>({
  dataType: () => 'text',
  toDriver: (by) => {
    const key = by.slice(keyPrefix.length);
    if (by.startsWith(keyPrefix) && isDigest(key))
      return new Uint8Array(Buffer.from(hexOf(key), 'hex'));
    return by === 'registry' ? registry : escaped(by);
  },
  fromDriver: (cell) => {
    if (typeof cell !== 'string') return `${keyPrefix}${digestIn(cell)}`;
    return cell === registry ? 'registry' : unescaped(cell);
  },
});

/** A person in a text, as an `actorColumn` has it. */
export function actorOf(by: SQL): SQL {
  return sql`CASE WHEN ${by} = 'registry' THEN char(1) WHEN ${by} LIKE 'key:sha256:%' AND length(${by}) = 75 THEN unhex(substr(${by}, 12)) ELSE ${by} END`;
}

/** A column of reasons. */
export const reasonColumn = customType<{ data: string; driverData: string }>({
  dataType: () => 'text',
  toDriver: shortReason,
  fromDriver: (cell) => {
    const known = beginnings.find(([, short]) => cell.startsWith(short));
    return known === undefined ? unescaped(cell) : known[0] + cell.slice(1);
  },
});

/** A reason as a `reasonColumn` has it. */
export function shortReason(why: string): string {
  const known = beginnings.find(([text]) => why.startsWith(text));
  return known === undefined ? escaped(why) : known[1] + why.slice(known[0].length);
}

function escaped(text: string): string {
  return text < ' ' && text !== '' ? mark + text : text;
}

function unescaped(cell: string): string {
  return cell.startsWith(mark) ? cell.slice(1) : cell;
}

// Words of a fixed list in the database: numbers, where their texts have up to 14 characters.

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

// Facts of statements in the database: short forms of the texts from `factIn`.

const digestBytes = 32;

/**
 * A column of facts. A digest has 32 bytes. The fact of an approval has the 32 bytes of its basis,
 * and the list of its other values behind them. Every other text stays as it is.
 */
export const factColumn = customType<{ data: string; driverData: string | Uint8Array }>({
  dataType: () => 'text',
  toDriver: (fact) => shortFact(fact) ?? fact,
  fromDriver: (cell) => (typeof cell === 'string' ? cell : factIn(Buffer.from(cell))),
});

/** The bytes of a fact that has a short form. */
export function shortFact(fact: string): Uint8Array | undefined {
  if (isDigest(fact)) return new Uint8Array(Buffer.from(hexOf(fact), 'hex'));
  if (!fact.startsWith('{"basis":"sha256:')) return undefined;
  const { basis, expires, reviewer, credentialId } = JSON.parse(fact);
  const others = [expires, reviewer, ...(credentialId === undefined ? [] : [credentialId])];
  const bytes = Buffer.concat([
    Buffer.from(hexOf(basis as Digest), 'hex'),
    Buffer.from(JSON.stringify(others)),
  ]);
  return factIn(bytes) === fact ? new Uint8Array(bytes) : undefined;
}

function factIn(bytes: Buffer): string {
  const basis = digestIn(bytes.subarray(0, digestBytes));
  if (bytes.byteLength <= digestBytes) return basis;
  const [expires, reviewer, credentialId] = JSON.parse(bytes.subarray(digestBytes).toString());
  return canonicalJson({
    basis,
    expires,
    reviewer,
    ...(credentialId === undefined ? {} : { credentialId }),
  });
}
