/**
 * Requires that no statement is left out of the evidence. The log’s map proves, for each name on
 * which a version rests, which statements there are.
 */
import type { Hash } from '../../log/merkle-tree.ts';
import { type NameProof, provesName } from '../index-files/words-file.ts';
import { mapNames } from '../members-and-scopes/map-names.ts';
import { namesRestedOn } from '../members-and-scopes/names-rested-on.ts';
import type { VerifiedStatement } from '../signatures/verify-statement.ts';
import type { Evidence, StatusHead } from './evidence.ts';
import { judgeWitnesses } from './log.ts';
import type { Reasons } from './reason.ts';

/**
 * Compares the statements of the evidence with the map, name by name. The map is the map of the
 * newest head. A decision about the past has no proofs: the map shows only what the log says now.
 */
export function judgeShownWords(evidence: Evidence, reasons: Reasons): void {
  const { heads, input, statements, known, status } = evidence;
  const { words, past = false, line } = input;
  if (words === undefined || past || heads.length === 0) return;
  const head = headOfWords(evidence);
  if (head === undefined) {
    const why = heads.every(({ map }) => map === undefined)
      ? 'the head of the log in the status has no map of names'
      : 'the proofs about the people and keys behind the version are not of the newest head of the log in a status';
    reasons.add('words-unproven', why);
    return;
  }
  // The witnesses of the newest head did not see the map of this head.
  if (head.note !== status?.checkpoint) judgeWitnesses(head.note, input, reasons);
  const shown = [...statements, ...known].filter(({ logIndex }) => logIndex < head.size);
  const byName = indexesByName(shown);
  for (const [name, upTo] of namesRestedOn(line, shown)) {
    const proof = words.names.get(name);
    judgeName({ name, upTo, proof, map: words.map, shown: byName.get(name) ?? new Set() }, reasons);
  }
}

/**
 * The head whose map the proofs are of: the newest head, or also an older head where that is
 * allowed. Undefined where no such head has the map, and where no proofs are needed.
 */
export function headOfWords({ heads, input, status }: Evidence): StatusHead | undefined {
  const { words, olderWords = false } = input;
  const isNewest = ({ note }: StatusHead): boolean => note === status?.checkpoint;
  const found = heads.filter(
    ({ map }) => map !== undefined && words !== undefined && isEqual(map, words.map),
  );
  return found.find(isNewest) ?? (olderWords ? found[0] : undefined);
}

interface JudgedName {
  readonly name: string;
  /** The version rests on the statements with a lower log index. */
  readonly upTo: number;
  readonly proof: NameProof | undefined;
  readonly map: Hash;
  /** Log indexes of the statements in the evidence. */
  readonly shown: ReadonlySet<number>;
}

function judgeName({ name, upTo, proof, map, shown }: JudgedName, reasons: Reasons): void {
  if (proof === undefined || !provesName(map, name, proof)) {
    reasons.add('words-unproven', `no proof shows which statements about ${name} the log has`);
    return;
  }
  const proven = new Set(proof.at);
  for (const index of proven)
    reasons.demand(
      index >= upTo || shown.has(index),
      'words-withheld',
      `the statement at log index ${index} about ${name} is missing, or cannot be verified`,
    );
  for (const index of shown)
    reasons.demand(
      proven.has(index),
      'words-unproven',
      `the log’s map lacks the statement at log index ${index} about ${name}`,
    );
}

function indexesByName(statements: readonly VerifiedStatement[]): Map<string, Set<number>> {
  const found = new Map<string, Set<number>>();
  for (const { statement, logIndex } of statements)
    for (const name of mapNames(statement)) {
      const indexes = found.get(name) ?? new Set();
      found.set(name, indexes.add(logIndex));
    }
  return found;
}

function isEqual(one: Hash, other: Hash): boolean {
  return Buffer.compare(one, other) === 0;
}
