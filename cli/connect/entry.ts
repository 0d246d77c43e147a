/** What Skillgate writes into a configuration of another program, and how a format is edited. */
import type { Place } from '../../skills-index/skill/problem.ts';
import { Problem } from '../../skills-index/skill/problem.ts';

export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };

export interface ConfigEntry {
  /** The keys down to the entry; none for the whole text. */
  readonly at: readonly string[];
  readonly value: Json;
  /** The entry is one more element of the list at `at`. Such an element has this text in it. */
  readonly marker?: string;
}

export interface Added {
  readonly text: string;
  /** The containers that were made around the entry. */
  readonly made: number;
}

/** Edits texts, and leaves every byte that is not the entry’s. */
export interface Editor {
  /**
   * What is at the entry’s place, in canonical form; of a list the equal element, else one with
   * the marker.
   * @throws Problem `agent-config-invalid` for a text that does not parse
   */
  found(text: string, entry: ConfigEntry, path: string): string | undefined;
  /** Adds an entry that is not there. */
  add(text: string, entry: ConfigEntry, path: string): Added;
  /** Removes an entry that is there unchanged. */
  remove(text: string, entry: ConfigEntry & Pick<Added, 'made'>, path: string): string;
}

/** Equal values have equal texts, in whatever order their keys are. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    // TOML has numbers that JSON cannot carry.
    if (typeof part === 'bigint') return String(part);
    return typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part;
  });
}

export function unusable(path: string, why: string, place?: Omit<Place, 'path'>): Problem {
  return new Problem('agent-config-invalid', `Cannot change ${path}: ${why}`, {
    ...(place !== undefined && { reasons: [{ message: why, place: { path, ...place } }] }),
  });
}

/** The line end that a text uses. */
export function lineEndOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

/** Parsers take no byte order mark; a space in its place keeps all offsets. */
export function withoutMark(text: string): string {
  return text.replace(/^\uFEFF/, ' ');
}
