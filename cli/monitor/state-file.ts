/** `state.json` of a replay: how far it came, with a digest over all of it. */

import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { type CompactRange, emptyRange } from '../../skills-index/log/compact-range.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { boundedList, exactObject, parseShape } from '../../skills-index/skill/shape.ts';
import { canonicalDigest, canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import type { ParsedJson } from '../../skills-index/skill/text/json.ts';
import {
  digest,
  hex,
  isoTime,
  logIndex,
  type Shape,
} from '../../skills-index/statement/field-shapes.ts';

export const monitorHeadsMax = 200;

export const monitorWithheldMax = 1_000;

// Checksums of a replay's files on disk. Without them a damaged file would look like a lying
// registry, or hide one.

interface KeptSums {
  /** 64 hexadecimal digits. */
  readonly words: string;
  readonly addresses: string;
}

const none = '0'.repeat(64);
export const emptySums: KeptSums = { words: none, addresses: none };

/**
 * A sum with more parts. The order of parts does not matter, since statements that were withheld
 * come late.
 */
export function sumWith(sum: string, parts: Iterable<string>): string {
  const bytes = Buffer.from(sum, 'hex');
  for (const part of parts) {
    const digest = createHash('sha256').update(part).digest();
    for (let at = 0; at < bytes.byteLength; at++) bytes[at] = (bytes[at] ?? 0) ^ (digest[at] ?? 0);
  }
  return bytes.toString('hex');
}

/** A tree of the log as far as it was read, and the sums over what was kept of it. */
interface Walked {
  readonly peaks: readonly string[];
  readonly size: number;
  readonly sums: KeptSums;
}

export interface MonitorState {
  readonly schema: 'skillgate.monitor-state/1';
  /** Fingerprint of the pinned root file. */
  readonly root: Digest;
  /** The newest head that the entries were shown to make. */
  readonly seen?: Walked & { readonly note: string };
  /** How far the entries were read; beyond `seen` nothing is proven yet. */
  readonly walked: Walked;
  /** Entries whose statement was not to be had, each with its bytes in base64. */
  readonly withheld: readonly { readonly index: number; readonly entry: string }[];
  /** When a head of at least this size was seen first. */
  readonly heads: readonly { readonly size: number; readonly at: string }[];
  /** Index lines in the list of those that were shown. */
  readonly offered: number;
  /**
   * The words of which entries were verified, by which root of trust; all of them but `except`.
   * Absent: none.
   */
  readonly verified?: {
    readonly by: Digest;
    readonly size: number;
    readonly words: string;
    readonly except: readonly number[];
  };
  /** Since when looks fail although the registry shows the head of its log. */
  readonly failing?: string;
}

export const nothingWalked: Walked = { peaks: [], size: 0, sums: emptySums };

export function emptyState(root: Digest): MonitorState {
  return {
    schema: 'skillgate.monitor-state/1',
    root,
    walked: nothingWalked,
    withheld: [],
    heads: [],
    offered: 0,
  };
}

const peaks = boundedList(v.pipe(v.string(), v.maxLength(44)), 64);
const sums = exactObject({ words: hex, addresses: hex });
const withheld = boundedList(
  exactObject({ index: logIndex, entry: v.string() }),
  monitorWithheldMax,
);
const heads = boundedList(exactObject({ size: logIndex, at: isoTime }), monitorHeadsMax);
const fileShape: Shape<MonitorState & { readonly sum: Digest }> = exactObject({
  schema: v.literal('skillgate.monitor-state/1'),
  root: digest,
  seen: v.exactOptional(exactObject({ note: v.string(), peaks, size: logIndex, sums })),
  walked: exactObject({ peaks, size: logIndex, sums }),
  withheld,
  heads,
  offered: logIndex,
  verified: v.exactOptional(
    exactObject({
      by: digest,
      size: logIndex,
      words: hex,
      except: boundedList(logIndex, monitorWithheldMax),
    }),
  ),
  failing: v.exactOptional(isoTime),
  sum: digest,
});
/** @throws Problem `json-invalid` */
export function parseState(json: ParsedJson, path: string): MonitorState {
  const { sum, ...state } = parseShape(fileShape, json, 'json-invalid', path);
  if (canonicalDigest(state) !== sum)
    throw new Problem('json-invalid', `${path} was changed by another program`);
  return state;
}

export function printState(state: MonitorState): string {
  return `${JSON.stringify({ ...state, sum: canonicalDigest(state) })}\n`;
}

/** The part of the tree that was walked. */
export function rangeOf({ peaks: texts, size }: Pick<Walked, 'peaks' | 'size'>): CompactRange {
  return size === 0 ? emptyRange : { size, peaks: texts.map((one) => Buffer.from(one, 'base64')) };
}

/** A part of the tree, as the state file has it. */
export function printRange({ peaks: hashes, size }: CompactRange): Pick<Walked, 'peaks' | 'size'> {
  return { peaks: hashes.map((one) => Buffer.from(one).toString('base64')), size };
}

// The statements that a replay remembers, and the sums over what is kept of them.

/** A statement that a replay remembers. */
export interface RememberedStatement {
  readonly logIndex: number;
  readonly address: Digest;
  /**
   * The Sigstore bundle: base64 of its canonical bytes; absent for a verification summary, of which
   * the version is enough.
   */
  readonly bundle?: string;
  /** Package URL of a version that got a verification summary. */
  readonly verdict?: string;
}

export const rememberedStatementsShape: Shape<readonly RememberedStatement[]> = v.array(
  exactObject({
    logIndex,
    address: digest,
    bundle: v.exactOptional(v.string()),
    verdict: v.exactOptional(v.string()),
  }),
);

/** The sum over these words alone. */
export function sumOfStatements(words: readonly RememberedStatement[]): string {
  return sumWith(emptySums.words, words.map(printRemembered));
}

/** The sums with more words and addresses. */
export function sumsWith(
  sums: KeptSums,
  words: readonly RememberedStatement[],
  found: readonly { readonly logIndex: number; readonly address: Digest }[],
): KeptSums {
  return {
    words: sumWith(sums.words, words.map(printRemembered)),
    addresses: sumWith(
      sums.addresses,
      found.map(({ logIndex: index, address }) => printAddress(index, address)),
    ),
  };
}

/** The part of a word in the sum over all words. */
export const printRemembered = (word: RememberedStatement): string => canonicalJson(word);
/** The part of an address in the sum over all addresses. */
export const printAddress = (index: number, address: Digest): string => `${index} ${address}`;
