/** A control group that holds a run to its memory, where the runner may make one: as root, version 1 or 2 (kernel: cgroup-v1/memory, cgroup-v2). */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';

export interface MemoryGroup {
  /** Where a process writes its pid to belong to it. */
  readonly processes: string;
  /** Takes it away, and says whether the kernel stopped a process of it. */
  finish(): boolean;
}

interface Version {
  readonly parent: string;
  readonly limit: string;
  readonly swap: { readonly file: string; readonly withMemory: boolean };
  readonly events: string;
}

const swap1 = { file: 'memory.memsw.limit_in_bytes', withMemory: true };
const swap2 = { file: 'memory.swap.max', withMemory: false };

function findVersion(): Version | undefined {
  const own = /^\d+:memory:(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1] ?? '/none';
  const versions: readonly Version[] = [
    { parent: `/sys/fs/cgroup/memory${own}`, limit: 'memory.limit_in_bytes', swap: swap1, events: 'memory.oom_control' },
    { parent: '/sys/fs/cgroup', limit: 'memory.max', swap: swap2, events: 'memory.events' },
  ];
  return versions.find(({ parent }) => existsSync(`${parent}/cgroup.procs`));
}

/** Makes a group; undefined where the runner may not. */
export function makeMemoryGroup(name: string, mebibytes: number): MemoryGroup | undefined {
  const version = process.getuid?.() === 0 ? findVersion() : undefined;
  if (version === undefined) return undefined;
  const folder = `${version.parent}/${name}`;
  const bytes = mebibytes * 1024 * 1024;
  try {
    mkdirSync(folder);
    writeFileSync(`${folder}/${version.limit}`, String(bytes));
    // Not every kernel counts swap.
    if (existsSync(`${folder}/${version.swap.file}`))
      writeFileSync(`${folder}/${version.swap.file}`, String(version.swap.withMemory ? bytes : 0));
  } catch {
    remove(folder);
    return undefined;
  }
  const finish = (): boolean => {
    const ranOut = /^oom_kill [1-9]/m.test(readFileSync(`${folder}/${version.events}`, 'utf8'));
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
