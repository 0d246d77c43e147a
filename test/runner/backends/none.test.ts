import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { noSandbox } from '../../../runner/backends/none.ts';
import { withRunFolder } from '../../../runner/run/run-folder.ts';
import type { SandboxStart } from '../../../runner/sandbox/sandbox.ts';
import { limits } from '../run-limits.ts';

const uid = process.getuid?.() || 65_534;
const plan = {
  limits,
  mounts: [],
  workingDirectory: '/tmp',
  uid,
  gid: process.getgid?.() || uid,
  programs: [{ program: 'sh', path: '/bin/sh', reason: 'interpreter' }],
};
const start: Omit<SandboxStart, 'runFolder'> = {
  plan,
  env: { TZ: 'UTC' },
  pins: new Map(),
  files: [
    {
      path: '/skills/@acme/probe/probe.sh',
      mode: '755',
      bytes: Buffer.from('echo "$1 $TZ"; read -r line; exit 4'),
    },
  ],
  command: ['/usr/bin/sh', '/skills/@acme/probe/probe.sh', 'first'],
};

describe('no sandbox', () => {
  it('runs a command from the run’s folder as the run’s user, and gives nothing', async () => {
    const ended = await withRunFolder(async (runFolder) => {
      const running = await noSandbox.start({ ...start, runFolder });
      running.stdin.end();
      return { out: await text(running.stdout), ...(await running.ended), notes: running.notes };
    });
    expect(ended).toEqual({
      out: 'first UTC\n',
      code: 4,
      outOfMemory: false,
      notes: ['NO SANDBOX: nothing enforces the plan'],
    });
    expect(noSandbox.gives).toEqual([]);
  });

  it.each([
    ['egress', { proxyFolder: '/x' }],
    [
      'a mount',
      {
        plan: {
          ...plan,
          mounts: [
            { source: 'workspace:x', target: '/x', mode: 'ro', path: '/x', id: '', reason: '' },
          ],
        },
      },
    ],
    ['a session', { folders: [{ path: '/usr', target: '/usr' }] }],
    ['root', { plan: { ...plan, uid: 0 } }],
  ] as const)('refuses %s', async (_, more) => {
    await expect(
      noSandbox.start({ ...start, ...more, runFolder: '/x' } as SandboxStart),
    ).rejects.toThrow();
  });
});
