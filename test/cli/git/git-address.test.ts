import { describe, expect, it } from 'vitest';
import { parseGitAddress } from '../../../cli/git/fetched-commit.ts';

describe('an address of a repository', () => {
  it.each([
    ['https://github.com/acme/skills', 'https://github.com/acme/skills', {}],
    ['https://github.com/acme/skills/', 'https://github.com/acme/skills', {}],
    [
      'https://github.com/acme/skills.git#v1.2.0',
      'https://github.com/acme/skills',
      { ref: 'v1.2.0' },
    ],
    [
      'https://github.com/acme/skills/tree/feature/x/skills/pdf',
      'https://github.com/acme/skills',
      { refAndFolder: 'feature/x/skills/pdf' },
    ],
    [
      'https://github.com/acme/skills/blob/main/skills/pdf/SKILL.md?plain=1',
      'https://github.com/acme/skills',
      { refAndFolder: 'main/skills/pdf/SKILL.md' },
    ],
    [
      'https://gitlab.acme.example/team/sub/skills/-/tree/main/pdf',
      'https://gitlab.acme.example/team/sub/skills',
      { refAndFolder: 'main/pdf' },
    ],
    ['https://gitlab.com/team/sub/skills', 'https://gitlab.com/team/sub/skills', {}],
    [
      'git@github.com:acme/skills.git#main',
      'ssh://git@github.com/acme/skills.git',
      { ref: 'main' },
    ],
    ['ssh://git@git.example:2222/skills.git', 'ssh://git@git.example:2222/skills.git', {}],
    ['file:///srv/skills.git#main', 'file:///srv/skills.git', { ref: 'main' }],
  ])('%s is read', (text, url, more) => {
    expect(parseGitAddress(text)).toEqual({
      url,
      protocol: new URL(url).protocol.slice(0, -1),
      ...more,
    });
  });

  it.each(['skills', './skills#v1', '/srv/skills.git', 'C/x', '@acme/skills'])(
    '%s is the path of a folder',
    (text) => expect(parseGitAddress(text)).toBeUndefined(),
  );

  it.each([
    'ext::sh -c touch% /tmp/ran',
    'ext::https://github.com/acme/skills',
    'http://github.com/acme/skills',
    'git://github.com/acme/skills',
    'ftp://github.com/acme/skills',
    'fd::17/foo',
    'file://other.example/skills',
    'https://user:secret@github.com/acme/skills',
    'https://token@github.com/acme/skills',
    'https://github.com/acme/skills#',
    'https://github.com/',
    'https://github.com/acme/sk%0ails',
    'https://github.com/%zz',
    'ssh://-oProxyCommand=touch@git.example/skills',
    'ssh://git:secret@git.example/skills',
  ])('%s is refused', (text) => {
    expect(() => parseGitAddress(text)).toThrow(
      expect.objectContaining({ code: 'git-address-invalid' }),
    );
  });

  it('has no host that ssh would read as an option', () => {
    expect(() => parseGitAddress('ssh://-oProxyCommand=touch/skills')).toThrow();
    expect(() => parseGitAddress('git@-oProxyCommand:skills')).toThrow();
  });
});
