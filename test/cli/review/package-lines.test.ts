import { expect, it } from 'vitest';
import { packageLines } from '../../../cli/review/show.ts';

const seenAs = (kind: string, why: string | null, advisoriesAt: string | null) => ({
  ecosystem: 'python',
  name: 'attrs',
  version: '26.1.0',
  report: { kind, by: 'watcher', at: '2026-11-20T12:00:00Z', why },
  scan: null,
  advisoriesAt,
  advisories: [],
});
const compared = '2026-11-20T12:00:00Z';

it.each([
  ['looked at', [seenAs('whole', null, compared)], []],
  [
    'not fetched, although advisories were compared',
    [seenAs('not fetched', 'no way', compared), seenAs('not fetched', 'other', compared)],
    ['  2 of 2 packages could not be fetched, so no scanner read the code: no way'],
  ],
  [
    'not compared with advisories',
    [seenAs('whole', null, null)],
    ['  no scanner had advisories to compare with 1 package'],
  ],
])('a reviewer reads of packages that were %s', (_, seenPackages, lines) => {
  expect(packageLines({ seenPackages }).map(({ text }) => text)).toEqual(lines);
});
