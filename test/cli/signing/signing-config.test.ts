import { describe, expect, it } from 'vitest';
import { parseSigningConfig } from '../../../cli/signing/signing-config.ts';
import { signingConfig as good, urls } from '../signing-services.ts';

const now = new Date('2026-03-01T12:00:00Z');
const parse = (value: unknown) =>
  parseSigningConfig(Buffer.from(JSON.stringify(value)), 'signing_config.json', now);
const [ca] = good.caUrls;
const at = (url: string, start: string, end?: string) => ({
  ...ca,
  url,
  validFor: { start, ...(end === undefined ? {} : { end }) },
});

describe('a signing config', () => {
  it('names one service of each kind', () => {
    expect(parse(good)).toEqual({
      certificates: urls.fulcio,
      log: urls.rekor,
      timestamps: urls.timestamps,
    });
    const issuer = { ...ca, url: 'https://accounts.example/' };
    expect(parse({ ...good, oidcUrls: [issuer] }).issuer).toBe('https://accounts.example');
  });

  it('is used as of now: the newest that has begun and has not ended', () => {
    const caUrls = [
      at('https://old.example', '2026-01-01T00:00:00Z'),
      at('https://new.example', '2026-02-01T00:00:00Z'),
      at('https://ended.example', '2026-02-02T00:00:00Z', '2026-02-03T00:00:00Z'),
      at('https://later.example', '2026-04-01T00:00:00Z'),
    ];
    expect(parse({ ...good, caUrls }).certificates).toBe('https://new.example');
  });

  it('is refused with a password in a URL, which is not repeated', () => {
    const run = () =>
      parse({ ...good, caUrls: [{ ...ca, url: 'https://kim:hunter2@fulcio.example' }] });
    expect(run).toThrow('"https://…@fulcio.example" as certificate authority');
    expect(run).not.toThrow('hunter2');
  });

  it('may name this machine without TLS', () => {
    expect(parse({ ...good, caUrls: [{ ...ca, url: 'http://127.0.0.1:5555' }] }).certificates).toBe(
      'http://127.0.0.1:5555',
    );
  });

  it.each<[string, unknown, RegExp]>([
    [
      'plain http to elsewhere',
      { ...good, caUrls: [{ ...ca, url: 'http://fulcio.example' }] },
      /this machine only/,
    ],
    [
      'a host that begins like this machine',
      { ...good, caUrls: [{ ...ca, url: 'http://127.0.0.1.evil.example' }] },
      /this machine only/,
    ],
    [
      'a user in the URL',
      { ...good, caUrls: [{ ...ca, url: 'https://u:p@fulcio.example' }] },
      /a user/,
    ],
    ['another scheme', { ...good, tsaUrls: [{ ...ca, url: 'file:///etc/passwd' }] }, /write https/],
    [
      'Rekor of version 1 only',
      { ...good, rekorTlogUrls: [{ ...ca, url: urls.rekor }] },
      /no Rekor log \(API version 2\)/,
    ],
    ['no timestamp authority', { ...good, tsaUrls: [] }, /no timestamp authority/],
    [
      'two logs for each signature',
      { ...good, rekorTlogConfig: { selector: 'EXACT', count: 2 } },
      /cannot read|Cannot read/,
    ],
    [
      'all logs for each signature',
      { ...good, rekorTlogConfig: { selector: 'ALL' } },
      /Cannot read/,
    ],
    [
      'the older form',
      { ...good, mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.1+json' },
      /Cannot read/,
    ],
    ['a time that is none', { ...good, caUrls: [at(urls.fulcio, 'soon')] }, /Cannot read/],
    ['null', null, /Cannot read/],
  ])('is refused with %s', (_, value, says) => {
    expect(() => parse(value)).toThrow(
      expect.objectContaining({
        code: 'signing-config-invalid',
        message: expect.stringMatching(says),
      }),
    );
  });
});
