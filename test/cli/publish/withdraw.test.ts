import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { makeSkill, publish, scan } from '../../registry/road.ts';
import { makeUsers, type Users } from '../registry-users.ts';

const ref = '@acme/deals@1.0.0';
const deals = makeSkill('@acme/deals', '1.0.0');
let users: Users;
beforeEach(async () => {
  users = await makeUsers();
  onTestFinished(() => users.world.close());
  const { author, scanner, send, tokens } = users.world;
  await publish(send, deals, author);
  await scan(send, tokens.scanner, scanner, deals, 'pass');
});

it('withdraws a version, says what that means, and then that this was done already', async () => {
  const line = ['withdraw', ref, '--yes', '--reason', 'has the wrong template'];
  const done = await users.as('author', line);
  expect(done).toMatchObject({ exit: 0, stderr: '' });
  expect(done.stdout).toMatch(
    /^@acme\/deals@1\.0\.0: withdrawn on \S+Z by \S+: has the wrong template\n/,
  );
  expect(done.stdout).toContain('Publish the next version under a higher number');
  const repeated = await users.as('author', ['withdraw', ref, '--reason', 'again']);
  expect(repeated.exit).toBe(0);
  expect(repeated.stdout).toMatch(
    /^@acme\/deals@1\.0\.0 was withdrawn already on \S+Z by \S+: has the wrong template\n/,
  );
  expect(repeated.stdout).toContain('your reason was not stored');
  const again = await users.as('author', ['withdraw', ref, '--format', 'json']);
  expect(JSON.parse(again.stdout)).toEqual({
    schema: 'skillgate.withdrawn/1',
    name: '@acme/deals',
    version: '1.0.0',
    status: 'withdrawn',
    by: expect.any(String),
    at: expect.any(String),
    reason: 'has the wrong template',
  });
  const status = await users.as('author', ['status', ref]);
  expect(status.stdout).toMatch(/status +withdrawn\n/);
  expect(status.stdout).toMatch(/approvals +none\n/);
  expect(status.stdout).toMatch(/in review → withdrawn .*has the wrong template/);
});

it('asks a person first, and does nothing without the answer', async () => {
  const line = ['withdraw', ref, '--reason', 'has the wrong template'];
  const unasked = await users.as('author', line);
  expect([unasked.exit, unasked.stderr]).toEqual([6, expect.stringContaining('help: add --yes')]);
  const no = await users.as('author', line, { terminal: true, input: 'yes\n' });
  expect([no.exit, no.stderr]).toEqual([6, expect.stringContaining('Nothing was done')]);
  expect(no.stderr).toMatch(
    /Withdraw @acme\/deals@1\.0\.0 \(in review\)\?.*stays taken\.\nReason.*: has the wrong template\nYou cannot undo this\./,
  );
  expect((await users.as('author', ['status', ref])).stdout).toMatch(/status +in review\n/);
  const done = await users.as('author', line, { terminal: true, input: 'withdraw\n' });
  expect([done.exit, done.stdout]).toEqual([0, expect.stringContaining('withdrawn on')]);
});

it.each<[string, 'author' | 'rita', string[], number, string]>([
  ['without a version', 'author', ['withdraw', '@acme/deals'], 2, 'names no version'],
  ['for a version that does not exist', 'author', ['withdraw', '@acme/deals@9.9.9'], 3, '9.9.9'],
  ['with an empty reason', 'author', ['withdraw', ref, '--reason', ' '], 2, '--reason is empty'],
  [
    'of a reviewer',
    'rita',
    ['withdraw', ref, '--yes'],
    6,
    'Only the owners and publishers of @acme',
  ],
])('is refused %s', async (_, who, line, exit, says) => {
  const { exit: ended, stderr } = await users.as(who, line);
  expect([ended, stderr]).toEqual([exit, expect.stringContaining(says)]);
});
