/** Reads sent envelopes. Their length is checked before anything parses them. */
import type { Context } from 'hono';
import { type Digest, parseDigest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { envelopeBytesMax, statementValuesMax } from '../../skills-index/statement/limits.ts';
import {
  type Envelope,
  parseEnvelope,
} from '../../skills-index/statement/signature-formats/envelope.ts';
import { parsePlainBundle } from '../../skills-index/statement/signature-formats/sigstore-bundle.ts';
import type { SentStatement } from '../people/certified.ts';
import { keyHeader } from '../people/signer.ts';

/**
 * An envelope that a key signed, or the Sigstore bundle of a certificate-signed one.
 * @throws Problem `request-too-large`, `json-invalid`, `statement-invalid`
 */
export function readSent(bytes: Uint8Array): SentStatement {
  requireSmall(bytes.byteLength);
  const { value } = parseJson(bytes, 'the envelope', statementValuesMax);
  const isBundle = typeof value === 'object' && value !== null && 'dsseEnvelope' in value;
  return isBundle ? parsePlainBundle(value) : parseEnvelope(value);
}

/**
 * An envelope inside a larger document of parsed JSON.
 * @throws Problem `request-too-large`, `statement-invalid`
 */
export function envelopeIn(value: unknown): Envelope {
  const envelope = parseEnvelope(value);
  requireSmall(envelope.payload.length);
  return envelope;
}

/**
 * The signer's key id as the sender names it, unsigned; undefined without one. @throws Problem
 * `digest-invalid`
 */
export function keyHint(context: Context): Digest | undefined {
  const named = context.req.header(keyHeader);
  return named === undefined ? undefined : parseDigest(named);
}

function requireSmall(bytes: number): void {
  if (bytes <= envelopeBytesMax) return;
  throw new Problem('request-too-large', `An envelope has at most ${envelopeBytesMax} bytes`, {
    hint: 'Name fewer files and capabilities in one statement.',
  });
}
