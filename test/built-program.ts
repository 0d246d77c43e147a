/**
 * The built program, which journeys start as users do. Sources would be stripped of their types and
 * compiled anew by each process that has no compiled code yet.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vitest/config';

const top = fileURLToPath(new URL('..', import.meta.url));

/** For the environment of journeys. */
export const builtProgram = { SKILLGATE_TEST_GUARD: join(top, 'dist/cli/guard.js') };

/** The command line to start: the built program in `npm test`, and the sources elsewhere. */
export const guard = process.env.SKILLGATE_TEST_GUARD ?? join(top, 'cli/guard.js');

/**
 * Has commands that run in the process of a test scan in one process of the built scanner: loading
 * the sources takes twice the time of a scan.
 */
export const builtScanner: Plugin = {
  name: 'built-scanner',
  enforce: 'pre',
  resolveId: (id, importer = '') =>
    id.endsWith('/watched-scan.ts') && importer.startsWith(join(top, 'cli/'))
      ? join(top, 'test/warm-scanner.ts')
      : undefined,
  transform: (code, id) =>
    id.endsWith('/cli/scan/watched-scan.ts')
      ? code.replace(/`\.\/scan-child\$.*?`/, "'../../dist/cli/scan/scan-child.js'")
      : undefined,
};

/** Builds the program when a source is newer. Vitest calls the function before the first journey. */
export function setup(): void {
  const line = ['.ci/build.ts', '--when-stale', '--noCheck'];
  const { status } = spawnSync(process.execPath, line, { cwd: top, stdio: 'inherit' });
  if (status !== 0) throw new Error('npm run build failed');
}
