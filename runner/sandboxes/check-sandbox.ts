/** Starts a sandbox with nothing in it, so that its checks are tried; for `skill doctor`. */
import { findProgram } from '../host.ts';
import { processesMax, startSecondsMax } from '../limits.ts';
import { withRunFolder } from '../run-folder.ts';
import type { Sandbox, SandboxPlan } from '../sandbox.ts';

/** Why it does not hold on this host; undefined when it does. */
export async function checkSandbox(sandbox: Sandbox): Promise<string | undefined> {
  const nobody = 65_534;
  const plan: SandboxPlan = {
    programs: [{ program: 'sh', path: findProgram('sh') ?? '', reason: 'check' }],
    limits: { seconds: startSecondsMax, memoryMiB: 64, outputBytes: 1_000, processes: processesMax },
    ...{ mounts: [], workingDirectory: '/tmp', uid: process.getuid?.() || nobody, gid: process.getgid?.() || nobody },
  };
  const command = ['/usr/bin/sh', '-c', 'exit 0'];
  return withRunFolder(async (runFolder) => {
    try {
      const running = await sandbox.start({
        ...{ plan, files: [], command, env: {}, pins: new Map(), protectedPaths: new Map(), runFolder },
      });
      running.stdin.end();
      const { code } = await running.ended;
      return code === 0 ? undefined : `a command in it ended with ${code}`;
    } catch (cause) {
      return (cause as Error).message;
    }
  });
}
