/**
 * Programs that install software: their install commands, the form of a pinned version, the hosts
 * of their packages.
 */
import { words } from './words.ts';

export interface PackageManager {
  /** `npm`, `pip`, …: the manager's name in dependency facts. */
  readonly manager: string;
  /**
   * Words (one or two) behind the program that install the operands; `''` when the program itself
   * does.
   */
  readonly installs: readonly string[];
  /** A name with an exact version. */
  readonly pinned: RegExp;
  /** The hosts of the packages. */
  readonly hosts: readonly string[];
  /** Options with a value. */
  readonly takesValue: readonly string[];
  /** Options that name another index or source. */
  readonly redirect: readonly string[];
  /** Runs the fetched package at once. */
  readonly runs?: true;
  /**
   * It installs from a signed, curated archive of the system: versions are not pinned, and seldom
   * need to be.
   */
  readonly system?: true;
}

const npmLike = (installs: readonly string[], runs?: true): PackageManager => ({
  manager: 'npm',
  installs,
  pinned: /^(@[^@/]+\/)?[^@/]+@v?\d+\.\d+\.\d+[\w.+-]*$/,
  hosts: ['registry.npmjs.org'],
  takesValue: words('prefix registry C w workspace p package tag c call cwd'),
  redirect: ['registry'],
  ...(runs && { runs }),
});
const pipLike = (installs: readonly string[], runs?: true): PackageManager => ({
  manager: 'pip',
  installs,
  pinned: /^[\w.[\],-]+(===?|@v?)\d[\w.+!-]*$/,
  hosts: ['pypi.org', 'files.pythonhosted.org'],
  takesValue: words(`
  r requirement c constraint t target i index-url extra-index-url trusted-host f find-links python p with from
  group root prefix index`),
  redirect: words('i index-url extra-index-url trusted-host f find-links index'),
  ...(runs && { runs }),
});
const systemLike = (manager: string, installs: readonly string[]): PackageManager => ({
  manager,
  installs,
  pinned: /=/,
  hosts: [],
  takesValue: ['t', 'o', 'c'],
  redirect: [],
  system: true,
});

export const packageManagers: Readonly<Record<string, PackageManager>> = {
  npm: npmLike(['install', 'i', 'add', 'exec', 'x']),
  pnpm: npmLike(['add', 'install', 'i', 'dlx']),
  yarn: npmLike(['add', 'global add', 'dlx']),
  bun: npmLike(['add', 'install', 'i', 'x']),
  npx: npmLike([''], true),
  bunx: npmLike([''], true),
  pip: pipLike(['install']),
  pip3: pipLike(['install']),
  pipx: pipLike(['install', 'run']),
  uv: pipLike(['add', 'pip install', 'tool install', 'tool run']),
  uvx: pipLike([''], true),
  poetry: pipLike(['add']),
  conda: {
    ...systemLike('conda', ['install', 'create']),
    hosts: ['repo.anaconda.com'],
    takesValue: ['c', 'n', 'channel', 'name'],
    system: true,
  },
  gem: {
    ...systemLike('gem', ['install']),
    hosts: ['rubygems.org'],
    takesValue: ['v', 'version', 's', 'source'],
    redirect: ['s', 'source'],
  },
  cargo: {
    ...systemLike('cargo', ['install', 'add']),
    pinned: /@=?\d+\.\d+\.\d+/,
    hosts: ['crates.io', 'static.crates.io'],
    takesValue: ['version', 'git', 'branch', 'tag', 'path', 'features'],
    redirect: ['git'],
  },
  go: {
    ...systemLike('go', ['install', 'get']),
    pinned: /@v\d+\.\d+\.\d+/,
    hosts: ['proxy.golang.org'],
  },
  apt: systemLike('apt', ['install']),
  'apt-get': systemLike('apt', ['install']),
  apk: systemLike('apk', ['add']),
  dnf: systemLike('dnf', ['install']),
  yum: systemLike('yum', ['install']),
  pacman: systemLike('pacman', ['-S', '-Sy', '-Syu']),
  brew: systemLike('brew', ['install', 'cask install', 'tap']),
  port: systemLike('port', ['install']),
  choco: systemLike('choco', ['install']),
  winget: systemLike('winget', ['install']),
  scoop: systemLike('scoop', ['install']),
  snap: systemLike('snap', ['install']),
};
