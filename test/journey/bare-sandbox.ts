/**
 * No sandbox at all: a command on the bare host, to see that what the sandbox stops would have
 * worked. Not a part of the product.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Sandbox } from '../../runner/sandbox/sandbox.ts';

export const bareSandbox: Sandbox = {
  name: 'bare',
  gives: [],
  checks: [],
  start: async ({ plan, files, command: [, script = '', ...args], runFolder }) => {
    for (const { path: inside, bytes } of files) {
      const path = join(runFolder, inside);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes);
    }
    const child = spawn(plan.programs[0]?.path ?? '', [join(runFolder, script), ...args], {
      stdio: 'pipe',
    });
    const ended = new Promise<{ code: number | null; outOfMemory: boolean }>((resolve) => {
      child.on('close', (code) => resolve({ code, outOfMemory: false }));
    });
    return {
      stdin: child.stdin,
      stdout: child.stdout,
      stderr: child.stderr,
      ended,
      kill: () => void child.kill('SIGKILL'),
      notes: [],
    };
  },
};
