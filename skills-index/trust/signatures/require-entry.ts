/** Compares a bundle's log entry with the body and the log head that the entry must have. */
import type { TreeHead } from '../../log/merkle-tree.ts';
import { Problem } from '../../skill/problem.ts';
import type { SigstoreLogEntry } from '../../statement/signature-formats/sigstore-bundle.ts';

/**
 * Requires that a log entry has this body, and that the entry and its inclusion proof name this
 * head of the log.
 * @param further more conditions on the entry, each with the message for its failure
 * @throws Problem `log-invalid`
 */
export function requireEntry(
  { canonicalizedBody, inclusionProof, logIndex }: SigstoreLogEntry,
  { body, head }: { readonly body: Uint8Array; readonly head: TreeHead },
  further: readonly (readonly [boolean, string])[],
): void {
  const conditions: readonly (readonly [boolean, string])[] = [
    [
      Buffer.from(body).toString('base64') === canonicalizedBody,
      'the log entry is about another envelope or signer',
    ],
    [logIndex === inclusionProof.logIndex, 'the entry and its proof name different indexes'],
    [
      Number(inclusionProof.treeSize) === head.size,
      'the proof and the checkpoint name different sizes',
    ],
    [
      inclusionProof.rootHash === Buffer.from(head.root).toString('base64'),
      'the proof and the checkpoint name different roots',
    ],
    ...further,
  ];
  const failed = conditions.find(([holds]) => !holds);
  if (failed !== undefined)
    throw new Problem('log-invalid', `The statement is not in the log: ${failed[1]}`);
}
