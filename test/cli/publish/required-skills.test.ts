import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { approve, makeSkill, publish, scan } from '../../registry/road.ts';
import { makeUsers, type Users } from '../registry-users.ts';

const cells = makeSkill('@acme/cells', '1.0.0');
let users: Users;
beforeEach(async () => {
  users = await makeUsers();
  onTestFinished(() => users.world.close());
  const { author, scanner, send, tokens } = users.world;
  await publish(send, cells, author);
  await scan(send, tokens.scanner, scanner, cells, 'pass');
});

async function publishRequiring(requires: Record<string, string>): Promise<string> {
  const folder = join(users.homeOf('author'), 'report');
  mkdirSync(folder);
  writeFileSync(
    join(folder, 'SKILL.md'),
    '---\nname: report\ndescription: Writes the weekly report.\n---\n# Report\n\nWrite the report.\n',
  );
  writeFileSync(
    join(folder, 'skill.json'),
    JSON.stringify({ name: '@acme/report', version: '1.0.0', requires }),
  );
  const { exit, stderr } = await users.as('author', ['publish', folder]);
  expect([exit, stderr]).toEqual([0, expect.any(String)]);
  return stderr;
}

it('warns of a required skill that the registry does not have', async () => {
  expect(await publishRequiring({ '@acme/cels': '^1.0.0' })).toContain(
    'warning: skill.json requires @acme/cels, which this registry does not have; check the name. Nobody can install this version before a version that fits is approved.',
  );
});

it('warns of a required version that waits', async () => {
  expect(await publishRequiring({ '@acme/cells': '^1.0.0' })).toContain(
    'requires @acme/cells ^1.0.0, and @acme/cells@1.0.0 fits but waits for its approval',
  );
});

it('warns of a range that no version meets', async () => {
  expect(await publishRequiring({ '@acme/cells': '^2.0.0' })).toContain(
    'requires @acme/cells ^2.0.0, and no version of @acme/cells fits',
  );
});

it('says nothing where an approved version fits', async () => {
  const { rita, send, tokens } = users.world;
  await approve(send, tokens.rita, rita, cells);
  expect(await publishRequiring({ '@acme/cells': '^1.0.0' })).not.toContain('requires @acme/cells');
});
