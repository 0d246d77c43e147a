/**
 * Where a user's files lie (contract; XDG Base Directory specification 0.8: relative values are
 * ignored).
 */
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { Paths } from '../command.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export function pathsOf(env: Environment): Paths {
  const home = env.SKILLGATE_HOME;
  if (home !== undefined && isAbsolute(home))
    return { config: join(home, 'config'), data: join(home, 'data'), cache: join(home, 'cache') };
  return {
    config: join(folder(env, 'XDG_CONFIG_HOME', '.config'), 'skillgate'),
    data: join(folder(env, 'XDG_DATA_HOME', '.local/share'), 'skillgate'),
    cache: join(folder(env, 'XDG_CACHE_HOME', '.cache'), 'skillgate'),
  };
}

/** The folder the user stands in: npm changes it to the checkout, and says where it was. */
export function workingFolderOf(env: Environment, cwd: string): string {
  const before = env.INIT_CWD;
  return env.npm_lifecycle_event === 'skill' && before !== undefined && isAbsolute(before)
    ? before
    : cwd;
}

function folder(env: Environment, name: string, fallback: string): string {
  const given = env[name];
  if (given !== undefined && isAbsolute(given)) return given;
  const home = env.HOME;
  return join(home !== undefined && isAbsolute(home) ? home : homedir(), fallback);
}
