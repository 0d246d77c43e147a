import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseTrustedRoot } from '../../../../skills-index/trust/signatures/trusted-root.ts';
import { TestSigstore } from '../../story-sigstore.ts';

type Loose = ReturnType<typeof JSON.parse>;
const whole = new TestSigstore('trusted').trustedRoot;
const changed = (change: (json: Loose) => void): unknown => {
  const json: Loose = JSON.parse(JSON.stringify(whole));
  change(json);
  return json;
};
const log = (change: object) => changed((json) => Object.assign(json.tlogs[0], change));
const validFor = (times: object) => changed((json) => (json.tlogs[0].publicKey.validFor = times));
const refused = expect.objectContaining({ code: 'trusted-root-invalid' });
const at = '2026-01-01T00:00:00Z';

describe('a trusted root', () => {
  it('is read once for the same object', () => {
    const read = parseTrustedRoot(whole);
    expect(parseTrustedRoot(whole)).toBe(read);
    expect(parseTrustedRoot(structuredClone(whole))).not.toBe(read);
    expect(read).not.toHaveProperty('publicKey');
  });

  it.each([[null], [[]]])('is none: %j', (value) => {
    expect(() => parseTrustedRoot(value)).toThrow(refused);
  });

  it.each([[at], ['2026-01-01T00:00:00.5Z'], ['2026-01-01T00:00:00.123456789Z']])(
    'counts since %s',
    (start) => {
      const [first] = parseTrustedRoot(validFor({ start })).tlogs;
      expect(first?.validFor.start).toEqual(new Date(start));
    },
  );

  it.each([
    [`${at}x`],
    ['2026-13-01T00:00:00Z'],
    ['2026-01-01T00:00:00'],
    ['2026-01-01T00:00:00.1234567890Z'],
    [undefined],
  ])('does not count since %s', (start) => {
    expect(() => parseTrustedRoot(validFor({ start }))).toThrow(refused);
  });

  it('counts for a time that does not end before it starts', () => {
    expect(() => parseTrustedRoot(validFor({ start: at, end: at }))).not.toThrow();
    expect(() => parseTrustedRoot(validFor({ start: at, end: '2025-12-31T23:59:59Z' }))).toThrow(
      refused,
    );
  });

  it.each(['https://log.example', 'http://127.0.0.1:3003'])(
    'names logs by their address: %s',
    (baseUrl) => {
      expect(() => parseTrustedRoot(log({ baseUrl }))).not.toThrow();
    },
  );

  it.each(['', 'ftp://log.example', 'https:'])('names no log by %j', (baseUrl) => {
    expect(() => parseTrustedRoot(log({ baseUrl }))).toThrow(refused);
  });

  it('names the kind of each key', () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const rawBytes = publicKey.export({ format: 'der', type: 'pkcs1' }).toString('base64');
    const rsa = (keyDetails: string) =>
      changed((json) => Object.assign(json.tlogs[0].publicKey, { rawBytes, keyDetails }));
    const [read] = parseTrustedRoot(rsa('PKCS1_RSA_PKCS1V5')).tlogs;
    expect(read?.publicKey.asymmetricKeyType).toBe('rsa');
    expect(() => parseTrustedRoot(rsa('PKIX_ED25519'))).toThrow(refused);
    expect(() => parseTrustedRoot(rsa('RSA'))).toThrow(refused);
  });

  it('has keys that are keys, and says what was wrong with them', () => {
    const broken = changed((json) => (json.tlogs[0].publicKey.rawBytes = 'AAAA'));
    expect(() => parseTrustedRoot(broken)).toThrow(
      expect.objectContaining({ code: 'trusted-root-invalid', cause: expect.any(Error) }),
    );
  });
});
