/**
 * A finding's fingerprint stays the same while what the finding is about stays the same, also when
 * its lines move. Whoever accepts a finding accepts this host, file, variable or program: with
 * another one, the fingerprint is another one.
 */
import { digestOf, hexOf } from '../../skills-index/skill/digest.ts';
import type { Confidence, FindingKind } from '../../skills-index/statement/finding.ts';
import type { TaintSource } from '../fact/source.ts';

/** Where a finding or a step of its flow stands. */
export interface FingerprintedPlace {
  readonly path: string;
  /** The inner path when `path` is an archive or document. */
  readonly inner: string | undefined;
  /** First and last line; both are taken whole, and all between them. */
  readonly line: number;
  readonly endLine: number;
}

/** What a fingerprint covers. */
export interface FingerprintedFinding {
  readonly rule: string;
  readonly kind: FindingKind;
  /** Names the host, file, variable or program. */
  readonly message: string;
  readonly confidence: Confidence;
  /**
   * The finding's place, then the steps of its flow. Whole lines count: a place is often one word,
   * such as the `sh` of `curl … | sh`, and what reaches a call often stands on other lines.
   */
  readonly places: readonly FingerprintedPlace[];
}

/**
 * Returns a function that makes fingerprints: SHA-256, as hexadecimal digits, over the rule, the
 * message, the lines of each place without differences of white space, the programs that are
 * encoded in its file, and the occurrence. What the scan could not resolve, and a program that
 * comes from data, may rest on any file: then every file counts.
 * @param digests of all files of the skill, also of those that nobody analysed
 */
export function fingerprintsOf(
  sources: readonly TaintSource[],
  digests: ReadonlyMap<string, string>,
): (finding: FingerprintedFinding) => string {
  const texts = new Map(sources.map(({ path, text }) => [path, text]));
  const split = new Map<string, readonly string[]>();
  const known = new Map<string, string>();
  const occurrences = new Map<string, number>();
  const decoded = Map.groupBy(
    sources.filter(({ path }) => path.includes('#decoded-')),
    ({ file }) => file,
  );
  const wholeSkill = JSON.stringify([...digests].sort(([a], [b]) => (a < b ? -1 : 1)));
  const digestAt = ({ path, inner, line, endLine }: FingerprintedPlace): string => {
    const key = JSON.stringify([path, inner, line, endLine]);
    const before = known.get(key);
    if (before !== undefined) return before;
    const lines = split.get(inner ?? path) ?? (texts.get(inner ?? path) ?? '').split('\n');
    split.set(inner ?? path, lines);
    const about = inner === undefined ? lines.slice(line - 1, endLine) : lines;
    const programs = (decoded.get(path) ?? []).map(({ text }) => text);
    if (!texts.has(inner ?? path)) programs.push(digests.get(path) ?? '');
    const digest = digestOf(
      JSON.stringify([about.join('\n').replace(/\s+/g, ' ').trim(), ...programs]),
    );
    known.set(key, digest);
    return digest;
  };
  return ({ confidence, kind, message, places, rule }) => {
    const isUnresolved = confidence === 'widened' || /…|\bcomputed\b/.test(message);
    const isOpen = (isUnresolved && kind === 'malice') || runsData.test(rule);
    const about = places.map((place) => [
      place.path,
      place.inner ?? '',
      digestAt(isUnresolved ? { ...place, line: 1, endLine: Infinity } : place),
    ]);
    if (isOpen) about.push([wholeSkill]);
    const first = JSON.stringify([rule, message, about]);
    const occurrence = occurrences.get(first) ?? 0;
    occurrences.set(first, occurrence + 1);
    return hexOf(digestOf(JSON.stringify([first, occurrence])));
  };
}

const runsData =
  /^(exec\/(code-from-string|computed-program|download-and-run|staged-program|unguarded-agent)|flow\/secret-to-computed-host|files\/agent-memory|persistence\/.+|obfuscation\/(decode-and-run|encoded-program))$/;
