/** No sandbox at all: a skill's command on the bare host, to show that what the sandbox stops would have worked. Never for an agent. */
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Sandbox, SandboxEnd } from '../sandbox.ts';

/** Reached only through the option `unsafe` of a run. Its working directory is the first mounted folder itself. */
export function bare(): Sandbox {
  return {
    name: 'bare',
    gives: [],
    selfTest: async () => [],
    start: async ({ plan, skill, args, env, runFolder }) => {
      const folder = join(runFolder, 'skill');
      for (const { file, bytes } of skill.files) {
        const path = join(folder, file.path);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, bytes, { flag: 'wx' });
        chmodSync(path, file.mode === '755' ? 0o755 : 0o644);
      }
      const program = plan.programs[0]?.path ?? plan.command.interpreter;
      const child = spawn(program, [join(folder, plan.command.file), ...args], {
        env,
        cwd: plan.mounts[0]?.path ?? folder,
        stdio: 'pipe',
        detached: true,
      });
      const ended = new Promise<SandboxEnd>((resolve) => {
        child.on('error', () => resolve({ code: null, signal: null, outOfMemory: false }));
        child.on('close', (code, signal) => resolve({ code, signal, outOfMemory: false }));
      });
      const kill = (): void => {
        // Its whole process group; what left that group lives on, as it would on any host.
        if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
      };
      return { stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, ended, kill, notes: ['no sandbox'] };
    },
  };
}
