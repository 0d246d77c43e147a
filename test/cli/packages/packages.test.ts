import { expect, it } from 'vitest';
import { skill } from '../command-line.ts';

it.each(['0', '3651', 'all'])(
  'packages clean --days %s is refused, with the reason',
  async (days) => {
    const said = await skill(['packages', 'clean', '--days', days]);
    expect(said).toMatchObject({ exit: 2, stdout: '' });
    expect(said.stderr).toMatch(
      /--days takes a number of days from 1 to 3650: .*may still use its packages/,
    );
  },
);

it('packages clean --days 1 is allowed', async () => {
  expect(await skill(['packages', 'clean', '--days', '1'])).toMatchObject({ exit: 0, stderr: '' });
});
