/** Who did something and why, as the lines of the audit have it. */
import { type SQL, sql } from 'drizzle-orm';
import { customType } from 'drizzle-orm/sqlite-core';
import { hexOf, isDigest } from '../../../skills-index/skill/digest.ts';
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
