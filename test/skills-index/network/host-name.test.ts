import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coversHost, isHostName, isHostPattern } from '../../../skills-index/network/host-name.ts';

const label = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/).filter((text) => text !== 'localhost');
const host = fc.tuple(label, label, label).map((labels) => labels.join('.'));
const pattern = fc.oneof(
  host,
  host.map((one) => `*.${one}`),
  fc.constant('*'),
);

describe('a host name', () => {
  it.each(['api.crm.example', 'a.b', 'xn--mnchen-3ya.example', 'a-b.example', '1.example'])(
    'is %s',
    (text) => {
      expect(isHostName(text)).toBe(true);
    },
  );

  it.each([
    'example',
    'localhost',
    'foo.localhost',
    '127.0.0.1',
    '1.2.3.0x4',
    '0x7f.1',
    '[::1]',
    '::1',
    'API.example',
    'münchen.example',
    'a..b',
    '.a.b',
    'a.b.',
    '-a.example',
    'a-.example',
    'a_b.example',
    `${'a'.repeat(64)}.example`,
    `${'a.'.repeat(130)}b`,
    'a.example:443',
    'a.example/x',
    '*.example.com',
    ' a.example',
    'a.example\n',
    '',
  ])('is not %j', (text) => {
    expect(isHostName(text)).toBe(false);
  });
});

describe('a host pattern', () => {
  it.each(['*', 'a.example', '*.crm.example.com', '*.a.github.io'])('is %s', (text) => {
    expect(isHostPattern(text)).toBe(true);
  });

  it.each([
    '*.com',
    '*.co.uk',
    '*.github.io',
    '*.example',
    '*.*',
    '**',
    '*.',
    'a.*.example',
    '*a.example',
    '*.127.0.0.1',
    '',
  ])('is not %j', (text) => {
    expect(isHostPattern(text)).toBe(false);
  });
});

describe('covering hosts', () => {
  it.each([
    ['*', 'a.b', true],
    ['*', '*.a.b', true],
    ['*.a.b', 'x.a.b', true],
    ['*.a.b', 'x.y.a.b', true],
    ['*.a.b', '*.x.a.b', true],
    ['*.a.b', 'a.b', false],
    ['*.a.b', 'xa.b', false],
    ['*.a.b', '*', false],
    ['x.a.b', '*.a.b', false],
    ['a.b', 'a.b.evil.example', false],
  ])('%s covers %s: %s', (wide, narrow, expected) => {
    expect(coversHost(wide, narrow)).toBe(expected);
  });

  it('is reflexive and transitive', () => {
    fc.assert(
      fc.property(pattern, pattern, pattern, (a, b, c) => {
        expect(coversHost(a, a)).toBe(true);
        if (coversHost(a, b) && coversHost(b, c)) expect(coversHost(a, c)).toBe(true);
      }),
    );
  });

  it('means every host that the narrower stands for', () => {
    fc.assert(
      fc.property(
        pattern,
        pattern,
        host,
        (wide, narrow, one) =>
          !(coversHost(wide, narrow) && coversHost(narrow, one)) || coversHost(wide, one),
      ),
    );
    fc.assert(fc.property(host, (one) => isHostName(one) && isHostPattern(one)));
  });
});
