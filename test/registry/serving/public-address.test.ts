import { describe, expect, it } from 'vitest';
import {
  type Listening,
  parsePublicUrl,
  requireSafeListening,
} from '../../../registry/serving/public-address.ts';

const url = 'https://skills.acme.example';
const local: Listening = { host: 'localhost', isTls: false, hasProxies: false };

describe('where a registry listens', () => {
  it.each<[string, Partial<Listening>]>([
    ['this machine alone', {}],
    ['a certificate and every address', { host: '0.0.0.0', url, isTls: true }],
    ['a container behind a named proxy', { host: '0.0.0.0', url, hasProxies: true }],
    ['this machine behind a named proxy', { url, hasProxies: true }],
  ])('takes %s without a word', (_, listening) => {
    expect(requireSafeListening({ ...local, ...listening })).toEqual([]);
  });

  it.each<[string, Partial<Listening>, RegExp]>([
    ['an open port without an address', { host: '0.0.0.0' }, /--url https:\/\/.*--tls-certificate/],
    ['an open port without TLS', { host: '0.0.0.0', url }, /--tls-certificate.*--trusted-proxy/],
    ['a host name that others know', { host: 'skills.acme.example', url }, /--tls-certificate/],
    ['TLS at a plain address', { url: 'http://localhost', isTls: true }, /https:\/\//],
  ])('refuses %s, and says what is missing', (_, listening, hint) => {
    expect(() => requireSafeListening({ ...local, ...listening })).toThrow(
      expect.objectContaining({ code: 'usage', hint: expect.stringMatching(hint) }),
    );
  });

  it('warns where nobody can connect, and where all clients look the same', () => {
    expect(requireSafeListening({ ...local, url, isTls: true })).toEqual([
      expect.stringContaining('--host 0.0.0.0'),
    ]);
    expect(requireSafeListening({ ...local, url })).toEqual([
      expect.stringContaining('--trusted-proxy 127.0.0.1'),
    ]);
  });
});

describe('a public address', () => {
  it.each([
    ['https://skills.acme.example/', 'https://skills.acme.example'],
    ['https://Skills.Acme.example:443', 'https://skills.acme.example'],
    ['http://localhost:4880', 'http://localhost:4880'],
  ])('%s is %s', (text, origin) => {
    expect(parsePublicUrl(text)).toBe(origin);
  });

  it.each([
    'http://skills.acme.example',
    'https://skills.acme.example/registry',
    'https://me:secret@skills.acme.example',
    'https://skills.acme.example/?a=b',
  ])('is not %j', (text) => {
    expect(() => parsePublicUrl(text)).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});
