import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  coversPath,
  parseDeclaredEgressUrl,
  parseEgressUrl,
  printEgressTarget,
} from '../../../skills-index/skill/egress-target.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';

const reads = (parse: (url: string) => unknown, url: string): boolean => {
  try {
    parse(url);
    return true;
  } catch (cause) {
    if (cause instanceof Problem && cause.code === 'capability-invalid') return false;
    throw cause;
  }
};

describe('an egress url', () => {
  it.each([
    [
      'https://api.crm.example/v2/*',
      { scheme: 'https', host: 'api.crm.example', port: 443, path: '/v2/*' },
    ],
    [
      'https://api.crm.example',
      { scheme: 'https', host: 'api.crm.example', port: 443, path: '/*' },
    ],
    ['http://a.example:8080/x', { scheme: 'http', host: 'a.example', port: 8080, path: '/x' }],
    ['dns://*', { scheme: 'dns', host: '*', port: 53, path: '/*' }],
    ['tcp://[::1]:22', { scheme: 'tcp', host: '[::1]', port: 22, path: '/*' }],
  ])('%s is taken apart', (url, target) => {
    expect(parseEgressUrl(url)).toEqual(target);
  });

  it('is printed and read back the same', () => {
    const path = fc.constantFrom('', '/', '/*', '/v2', '/v2/*', '/v2/de*', '/a/b/c/d');
    const url = fc.tuple(
      fc.constantFrom('https', 'http'),
      fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined }),
      path,
    );
    fc.assert(
      fc.property(url, ([scheme, port, at]) => {
        const target = parseEgressUrl(
          `${scheme}://a.example${port === undefined ? '' : `:${port}`}${at}`,
        );
        expect(parseEgressUrl(printEgressTarget(target))).toEqual(target);
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    'a.example',
    'ftp://a.example/',
    'https://user@a.example/',
    'https://a.example:0/',
    'https://a.example:65536/',
    'https://a.example/?q=1',
    'https://a.example/a/../b',
    'https://a.example/*/b',
    'https://a.example/a\\b',
    'https://a.example/ä',
    '',
  ])('is not %j', (url) => {
    expect(reads(parseEgressUrl, url)).toBe(false);
  });
});

describe('what a manifest may ask for', () => {
  it.each([
    ['https://a.example/', true],
    ['https://*.crm.example.com/', true],
    ['https://*/', true],
    ['dns://a.example', false],
    ['tcp://a.example:1024', true],
    ['tcp://a.example:25', false],
    ['udp://a.example:25', false],
    ['https://localhost/', false],
    ['https://169.254.169.254/latest/', false],
    ['https://*.com/', false],
    ['https://A.example/', false],
  ])('%s: %s', (url, allowed) => {
    expect(reads(parseDeclaredEgressUrl, url)).toBe(allowed);
  });
});

describe('covering paths', () => {
  it.each([
    ['/v2/*', '/v2/deals', true],
    ['/v2/*', '/v2', false],
    ['/v2/*', '/v20', false],
    ['/v2', '/v2/deals', false],
    ['/v2', '/v2', true],
  ])('%s covers %s: %s', (wide, narrow, expected) => {
    expect(coversPath(wide, narrow)).toBe(expected);
  });
});
