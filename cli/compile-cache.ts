/** Keeps compiled code between starts: half of a start's CPU time goes into reading our own sources. */
import { lstatSync, mkdirSync } from 'node:fs';
import { constants, enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { pathsOf } from './paths.ts';

/**
 * Uses the user's cache folder. What lies in it is run as code, so a folder that somebody else owns or may write to is left alone,
 * and Node's own default, a folder below the shared `/tmp`, is never used.
 */
export function useCompileCache(env: NodeJS.ProcessEnv, [command = '']: readonly string[]): void {
  if (env.NODE_COMPILE_CACHE !== undefined || env.NODE_DISABLE_COMPILE_CACHE !== undefined) return;
  // What the first start needs is kept and nothing more, so what is started most has a folder of its own.
  const own = ['run', 'mcp', 'agent'].includes(command) ? `-${command}` : '';
  const folder = join(pathsOf(env).cache, `compiled${own}`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { uid, mode } = lstatSync(folder);
    if (uid !== process.getuid?.() || (mode & 0o022) !== 0) return;
  } catch {
    return;
  }
  const { status } = enableCompileCache(folder);
  // Threads and children of ours start with the same folder.
  if (status === constants.compileCacheStatus.ENABLED) env.NODE_COMPILE_CACHE = folder;
}
