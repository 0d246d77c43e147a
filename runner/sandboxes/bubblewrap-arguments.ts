/** From a plan to the arguments of bubblewrap (bwrap(1), 0.8); pure, so that every line of it can be tested. */
import { homeMiBMax, sharedMemoryMiBMax, temporaryMiBMax } from '../limits.ts';
import type { Plan } from '../plan.ts';
import type { ProtectedPath } from '../protected-paths.ts';

/** A folder of libraries of this host, or the link that leads to one. */
export interface Library {
  readonly path: string;
  readonly link?: string;
}

export interface SkillLayout {
  readonly plan: Plan;
  readonly libraries: readonly Library[];
  /** The interpreter and the declared programs by name: where each lies for whoever starts bubblewrap. */
  readonly programs: Readonly<Record<string, string>>;
  /** Each mount's folder by target: where it lies for whoever starts bubblewrap. */
  readonly sources: Readonly<Record<string, string>>;
  /** By target of a writable mount. */
  readonly protectedPaths: Readonly<Record<string, readonly ProtectedPath[]>>;
  /** Where the skill's files go, and the descriptors that hold them, or a folder with the run's own copy. */
  readonly skillFolder: string;
  readonly files:
    | readonly { readonly path: string; readonly mode: '644' | '755'; readonly descriptor: number }[]
    | { readonly copy: string };
  /** Made files such as `/etc/passwd`. */
  readonly made: readonly { readonly path: string; readonly descriptor: number }[];
  /** An empty file for each placeholder, in their order. */
  readonly empty: readonly number[];
  readonly seccomp: number;
  readonly env: Readonly<Record<string, string>>;
  /** Whether it has a network namespace already: the forwarder's, with a loopback device and the proxy behind it. */
  readonly joinsNetwork: boolean;
}

/** What every sandbox has: own namespaces but for the network, no capabilities, no terminal, no life after the runner. */
const sealed = words(
  '--unshare-user --unshare-ipc --unshare-pid --unshare-uts --unshare-cgroup-try --die-with-parent --new-session --cap-drop ALL --hostname skill',
);

/** What a program needs to find beside itself. */
const companions: Readonly<Record<string, readonly string[]>> = {
  git: ['/usr/lib/git-core', '/usr/share/git-core'],
  perl: ['/usr/share/perl', '/usr/share/perl5'],
};

export function skillArguments(layout: SkillLayout): string[] {
  const { plan } = layout;
  return [
    ...sealed,
    '--disable-userns',
    ...(layout.joinsNetwork ? [] : ['--unshare-net']),
    '--seccomp',
    String(layout.seccomp),
    ...libraryArguments(layout.libraries),
    ...temporaryArguments(),
    ...layout.made.flatMap(({ path, descriptor }) => ['--perms', '0444', '--file', String(descriptor), path]),
    ...words('--ro-bind-try /usr/share/zoneinfo /usr/share/zoneinfo --symlink usr/bin /bin'),
    ...Object.entries(layout.programs).flatMap(([name, path]) => programArguments(name, path)),
    ...('copy' in layout.files
      ? ['--ro-bind', layout.files.copy, layout.skillFolder]
      : layout.files.flatMap((file) => [
          '--perms',
          `0${file.mode}`,
          '--file',
          String(file.descriptor),
          `${layout.skillFolder}/${file.path}`,
        ])),
    ...mountArguments(layout),
    ...Object.entries(layout.env).flatMap(([name, value]) => ['--setenv', name, value]),
    '--chdir',
    plan.workingDirectory,
    // The files above lie in the sandbox's own root, which nobody writes to from here on.
    '--remount-ro',
    '/',
  ];
}

/** The forwarder's sandbox: socat, its libraries and the one socket; nothing of the skill. */
export function forwarderArguments(layout: {
  readonly libraries: readonly Library[];
  readonly socat: string;
  readonly proxyFolder: string;
  readonly seccomp: number;
  readonly info: number;
}): string[] {
  return [
    ...sealed,
    ...words(`--unshare-net --as-pid-1 --info-fd ${layout.info} --seccomp ${layout.seccomp} --proc /proc`),
    ...libraryArguments(layout.libraries),
    ...['--ro-bind', layout.socat, '/usr/bin/socat'],
    ...['--ro-bind', layout.proxyFolder, '/proxy'],
    ...words('--remount-ro /'),
  ];
}

function words(text: string): string[] {
  return text.split(' ');
}

function libraryArguments(libraries: readonly Library[]): string[] {
  return libraries.flatMap(({ path, link }) => (link === undefined ? ['--ro-bind', path, path] : ['--symlink', link, path]));
}

function temporaryArguments(): string[] {
  const sized = (path: string, mebibytes: number): string[] => ['--size', String(mebibytes * 1024 * 1024), '--tmpfs', path];
  return [
    ...words('--proc /proc --dev /dev'),
    ...sized('/dev/shm', sharedMemoryMiBMax),
    ...words('--remount-ro /dev'),
    ...sized('/tmp', temporaryMiBMax),
    ...sized('/home/skill', homeMiBMax),
  ];
}

function programArguments(name: string, path: string): string[] {
  const beside = name === 'python3' ? [`/usr/lib/${path.split('/').at(-1)}`] : (companions[name] ?? []);
  return ['--ro-bind', path, `/usr/bin/${name}`, ...beside.flatMap((folder) => ['--ro-bind-try', folder, folder])];
}

function mountArguments({ plan, sources, protectedPaths, empty }: SkillLayout): string[] {
  const files = [...empty];
  return plan.mounts.flatMap(({ target, mode }) => {
    const source = sources[target] ?? '';
    const shut = mode === 'rw' ? (protectedPaths[target] ?? []) : [];
    return [
      mode === 'rw' ? '--bind' : '--ro-bind',
      source,
      target,
      ...shut.flatMap((one) => protectedArguments(one, source, target, one.kind === 'file' ? files.shift() : undefined)),
    ];
  });
}

function protectedArguments({ path, kind }: ProtectedPath, source: string, target: string, empty: number | undefined): string[] {
  const at = `${target}/${path}`;
  switch (kind) {
    case 'pinned':
      return ['--bind', `${source}/${path}`, at];
    case 'shut':
      return ['--ro-bind', `${source}/${path}`, at];
    case 'folder':
      return ['--size', '4096', '--tmpfs', at, '--remount-ro', at];
    case 'file':
      return ['--perms', '0444', '--ro-bind-data', String(empty), at];
  }
}
