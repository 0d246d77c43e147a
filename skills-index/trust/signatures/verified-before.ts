/**
 * Reads a bundle that `verifyStatement` accepted before under the same root of trust, and verifies
 * no signature again. Only callers that recorded the acceptance beside the bundle's bytes may use
 * this file.
 */
import { noteKeyId, parseCheckpoint } from '../../log/checkpoint.ts';
import { type Digest, digestOf } from '../../skill/digest.ts';
import { parseJson } from '../../skill/text/json.ts';
import { parseStatement } from '../../statement/parse-statement.ts';
import {
  isCertified,
  parseSigstoreBundle,
} from '../../statement/signature-formats/sigstore-bundle.ts';
import { type RootFile, spkiOf } from '../root/root.ts';
import { keysOfRole } from '../root/root-role.ts';
import type { VerifiedStatement } from './verify-statement.ts';

/**
 * Reads a bundle that was verified before.
 * @param address the digest of the bundle's canonical bytes
 * @returns undefined for a bundle that must be verified again: a certificate signed the bundle, or
 * the root file does not name the key of the bundle's log
 * @throws Problem `json-invalid`, `statement-invalid`, `log-invalid`
 */
export function readVerifiedBefore(
  bytes: Uint8Array,
  address: Digest,
  root: RootFile,
): VerifiedStatement | undefined {
  const bundle = parseSigstoreBundle(parseJson(bytes, 'statement').value);
  if (isCertified(bundle) || digestOf(bytes) !== address) return undefined;
  const [entry] = bundle.verificationMaterial.tlogEntries;
  const { inclusionProof: proof } = entry;
  const logKey = keysOfRole(root, 'log').find(
    (one) =>
      Buffer.from(noteKeyId(root.origin, spkiOf(one))).toString('base64') === entry.logId.keyId,
  );
  if (logKey === undefined) return undefined;
  const payload = Buffer.from(bundle.dsseEnvelope.payload, 'base64');
  const head = parseCheckpoint(proof.checkpoint.envelope);
  return {
    statement: parseStatement(payload),
    signer: bundle.verificationMaterial.publicKey.hint,
    logIndex: Number(proof.logIndex),
    digest: address,
    payloadDigest: digestOf(payload),
    checkpoint: { size: head.size, root: head.root, retired: logKey.validUpTo !== undefined },
  };
}
