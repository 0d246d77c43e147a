import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openWith, sealFor } from '../../../cli/holds/sealed-message.ts';
import type { SealedMessage } from '../../../skills-index/run/holds/mailbox.ts';
import { openByHand, pointOf } from './hpke-by-hand.ts';

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
    const [secret, sealed] = [enc, ciphertext].map((part) => Buffer.from(part, 'base64')) as [
      Buffer,
      Buffer,
    ];
    const opened = openByHand(secret, sealed, privateKey, Buffer.from('label'));
    expect(opened.toString().trimEnd()).toBe(text);
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
