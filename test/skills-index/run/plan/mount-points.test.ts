import { expect, it } from 'vitest';
import { parseMountPoints } from '../../../../skills-index/run/plan/own-locks.ts';

it.each([
  ['a plain one', '/srv/docs/sub', '/srv/docs/sub'],
  ['one with a blank', '/srv/my\\040docs/sub', '/srv/my docs/sub'],
  ['one with a tab, a line end and a backslash', '/srv/a\\011b\\012c\\134d', '/srv/a\tb\nc\\d'],
  ['one with what looks like a code', '/srv/a\\134040b', '/srv/a\\040b'],
  ['one in UTF-8', '/srv/Büro', '/srv/Büro'],
])('a mount point is read as its path: %s', (_, written, path) => {
  const line = `36 35 98:0 / ${written} rw,noatime shared:1 - ext3 /dev/root rw`;
  expect(parseMountPoints(Buffer.from(`${line}\n`))).toEqual([path, '']);
});
