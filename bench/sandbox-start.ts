/** A sandbox with a shell in it, with and without the way to a proxy that answers nothing. */
import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { bubblewrap } from '../runner/bubblewrap/bubblewrap.ts';
import { findProgram } from '../runner/host/host.ts';
import { withRunFolder } from '../runner/run/run-folder.ts';
import type { RunningSandbox, SandboxStart } from '../runner/sandbox/sandbox.ts';
import { processesMax } from '../skills-index/run/plan/plan-skill.ts';

const sandbox = bubblewrap();
const nobody = 65_534;

export interface Wanted {
  readonly egress: boolean;
  readonly script: string;
}

/** Starts it, acts, closes its input and waits until it is gone. */
export async function withSandbox(
  wanted: Wanted,
  act: (running: RunningSandbox) => Promise<void>,
): Promise<void> {
  const uid = process.getuid?.() || nobody;
  const gid = process.getgid?.() || nobody;
  await withRunFolder(async (runFolder) => {
    const proxyFolder = `${runFolder}/proxy`;
    const server = createServer();
    if (wanted.egress) {
      mkdirSync(proxyFolder);
      await new Promise<void>((resolve) =>
        server.listen(`${proxyFolder}/proxy.sock`, () => resolve()),
      );
      if (process.getuid?.() === 0) chownSync(`${proxyFolder}/proxy.sock`, uid, gid);
      chmodSync(proxyFolder, 0o755);
    }
    try {
      const running = await sandbox.start({
        ...startOf(wanted, uid, gid),
        runFolder,
        ...(wanted.egress ? { proxyFolder } : {}),
      });
      running.stdout.resume();
      running.stderr.resume();
      await act(running);
      running.stdin.end();
      await running.ended;
    } finally {
      if (wanted.egress) server.close();
    }
  });
}

function startOf({ script }: Wanted, uid: number, gid: number): Omit<SandboxStart, 'runFolder'> {
  const limits = {
    seconds: 60,
    memoryMiB: 64,
    outputBytes: 1_000,
    processes: processesMax,
    requestsPerMinute: 1,
    sentBytes: 1,
    temporaryMiB: 256,
    homeMiB: 64,
    changesMiB: 200,
  };
  return {
    plan: {
      programs: [{ program: 'sh', path: findProgram('sh') ?? '' }],
      limits,
      mounts: [],
      workingDirectory: '/tmp',
      uid,
      gid,
    },
    files: [],
    command: ['/usr/bin/sh', '-c', script],
    env: {},
    pins: new Map(),
  };
}
