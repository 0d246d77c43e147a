/** The file of name proofs of the story's version, from the test's whole log. */
import {
  emptyMapRoot,
  hashAt,
  type MapLeaf,
  type MapNodeAt,
  mapValueOf,
  proveKey,
  putLeaves,
} from '../../skills-index/log/map-tree.ts';
import type { Statement } from '../../skills-index/statement/attestation.ts';
import type { NameProofsFile } from '../../skills-index/trust/index-files/name-proofs.ts';
import { nameProofOf } from '../../skills-index/trust/index-files/print-name-proofs.ts';
import { mapKeyOf, mapNames } from '../../skills-index/trust/members-and-scopes/map-names.ts';
import type { SignedBy } from '../../skills-index/trust/members-and-scopes/match.ts';
import {
  namesRestedOn,
  type RestingVersion,
} from '../../skills-index/trust/members-and-scopes/names-rested-on.ts';

interface LoggedStatement extends SignedBy {
  readonly statement: Statement;
  readonly logIndex: number;
}

/** The log indexes of each name. */
function indexesOf(said: readonly LoggedStatement[]): Map<string, number[]> {
  const indexes = new Map<string, number[]>();
  for (const { statement, logIndex } of said)
    for (const name of mapNames(statement))
      indexes.set(name, [...(indexes.get(name) ?? []), logIndex]);
  return indexes;
}

function nodesOf(indexes: ReadonlyMap<string, readonly number[]>): MapNodeAt {
  const leaves = [...indexes].map(
    ([name, at]): MapLeaf => ({ key: mapKeyOf(name), value: mapValueOf(at) ?? emptyMapRoot }),
  );
  const nodes = putLeaves(() => undefined, leaves);
  return (path) => nodes.get(path);
}

/** Root of the map of a log with these statements. */
export function mapOf(said: readonly LoggedStatement[]): Uint8Array {
  return hashAt(nodesOf(indexesOf(said))(''));
}

/** What an honest registry says of a version. */
export function wordsOf(said: readonly LoggedStatement[], version: RestingVersion): NameProofsFile {
  const indexes = indexesOf(said);
  const nodeAt = nodesOf(indexes);
  const proofs = [...namesRestedOn(version, said)].map(
    ([name, upTo]) =>
      [
        name,
        nameProofOf({ at: indexes.get(name) ?? [], upTo }, proveKey(nodeAt, mapKeyOf(name))),
      ] as const,
  );
  return { map: hashAt(nodeAt('')), names: new Map(proofs) };
}
