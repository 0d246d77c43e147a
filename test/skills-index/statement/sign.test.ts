import { generateKeyPairSync, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseScope } from '../../../skills-index/skill/name.ts';
import { scopeStatement } from '../../../skills-index/statement/attestation.ts';
import { signStatement } from '../../../skills-index/statement/sign.ts';
import {
  envelopeSigner,
  pae,
  parseEnvelope,
  peekStatement,
  verifyEnvelope,
} from '../../../skills-index/statement/signature-formats/envelope.ts';
import { people } from '../story.ts';

const { author, ada, stranger } = people;
const claim = scopeStatement({ scope: parseScope('acme'), owners: [author.named] });
const envelope = await signStatement(claim, author);
const invalid = expect.objectContaining({ code: 'statement-invalid' });

describe('pre-authentication encoding', () => {
  it('is that of the DSSE specification', () => {
    expect(
      Buffer.from(pae('http://example.com/HelloWorld', Buffer.from('hello world'))).toString(),
    ).toBe('DSSEv1 29 http://example.com/HelloWorld 11 hello world');
  });

  it('counts bytes, not characters', () => {
    expect(Buffer.from(pae('ü', Buffer.from('ü'))).toString()).toBe('DSSEv1 2 ü 2 ü');
  });

  it('is another one for every other type and payload', () => {
    const pair = fc.tuple(fc.string(), fc.string());
    fc.assert(
      fc.property(pair, pair, ([typeA, a], [typeB, b]) => {
        fc.pre(typeA !== typeB || a !== b);
        return Buffer.compare(pae(typeA, Buffer.from(a)), pae(typeB, Buffer.from(b))) !== 0;
      }),
    );
  });
});

describe('an envelope', () => {
  it('holds the statement, and says who signed it', () => {
    expect(peekStatement(parseEnvelope(JSON.parse(JSON.stringify(envelope))))).toEqual(claim);
    expect(envelopeSigner(envelope, [stranger.named, author.named])).toBe(author.named);
    expect(envelopeSigner(envelope, [stranger.named, ada.named])).toBeUndefined();
  });

  it('does not verify with any bit of payload or signature changed', () => {
    fc.assert(
      fc.property(fc.boolean(), fc.nat(), fc.nat(7), (inPayload, at, bit) => {
        const bytes = Buffer.from(
          inPayload ? envelope.payload : envelope.signatures[0].sig,
          'base64',
        );
        const index = at % bytes.length;
        bytes[index] = (bytes[index] ?? 0) ^ (1 << bit);
        const text = bytes.toString('base64');
        const changed = inPayload
          ? { ...envelope, payload: text }
          : { ...envelope, signatures: [{ sig: text, keyid: '' }] as const };
        return !verifyEnvelope(changed, author.publicKey);
      }),
      { numRuns: 60 },
    );
  });

  it('does not verify as another type, or with what is no key', () => {
    expect(verifyEnvelope({ ...envelope, payloadType: 'text/plain' }, author.publicKey)).toBe(
      false,
    );
    expect(verifyEnvelope(envelope, Buffer.from('key'))).toBe(false);
    const wider = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    const sig = sign(
      'sha256',
      pae(envelope.payloadType, Buffer.from(envelope.payload, 'base64')),
      wider.privateKey,
    );
    const signed = {
      ...envelope,
      signatures: [{ sig: sig.toString('base64'), keyid: '' }] as const,
    };
    expect(verifyEnvelope(signed, wider.publicKey.export({ format: 'der', type: 'spki' }))).toBe(
      false,
    );
    expect(verifyEnvelope(envelope, Buffer.from(author.publicKey).fill(0, 40))).toBe(false);
  });

  it.each([
    [
      'two signatures',
      { ...envelope, signatures: [...envelope.signatures, ...envelope.signatures] },
    ],
    ['a key id', { ...envelope, signatures: [{ ...envelope.signatures[0], keyid: 'author' }] }],
    ['a certificate', { ...envelope, signatures: [{ ...envelope.signatures[0], cert: 'x' }] }],
    ['base64url', { ...envelope, signatures: [{ sig: 'ab_-', keyid: '' }] }],
    ['base64 with loose bits at its end', { ...envelope, payload: 'YW==' }],
  ])('is refused with %s', (_, value) => {
    expect(() => parseEnvelope(value)).toThrow(invalid);
  });

  it('is refused whatever else it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(() => parseEnvelope(value)).toThrow(invalid);
      }),
    );
  });
});
