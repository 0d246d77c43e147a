/** A reviewer of a later version reads what was asked about the earlier one, and what differs. */
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { signedIn } from '../../registry/desk-visit.ts';
import { makeSkill, publishScanned } from '../../registry/road.ts';
import { makeUsers, type Users } from '../registry-users.ts';

const version = (number: string, text: string) =>
  makeSkill('@acme/deals', number, { files: { 'notes.md': text } });
const question = 'please change the notes';

let users: Users;
beforeEach(async () => {
  users = await makeUsers();
  onTestFinished(() => users.world.close());
  await publishScanned(users.world, version('1.0.0', 'first'));
  await users.as('rita', ['review', 'ask', '@acme/deals@1.0.0', '--reason', question]);
  await users.as('author', ['status', '@acme/deals@1.0.0', '--reply', 'done in 1.0.1']);
});

it('shows question, answer and changed files, in the list the newest question', async () => {
  await publishScanned(users.world, version('1.0.1', 'second'));
  const { stdout } = await users.as('omar', ['review', 'show', '@acme/deals@1.0.1']);
  expect(stdout).toMatch(
    /before +reviewers asked about 1\.0\.0, which is in review\n +asked by rita: please change the notes\n +answered by .*: done in 1\.0\.1\n +changed since 1\.0\.0: notes\.md\n/,
  );
  const { stdout: list } = await users.as('omar', ['review', 'list']);
  expect(list).toMatch(/@acme\/deals@1\.0\.1 .* question about 1\.0\.0\n/);
  const { html } = await (await signedIn(users.world.send, users.world.tokens.omar)).get(
    '/@acme/deals/1.0.1',
  );
  expect(html).toMatch(
    /Asked about 1\.0\.0<[\s\S]{0,300}please change the notes[\s\S]{0,300}>author<[\s\S]{0,300}done in 1\.0\.1/,
  );
  expect(list).not.toMatch(/@acme\/deals@1\.0\.0 .*asked/);
});
