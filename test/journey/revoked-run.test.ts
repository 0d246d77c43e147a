import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pathsOf } from '../../cli/paths.ts';
import { parseEntry } from '../../skills-index/run/audit/audit-entry.ts';
import { makeReportSkill, release, sayOf } from '../cli/installer-world.ts';
import { type InstalledHost, makeInstalledHost } from './installed-host.ts';

let host: InstalledHost;
beforeAll(async () => {
  host = await makeInstalledHost();
});
afterAll(() => host?.close());

const waiting = {
  commands: { wait: 'scripts/wait.ts' },
  files: { 'scripts/wait.ts': "console.log('up');\nsetInterval(() => undefined, 1000);\n" },
};
const policy = (text: object): void => {
  mkdirSync(join(host.home, 'config'), { recursive: true, mode: 0o700 });
  writeFileSync(join(host.home, 'config/host.json'), JSON.stringify(text), { mode: 0o600 });
};
const events = () => {
  const { data } = pathsOf({ SKILLGATE_HOME: host.home });
  return readFileSync(join(data, 'audit/audit.jsonl'), 'utf8')
    .split('\n')
    .flatMap((line) => parseEntry(line) ?? []);
};

/** Starts a command that ends by nothing but its limit, and waits until it is up. */
async function started(
  name: string,
): Promise<{ readonly child: ChildProcess; readonly ended: Promise<unknown[]> }> {
  const child = spawn(process.execPath, [host.guard, 'run', name, 'wait'], {
    env: host.env,
    cwd: host.project,
  });
  const ended = once(child, 'close');
  await Promise.race([once(child.stdout, 'data'), ended]);
  return { child, ended };
}

describe('a revocation', () => {
  it('ends what runs, as soon as any process of this host has learned of it', async () => {
    policy({ statusSeconds: 0 });
    const skill = await release(host.network, makeReportSkill('@acme/waits', waiting));
    expect((await host.skill('install', '@acme/waits')).exit).toBe(0);
    const { ended } = await started('@acme/waits');
    await sayOf(host.network, skill, 'revoked');
    // Whoever asks the registry stores its status, and is refused.
    expect((await host.skill('run', '--plan', '@acme/waits', 'wait')).exit).toBe(6);
    expect((await ended)[0]).toBe(6);
    expect(events().filter(({ event }) => event === 'exit')).toMatchObject([
      { reason: 'revoked', code: null, skill: '@acme/waits' },
    ]);
  });

  it('ends what runs when nobody but the run itself asks, a suspension likewise', async () => {
    policy({ statusSeconds: 1 });
    const skill = await release(host.network, makeReportSkill('@acme/alone', waiting));
    expect((await host.skill('install', '@acme/alone')).exit).toBe(0);
    const { ended } = await started('@acme/alone');
    await sayOf(host.network, skill, 'suspended');
    expect((await ended)[0]).toBe(6);
    expect(events().at(-2)).toMatchObject({
      event: 'exit',
      reason: 'revoked',
      skill: '@acme/alone',
    });
  });
});

describe('a canary that leaves', () => {
  it('is reported to the registry, which suspends the version for everybody where this host is enrolled', async () => {
    policy({ incidents: { report: true } });
    const config = pathsOf({ SKILLGATE_HOME: host.home }).config;
    const { keyId } = JSON.parse(readFileSync(join(config, 'audit-key.json'), 'utf8')) as {
      keyId: string;
    };
    Object.assign(host.network.registry.registry, {
      incidents: { reporters: { here: keyId }, needed: 1 },
    });
    const text = 'console.log(JSON.stringify(process.env));\n';
    await release(
      host.network,
      makeReportSkill('@acme/leaks', {
        commands: { wait: 'scripts/wait.ts' },
        files: { 'scripts/wait.ts': text },
      }),
    );
    expect((await host.skill('install', '@acme/leaks')).exit).toBe(0);
    expect((await host.skill('run', '@acme/leaks', 'wait')).exit).toBe(7);
    const told = events().filter(({ skill }) => skill === '@acme/leaks');
    expect(told).toContainEqual(expect.objectContaining({ event: 'incident', rule: 'canary' }));
    expect(host.network.asked).toContain('/api/v1/incidents');
    const found = await host.network.registry.send('/api/v1/versions/@acme/leaks/1.0.0');
    expect(await found.json()).toMatchObject({ status: 'suspended' });
    // Who has it already is refused at the next start, whatever its own breaker says.
    expect((await host.skill('install', '@acme/leaks')).err).toContain('suspended');
  });
});
