/** Prints the place of a statement in the log in the form that Sigstore bundles use. */
import type { SigstoreLogEntry } from '../statement/signature-formats/sigstore-bundle.ts';
import type { Hash, TreeHead } from './merkle-tree.ts';

/** The log entry of a bundle. `note` is the signed checkpoint of `head`. */
export function toLogEntry(placed: {
  readonly body: Uint8Array;
  readonly index: number;
  readonly head: TreeHead;
  readonly proof: readonly Hash[];
  readonly note: string;
  /** The log's key id, as `noteKeyId` computes it. */
  readonly logId: Uint8Array;
}): SigstoreLogEntry {
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  return {
    logIndex: String(placed.index),
    logId: { keyId: base64(placed.logId) },
    kindVersion: { kind: 'hashedrekord', version: '0.0.2' },
    integratedTime: '0',
    inclusionProof: {
      logIndex: String(placed.index),
      rootHash: base64(placed.head.root),
      treeSize: String(placed.head.size),
      hashes: placed.proof.map(base64),
      checkpoint: { envelope: placed.note },
    },
    canonicalizedBody: base64(placed.body),
  };
}
