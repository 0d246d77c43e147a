/** A trial of an author leaves no claim open for ever: nobody approved the files, and all know it. */
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isTrial, trialOf } from '../../../cli/run/trial-build.ts';
import { parseVersion } from '../../../skills-index/skill/version.ts';
import {
  type Installer,
  makeInstaller,
  makeNetwork,
  makeReportSkill,
  type Network,
} from '../installer-world.ts';
import { exit, HostFolder, start } from './fleet.ts';

let network: Network;
let user: Installer;
beforeEach(async () => {
  network = await makeNetwork();
  user = await makeInstaller(network);
});
afterEach(() => {
  user.close();
  network.close();
});

const tried = makeReportSkill('@acme/mine', { version: trialOf(parseVersion('0.1.0')) });

it('a report names trials as what they are, and asks no registry about them', async () => {
  new HostFolder(user.home, network.now()).run('operator', tried, start, exit);
  const made = await user.run('evidence', '--out', 'report.json');
  expect(made.exit).toBe(0);
  expect(made.err).not.toContain('no evidence');
  const said = await user.run('evidence', '--verify', join(user.project, 'report.json'));
  expect(said.exit).toBe(0);
  expect(said.out).toMatch(/1 trial by operator on .* ran files that nobody approved/);
  expect(said.out).toContain('0 could not be verified');
});

it('a line of an agent with such a version stays without evidence', async () => {
  new HostFolder(user.home, network.now()).run('finance', tried, start, exit);
  const made = await user.run('evidence', '--out', 'report.json');
  expect(made.err).toContain('the report has no evidence of 1 of 1 version');
  const said = await user.run('evidence', '--verify', join(user.project, 'report.json'));
  expect(said.exit).toBe(7);
});

it.each<[string, string, boolean]>([
  ['operator', '1.0.0+unapproved', true],
  ['operator', '1.0.0+a.unapproved', true],
  ['operator', '1.0.0-unapproved', false],
  ['operator', '1.0.0-a.unapproved', false],
  ['operator', '1.0.0+notunapproved', false],
  ['bot', '1.0.0+unapproved', false],
])('%s with %s', (agent, version, expected) => {
  expect(isTrial({ agent, version })).toBe(expected);
});
