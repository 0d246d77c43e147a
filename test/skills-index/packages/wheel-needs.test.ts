import { expect, it } from 'vitest';
import { wheelNeeds } from '../../../skills-index/packages/wheel-needs.ts';

const host = { os: 'linux', cpu: 'x64' } as const;
const spaces = ' '.repeat(1_000_000);

it.each([
  ['Requires-Dist: six', ['six']],
  ['Requires-Dist: six (>=1.16) ; sys_platform == "linux"', ['six (>=1.16)']],
  ['Requires-Dist: six>=1.16;sys_platform == "win32"', []],
  ['Requires-Dist: six>=1.16 ; extra == "more"', []],
  // The author of a package chose the text, so no text may take long to read.
  [`Requires-Dist: a${spaces}b`, [`a${spaces}b`]],
])('%.60s', (metadata, needs) => {
  expect(wheelNeeds(metadata, host).get('')).toEqual(needs);
});

const needs = (marker: string): string =>
  Array.from({ length: 500 }, (_, at) => `Requires-Dist: a${at} ; ${marker}`).join('\n');
const extras = Array.from({ length: 500 }, (_, at) => `Provides-Extra: e${at}`).join('\n');
const long = Array.from({ length: 100 }, () => '"a" == "a"').join(' and ');

it('reads five hundred extras and markers, and long markers that name no extra', () => {
  const short = wheelNeeds(`${extras}\n${needs('extra == "e7"')}`, host);
  expect([short.get('')?.length, short.get('e7')?.length, short.get('e8')?.length]).toEqual([
    0, 500, 0,
  ]);
  const other = wheelNeeds(`${extras}\n${needs(`sys_platform == "win32" and ${long}`)}`, host);
  expect([other.size, other.get('e7')]).toEqual([501, []]);
});

it('refuses long markers of many extras', () => {
  const metadata = `${extras}\n${needs(`extra == "e7" and ${long}`)}`;
  expect(() => wheelNeeds(metadata, host)).toThrow(
    /has 500 extras, and for them \d+ characters of markers; at most 20000000/,
  );
});

it('finds the last of many requirements, and refuses a list that is longer', () => {
  const lines = (length: number): string =>
    [
      ...Array.from({ length }, (_, at) => `Requires-Dist: a${at} ; extra == "e"`),
      'Requires-Dist: six',
    ].join('\n');
  expect(wheelNeeds(lines(1_999), host).get('')).toEqual(['six']);
  expect(() => wheelNeeds(lines(2_000), host)).toThrow(
    'its METADATA has 2001 lines of Requires-Dist; at most 2000',
  );
});
