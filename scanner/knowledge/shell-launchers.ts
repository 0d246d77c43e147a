/**
 * Programs that run a given command line, and its place in their arguments. Sources: their manual
 * pages, GTFOBins.
 */
import type { Language } from '../fact/source.ts';
import { type InWords, listed, words } from '../lookup-tables/shell.ts';

export interface Launcher {
  /** Options whose value is a command line. */
  readonly line?: readonly string[];
  /** Operands from this number on are a command line, joined by blanks. */
  readonly operandsFrom?: number;
  /** Whether the last operand is a command line when it has blanks. */
  readonly lastWord?: true;
  /** Options whose values are no command lines. */
  readonly takesValue?: readonly string[];
  /** Runs its standard input line by line: `lines` as it is, `crontab` behind five fields. */
  readonly input?: 'lines' | 'crontab';
  /** Options whose value is a file with a program, and its language if that is followed. */
  readonly programIn?: readonly string[];
  readonly program?: Language;
  /**
   * The text before a command line in an option's value: `!cmd` of an alias, `ProxyCommand=cmd`.
   */
  readonly behind?: RegExp;
}

const remote: InWords<Launcher> = {
  line: 'o',
  behind: /^(?:ProxyCommand|LocalCommand|KnownHostsCommand)[ =]/i,
};

const makes: InWords<Launcher> = {
  line: 'eval E',
  programIn: 'f file makefile',
  program: 'makefile',
  takesValue: 'C j',
};

const buildTool: InWords<Launcher> = {
  programIn: 'f file makefile justfile buildfile rakefile sconstruct',
  takesValue: 'D P T C j t',
};

const rows: Readonly<Record<string, InWords<Launcher>>> = {
  su: { line: 'c command session-command', takesValue: 's g G' },
  runuser: { line: 'c command', takesValue: 'u s g G' },
  sg: { line: 'c', operandsFrom: 1 },
  script: { line: 'c command', takesValue: 'T I O B E m o' },
  flock: { line: 'c command', takesValue: 'w E' },
  watch: { operandsFrom: 0, takesValue: 'n interval q s' },
  at: { input: 'lines', takesValue: 'f q t' },
  batch: { input: 'lines' },
  crontab: { input: 'crontab', takesValue: 'u' },
  make: makes,
  gmake: makes,
  bmake: makes,
  just: buildTool,
  ninja: buildTool,
  cmake: { programIn: 'P C', takesValue: 'D G B S A T U E' },
  ant: buildTool,
  mvn: buildTool,
  gradle: { programIn: 'b build-file I init-script', takesValue: 'D P p' },
  rake: buildTool,
  scons: buildTool,
  snakemake: { programIn: 's snakefile' },
  gdb: { line: 'ex eval-command', takesValue: 'command', behind: /^!|^shell\s{1,9}/ },
  man: { line: 'P pager H html' },
  zip: { line: 'TT unzip-command' },
  ssh: remote,
  scp: { ...remote },
  sftp: { ...remote },
  'nix-shell': { line: 'run command', takesValue: 'p' },
  npm: { line: 'c call' },
  npx: { line: 'c call' },
  xterm: { operandsFrom: 0, line: 'e' },
  tmux: { lastWord: true, takesValue: 's n c t L S x y e f' },
  expect: { line: 'c', behind: /^spawn\s{1,9}/ },
  rsync: { line: 'e rsh', takesValue: 'f exclude include' },
};

export const launchers: Readonly<Record<string, Launcher>> = Object.fromEntries(
  Object.entries(rows).map(([name, row]) => [name, listed<Launcher>(row, 'input program')]),
);

/**
 * Ways to run a program inside a container: the words behind the container's name are started
 * unchanged.
 */
export const containers: Readonly<
  Record<string, { readonly verbs: readonly string[]; readonly takesValue: readonly string[] }>
> = {
  docker: {
    verbs: words('run exec'),
    takesValue: words(
      'v volume e env w workdir u user p publish name network net entrypoint mount h hostname l label m memory cpus env-file add-host pull platform gpus ipc pid security-opt cap-add',
    ),
  },
  podman: {
    verbs: words('run exec'),
    takesValue: words('v volume e env w workdir u user p publish name network entrypoint mount'),
  },
  nerdctl: {
    verbs: words('run exec'),
    takesValue: words('v volume e env w workdir u user p publish name network entrypoint'),
  },
  kubectl: {
    verbs: words('exec run'),
    takesValue: words('n namespace c container f filename context kubeconfig image'),
  },
  oc: { verbs: words('exec run'), takesValue: words('n namespace c container image') },
  'docker-compose': {
    verbs: words('run exec'),
    takesValue: words('f file e env u user w workdir'),
  },
  lxc: { verbs: ['exec'], takesValue: [] },
};
