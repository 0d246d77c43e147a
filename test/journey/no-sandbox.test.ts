import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeReportSkill, pathsOf, release } from '../cli/installer-world.ts';
import { type InstalledHost, makeInstalledHost } from './installed-host.ts';

let host: InstalledHost;
beforeAll(async () => {
  host = await makeInstalledHost();
  const skill = {
    commands: { look: 'scripts/look.sh' },
    files: { 'scripts/look.sh': '#!/bin/sh\n[ -e /etc/shadow ] && echo "the host"\n' },
  };
  await release(host.network, makeReportSkill('@acme/looker', skill));
  expect((await host.skill('install', '@acme/looker')).exit).toBe(0);
});
afterAll(() => host?.close());
afterEach(() => rmSync(join(pathsOf(host.home).config, 'host.json'), { force: true }));

describe('skillgate run --unsafe-no-sandbox', () => {
  const run = (...more: string[]) =>
    host.skill('run', '--unsafe-no-sandbox', ...more, '@acme/looker', 'look');

  it('runs on the host, says so each time, and is recorded as such', async () => {
    expect((await host.skill('run', '@acme/looker', 'look')).out).toBe('');
    for (let time = 0; time < 2; time += 1) {
      const ran = await run();
      expect(ran).toMatchObject({ exit: 0, out: 'the host\n' });
      expect(ran.err).toContain('WARNING: no sandbox');
    }
    const log = await host.skill('log', '--format', 'json');
    expect(log.out).toContain('"backend":"none"');
  });

  it('is refused for an agent', async () => {
    await host.skill('agent', 'create', 'reporter');
    const ran = await run('--agent', 'reporter');
    expect(ran).toMatchObject({ out: '' });
    expect(ran.exit).toBe(2);
  });

  it('is refused where host policy requires anything', async () => {
    writeFileSync(join(pathsOf(host.home).config, 'host.json'), '{"require":["seccomp"]}', {
      mode: 0o600,
    });
    const ran = await run();
    expect(ran).toMatchObject({ out: '' });
    expect(ran.err).toContain('requires seccomp');
  });
});
