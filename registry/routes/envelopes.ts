/** Envelopes as they are sent: measured before anything parses them. */
import { parseJson } from '../../skills-index/skill/json.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { envelopeBytesMax } from '../../skills-index/statement/limits.ts';
import { type Envelope, parseEnvelope } from '../../skills-index/statement/sign.ts';

/** @throws Problem `request-too-large`, `json-invalid`, `statement-invalid` */
export function readEnvelope(bytes: Uint8Array): Envelope {
  refuseLarge(bytes.byteLength);
  return parseEnvelope(parseJson(bytes, 'the envelope').value);
}

/**
 * An envelope inside a larger document that is JSON already.
 * @throws Problem `request-too-large`, `statement-invalid`
 */
export function envelopeIn(value: unknown): Envelope {
  const envelope = parseEnvelope(value);
  refuseLarge(envelope.payload.length);
  return envelope;
}

function refuseLarge(bytes: number): void {
  if (bytes <= envelopeBytesMax) return;
  throw new Problem('request-too-large', `An envelope has at most ${envelopeBytesMax} bytes`, {
    hint: 'Name fewer files and capabilities in one statement.',
  });
}
