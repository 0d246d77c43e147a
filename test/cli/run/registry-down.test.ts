/**
 * What a run says while a proof of the log is not to be had: a registry that does not answer is not
 * accused of two logs, and a registry that withholds the proof has nothing admitted.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  type Installer,
  makeInstaller,
  makeNetwork,
  makeReportSkill,
  type Network,
  pathsOf,
  release,
  sayOf,
} from '../installer-world.ts';
import type { Said } from '../skill-command.ts';

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

const dead: Network['lie'] = async () => {
  throw new TypeError('fetch failed');
};
const start = (name: string): Promise<Said> => user.run('run', '--plan', name, 'report');
const remembered = (area: 'cache' | 'data'): string => {
  const all = join(pathsOf(user.home)[area], 'registries');
  return join(all, readdirSync(all)[0] ?? '');
};
const hasAlarm = (): boolean => existsSync(join(remembered('data'), 'alarms'));
const accusations = /log-forked|log-rolled-back|alarms\/|old backup|Keep the evidence/;

it.each(['revoked', 'suspended'] as const)(
  'a version that this host saw %s stays so while the registry does not answer',
  async (kind) => {
    const skill = await release(network, makeReportSkill('@acme/report'));
    expect((await user.run('install', '@acme/report')).exit).toBe(0);
    await sayOf(network, skill, kind);
    const online = await start('@acme/report');
    expect(online.err).toContain(`Cannot admit @acme/report: ${kind} at log index`);
    network.lie = dead;
    const offline = await start('@acme/report');
    expect([online.exit, offline.exit]).toEqual([6, 6]);
    expect(offline.err).toContain(`Cannot admit @acme/report: ${kind} at log index`);
    expect(offline.err).toContain('http://localhost does not answer');
    expect(offline.err).not.toMatch(accusations);
    expect(offline.err).not.toMatch(/log-unproven|words-/);
    expect(hasAlarm()).toBe(false);
  },
);

it('another skill still starts then, though only the refused one showed the newest head', async () => {
  const skill = await release(network, makeReportSkill('@acme/report'));
  await release(network, makeReportSkill('@acme/other'));
  expect((await user.run('install', '@acme/report')).exit).toBe(0);
  expect((await user.run('install', '@acme/other')).exit).toBe(0);
  await sayOf(network, skill, 'revoked');
  expect((await start('@acme/report')).exit).toBe(6);
  network.lie = dead;
  expect((await start('@acme/other')).exit).toBe(0);
});

it('a proof that this host lacks refuses the start, and accuses nobody', async () => {
  await release(network, makeReportSkill('@acme/report'));
  expect((await user.run('install', '@acme/report')).exit).toBe(0);
  await release(network, makeReportSkill('@acme/other'));
  expect((await user.run('install', '@acme/other')).exit).toBe(0);
  rmSync(join(remembered('cache'), 'log'), { recursive: true });
  network.lie = dead;
  const offline = await start('@acme/report');
  expect(offline).toMatchObject({ exit: 6, out: '' });
  expect(offline.err.split('log-unproven: ')).toHaveLength(2);
  expect(offline.err).toContain('http://localhost does not answer');
  expect(offline.err).toContain('Try again when the registry answers');
  expect(offline.err).not.toMatch(accusations);
  expect(hasAlarm()).toBe(false);
  network.lie = undefined;
  expect((await start('@acme/report')).exit).toBe(0);
});

it('a registry that answers and withholds the proof has nothing admitted, and replaces no memory', async () => {
  await release(network, makeReportSkill('@acme/report'));
  expect((await user.run('install', '@acme/report')).exit).toBe(0);
  await release(network, makeReportSkill('@acme/other'));
  const before = readFileSync(join(remembered('data'), 'checkpoint'));
  network.lie = async (path, honest) =>
    /^\/(log\/(tile|nodes)|packs)\//.test(path)
      ? new Response('nothing here', { status: 404 })
      : honest();
  rmSync(join(remembered('cache'), 'log'), { recursive: true });
  for (const argv of [
    ['run', '--plan', '@acme/report', 'report'],
    ['install', '@acme/other'],
  ]) {
    const withheld = await user.run(...argv);
    expect(withheld).toMatchObject({ exit: 6, out: '' });
    expect(withheld.err).toContain('log-unproven');
    expect(withheld.err).toContain('the registry withholds proofs of its log');
  }
  // Both heads are kept: other users can compare them with what the registry shows them.
  expect(hasAlarm()).toBe(true);
  expect(readFileSync(join(remembered('data'), 'checkpoint'))).toEqual(before);
});
