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
