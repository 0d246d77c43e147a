/** Decides whether an entry of the log belongs to an envelope. */
import type { Envelope } from '../statement/signature-formats/envelope.ts';
import { certifiedBody, hashedrekordBody } from './entry.ts';

/**
 * Whether a log entry has an envelope's digest and signature, by the signer that the entry names.
 */
export function commitsTo(entry: Uint8Array, envelope: Envelope): boolean {
  const named = /"(publicKey|x509Certificate)":\{"rawBytes":"([A-Za-z0-9+/=]+)"\}/.exec(
    Buffer.from(entry).toString('utf8'),
  );
  if (named === null) return false;
  const raw = Buffer.from(named[2] ?? '', 'base64');
  const body =
    named[1] === 'publicKey' ? hashedrekordBody(envelope, raw) : certifiedBody(envelope, raw);
  return Buffer.compare(body, entry) === 0;
}
