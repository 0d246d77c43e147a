/**
 * Sigstore's own builder makes every bundle that the command line signs, with a key or a
 * certificate. The registry and the scanner sign elsewhere, because the builder brings an HTTP
 * client that neither a Worker nor a scan should load.
 */
import { bundleToJSON, type SerializedBundle } from '@sigstore/bundle';
import type { Signer as SigstoreSigner, Witness } from '@sigstore/sign';
import { parseShape, unplaced } from '../../skills-index/skill/shape.ts';
import { type Statement, statementBytes } from '../../skills-index/statement/attestation.ts';
import type { Signer } from '../../skills-index/statement/sign.ts';
import {
  type Envelope,
  inTotoPayloadType,
  sentEnvelopeShape,
} from '../../skills-index/statement/signature-formats/envelope.ts';

/** Signs an in-toto payload; each witness adds its log entry or timestamp. */
export async function buildBundle(
  payload: Uint8Array,
  signer: SigstoreSigner,
  witnesses: Witness[] = [],
): Promise<SerializedBundle> {
  const { DSSEBundleBuilder } = await import('./sigstore-builder.ts');
  const builder = new DSSEBundleBuilder({ signer, witnesses });
  return bundleToJSON(
    await builder.create({ data: Buffer.from(payload), type: inTotoPayloadType }),
  );
}

/**
 * Loads what the first signature needs. A command that waits for something else calls this function
 * meanwhile. A failure is thrown again at the signature.
 */
export function loadBuilder(): void {
  import('./sigstore-builder.ts').catch(() => undefined);
}

/**
 * Signs an in-toto payload with a person's key. The registry takes the bundle's envelope, and adds
 * the key's id and its log entry. No hint is given: the builder would copy the hint into the
 * envelope's `keyid`, which is unsigned and must be empty.
 */
export async function signPayloadWithKey(payload: Uint8Array, key: Signer): Promise<Envelope> {
  const publicKey = Buffer.from(key.publicKey).toString('base64');
  const { dsseEnvelope } = await buildBundle(payload, {
    sign: async (data) => ({
      signature: Buffer.from(await key.sign(data)),
      key: { $case: 'publicKey', publicKey },
    }),
  });
  return parseShape(
    sentEnvelopeShape,
    unplaced(dsseEnvelope, 'envelope'),
    'statement-invalid',
    'the DSSE envelope',
  );
}

/** Signs the statement's canonical form with a person's key. */
export async function signWithKey(statement: Statement, key: Signer): Promise<Envelope> {
  return signPayloadWithKey(statementBytes(statement), key);
}
