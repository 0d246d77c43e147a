import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPathCovered } from '../../../../skills-index/run/holds/hold-state.ts';

describe('a rule about a path', () => {
  it.each([
    // Express and Rails take case, a slash at the end and an extension for the same; Windows takes
    // dots and blanks from the end.
    [
      '/ok/pay',
      '/ok/pay /ok/Pay /OK/PAY /ok/pay/ /ok/pay// /ok/pay. /ok/pay.. /ok/pay%20 /ok/pay%20. /ok/pay.%2E /ok/pay%2e/',
    ],
    [
      '/ok/pay',
      '/ok/pay.json /ok/PAY.XML /ok/pay.json/ /ok/pay.php/x /ok/%70ay /ok/%2570ay /ok//pay /ok/./pay /ok/x/../pay',
    ],
    [
      '/ok/pay',
      '/ok/pay;v=1 /ok;a=b/pay /ok/pay::$DATA /ok/pay%3A%3A$DATA /ok\\pay /ok%2fpay /ok/%EF%BD%90ay /ok/pay%00',
    ],
    ['/ok/pay', '/ok/pay/1 /ok/pay/now/again'],
    // Rails' `(.:format)` and Spring's `.*` take anything for an extension.
    [
      '/ok/pay',
      '/ok/pay.1 /ok/pay.json-x /ok/pay.json_x /ok/pay.a.json /ok/pay.application1json2x',
    ],
    ['/ok/pay/', '/ok/pay /ok/pay/ /ok/pay/1 /ok/Pay'],
    ['/ok/pay.json', '/ok/pay /ok/pay.json /ok/pay.xml /ok/PAY.JSON'],
    [
      '/ok/admin*',
      '/ok/admin /ok/admin/x /ok/administrators /ok/Admin /ok/ADMIN/x /ok/%61dmin/x /ok//admin/x',
    ],
    ['/ok/*', '/ok/ /ok/x /OK/x/y /ok'],
    ['/*', '/ /x /x/y'],
    ['/', '/ /x'],
    ['/v1.2/x', '/v1.2/x /V1.2/X/'],
    ['/a/straße', '/a/STRASSE /a/stra%C3%9Fe'],
  ])('%s holds %s', (rule, paths) => {
    for (const path of paths.split(' '))
      expect([path, isPathCovered(rule, path)]).toEqual([path, true]);
  });

  it.each([
    [
      '/ok/pay',
      '/ok/payments /ok/paid /ok/status /pay /ok /okpay /ok/repay /ok/status/pay /ok/pay/../status /other/ok/pay',
    ],
    ['/ok/admin*', '/ok/adm /ok/x/admin /admin'],
    ['/v1.2/x', '/v1.3/x /v1/x /v2/x'],
    ['/ok/*', '/okay /o'],
  ])('%s does not hold %s', (rule, paths) => {
    for (const path of paths.split(' '))
      expect([path, isPathCovered(rule, path)]).toEqual([path, false]);
  });

  const name = fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}$/);
  const cases = (text: string, picks: readonly boolean[]): string =>
    [...text].map((sign, at) => (picks[at % picks.length] ? sign.toUpperCase() : sign)).join('');
  const escapes = (text: string, picks: readonly boolean[]): string =>
    text.replace(/[a-z0-9]/gi, (sign, at: number) =>
      picks[at % picks.length] ? `%${sign.charCodeAt(0).toString(16).padStart(2, '0')}` : sign,
    );
  const picks = fc.array(fc.boolean(), { minLength: 1, maxLength: 7 });
  const ends = fc.constantFrom(
    '',
    '/',
    '//',
    '.',
    '...',
    '%20',
    '%20.',
    '.%2e',
    '%2E/',
    '.json',
    '.html/',
    ';a=b',
    '/below',
    '/a/b',
  );
  const between = fc.constantFrom('/', '//', '/./', '/x/../', '%2f', '/%2e/');

  it('holds every spelling that servers take for it', () => {
    const spelling = fc.record({
      parts: fc.array(name, { minLength: 1, maxLength: 4 }),
      caps: picks,
      hex: picks,
      between,
      end: ends,
    });
    fc.assert(
      fc.property(spelling, ({ parts, caps, hex, between: by, end }) => {
        const spelled = `/${parts.map((part) => escapes(cases(part, caps), hex)).join(by)}${end}`;
        expect(isPathCovered(`/${parts.join('/')}`, spelled)).toBe(true);
        expect(isPathCovered(`/${parts.join('/')}*`, spelled)).toBe(true);
      }),
    );
  });

  it('lets other paths go on', () => {
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), name, (parts, other) => {
        fc.pre(other !== parts.at(-1));
        expect(
          isPathCovered(`/${parts.join('/')}`, `/${[...parts.slice(0, -1), other].join('/')}`),
        ).toBe(false);
      }),
    );
  });
});
