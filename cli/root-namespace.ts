/**
 * In a container, root often lacks the right to mount and to enter namespaces (CAP_SYS_ADMIN), and
 * may make a user namespace. As root of one with the same users, Skillgate starts sandboxes as on
 * any host.
 */
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Duplex } from 'node:stream';

/** CAP_SYS_ADMIN among the effective capabilities (capabilities(7)). */
const isWhole = /^CapEff:\s*[0-9a-f]*[2367abef][0-9a-f]{5}$/m;

// Asks for its map of users, and gets its standard error back once it has one.
const script =
  'echo >&3; read -r _ <&3 && exec /usr/bin/setpriv --pdeathsig KILL -- "$@" 2>&4 3<&- 4>&-';

/**
 * Runs this command line in a namespace.
 * @returns its exit code; undefined where it needs no namespace, or gets none
 */
export async function runInNamespace(own: NodeJS.Process): Promise<number | undefined> {
  if (isWhole.test(readFileSync('/proc/self/status', 'latin1'))) return undefined;
  const { spawn } = await import('node:child_process');
  const words = [own.execPath, ...own.execArgv, ...own.argv.slice(1)];
  const child = spawn('/usr/bin/unshare', ['--user', '/bin/sh', '-c', script, 'sh', ...words], {
    stdio: ['inherit', 'inherit', 'ignore', 'pipe', 2],
  });
  const ended = once(child, 'exit').catch(() => [null]);
  const ask = child.stdio[3] as Duplex;
  const isAsked = once(ask, 'data').then(
    () => true,
    () => false,
  );
  if (!(await Promise.race([isAsked, ended.then(() => false)]))) return undefined;
  try {
    for (const file of ['uid_map', 'gid_map'])
      writeFileSync(
        `/proc/${child.pid}/${file}`,
        sameUsers(readFileSync(`/proc/self/${file}`, 'utf8')),
      );
  } catch {
    ask.end();
    return undefined;
  }
  ask.end('\n');
  // The terminal sends Ctrl-C to both.
  own.on('SIGINT', () => undefined);
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) own.on(signal, () => child.kill(signal));
  const [code] = await ended;
  return code ?? 1;
}

/** The same users within, of a map of users outside (`inside outside count` in each line). */
function sameUsers(map: string): string {
  return map.replace(/^ *(\d+) +\d+ +(\d+)$/gm, '$1 $1 $2');
}
