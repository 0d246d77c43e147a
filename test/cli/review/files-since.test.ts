import { expect, it } from 'vitest';
import { filesSinceRows } from '../../../cli/review/show.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';

const changed = [{ path: 'run.sh\u001b[2K', before: digestOf('x') }];

it.each([
  ['a first version', null, []],
  [
    'a version with the same files',
    { since: '1.0.0', added: [], changed: [], removed: [] },
    ['files the same as in 1.0.0'],
  ],
  [
    'a version with other files',
    { since: '1.0.0', added: ['b'], changed, removed: ['c'] },
    ['files changed since 1.0.0: run.sh⟨U+001B⟩[2K', ' new since 1.0.0: b', ' gone since 1.0.0: c'],
  ],
])('a reviewer reads what differs in %s', (_, filesSince, lines) => {
  const rows = filesSinceRows({ filesSince });
  expect(rows.map(([title, { text }]) => `${title} ${text}`)).toEqual(lines);
});
