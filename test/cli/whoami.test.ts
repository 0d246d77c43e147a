import { expect, it, onTestFinished } from 'vitest';
import { makeSkill, publish } from '../registry/road.ts';
import { makeUsers } from './registry-users.ts';

it('skillgate whoami prints what the key and its scopes have used of the quotas', async () => {
  const quotas = { waitingVersions: 3, scope: { storedBytes: 10 * 1024 * 1024 } };
  const { world, as } = await makeUsers(undefined, { quotas });
  onTestFinished(() => world.close());
  const before = await as('author', ['whoami']);
  expect(before.stdout).toMatch(/waitingVersions +0 of 3 used/);
  await publish(world, makeSkill('@acme/report', '1.0.0'), world.author);
  const { stdout } = await as('author', ['whoami']);
  expect(stdout).toMatch(/waitingVersions +1 of 3 used/);
  expect(stdout).toMatch(/@acme +storedBytes: \d+ bytes of 10\.0 MiB used/);
  const json = JSON.parse((await as('author', ['whoami', '--format', 'json'])).stdout);
  expect(json.scopeQuotas['@acme'].storedBytes.max).toBe(10 * 1024 * 1024);
});
