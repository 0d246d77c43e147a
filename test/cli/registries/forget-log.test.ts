/**
 * The way back for a host that saw a wrong log, as after a restore: a person says which log is
 * right, and what the other one taught goes.
 */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keyStatement } from '../../../skills-index/statement/attestation.ts';
import { rootFingerprint } from '../../../skills-index/trust/root/root.ts';
import { makeKey, type TestKey } from '../../registry/people.ts';
import { approve, claimScope, publish, scan, state } from '../../registry/road.ts';
import { makeStaffedWorld } from '../../registry/world.ts';
import {
  base,
  type Installer,
  makeInstaller,
  makeNetwork,
  makeReportSkill,
  type Network,
} from '../installer-world.ts';

type Registry = Awaited<ReturnType<typeof makeStaffedWorld>>;

let network: Network;
let host: Installer;
let right: Registry;
beforeEach(async () => {
  network = await makeNetwork();
  host = await makeInstaller(network);
  right = await makeStaffedWorld({ trust: network.registry.trust });
});
afterEach(() => {
  host.close();
  network.close();
  right.close();
});

async function releaseIn(
  { send, tokens, scanner, rita }: Registry,
  by: TestKey,
  version: string,
): Promise<void> {
  const skill = makeReportSkill('@other/a', { version });
  expect((await publish(send, skill, by)).status).toBe(201);
  await scan(send, tokens.scanner, scanner, skill, 'pass');
  expect((await approve(send, tokens.rita, rita, skill)).status).toBe(201);
}

/** The wrong log gives @other to somebody else; then the right one, which is longer, comes back. */
async function seeTwoLogs(): Promise<void> {
  const thief = makeKey();
  await claimScope(network.registry, 'other', thief);
  await releaseIn(network.registry, thief, '0.9.0');
  expect((await host.run('install', '@other/a', '--yes')).exit).toBe(0);
  for (const key of [makeKey(), makeKey(), makeKey()])
    await state(right, keyStatement({ key: key.open, state: 'enrolled' }), key);
  await claimScope(right, 'other', right.author);
  await releaseIn(right, right.author, '1.0.0');
  network.lie = async (path) => right.send(path);
}

const install = () => host.run('install', '@other/a@1.0.0', '--yes');
// What was installed from the wrong log is the project's; a person removes it besides.
const clearProject = (): void => {
  for (const name of ['skillgate.lock', 'skillgate.json', '.agents'])
    rmSync(join(host.project, name), { recursive: true, force: true });
};
const memory = (): string[] =>
  readdirSync(join(host.home, 'data', 'registries'), { recursive: true })
    .map((path) => String(path).slice(65))
    .filter((path) => /known|revoked/.test(path));

describe('a host that saw a wrong log', () => {
  it('takes the right one after a person said so, and keeps what the wrong one taught aside', async () => {
    await seeTwoLogs();
    clearProject();
    expect(await install()).toMatchObject({ exit: 6, err: expect.stringContaining('log-') });
    const before = memory().filter((path) => path.startsWith('known/'));
    const root = rootFingerprint(network.registry.trust.root);
    expect(await host.run('registry', 'trust', base, '--forget-log', '--root', root)).toMatchObject(
      {
        exit: 0,
        out: expect.stringContaining('forgotten'),
      },
    );
    const aside = memory().flatMap(
      (path) => /^forgotten\/[^/]+\/(known\/.+)$/.exec(path)?.[1] ?? [],
    );
    expect(before.length).toBeGreaterThan(0);
    expect(aside.sort()).toEqual(before.sort());
    expect(await install()).toMatchObject({ exit: 0 });
    expect(memory().some((path) => path.startsWith('known/'))).toBe(true);
  });

  it('forgets nothing before a person said so', async () => {
    await seeTwoLogs();
    const before = memory();
    expect(await host.run('registry', 'trust', base, '--forget-log')).toMatchObject({ exit: 6 });
    expect(
      await host.run(
        'registry',
        'trust',
        base,
        '--forget-log',
        '--root',
        `sha256:${'ab'.repeat(32)}`,
      ),
    ).toMatchObject({
      exit: 6,
    });
    expect(memory()).toEqual(before);
    clearProject();
    expect(await install()).toMatchObject({ exit: 6 });
  });
});
