/**
 * Control groups limit a run's memory, processes and processor time, where the runner may create
 * control groups (kernel: cgroup-v1, cgroup-v2).
 */
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { SandboxPlan } from './sandbox.ts';

export interface ControlGroups {
  /** The resources that the control groups limit. */
  readonly held: ReadonlySet<Controller>;
  /** Starts a process that is inside the groups of cgroup version 1 from its first moment. */
  startIn<Started>(start: () => Started): Started;
  /**
   * Moves a process and its children into the groups of cgroup version 2. Later children of a moved
   * process start inside the groups.
   */
  take(pid: number): void;
  /** Removes the control groups and reports which limits the run reached. */
  finish(): RanOut;
}

export interface RanOut {
  readonly memory: boolean;
  readonly processes: boolean;
}

type Controller = 'memory' | 'pids' | 'cpu';
type Limits = Pick<SandboxPlan['limits'], 'memoryMiB' | 'processes'> & { readonly cores: number };

interface Place {
  readonly folder: string;
  readonly version: 1 | 2;
}

const controllers: readonly Controller[] = ['memory', 'pids', 'cpu'];
const mountedAt = '/sys/fs/cgroup';
const periodMicroseconds = 100_000;

// Files of a control group, and the values to write into the files. A `?` marks a file that some
// kernels lack: not every kernel counts swap, and version 1 counts swap together with memory.
function settingsOf(
  { memoryMiB, processes, cores }: Limits,
  version: 1 | 2,
): Record<Controller, Record<string, number | string>> {
  const bytes = memoryMiB * 1024 * 1024;
  const quota = Math.round(cores * periodMicroseconds);
  // Two processes of each sandbox belong to bubblewrap itself.
  const pids = { 'pids.max': processes + 2 };
  if (version === 2)
    return {
      memory: { 'memory.max': bytes, 'memory.swap.max?': 0 },
      pids,
      cpu: { 'cpu.max': `${quota} ${periodMicroseconds}` },
    };
  return {
    // Version 1 of control groups counts the memory of sockets only under a limit of its own.
    memory: {
      'memory.limit_in_bytes': bytes,
      'memory.memsw.limit_in_bytes?': bytes,
      'memory.kmem.tcp.limit_in_bytes?': bytes,
    },
    pids,
    cpu: { 'cpu.cfs_period_us': periodMicroseconds, 'cpu.cfs_quota_us': quota },
  };
}

/**
 * Returns the folders for the control groups of a run, by controller. A controller is absent where
 * the runner may create no group. `own` is the content of /proc/self/cgroup.
 */
export function placesFor(
  name: string,
  root = mountedAt,
  own = existsSync('/proc/self/cgroup') ? readFileSync('/proc/self/cgroup', 'utf8') : '',
): ReadonlyMap<Controller, Place> {
  const found = controllers.flatMap((controller): [Controller, Place][] => {
    const legacy = new RegExp(`^\\d+:(?:[^:]*,)?${controller}(?:,[^:]*)?:(.*)$`, 'm').exec(
      own,
    )?.[1];
    if (legacy !== undefined)
      return [
        [controller, { folder: `${root}/${controller}${under(legacy)}/${name}`, version: 1 }],
      ];
    const unified = /^0::(.*)$/m.exec(own)?.[1];
    if (unified === undefined) return [];
    // In version 2, a group that contains processes cannot have child groups with controllers. So
    // the run's group is usually a sibling of the runner's own group.
    const above = [under(unified), under(dirname(unified))].find((path) =>
      givesOn(`${root}${path}`, controller),
    );
    return above === undefined
      ? []
      : [[controller, { folder: `${root}${above}/${name}`, version: 2 }]];
  });
  return new Map(found);
}

function under(path: string): string {
  return path === '/' ? '' : path;
}

function givesOn(folder: string, controller: Controller): boolean {
  try {
    accessSync(`${folder}/cgroup.procs`, constants.W_OK);
    return readFileSync(`${folder}/cgroup.subtree_control`, 'utf8')
      .split(/\s/)
      .includes(controller);
  } catch {
    return false;
  }
}

/**
 * Creates a control group for each controller that this host lets the runner use. `held` lists
 * these controllers.
 */
export function makeControlGroups(name: string, limits: Limits): ControlGroups {
  const places = placesFor(name);
  const made = new Map(
    [...places].filter(([controller, { folder, version }]) =>
      set(folder, settingsOf(limits, version)[controller]),
    ),
  );
  const foldersOf = (version: 1 | 2): Set<string> =>
    new Set(
      [...made.values()].filter((place) => place.version === version).map((place) => place.folder),
    );
  const folders = new Set([...foldersOf(1), ...foldersOf(2)]);
  for (const { folder } of places.values()) if (!folders.has(folder)) remove(folder);
  const ranOut = (controller: Controller, sign: RegExp, file = `${controller}.events`): boolean => {
    const folder = made.get(controller)?.folder;
    return folder !== undefined && sign.test(readFileSync(`${folder}/${file}`, 'utf8'));
  };
  return {
    held: new Set(made.keys()),
    startIn: (start) => {
      try {
        // Move the runner's thread into the groups, which needs no waiting: a child of the thread
        // then starts inside the groups.
        for (const folder of foldersOf(1)) writeFileSync(`${folder}/tasks`, '0');
        return start();
      } finally {
        for (const folder of foldersOf(1)) writeFileSync(`${dirname(folder)}/tasks`, '0');
      }
    },
    take: (pid) => {
      for (const folder of foldersOf(2))
        for (const process of [pid, ...childrenOf(pid)])
          writeFileSync(`${folder}/cgroup.procs`, String(process));
    },
    finish: () => {
      const memory = ranOut(
        'memory',
        /^oom_kill [1-9]/m,
        made.get('memory')?.version === 1 ? 'memory.oom_control' : undefined,
      );
      const processes = ranOut('pids', /^max [1-9]/m);
      for (const folder of folders) remove(folder);
      return { memory, processes };
    },
  };
}

// Returns the children of a process (proc(5), children).
function childrenOf(pid: number): number[] {
  return (readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').match(/\d+/g) ?? []).map(
    Number,
  );
}

/** Kills the processes in the control groups of a killed runner's run and removes the groups. */
export function removeControlGroups(name: string): void {
  for (const { folder } of placesFor(name).values()) {
    for (const pid of existsSync(folder) ? processesIn(folder) : []) end(pid);
    remove(folder);
  }
}

function processesIn(folder: string): number[] {
  return (readFileSync(`${folder}/cgroup.procs`, 'utf8').match(/[1-9]\d*/g) ?? []).map(Number);
}

function set(folder: string, settings: Readonly<Record<string, number | string>>): boolean {
  try {
    if (!existsSync(folder)) mkdirSync(folder);
    for (const [name, value] of Object.entries(settings)) {
      const path = `${folder}/${name.replace('?', '')}`;
      if (!name.endsWith('?') || existsSync(path)) writeFileSync(path, String(value));
    }
    return true;
  } catch {
    return false;
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // The process ended by itself before the kill.
  }
}

// The kernel releases the last process of a group a moment after the process has ended, so try
// again.
function remove(folder: string, attempts = 50): void {
  try {
    rmdirSync(folder);
  } catch {
    if (existsSync(folder) && attempts > 0) setTimeout(() => remove(folder, attempts - 1), 20);
  }
}
