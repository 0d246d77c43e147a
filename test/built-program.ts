/**
 * The built program, which journeys start as users do. Sources would be stripped of their types and
 * compiled anew by each process that has no compiled code yet.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const top = fileURLToPath(new URL('..', import.meta.url));

/** For the environment of journeys. */
export const builtProgram = { SKILLGATE_TEST_GUARD: join(top, 'dist/cli/guard.js') };

/** The command line to start: the built program in `npm test`, and the sources elsewhere. */
export const guard = process.env.SKILLGATE_TEST_GUARD ?? join(top, 'cli/guard.js');

/** The words that start it: those of `npm run test:installs`, or Node and the file. */
export const program: readonly string[] = process.env.SKILLGATE_TEST_PROGRAM?.split('\t') ?? [
  process.execPath,
  guard,
];

/** Builds the program when a source is newer. Vitest calls the function before the first journey. */
export function setup(): void {
  const line = ['.ci/build.ts', '--when-stale', '--noCheck'];
  const { status } = spawnSync(process.execPath, line, { cwd: top, stdio: 'inherit' });
  if (status !== 0) throw new Error('npm run build failed');
}
