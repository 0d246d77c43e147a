/** What this host can enforce, tried: a sandbox with nothing in it is started, so that its checks are made; for `skill doctor`. */
import { findProgram } from '../runner/host.ts';
import { processesMax, startSecondsMax } from '../runner/limits.ts';
import { withRunFolder } from '../runner/run-folder.ts';
import type { Sandbox, SandboxPlan } from '../runner/sandbox.ts';
import { type HostPolicy, requirements } from '../skills-index/run/host-policy.ts';
import { backendOf } from './backends/backends.ts';

/** What this host can enforce: the checks of a start, tried now, and what host policy may require; for `skill doctor`. */
export async function checkHost(
  policy: Pick<HostPolicy, 'backend'>,
): Promise<readonly { readonly name: string; readonly holds: boolean; readonly detail: string }[]> {
  const sandbox = backendOf(policy.backend);
  const why = await checkSandbox(sandbox);
  const given = requirements.map((name) => ({ name, holds: sandbox.gives.includes(name), detail: 'host policy may require it' }));
  if (why !== undefined) return [{ name: 'a sandbox starts', holds: false, detail: why }, ...given];
  return [...sandbox.checks.map((name) => ({ name, holds: true, detail: `tried in ${sandbox.name}` })), ...given];
}

/** Why it does not hold on this host; undefined when it does. */
async function checkSandbox(sandbox: Sandbox): Promise<string | undefined> {
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
