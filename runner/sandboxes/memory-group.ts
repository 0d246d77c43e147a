/** A control group that holds a run to its memory, where the runner may make one: as root, version 1 or 2 (kernel: cgroup-v1/memory, cgroup-v2). */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';

export interface MemoryGroup {
  /** Where a process writes its pid to belong to it. */
  readonly processes: string;
  /** Whether the kernel stopped a process of it. */
  ranOut(): boolean;
  remove(): void;
}

/** Makes a group, or says why there is none. */
export function makeMemoryGroup(name: string, mebibytes: number): MemoryGroup | { readonly why: string } {
  if (process.getuid?.() !== 0) return { why: 'only root makes control groups here' };
  const version1 = groupFolder();
  const folder = `${version1 ?? '/sys/fs/cgroup'}/${name}`;
  const bytes = String(mebibytes * 1024 * 1024);
  try {
    mkdirSync(folder);
  } catch (cause) {
    return { why: (cause as Error).message };
  }
  try {
    if (version1 !== undefined) {
      writeFileSync(`${folder}/memory.limit_in_bytes`, bytes);
      if (existsSync(`${folder}/memory.memsw.limit_in_bytes`)) writeFileSync(`${folder}/memory.memsw.limit_in_bytes`, bytes);
    } else {
      writeFileSync(`${folder}/memory.max`, bytes);
      if (existsSync(`${folder}/memory.swap.max`)) writeFileSync(`${folder}/memory.swap.max`, '0');
    }
  } catch (cause) {
    rmdirSync(folder);
    return { why: (cause as Error).message };
  }
  const events = `${folder}/${version1 === undefined ? 'memory.events' : 'memory.oom_control'}`;
  return {
    processes: `${folder}/cgroup.procs`,
    ranOut: () => existsSync(events) && /^oom_kill [1-9]/m.test(readFileSync(events, 'utf8')),
    remove: () => removeSoon(folder),
  };
}

function groupFolder(): string | undefined {
  if (!existsSync('/sys/fs/cgroup/memory/memory.limit_in_bytes')) return undefined;
  const own = /^\d+:memory:(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1] ?? '/';
  const folder = `/sys/fs/cgroup/memory${own === '/' ? '' : own}`;
  return existsSync(folder) ? folder : '/sys/fs/cgroup/memory';
}

// The kernel lets go of the last process a moment after its end.
function removeSoon(folder: string, attempts = 50): void {
  try {
    rmdirSync(folder);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT' && attempts > 0)
      setTimeout(() => removeSoon(folder, attempts - 1), 20);
  }
}
