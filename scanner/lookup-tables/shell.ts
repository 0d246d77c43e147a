/**
 * Programs in shell scripts: what each reads, runs and outputs. Sources: the programs' manual
 * pages; GTFOBins for programs that run code.
 */
import type { Language } from '../fact/source.ts';

/** The words of a text, for lists that are easier to read as one. */
export function words(text = ''): string[] {
  return text.match(/\S+/g) ?? [];
}

/** A row in which lists are written as words. */
export type InWords<Row> = {
  readonly [K in keyof Row]?: Row[K] extends readonly string[] | undefined ? string : Row[K];
};

/** The lists of a row, of which those that are `plain` are texts. */
export function listed<Row extends object>(row: InWords<Row>, plain: string): Partial<Row> {
  const parts = Object.entries(row).map(([key, one]) => {
    const isList = typeof one === 'string' && !words(plain).includes(key);
    return [key, isList ? words(one) : one];
  });
  return Object.fromEntries(parts) as Partial<Row>;
}

/**
 * Interpreters: the option for a program as text, and its language. `other` means a language
 * without a front end.
 */
export const interpreters: Readonly<
  Record<
    string,
    {
      readonly language: Language;
      readonly code: readonly string[];
      readonly files?: readonly string[];
      /** Programs on the command line that do nothing but compute and print. */
      readonly harmless?: RegExp;
    }
  >
> = {
  // No front end reads their languages: a file of the skill that they run is not analysed.
  ...Object.fromEntries(
    words(
      'ocaml nu xonsh elixir escript tclsh wish expect guile racket sbcl clojure bb scala groovy kotlin dart crystal nim csh tcsh elvish janet',
    ).map(
      (name) =>
        [name, { language: 'other', code: /csh$/.test(name) ? ['c'] : ['e', 'c'] }] as const,
    ),
  ),
  gdb: {
    language: 'other',
    code: ['ex', 'eval-command', 'iex'],
    files: ['x', 'command'],
    // Commands of the debugger, without calls of functions, shells and scripts.
    harmless:
      /^\s{0,9}(?!shell|!|python|py|pi|source|call|pipe|\||make|guile|dump|define)\w[^()|!]{0,400}$/,
  },
  Rscript: { language: 'r', code: ['e'] },
  R: { language: 'r', code: ['e'] },
  julia: { language: 'julia', code: ['e', 'E'] },
  jrunscript: { language: 'java', code: ['e'], files: ['f'] },
  jjs: { language: 'java', code: [] },
  luajit: { language: 'lua', code: ['e'] },
  lua5: { language: 'lua', code: ['e'] },
  snakemake: { language: 'other', code: [], files: ['s', 'snakefile'] },
  ...Object.fromEntries(
    words('sh bash zsh dash ksh ash mksh fish').map(
      (name) => [name, { language: 'shell', code: ['c'] }] as const,
    ),
  ),
  ...Object.fromEntries(
    ['python', 'python2', 'python3', 'pythonw', 'pypy3', 'py'].map(
      (name) => [name, { language: 'python', code: ['c'] }] as const,
    ),
  ),
  node: { language: 'javascript', code: ['e', 'p', 'eval', 'print', 'pe'] },
  nodejs: { language: 'javascript', code: ['e', 'p', 'eval'] },
  bun: { language: 'javascript', code: ['e', 'eval'] },
  deno: { language: 'javascript', code: [] },
  tsx: { language: 'javascript', code: ['e'] },
  perl: { language: 'perl', code: ['e', 'E'] },
  ruby: { language: 'ruby', code: ['e'] },
  php: { language: 'php', code: ['r', 'B', 'R', 'E'] },
  'php-cgi': { language: 'php', code: ['r'] },
  lua: { language: 'lua', code: ['e'] },
  osascript: { language: 'applescript', code: ['e'] },
  pwsh: { language: 'powershell', code: ['c', 'Command', 'EncodedCommand', 'enc'] },
  powershell: { language: 'powershell', code: ['c', 'Command', 'EncodedCommand', 'enc'] },
  'powershell.exe': { language: 'powershell', code: ['c', 'Command', 'EncodedCommand', 'enc'] },
};

/**
 * A program that runs the command behind it; `skip` operands and options with values come first.
 * With a `verb`, it stands behind it, and the command is a known program. An operand that is no
 * `operand` is the command already: `setarch -R sh` names no architecture.
 */
interface Wrapper {
  readonly skip: number;
  readonly operand?: RegExp;
  readonly takesValue: readonly string[];
  readonly verb?: readonly string[];
  readonly privilege?: true;
  readonly detached?: true;
  readonly anonymous?: true;
}

function behind(takesValue = '', more: Partial<Wrapper> = {}): Wrapper {
  return { skip: 0, takesValue: words(takesValue), ...more };
}

export const wrappers: Readonly<Record<string, Wrapper>> = {
  sudo: behind('u g p C h D R T', { privilege: true }),
  doas: behind('u C', { privilege: true }),
  pkexec: behind('user', { privilege: true }),
  nohup: behind('', { detached: true }),
  setsid: behind('', { detached: true }),
  env: behind('u C S unset chdir split-string'),
  nice: behind('n'),
  ionice: behind('c n p'),
  timeout: behind('s k signal kill-after', { skip: 1 }),
  gtimeout: behind('s k', { skip: 1 }),
  time: behind('o f'),
  stdbuf: behind('i o e'),
  xargs: behind('I n P L d E s a J replace max-args max-procs'),
  parallel: behind('j I a jobs arg-file joblog results timeout retries delay'),
  command: behind(),
  builtin: behind(),
  exec: behind('a'),
  busybox: behind(),
  chroot: behind('', { skip: 1 }),
  flock: behind('w E', { skip: 1 }),
  proxychains: behind('f', { anonymous: true }),
  proxychains4: behind('f', { anonymous: true }),
  torify: behind('', { anonymous: true }),
  torsocks: behind('', { anonymous: true }),
  caffeinate: behind('t w'),
  'time-limit': behind('', { skip: 1 }),
  'systemd-run': behind('u p M unit property on-calendar on-active', { detached: true }),
  strace: behind('e o p s u E'),
  ltrace: behind('e o p s u'),
  unbuffer: behind(),
  chronic: behind(),
  'xvfb-run': behind('n s e f'),
  uv: behind(
    'p python with with-requirements with-editable directory project package extra group env-file index default-index index-url extra-index-url',
    { verb: ['run'] },
  ),
  poetry: behind('C directory P project', { verb: ['run'] }),
  pipenv: behind('', { verb: ['run'] }),
  pdm: behind('p project', { verb: ['run'] }),
  rye: behind('pyproject', { verb: ['run'] }),
  pixi: behind('e environment manifest-path', { verb: ['run'] }),
  conda: behind('n name p prefix cwd', { verb: ['run'] }),
  mamba: behind('n name p prefix cwd', { verb: ['run'] }),
  micromamba: behind('n name p prefix cwd', { verb: ['run'] }),
  bundle: behind('', { verb: ['exec'] }),
  mise: behind('C', { verb: ['exec', 'x'] }),
  direnv: behind('', { skip: 1, verb: ['exec'] }),
  doppler: behind('p project c config', { verb: ['run'] }),
  infisical: behind('env path projectId', { verb: ['run'] }),
  op: behind('env-file account', { verb: ['run'] }),
  'aws-vault': behind('d duration', { skip: 1, verb: ['exec'] }),
  'dbus-run-session': behind(),
  firejail: behind(),
  bwrap: behind(),
  unshare: behind('R w S G'),
  nsenter: behind('t S G'),
  rlwrap: behind('f H s'),
  setarch: behind('', {
    skip: 1,
    operand:
      /^(linux(32|64)|i[3-6]86|x86_64|amd64|arm\w*|aarch64\w*|ppc\w*|s390x?|mips\w*|sparc\w*|alpha\w*|ia64|riscv\w*|parisc\w*|uname[\w.-]*)$/,
  }),
  linux32: behind(),
  linux64: behind(),
  taskset: behind('p', { skip: 1 }),
  chrt: behind('T P D', { skip: 1, operand: /^\d+$/ }),
  entr: behind(),
  'start-stop-daemon': behind('x p u c d'),
};

/**
 * Utilities of a plain shell image. `read`: operands are files that it reads, and its output has
 * their content and its input; `write`: operands are files that it writes; `copy`: reads all,
 * writes the last; `quiet`: its output has no data of its operands; `say`: its output is its
 * operands. `first` is the number of operands that are no files (a pattern, a program).
 */
export const utilities: Readonly<
  Record<
    string,
    {
      readonly does: 'read' | 'write' | 'copy' | 'quiet' | 'say' | 'delete';
      readonly first?: number;
    }
  >
> = {
  ...all(
    'read',
    words(`
  cat head tail tac rev nl less more sort uniq cut paste wc od xxd hexdump strings fold fmt column comm diff cmp
  join split base64 base32 md5sum sha1sum sha256sum shasum cksum file stat gzip gunzip zcat bzip2 xz zstd iconv
  expand openssl gpg bat`),
  ),
  ...all('read', words('grep egrep fgrep rg sed gsed awk gawk mawk jq yq ag'), 1),
  ...all('read', words('ls find du tree dir df tar zip unzip 7z locate fd')),
  ...all('read', ['tr'], 2),
  ...all('write', words('tee touch mkdir truncate mkfifo mktemp install dd')),
  ...all('write', ['chmod', 'chown', 'chgrp', 'chattr', 'setfacl'], 1),
  ...all('copy', ['cp', 'mv', 'ln']),
  ...all('delete', ['rm', 'rmdir', 'unlink', 'shred']),
  ...all('say', ['echo', 'printf', 'print']),
  ...all(
    'quiet',
    words(`
  true false : test [ [[ sleep exit return break continue shift wait kill date uname hostname whoami id tty
  clear seq yes expr let cd pushd popd pwd dirname basename realpath readlink type which hash getopts umask
  ulimit jobs fg bg disown unalias bind complete times nproc ps pgrep pkill killall top tput stty sync uptime
  shopt help enable caller dirs suspend arch groups who free lsof uuidgen bc factor sw_vers man`),
  ),
};

/** The utilities that neither a shell nor every sandbox has: a skill declares each of them. */
export const grantedUtilities: ReadonlySet<string> = new Set(
  words(`
  rev less more column hexdump strings xxd shasum bzip2 xz zstd iconv openssl gpg bat rg jq yq ag tree 7z zip locate fd
  chattr setfacl hostname ps pgrep pkill killall top tput clear uptime free lsof uuidgen bc sw_vers man`),
);

/** Variables that the shell or the sandbox sets itself: reading them needs no capability. */
export const shellVariables: ReadonlySet<string> = new Set([
  ...words(
    'HOME PATH PWD OLDPWD USER LOGNAME SHELL TERM TMPDIR LANG HOSTNAME IFS RANDOM SECONDS LINENO PPID UID EUID',
  ),
  ...words(`
  REPLY OPTARG OPTIND OPTERR BASH BASH_SOURCE BASH_VERSION BASH_VERSINFO BASH_LINENO BASH_REMATCH BASHPID
  BASH_COMMAND BASH_SUBSHELL FUNCNAME PIPESTATUS SHLVL OSTYPE MACHTYPE HOSTTYPE EPOCHSECONDS EPOCHREALTIME
  SRANDOM COLUMNS LINES DIRSTACK GROUPS ZSH_VERSION PS1 PS4 NUL`),
]);

/** Variables that make other programs load code or contact other hosts (CWE-427, T1574.006). */
export const steeringVariables =
  /^(LD_PRELOAD|LD_LIBRARY_PATH|LD_AUDIT|DYLD_\w+|NODE_OPTIONS|PYTHONSTARTUP|PYTHONHOME|BASH_ENV|ENV|PERL5OPT|RUBYOPT|GIT_SSH_COMMAND|GIT_SSH|GIT_EXTERNAL_DIFF|NODE_TLS_REJECT_UNAUTHORIZED|PROMPT_COMMAND|\w+_BASE_URL|HTTPS?_PROXY|ALL_PROXY)$/;

function all<Does extends 'read' | 'write' | 'copy' | 'quiet' | 'say' | 'delete'>(
  does: Does,
  names: readonly string[],
  first = 0,
): Record<string, { does: Does; first: number }> {
  return Object.fromEntries(names.map((name) => [name, { does, first }]));
}

// Programs that install software: their install commands, the form of a pinned version, the hosts
// of their packages.

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
