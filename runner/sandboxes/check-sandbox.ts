/** Starts a sandbox with nothing in it, so that its checks are tried; for `skill doctor`. */
import { packBundle } from '../../skills-index/skill/bundle.ts';
import { parseSkillName } from '../../skills-index/skill/name.ts';
import { parseVersion } from '../../skills-index/skill/version.ts';
import { findProgram } from '../host.ts';
import { processesMax, startSecondsMax } from '../limits.ts';
import { withRunFolder } from '../run-folder.ts';
import type { Sandbox, SandboxPlan } from '../sandbox.ts';

/** Why it does not hold on this host; undefined when it does. */
export async function checkSandbox(sandbox: Sandbox): Promise<string | undefined> {
  const { bundle, digest, contents } = packBundle([{ path: 'SKILL.md', bytes: Buffer.from('exit 0\n'), mode: 0o644 }]);
  const files = bundle.files.map((file) => ({ file, bytes: contents.get(file.path) ?? new Uint8Array() }));
  const [one] = files;
  if (one === undefined) return 'there is nothing to run';
  const nobody = 65_534;
  const plan: SandboxPlan = {
    skill: { name: parseSkillName('@skillgate/check'), version: parseVersion('1.0.0'), bundle: digest },
    command: { name: 'check', file: one.file.path, interpreter: 'sh' },
    programs: [{ program: 'sh', path: findProgram('sh') ?? '', reason: 'check' }],
    limits: { seconds: startSecondsMax, memoryMiB: 64, outputBytes: 1_000, processes: processesMax },
    ...{ mounts: [], workingDirectory: '/tmp', uid: process.getuid?.() || nobody, gid: process.getgid?.() || nobody },
  };
  const start = { plan, files, args: [], env: {}, pins: new Map(), protectedPaths: new Map() };
  return withRunFolder(async (runFolder) => {
    try {
      const running = await sandbox.start({ ...start, runFolder });
      running.stdin.end();
      const { code } = await running.ended;
      return code === 0 ? undefined : `a command in it ended with ${code}`;
    } catch (cause) {
      return (cause as Error).message;
    }
  });
}
