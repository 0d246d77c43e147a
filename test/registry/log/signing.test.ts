import {
  createPublicKey,
  generateKeyPairSync,
  sign as nodeSign,
  verify as nodeVerify,
} from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { verify as shimVerify } from '../../../registry/crypto-shim.ts';
import { loadKeys } from '../../../registry/log/signing.ts';
import { makeId } from '../../../registry/store/ids.ts';
import { makeRoot } from '../people.ts';
import { expectProblem } from '../steps.ts';

describe('the registry’s keys', () => {
  it('sign as the public keys of the root file verify, in DER, whatever r and s begin with', async () => {
    const { root, texts } = makeRoot();
    const keys = await loadKeys(texts);
    for (let i = 0; i < 300; i++) {
      const bytes = Buffer.from(`statement ${i}`);
      const key = createPublicKey({
        key: Buffer.from(root.registry.key, 'base64'),
        format: 'der',
        type: 'spki',
      });
      expect(nodeVerify('sha256', bytes, key, await keys.registry.sign(bytes))).toBe(true);
    }
    const log = createPublicKey({
      key: Buffer.from(root.log.key, 'base64'),
      format: 'der',
      type: 'spki',
    });
    expect(
      nodeVerify(null, Buffer.from('note'), log, await keys.log.sign(Buffer.from('note'))),
    ).toBe(true);
    expect(Buffer.from(keys.status.publicKey).toString('base64')).toBe(root.status.key);
  });

  it('are refused when they are of another kind', async () => {
    const { texts } = makeRoot();
    await expectProblem(loadKeys({ ...texts, log: texts.status }), 'key-file-invalid');
    await expectProblem(loadKeys({ ...texts, registry: 'no key' }), 'key-file-invalid');
  });
});

describe('the stand-in for crypto on workerd', () => {
  it('names SHA-256 where the caller names nothing, and still refuses what is wrong', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const bytes = Buffer.from('x');
    const signature = nodeSign('sha256', bytes, privateKey);
    expect(shimVerify(undefined, bytes, publicKey, signature)).toBe(true);
    expect(shimVerify(undefined, Buffer.from('y'), publicKey, signature)).toBe(false);
    const ed = generateKeyPairSync('ed25519');
    expect(shimVerify(undefined, bytes, ed.publicKey, nodeSign(null, bytes, ed.privateKey))).toBe(
      true,
    );
  });
});

describe('ids', () => {
  it('sort by time and differ within it', () => {
    const at = (ms: number) =>
      makeId({
        now: () => new Date(ms),
        random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
      });
    const ids = Array.from({ length: 50 }, (_, i) => at(1_800_000_000_000 + i));
    expect([...ids].sort()).toEqual(ids);
    expect(at(5)).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
    expect(new Set(Array.from({ length: 50 }, () => at(5))).size).toBe(50);
  });
});
