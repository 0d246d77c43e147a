/**
 * Carries connections from a skill's sandbox to the egress proxy. The forwarder is socat in a
 * sandbox of its own. socat listens on 127.0.0.1:3128 of a network namespace that the skill's
 * sandbox then joins. So the skill gets no socket of the proxy and no socat, and socat needs no
 * interpreter.
 */
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { seccompProgram } from '../../skills-index/run/plan/seccomp.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { give } from '../files/given-folder.ts';
import { egressConnectionsMax, forwarderPort, startSecondsMax } from '../limits.ts';
import { makeControlGroups } from '../sandbox/control-groups.ts';
import type { SandboxStart } from '../sandbox/sandbox.ts';
import { requireMapped } from '../sandbox/sandbox-user.ts';
import { forwarderArguments } from './bubblewrap-arguments.ts';
import { descriptorAt, launch, libraries, openData, reachablePath, tools } from './launch.ts';

export interface Forwarder {
  /** Open descriptors of the forwarder's namespaces; `stop` closes the descriptors. */
  readonly user: number;
  readonly network: number;
  stop(): void;
}

/**
 * The user and group of the forwarders of a runner that is root. As the run's user, other processes
 * of that user could reach the proxy's socket and enter the forwarder's network, and with it use
 * the secrets of the run. Nobody else has this number: systemd leaves it unused (“Users, Groups,
 * UIDs and GIDs on systemd Systems”), and images of containers take 65532 and 65534.
 */
const forwarderId = 65_520;

/**
 * Starts the forwarder and waits until the forwarder listens.
 * @throws Problem `sandbox-refused` when the forwarder does not listen in time
 */
export async function startForwarder(
  { namespace, plan, runFolder }: SandboxStart,
  proxyFolder: string,
): Promise<Forwarder> {
  const { gid, uid } = process.getuid?.() === 0 ? { uid: forwarderId, gid: forwarderId } : plan;
  requireMapped(uid);
  for (const path of [`${proxyFolder}/proxy.sock`, proxyFolder]) give(path, { uid, gid });
  const seccomp = seccompProgram(process.arch, true);
  const filter = openData(runFolder, seccomp);
  const filterAt = descriptorAt.firstData;
  const infoAt = descriptorAt.info;
  const staged = new Map<string, string>();
  const socket = reachablePath(staged, runFolder, 'proxy', proxyFolder);
  const listen = `TCP4-LISTEN:${forwarderPort},bind=127.0.0.1,fork,max-children=${egressConnectionsMax},backlog=${egressConnectionsMax}`;
  const groups = makeControlGroups(forwarderGroupOf(runFolder), forwarderLimits);
  let child: ChildProcess | undefined;
  let errors = Promise.resolve('');
  const end = (): void => {
    child?.kill('SIGKILL');
    groups.finish();
  };
  try {
    child = groups.startIn(() =>
      launch({
        bubblewrapArguments: forwarderArguments({ uid, gid }, libraries, socket, filterAt, infoAt),
        command: [tools.socat, listen, 'UNIX-CONNECT:/proxy/proxy.sock'],
        descriptors: new Map<number, number | 'pipe'>().set(filterAt, filter).set(infoAt, 'pipe'),
        uid,
        gid,
        runFolder,
        staged,
        // The sandbox enters the forwarder's user namespace from the views' user namespace, so the
        // views' namespace must be the parent.
        namespace: namespace?.user === undefined ? undefined : namespace,
        entersNetwork: false,
      }),
    );
    errors = text(child.stderr as Readable);
    const { 'child-pid': pid } = JSON.parse(await text(child.stdio.at(infoAt) as Readable)) as {
      'child-pid': number;
    };
    // Move socat into the control groups before socat listens. Then socat's process for each
    // connection belongs to the groups too.
    groups.take(pid);
    await untilListening(child, pid);
    const user = openSync(`/proc/${pid}/ns/user`, 'r');
    const network = openSync(`/proc/${pid}/ns/net`, 'r');
    const stop = (): void => {
      end();
      closeSync(user);
      closeSync(network);
    };
    return { user, network, stop };
  } catch (cause) {
    end();
    throw new Problem(
      'sandbox-refused',
      `The forwarder to the egress proxy did not start: ${(await errors).trim() || (cause as Error).message}`,
      {
        cause,
      },
    );
  } finally {
    closeSync(filter);
  }
}

/**
 * Limits of the forwarder, in control groups of its own: half a processor, and one process for each
 * connection. The skill's limits do not count the forwarder's use.
 */
export const forwarderLimits = { memoryMiB: 128, processes: egressConnectionsMax + 2, cores: 0.5 };

/** Returns the name of the forwarder's control groups, which lie beside the run's groups. */
export function forwarderGroupOf(runFolder: string): string {
  return `${runFolder.split('/').at(-1) ?? ''}-forwarder`;
}

// A listening socket has a line in /proc/net/tcp (proc(5)): address and port in hexadecimal, no
// peer, state 0A.
async function untilListening(child: ChildProcess, pid: number): Promise<void> {
  const listening = `0100007F:${forwarderPort.toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 0A`;
  for (
    const until = performance.now() + startSecondsMax * 1000;
    performance.now() < until;
    await sleep(1)
  ) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error('socat ended at once');
    if (readFileSync(`/proc/${pid}/net/tcp`, 'latin1').includes(listening)) return;
  }
  throw new Error(`socat did not listen within ${startSecondsMax} s`);
}
