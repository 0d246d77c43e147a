/**
 * What every run of git gets on a repository that a stranger may have made: no hook, no program, no
 * setting of the user or the system, no fetched object, no replaced one.
 */

export const safeEnvironment = {
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
  // With grafts, a move to another branch can look like new commits.
  GIT_GRAFT_FILE: '/dev/null',
  GIT_NO_LAZY_FETCH: '1',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
} as const;

/**
 * Stronger than the config of the repository: a hook, a file-system monitor or a signature's
 * program would run whatever it names.
 */
export const safeSettings = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'gc.auto=0',
  'maintenance.auto=false',
  'pack.threads=1',
  'submodule.recurse=false',
  'log.showSignature=false',
] as const;
