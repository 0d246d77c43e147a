import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { AEAD_AES_256_GCM, CipherSuite, KDF_HKDF_SHA256, KEM_DHKEM_P256_HKDF_SHA256 } from 'hpke';
import { describe, expect, it } from 'vitest';
import { openWith, sealFor } from '../../../cli/holds/sealed-message.ts';
import type { SealedMessage } from '../../../skills-index/run/holds/mailbox.ts';
import { pointKey, pointOf, setUpReceiver } from './hpke-by-hand.ts';

/**
 * From the test vectors of RFC 9180: base mode, DHKEM(P-256, HKDF-SHA256), HKDF-SHA256,
 * AES-256-GCM; the first three encryptions.
 */
const vector: Vector = JSON.parse(
  readFileSync(new URL('./rfc9180-vector.json', import.meta.url), 'utf8'),
);

interface Vector {
  readonly info: string;
  readonly skRm: string;
  readonly skEm: string;
  readonly pkRm: string;
  readonly enc: string;
  readonly shared_secret: string;
  readonly key: string;
  readonly base_nonce: string;
  readonly exporter_secret: string;
  readonly encryptions: readonly {
    readonly aad: string;
    readonly ct: string;
    readonly pt: string;
  }[];
  readonly exports: readonly {
    readonly exporter_context: string;
    readonly L: number;
    readonly exported_value: string;
  }[];
}

const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const ecdh = { name: 'ECDH', namedCurve: 'P-256' } as const;

/** A private key from its number and its point. */
function keyOf(number: string, point: string): KeyObject {
  const jwk = pointKey(hex(point)).export({ format: 'jwk' });
  return createPrivateKey({ key: { ...jwk, d: hex(number).toString('base64url') }, format: 'jwk' });
}

/** Our suite; with a key given in the place of the one that it would make by chance. */
function suiteWith(made?: KeyObject): CipherSuite {
  const kem = KEM_DHKEM_P256_HKDF_SHA256();
  if (made === undefined) return new CipherSuite(() => kem, KDF_HKDF_SHA256, AEAD_AES_256_GCM);
  const pair = {
    privateKey: made.toCryptoKey(ecdh, true, ['deriveBits']),
    publicKey: pointKey(hex(vector.enc)).toCryptoKey(ecdh, true, []),
  };
  return new CipherSuite(
    () => ({ ...kem, GenerateKeyPair: async () => pair }),
    KDF_HKDF_SHA256,
    AEAD_AES_256_GCM,
  );
}

describe('HPKE, as RFC 9180 computes it', () => {
  const own = keyOf(vector.skRm, vector.pkRm);
  const pair = {
    privateKey: own.toCryptoKey(ecdh, false, ['deriveBits']),
    publicKey: pointKey(hex(vector.pkRm)).toCryptoKey(ecdh, true, []),
  };

  it('is what the library seals with the key of the vector', async () => {
    const sender = await suiteWith(keyOf(vector.skEm, vector.enc)).SetupSender(pair.publicKey, {
      info: hex(vector.info),
    });
    expect(Buffer.from(sender.encapsulatedSecret).toString('hex')).toBe(vector.enc);
    for (const { aad, ct, pt } of vector.encryptions)
      expect(Buffer.from(await sender.ctx.Seal(hex(pt), hex(aad))).toString('hex')).toBe(ct);
  });

  it('is what the library opens, and exports', async () => {
    const receiver = await suiteWith().SetupRecipient(pair, hex(vector.enc), {
      info: hex(vector.info),
    });
    for (const { aad, ct, pt } of vector.encryptions)
      expect(Buffer.from(await receiver.Open(hex(ct), hex(aad))).toString('hex')).toBe(pt);
    for (const { L, exported_value, exporter_context } of vector.exports)
      expect(Buffer.from(await receiver.Export(hex(exporter_context), L)).toString('hex')).toBe(
        exported_value,
      );
  });

  it('is what the second implementation of these tests computes', () => {
    const receiver = setUpReceiver(hex(vector.enc), own, hex(vector.info));
    expect(receiver.sharedSecret.toString('hex')).toBe(vector.shared_secret);
    expect(receiver.key.toString('hex')).toBe(vector.key);
    expect(receiver.baseNonce.toString('hex')).toBe(vector.base_nonce);
    expect(receiver.exporterSecret.toString('hex')).toBe(vector.exporter_secret);
    for (const [sequence, { aad, ct, pt }] of vector.encryptions.entries())
      expect(receiver.open(hex(ct), hex(aad), sequence).toString('hex')).toBe(pt);
  });
});

const made = () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { privateKey, publicKey, spki: publicKey.export({ type: 'spki', format: 'der' }) };
};
const text = '{"hold":"POST api.crm.example:443/v2/deals"}';

describe('a sealed message', () => {
  it('is opened by the key that it is for', async () => {
    const { privateKey, spki } = made();
    expect(await openWith(privateKey)(await sealFor(spki)(text, 'label'), 'label')).toBe(text);
  });

  it('is opened by another implementation of RFC 9180', async () => {
    const { privateKey, spki } = made();
    const { ciphertext, enc } = await sealFor(spki)(text, 'label');
    const receiver = setUpReceiver(Buffer.from(enc, 'base64'), privateKey, Buffer.from('label'));
    expect(receiver.open(Buffer.from(ciphertext, 'base64')).toString().trimEnd()).toBe(text);
  });

  it('has a length of its own kilobyte, and another key each time', async () => {
    const { publicKey, spki } = made();
    const seal = sealFor(spki);
    const short = await seal('{}', 'a');
    const long = await seal('x'.repeat(1_024), 'a');
    const longer = await seal('x'.repeat(1_025), 'a');
    expect(
      [short, long, longer].map(({ ciphertext }) => Buffer.from(ciphertext, 'base64').length),
    ).toEqual([1_040, 1_040, 2_064]);
    expect(
      new Set([short.enc, long.enc, longer.enc, pointOf(publicKey).toString('base64')]).size,
    ).toBe(4);
  });

  const flipped = (base64: string): string => {
    const bytes = Buffer.from(base64, 'base64');
    bytes[20] = (bytes[20] ?? 0) ^ 1;
    return bytes.toString('base64');
  };
  it.each<[string, (sealed: SealedMessage) => SealedMessage, string, boolean]>([
    ['by another key', (sealed) => sealed, 'label', false],
    ['under another label', (sealed) => sealed, 'another', true],
    [
      'with changed bytes',
      (sealed) => ({ ...sealed, ciphertext: flipped(sealed.ciphertext) }),
      'label',
      true,
    ],
    [
      'with another encapsulated secret',
      (sealed) => ({ ...sealed, enc: flipped(sealed.enc) }),
      'label',
      true,
    ],
    ['cut', (sealed) => ({ ...sealed, ciphertext: sealed.ciphertext.slice(0, 8) }), 'label', true],
    ['empty', () => ({ enc: '', ciphertext: '' }), 'label', true],
  ])('is not opened %s', async (_, change, label, isOwn) => {
    const to = made();
    const sealed = await sealFor(to.spki)(text, 'label');
    expect(await openWith((isOwn ? to : made()).privateKey)(change(sealed), label)).toBeUndefined();
  });
});
