/**
 * Keeps compiled code between starts: half of a start's CPU time goes into compiling our own
 * sources.
 */
import { lstatSync, mkdirSync, realpathSync, type Stats } from 'node:fs';
import { constants, enableCompileCache } from 'node:module';
import { dirname, join } from 'node:path';
import { pathsOf } from './paths.ts';

/**
 * The folder of compiled code. Its content runs as code, so a folder that another user owns or may
 * write to is not used, nor one below a folder whose owner or writers could exchange it.
 * @returns undefined where no code is kept
 */
export function compiledFolder(env: NodeJS.ProcessEnv): string | undefined {
  if (env.NODE_DISABLE_COMPILE_CACHE !== undefined) return undefined;
  const folder = join(pathsOf(env).cache, 'compiled');
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return isOwnAlone(lstatSync(folder)) && isKept(realpathSync(folder)) ? folder : undefined;
  } catch {
    return undefined;
  }
}

// In a folder such as /tmp, only its owner may exchange an entry.
function isKept(path: string): boolean {
  const above = dirname(path);
  if (above === path) return true;
  const { mode, uid } = lstatSync(above);
  const isOurs = uid === 0 || uid === process.getuid?.();
  return isOurs && ((mode & 0o022) === 0 || (mode & 0o1000) !== 0) && isKept(above);
}

/** Whether a file or folder is this user's, and no other user may write to it. */
export function isOwnAlone({ uid, mode }: Stats): boolean {
  return uid === process.getuid?.() && (mode & 0o022) === 0;
}

/**
 * Makes Node cache compiled code in the user's folder, never in its default below the shared
 * `/tmp`.
 */
export function useCompileCache(env: NodeJS.ProcessEnv, folder: string | undefined): void {
  if (env.NODE_COMPILE_CACHE !== undefined || folder === undefined) return;
  const { status } = enableCompileCache(folder);
  // Threads and child processes of ours use the same folder.
  if (status === constants.compileCacheStatus.ENABLED) env.NODE_COMPILE_CACHE = folder;
}
