/** The processes of a step, as the host sees them (proc(5)). */
import { readFileSync } from 'node:fs';

/** Returns the command lines of the step's processes, without the observation's own. */
export function livingBelow(pid: number | undefined): readonly string[] {
  if (pid === undefined) return [];
  const all = [pid];
  for (let at = 0; at < all.length && all.length < 300; at++) {
    const one = all[at] ?? pid;
    all.push(...read(one, `task/${one}/children`).split(' ').filter(Boolean).map(Number));
  }
  return all.flatMap((one) => {
    const line = read(one, 'cmdline').replaceAll('\0', ' ').trim();
    return line === '' ||
      line.startsWith('/usr/bin/sleep') ||
      /^\S*bwrap /.test(line) ||
      line.includes('/opt/observe/step.sh')
      ? []
      : [line.slice(0, 200)];
  });
}

function read(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}
