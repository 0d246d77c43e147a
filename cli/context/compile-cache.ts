/**
 * Keeps compiled code between starts: half of a start's CPU time goes into reading our own sources.
 */
import { lstatSync, mkdirSync } from 'node:fs';
import { constants, enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { pathsOf } from './paths.ts';

/**
 * Where compiled code is kept. What lies in it is run as code, so a folder that somebody else owns
 * or may write to is left alone.
 * @returns undefined where nothing is kept
 */
export function compiledFolder(env: NodeJS.ProcessEnv): string | undefined {
  if (env.NODE_DISABLE_COMPILE_CACHE !== undefined) return undefined;
  const folder = join(pathsOf(env).cache, 'compiled');
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { uid, mode } = lstatSync(folder);
    return uid === process.getuid?.() && (mode & 0o022) === 0 ? folder : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Has Node keep what it compiles in the user's folder; its own default, a folder below the shared
 * `/tmp`, is never used.
 */
export function useCompileCache(env: NodeJS.ProcessEnv, folder: string | undefined): void {
  if (env.NODE_COMPILE_CACHE !== undefined || folder === undefined) return;
  const { status } = enableCompileCache(folder);
  // Threads and children of ours start with the same folder.
  if (status === constants.compileCacheStatus.ENABLED) env.NODE_COMPILE_CACHE = folder;
}
