/** Prints the file of name proofs of a version: the registry’s side of `name-proofs.ts`. */
import type { MapProof } from '../../log/map-tree.ts';
import type { Hash } from '../../log/merkle-tree.ts';
import { canonicalJson } from '../../skill/text/canonical-json.ts';
import type { NameProof, NameProofsFile } from './name-proofs.ts';

/** Prints a file of name proofs in its RFC 8785 form. */
export function printNameProofsFile({ map, names }: NameProofsFile): string {
  return canonicalJson({
    schema: 'skillgate.name-proofs/1',
    map: base64(map),
    names: [...names].map(([name, { at, upTo, siblings, other }]) => ({
      name,
      at,
      ...(upTo === undefined ? {} : { upTo }),
      siblings: siblings.map(base64),
      ...(other === undefined
        ? {}
        : { other: { key: base64(other.key), value: base64(other.value) } }),
    })),
  });
}

/**
 * The proof of a name for a file of name proofs.
 * @param upTo from `namesRestedOn`
 */
export function nameProofOf(
  { at, upTo }: { readonly at: readonly number[]; readonly upTo: number },
  { siblings, leaf }: MapProof,
): NameProof {
  const named = Number.isFinite(upTo) ? { at, upTo } : { at };
  return at.length > 0 || leaf === undefined
    ? { ...named, siblings }
    : { ...named, siblings, other: leaf };
}

function base64(bytes: Hash): string {
  return Buffer.from(bytes).toString('base64');
}
