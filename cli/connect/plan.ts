/** What a connection changes in a text, and what the end of the connection changes back. Pure. */
import { digestOf } from '../../skills-index/skill/digest.ts';
import { type ConfigEntry, canonical, type Editor } from './entry.ts';
import type { Written } from './record.ts';

interface Change {
  /** Undefined where no file is left. */
  readonly after: string | undefined;
  /** Entries that Skillgate did not write, or that were edited since: they stay. */
  readonly left: readonly ConfigEntry[];
}

export interface Connection extends Change {
  readonly written: Pick<Written, 'made' | 'after' | 'splices' | 'entries'> | undefined;
}

/** @param prior what the record has of this text */
export function planConnect(
  before: string | undefined,
  entries: readonly ConfigEntry[],
  editor: Editor,
  path: string,
  prior?: Written,
): Connection {
  const start = before ?? '';
  const stateOf = (text: string, entry: ConfigEntry): 'absent' | 'same' | 'other' => {
    const found = editor.found(text, entry, path);
    if (found === canonical(entry.value)) return 'same';
    const replaces = entry.at.length === 0 && prior === undefined;
    return found === undefined || replaces ? 'absent' : 'other';
  };
  const isOutdated = (entry: ConfigEntry): boolean => {
    const mine = prior?.entries.find((one) => isSamePlace(one, entry));
    return mine !== undefined && editor.found(start, mine, path) === canonical(mine.value);
  };
  const states = entries.map((entry) => [entry, stateOf(start, entry)] as const);
  const isComplete = states.every(
    ([entry, state]) => state === 'same' || (state === 'other' && !isOutdated(entry)),
  );
  if (isComplete)
    return {
      after: before,
      left: states.flatMap(([entry, state]) => (state === 'other' ? [entry] : [])),
      written: undefined,
    };
  let text = prior === undefined ? start : undo(start, editor, path, prior).text;
  const splices: Written['splices'] = [];
  const written: Written['entries'] = [];
  const left: ConfigEntry[] = [];
  for (const entry of entries) {
    const state = stateOf(text, entry);
    if (state === 'other') left.push(entry);
    if (state !== 'absent') continue;
    const { text: after, made } = editor.add(text, entry, path);
    splices.push(spliceOf(text, after));
    written.push({ ...entry, at: [...entry.at], made });
    text = after;
  }
  const made = before === undefined || prior?.made === true;
  return {
    after: text,
    left,
    written: { made, after: digestOf(text), splices, entries: written },
  };
}

export function planDisconnect(
  before: string | undefined,
  editor: Editor,
  path: string,
  prior: Written,
): Change {
  if (before === undefined) return { after: undefined, left: [] };
  const { text, left, removed } = undo(before, editor, path, prior);
  const isEmpty = /^\s*(?:\{\s*\}\s*)?$/.test(text);
  return { after: prior.made && removed && isEmpty ? undefined : text, left };
}

/** Where nothing else changed, the bytes from before; else the text without our entries. */
function undo(
  start: string,
  editor: Editor,
  path: string,
  prior: Written,
): { text: string; left: readonly ConfigEntry[]; removed: boolean } {
  if (digestOf(start) === prior.after) {
    const text = prior.splices.reduceRight(
      (now, [at, was, is]) => now.slice(0, at) + was + now.slice(at + is.length),
      start,
    );
    return { text, left: [], removed: true };
  }
  let text = start;
  const left: ConfigEntry[] = [];
  for (const entry of prior.entries.toReversed()) {
    const found = editor.found(text, entry, path);
    if (found === undefined) continue;
    if (found !== canonical(entry.value) || entry.at.length === 0) left.push(entry);
    else text = editor.remove(text, entry, path);
  }
  return { text, left, removed: text !== start };
}

function isSamePlace(a: ConfigEntry, b: ConfigEntry): boolean {
  return a.at.join('\n') === b.at.join('\n');
}

function spliceOf(before: string, after: string): [at: number, was: string, is: string] {
  let at = 0;
  while (at < before.length && before[at] === after[at]) at++;
  let end = 0;
  const most = Math.min(before.length, after.length) - at;
  while (end < most && before.at(-1 - end) === after.at(-1 - end)) end++;
  return [at, before.slice(at, before.length - end), after.slice(at, after.length - end)];
}
