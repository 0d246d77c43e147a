/** A control group that holds a run to its memory, where the runner may make one: as root, version 1 or 2 (kernel: cgroup-v1/memory, cgroup-v2). */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';

export interface MemoryGroup {
  /** Where a process writes its pid to belong to it. */
  readonly processes: string;
  /** Takes it away, and says whether the kernel stopped a process of it. */
  finish(): boolean;
}

/** Takes away the group of a run whose runner was killed. */
export function removeMemoryGroup(name: string): void {
  remove(place(name).folder);
}

function place(name: string): { readonly folder: string; readonly own: string | undefined } {
  const own = /^\d+:memory:(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1];
  return { folder: `/sys/fs/cgroup${own === undefined ? '' : `/memory${own}`}/${name}`, own };
}

/** Makes a group; undefined where the runner may not. */
export function makeMemoryGroup(name: string, mebibytes: number): MemoryGroup | undefined {
  const { folder, own } = place(name);
  const bytes = String(mebibytes * 1024 * 1024);
  const files =
    own === undefined
      ? { limit: 'memory.max', events: 'memory.events' }
      : { limit: 'memory.limit_in_bytes', events: 'memory.oom_control' };
  try {
    if (process.getuid?.() !== 0) return undefined;
    mkdirSync(folder);
    writeFileSync(`${folder}/${files.limit}`, bytes);
    // Not every kernel counts swap; version 1 counts it together with memory.
    if (existsSync(`${folder}/memory.swap.max`)) writeFileSync(`${folder}/memory.swap.max`, '0');
    if (existsSync(`${folder}/memory.memsw.limit_in_bytes`)) writeFileSync(`${folder}/memory.memsw.limit_in_bytes`, bytes);
  } catch {
    remove(folder);
    return undefined;
  }
  const finish = (): boolean => {
    const ranOut = /^oom_kill [1-9]/m.test(readFileSync(`${folder}/${files.events}`, 'utf8'));
    remove(folder);
    return ranOut;
  };
  return { processes: `${folder}/cgroup.procs`, finish };
}

// The kernel lets go of the last process a moment after its end.
function remove(folder: string, attempts = 50): void {
  try {
    rmdirSync(folder);
  } catch {
    if (existsSync(folder) && attempts > 0) setTimeout(() => remove(folder, attempts - 1), 20);
  }
}
