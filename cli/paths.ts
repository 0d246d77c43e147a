/**
 * The folders of a user's files (contract; XDG Base Directory specification 0.8: relative values
 * are ignored).
 */
import { userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { Paths } from './command.ts';

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

/** The user's working folder: npm changes it to the checkout, and names the original. */
export function workingFolderOf(env: Environment, cwd: string): string {
  const before = env.INIT_CWD;
  return env.npm_lifecycle_event === 'skill' && before !== undefined && isAbsolute(before)
    ? before
    : cwd;
}

function folder(env: Environment, name: string, fallback: string): string {
  const value = env[name];
  if (value !== undefined && isAbsolute(value)) return value;
  return join(homeOf(env), fallback);
}

/**
 * The user's home folder. `os.homedir()` takes an empty HOME as it is, and would name a folder of
 * the checkout.
 */
export function homeOf({ HOME: home }: Environment): string {
  return home !== undefined && isAbsolute(home) ? home : userInfo().homedir;
}
