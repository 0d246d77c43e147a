/** What a project hears of an installed version that was suspended. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  type Installer,
  makeInstaller,
  makeNetwork,
  makeReportSkill,
  type Network,
  release,
  sayOf,
} from '../installer-world.ts';

let network: Network;
let user: Installer;
beforeEach(async () => {
  network = await makeNetwork();
  user = await makeInstaller(network);
  await release(network, makeReportSkill('@acme/report'));
  const stopped = await release(network, makeReportSkill('@acme/report', { version: '1.1.0' }));
  expect((await user.run('install', '@acme/report')).exit).toBe(0);
  await sayOf(network, stopped, 'suspended');
});
afterEach(() => {
  user.close();
  network.close();
});

const why = 'Cannot admit @acme/report: suspended at log index';

it('outdated says why the host no longer admits the version, beside the one it admits', async () => {
  const { exit, out } = await user.run('list', '--outdated');
  expect(exit).toBe(0);
  expect(out).toMatch(/@acme\/report {2}1\.1\.0 {2}Cannot admit @acme\/report: suspended at /);
  const { skills } = JSON.parse((await user.run('list', '--outdated', '--format', 'json')).out);
  expect(skills).toMatchObject([{ installed: '1.1.0', newest: '1.0.0' }]);
  expect(skills[0].why).toContain(why);
});

it('update and install say why, and how to go back', async () => {
  for (const argv of [['update'], ['install', '@acme/report']]) {
    const { exit, err } = await user.run(...argv);
    expect(exit).toBe(6);
    expect(err).toContain('version 1.1.0 is installed, and the registry offers the older 1.0.0');
    expect(err).toContain(why);
    expect(err).toContain('on purpose: skillgate install @acme/report@1.0.0');
  }
});

it('verify counts the statement of the suspension among those that it demanded', async () => {
  const { out } = await user.run('verify', '@acme/report');
  // Publication, scan, approval, summary and suspension; the claim and the two members behind them.
  expect(out).toContain('8 of 8 statements are signed and in the log');
});

it('outdated names no update that update refuses, but the way back', async () => {
  const { out } = await user.run('list', '--outdated');
  expect(out).not.toContain('skillgate update');
  expect(out).toContain('→ skillgate install @acme/report@1.0.0');
});

it('list marks the version once this host knows, without a word to the registry', async () => {
  expect((await user.run('list')).out).not.toContain('suspended');
  expect((await user.run('run', '--plan', '@acme/report', 'report')).exit).toBe(6);
  network.asked.length = 0;
  const { exit, out } = await user.run('list');
  expect(exit).toBe(0);
  expect(out).toMatch(/@acme\/report@1\.1\.0 .* suspended at log index \d+: it leaks/);
  const { skills } = JSON.parse((await user.run('list', '--format', 'json')).out);
  expect(skills).toMatchObject([{ version: '1.1.0', stopped: { kind: 'suspended' } }]);
  expect(network.asked).toEqual([]);
});

it('list and outdated of a revoked version say how to remove it', async () => {
  const only = await release(network, makeReportSkill('@acme/only'));
  expect((await user.run('install', '@acme/only')).exit).toBe(0);
  await sayOf(network, only, 'revoked');
  const outdated = await user.run('list', '--outdated', '@acme/only');
  expect(outdated.out).toContain('revoked at log index');
  expect(outdated.out).not.toContain('skillgate update');
  expect(outdated.out).toContain('skillgate remove');
  const { out } = await user.run('list');
  expect(out).toMatch(/@acme\/only@1\.0\.0 .* revoked at log index \d+: it leaks/);
  expect(out).toContain('→ remove the revoked version: skillgate remove @acme/only');
});

it('list says that the project asks for any version, not that the version is the newest', async () => {
  const { out } = await user.run('list');
  expect(out).toContain('any version');
  expect(out).not.toContain('newest');
});
