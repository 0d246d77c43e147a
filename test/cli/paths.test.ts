import { userInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import { pathsOf, workingFolderOf } from '../../cli/paths.ts';

describe('a user’s folders', () => {
  it.each([
    [
      { SKILLGATE_HOME: '/s', XDG_CONFIG_HOME: '/c' },
      { config: '/s/config', data: '/s/data', cache: '/s/cache' },
    ],
    [
      { HOME: '/h' },
      {
        config: '/h/.config/skillgate',
        data: '/h/.local/share/skillgate',
        cache: '/h/.cache/skillgate',
      },
    ],
    [{ HOME: '/h', XDG_CONFIG_HOME: '/c' }, { config: '/c/skillgate' }],
    [
      { HOME: '/h', XDG_CONFIG_HOME: 'relative', SKILLGATE_HOME: 'relative' },
      { config: '/h/.config/skillgate' },
    ],
    // Where a program runs in a stranger's checkout, an empty HOME names no folder of the checkout.
    [{ HOME: '' }, { cache: `${userInfo().homedir}/.cache/skillgate` }],
  ])('with %j are %j', (env, paths) => {
    expect(pathsOf(env)).toMatchObject(paths);
  });

  it.each([
    [{ npm_lifecycle_event: 'skill', INIT_CWD: '/there' }, '/there'],
    [{ npm_lifecycle_event: 'demo', INIT_CWD: '/there' }, '/here'],
    [{ INIT_CWD: '/there' }, '/here'],
    [{ npm_lifecycle_event: 'skill', INIT_CWD: 'there' }, '/here'],
  ])('relative paths start, with %j, at %s', (env, folder) => {
    expect(workingFolderOf(env, '/here')).toBe(folder);
  });
});
