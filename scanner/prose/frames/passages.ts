/**
 * Passages: neighbouring texts of one file as one reading, so that a frame may reach over
 * sentences, list items and the cells of a table.
 */
import type { FactOf } from '../../fact/fact.ts';
import { type Hints, meets, unionOf } from '../hints.ts';
import { type JoinedPart, joinedReading, type ProseReading, signBetween } from '../reading.ts';
import { isText, proseRoles } from '../statements.ts';
import { type ProseText, proseTexts } from '../texts.ts';

type Text = FactOf<'text'>;

export interface PassagePart {
  readonly fact: Text;
  /** Its place among the facts. */
  readonly index: number;
  /** Offsets in the passage's text. */
  readonly from: number;
  readonly to: number;
}

export interface Passage {
  readonly reading: ProseReading;
  readonly parts: readonly PassagePart[];
}

/** Texts whose words can form a step together: one text, or the cells of one row. */
export interface PassageUnit {
  readonly hints: Hints;
  /** The readings of one text; absent for a row. */
  readonly readings?: readonly ProseReading[];
}

/**
 * The passages around the texts that have a member of `anchors`. A passage is read only where
 * `wanted` names something to look for in its units.
 */
export function passagesWith<Item>(
  facts: readonly Text[],
  anchors: Hints,
  wanted: (units: readonly PassageUnit[]) => readonly Item[],
): (Passage & { readonly wanted: readonly Item[] })[] {
  const texts = proseTexts(facts).filter(
    ({ fact }) => (proseRoles.has(fact.role) && isText(fact)) || isNote(fact),
  );
  return windowsOf(texts, anchors).flatMap(({ first, last }) => {
    const group = texts.slice(first, last + 1);
    const items = wanted([...group, ...rowsOf(group)]);
    return items.length === 0
      ? []
      : passagesOf(group).map((passage) => ({ ...passage, wanted: items }));
  });
}

function rowsOf(group: readonly ProseText[]): PassageUnit[] {
  const rows: ProseText[][] = [];
  for (const [at, text] of group.entries()) {
    const before = group[at - 1];
    if (before === undefined || !isBeside(before.fact, text.fact)) rows.push([text]);
    else rows.at(-1)?.push(text);
  }
  return rows.flatMap((row) =>
    row.length < 2 ? [] : [{ hints: unionOf(row.map(({ hints }) => hints)) }],
  );
}

// A sentence in a data file, which the agent reads when a page sends it there.
function isNote({ role, text, span }: Text): boolean {
  return (
    role === 'string' &&
    text.length >= noteCharsMin &&
    dataPath.test(span.path) &&
    (text.match(/\s/g)?.length ?? 0) >= noteWordsMin
  );
}

const noteCharsMin = 60;
const noteWordsMin = 8;
const dataPath = /\.(?:json|ya?ml|toml|csv|tsv)$/i;

/** Whether code or a link of a page names a file, at least by the last part of its path. */
export function namesData(facts: readonly Text[], path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return facts.some(
    ({ role, text, span }) =>
      (role === 'inline-code' || role === 'link') &&
      span.path !== path &&
      text
        .slice(0, pathCharsMax)
        .split(/[\s/#?)]/)
        .includes(name),
  );
}

const pathCharsMax = 300;

interface Window {
  readonly first: number;
  readonly last: number;
}

const textsBefore = 3;
const textsBehind = 4;
const charsMax = 6_000;

// Windows around anchors of one file; near ones are one window, unless it gets too long.
function windowsOf(texts: readonly ProseText[], anchors: Hints): Window[] {
  const windows: Window[] = [];
  let chars = 0;
  for (const [at, text] of texts.entries()) {
    if (!meets(text.hints, anchors)) continue;
    const first = reach(texts, at, -textsBefore);
    const last = reach(texts, at, textsBehind);
    const before = windows.at(-1);
    const isSame =
      before !== undefined &&
      first <= before.last &&
      texts[before.first]?.fact.span.path === text.fact.span.path;
    const more = charsOf(texts, isSame ? before.last + 1 : first, last);
    if (isSame && chars + more <= charsMax) {
      windows[windows.length - 1] = { first: before.first, last };
      chars += more;
    } else {
      windows.push({ first, last });
      chars = charsOf(texts, first, last);
    }
  }
  return windows;
}

// The furthest text of the same file that is not too far away, in texts and in characters.
function reach(texts: readonly ProseText[], at: number, by: number): number {
  const path = texts[at]?.fact.span.path;
  const step = Math.sign(by);
  let to = at;
  let chars = 0;
  for (let next = at + step; next !== at + by + step; next += step) {
    const text = texts[next];
    chars += text?.fact.text.length ?? 0;
    if (text?.fact.span.path !== path || chars > charsMax / 2) break;
    to = next;
  }
  return to;
}

function charsOf(texts: readonly ProseText[], first: number, last: number): number {
  return texts.slice(first, last + 1).reduce((sum, { fact }) => sum + fact.text.length, 0);
}

// A text that is read in parts stands alone.
function passagesOf(group: readonly ProseText[]): Passage[] {
  const long = group.filter(({ readings }) => readings.length > 1);
  const short = group.filter(({ readings }) => readings.length === 1);
  const alone = long.flatMap(({ fact, index, readings }) =>
    readings.map((reading) => ({
      reading,
      parts: [{ fact, index, from: 0, to: reading.text.length }],
    })),
  );
  const [first] = short;
  return first === undefined ? alone : [...alone, joined(first, short)];
}

function joined(first: ProseText, group: readonly ProseText[]): Passage {
  const parts: PassagePart[] = [];
  const texts: JoinedPart[] = [];
  let text = '';
  let before: Text | undefined;
  const add = (one: JoinedPart['text']): void => {
    texts.push({ from: text.length, text: one });
    text += one.text;
  };
  for (const { fact, index, readings } of group) {
    if (before !== undefined)
      add(signBetween(isBeside(before, fact) ? ' | ' : /[.!?。！？]$/.test(text) ? ' ' : ' . '));
    const from = text.length;
    if (readings[0] !== undefined) add(readings[0]);
    parts.push({ fact, index, from, to: text.length });
    before = fact;
  }
  return { reading: joinedReading(first.fact, text, texts), parts };
}

// Cells of one row of a table have only a bar between them.
function isBeside(left: Text, right: Text): boolean {
  return (
    left.role === 'table-cell' &&
    right.role === 'table-cell' &&
    right.span.start - left.span.end <= barCharsMax
  );
}

const barCharsMax = 3;
