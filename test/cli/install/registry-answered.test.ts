/** What outdated and update say of a registry that does not answer. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  type Installer,
  makeInstaller,
  makeNetwork,
  makeReportSkill,
  type Network,
  release,
} from '../installer-world.ts';

let network: Network;
let user: Installer;
beforeEach(async () => {
  network = await makeNetwork();
  user = await makeInstaller(network);
  await release(network, makeReportSkill('@acme/report'));
  expect((await user.run('install', '@acme/report')).exit).toBe(0);
  await release(network, makeReportSkill('@acme/report', { version: '1.1.0' }));
  network.lie = async () => {
    throw new TypeError('fetch failed');
  };
});
afterEach(() => {
  user.close();
  network.close();
});

const why = 'Cannot look for a newer version of @acme/report: http://localhost does not answer';

it('outdated names it with the next step, and exits as other commands do', async () => {
  const { exit, out } = await user.run('list', '--outdated');
  expect(exit).toBe(4);
  expect(out).toContain(why);
  expect(out).toMatch(/→ .*skillgate registry move OLD NEW/);
  expect(out).not.toMatch(/No newer version|skillgate update/);
  const json = await user.run('list', '--outdated', '--format', 'json');
  expect(json.exit).toBe(4);
  expect(JSON.parse(json.out).skills).toMatchObject([
    { code: 'registry-down', why: expect.stringContaining(`${why}: fetch failed`) },
  ]);
});

it('update of one and of several skills says so, and changes nothing', async () => {
  const one = await user.run('update');
  expect(one).toMatchObject({ exit: 4, out: '' });
  expect(one.err).toContain(`error[registry-down]: ${why}`);
  network.lie = undefined;
  await release(network, makeReportSkill('@acme/other'));
  expect((await user.run('install', '@acme/other')).exit).toBe(0);
  network.lie = async () => new Response('', { status: 503 });
  const both = await user.run('update');
  expect(both.exit).toBe(4);
  expect(both.out).toMatch(/@acme\/other +1\.0\.0 +stays: registry-down/);
  expect(both.out).toMatch(/@acme\/report +1\.0\.0 +stays: registry-down/);
  expect(both.out).not.toContain('no newer version');
});
