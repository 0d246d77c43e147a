import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { makeSkill, publishApproved } from '../../registry/road.ts';
import { makeUsers, type Users } from '../registry-users.ts';

const ref = '@acme/deals@1.0.0';
let users: Users;
beforeEach(async () => {
  users = await makeUsers();
  onTestFinished(() => users.world.close());
  const deals = makeSkill('@acme/deals', '1.0.0');
  await publishApproved(users.world, deals);
});

it('yanks a version, says what that means, and takes it back', async () => {
  const yanked = await users.as('author', ['yank', ref, '--reason', 'totals are wrong']);
  expect(yanked).toMatchObject({ exit: 0, stderr: '' });
  expect(yanked.stdout).toMatch(/^@acme\/deals@1\.0\.0: yanked, log index \d+\n/);
  expect(yanked.stdout).toContain('This is advice, and stops nobody');
  const undo = ['yank', ref, '--undo', '--reason', 'they were right', '--format', 'json'];
  const undone = await users.as('author', undo);
  expect(JSON.parse(undone.stdout)).toMatchObject({
    schema: 'skillgate.advice/1',
    name: '@acme/deals',
    version: '1.0.0',
    kind: 'unyanked',
    logIndex: expect.any(Number),
  });
  expect(await users.as('author', undo)).toMatchObject({
    exit: 6,
    stdout: expect.stringContaining('is not yanked'),
  });
});

it('deprecates a version with the skill to use instead', async () => {
  const line = ['yank', '--deprecate', ref, '--reason', 'old', '--replacement', '@acme/sums'];
  const { stdout } = await users.as('author', [...line, '--format', 'json']);
  expect(JSON.parse(stdout)).toMatchObject({ kind: 'deprecated', replacement: '@acme/sums' });
});

it.each<[string, 'author' | 'rita', string[], number, string]>([
  ['without a reason', 'author', ['yank', ref], 2, 'Cannot yank without a reason'],
  ['without a version', 'author', ['yank', '@acme/deals', '--reason', 'x'], 2, 'names no version'],
  [
    'with --undo and --replacement',
    'author',
    ['yank', '--deprecate', ref, '--reason', 'x', '--undo', '--replacement', '@acme/sums'],
    2,
    '--undo takes no --replacement',
  ],
  [
    'of a reviewer, who has stronger means',
    'rita',
    ['yank', ref, '--reason', 'x'],
    6,
    'Only the owners and publishers of @acme may yank or deprecate its versions',
  ],
])('is refused %s', async (_, who, line, exit, says) => {
  const { exit: ended, stderr } = await users.as(who, line);
  expect([ended, stderr]).toEqual([exit, expect.stringContaining(says)]);
});
