/**
 * Turns a plan into arguments of bubblewrap (bwrap(1), 0.8). The function is pure, except for the
 * descriptors that it requests.
 */
import type { BaseFolder } from '../host/base-programs.ts';
import { accounts } from '../sandbox/accounts.ts';
import { companionOf, packageFoldersOf } from '../sandbox/companions.ts';
import { baseTarget, type SandboxPlan, type SandboxStart } from '../sandbox/sandbox.ts';

export const sharedMemoryMiBMax = 64;

/**
 * Facts about the host that the arguments depend on, and how the process that starts bubblewrap
 * reaches paths of the host.
 */
interface SandboxSurroundings {
  readonly libraries: readonly Library[];
  /** Files of this host that list the keys of all its users. */
  readonly keyLists: readonly string[];
  /**
   * Returns the path at which the starting process reaches a path of the host. The runner may stage
   * the path under `name`.
   */
  readonly reach: (name: string, path: string) => string;
  /** Puts bytes into a file and returns the number of its descriptor. */
  readonly descriptorOf: (bytes: Uint8Array) => number;
  readonly seccomp: Uint8Array;
  /**
   * The number of the descriptor to which bubblewrap writes the pid of the sandbox's first process.
   */
  readonly info: number;
  /**
   * Whether the sandbox joins the forwarder's network namespace, which has a loopback device and a
   * way to the egress proxy.
   */
  readonly joinsNetwork: boolean;
}

/** A folder of libraries, or a link to such a folder. */
export interface Library {
  readonly path: string;
  readonly link?: string;
}

// Isolation of the sandbox: all namespaces but the network's, no capabilities and no terminal. The
// sandbox ends together with the runner.
const isolation =
  '--unshare-user --unshare-ipc --unshare-pid --unshare-uts --unshare-cgroup-try --die-with-parent --new-session --cap-drop ALL --hostname skill --proc /proc';

// In the user namespace of the views, the runner's user counts as root. In the sandbox, the user
// has its own number.
function userArguments({ uid, gid }: Pick<SandboxPlan, 'uid' | 'gid'>): string[] {
  return ['--uid', String(uid), '--gid', String(gid)];
}

export function skillArguments(
  { plan, base, env, files, sources, systemViews = new Map(), folders = [] }: SandboxStart,
  around: SandboxSurroundings,
): string[] {
  const data = (bytes: Uint8Array | string): string =>
    String(around.descriptorOf(Buffer.from(bytes)));
  const file = (path: string, mode: string, bytes: Uint8Array | string): string[] => [
    '--perms',
    mode,
    '--file',
    data(bytes),
    path,
  ];
  const viewOf = (path: string): string => {
    const [folder = '', view = ''] =
      [...systemViews].find(([viewed]) => `${path}/`.startsWith(`${viewed}/`)) ?? [];
    return view + path.slice(folder.length);
  };
  // A private view lies in the run folder, which the run's uid can traverse.
  const reachView = (name: string, path: string): string =>
    viewOf(path) === path ? around.reach(name, path) : viewOf(path);
  const sized = (path: string, mebibytes: number): string[] => [
    '--size',
    String(mebibytes * 1024 * 1024),
    '--tmpfs',
    path,
  ];
  return [
    ...isolation.split(' '),
    ...userArguments(plan),
    '--disable-userns',
    ...(around.joinsNetwork ? [] : ['--unshare-net']),
    '--info-fd',
    String(around.info),
    '--seccomp',
    data(around.seccomp),
    ...libraryArguments(around.libraries, viewOf),
    // The first process of the sandbox has the run's uid. A skill that could write into that
    // process's memory could survive the runner's end.
    '--size',
    '4096',
    '--tmpfs',
    '/proc/1',
    '--remount-ro',
    '/proc/1',
    ...around.keyLists.flatMap((path) => ['--ro-bind-data', data(''), path]),
    '--dev',
    '/dev',
    ...sized('/dev/shm', sharedMemoryMiBMax),
    '--remount-ro',
    '/dev',
    ...sized('/tmp', plan.limits.temporaryMiB),
    ...sized('/home/skill', plan.limits.homeMiB),
    ...accounts(plan).flatMap(({ path, mode, bytes }) => file(path, `0${mode}`, bytes)),
    ...folders.flatMap(({ path, target }, index) => [
      '--ro-bind',
      reachView(`folder${index}`, path),
      target,
    ]),
    ...systemData.flatMap((path) => ['--ro-bind-try', viewOf(path), path]),
    '--symlink',
    'usr/bin',
    '/bin',
    ...(base === undefined ? [] : baseArguments(base, reachView('base', base.path), viewOf)),
    ...plan.programs.flatMap(({ program, path }) =>
      programArguments(program, path, reachView, viewOf),
    ),
    ...files.flatMap(({ path, mode, bytes }) => file(path, `0${mode}`, bytes)),
    ...plan.mounts.flatMap(({ target, mode, path }, index) => {
      const source = around.reach(`mount${index}`, sources?.get(target) ?? path);
      return [mode === 'ro' ? '--ro-bind' : '--bind', source, target];
    }),
    ...Object.entries(env).flatMap(([name, value]) => ['--setenv', name, value]),
    '--chdir',
    plan.workingDirectory,
    // All files of the sandbox are in place now, so make the sandbox's root read-only.
    '--remount-ro',
    '/',
  ];
}

/**
 * Returns the arguments for the forwarder's sandbox. That sandbox has socat, socat's libraries and
 * the proxy's socket, and nothing of the skill.
 */
export function forwarderArguments(
  user: Pick<SandboxPlan, 'uid' | 'gid'>,
  libraries: readonly Library[],
  proxyFolder: string,
  { info, joinsNetwork, seccomp }: { info: number; joinsNetwork: boolean; seccomp: number },
): string[] {
  return [
    ...`${isolation} --as-pid-1 --info-fd ${info} --seccomp ${seccomp}`.split(' '),
    ...(joinsNetwork ? [] : ['--unshare-net']),
    ...userArguments(user),
    ...libraryArguments(libraries, (path) => path),
    '--ro-bind',
    '/usr/bin/socat',
    '/usr/bin/socat',
    '--ro-bind',
    proxyFolder,
    '/proxy',
    '--remount-ro',
    '/',
  ];
}

// Time zones, and what `LANG=C.UTF-8` names where it is not in the C library itself.
const systemData = ['/usr/share/zoneinfo', '/usr/lib/locale/C.utf8'];

function libraryArguments(
  libraries: readonly Library[],
  viewOf: (path: string) => string,
): string[] {
  return libraries.flatMap(({ path, link }) =>
    link === undefined ? ['--ro-bind', viewOf(path), path] : ['--symlink', link, path],
  );
}

function baseArguments(
  { links }: BaseFolder,
  source: string,
  viewOf: (path: string) => string,
): string[] {
  return [
    '--ro-bind',
    source,
    baseTarget,
    ...[...links].flatMap(([program, file]) => [
      '--symlink',
      `${baseTarget}/${file}`,
      `/usr/bin/${program}`,
      ...companionArguments(program, file, viewOf),
    ]),
  ];
}

function programArguments(
  program: string,
  path: string,
  reachView: (name: string, path: string) => string,
  viewOf: (path: string) => string,
): string[] {
  const folders = packageFoldersOf(program);
  const at = `/usr/bin/${program}`;
  return [
    // A program in its package's folder looks for the package beside its own path.
    ...(folders.some((folder) => path.startsWith(`${folder}/`))
      ? ['--symlink', path, at]
      : ['--ro-bind', reachView(program, path), at]),
    ...companionArguments(program, path, viewOf),
    ...folders.flatMap((folder) => ['--ro-bind-try', viewOf(folder), folder]),
  ];
}

function companionArguments(
  program: string,
  path: string,
  viewOf: (path: string) => string,
): string[] {
  const beside = companionOf(program, path);
  return beside === undefined ? [] : ['--ro-bind-try', viewOf(beside), beside];
}
