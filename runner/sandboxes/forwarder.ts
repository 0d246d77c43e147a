/**
 * The way from a skill's sandbox to the egress proxy: socat in a sandbox of its own, which listens
 * on 127.0.0.1:3128 of a network namespace that the skill's sandbox then shares. So the skill has
 * no unix socket, no socat and no shell because of it, and socat needs no interpreter.
 */
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { seccompProgram } from '../../skills-index/run/sandbox/seccomp.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { egressConnectionsMax, forwarderPort, startSecondsMax } from '../limits.ts';
import { forwarderArguments } from './bubblewrap-arguments.ts';
import { makeControlGroups } from './control-groups.ts';
import { descriptorAt, launch, libraries, openData, reach, tools } from './launch.ts';
import type { SandboxStart } from './sandbox.ts';

export interface Forwarder {
  /** Open descriptors of its namespaces; closed by `stop`. */
  readonly user: number;
  readonly network: number;
  stop(): void;
}

/** @throws Problem `sandbox-refused` when it does not come to listen */
export async function startForwarder(
  { plan: { uid, gid }, runFolder }: SandboxStart,
  proxyFolder: string,
): Promise<Forwarder> {
  const seccomp = seccompProgram(process.arch, 'forwarder');
  const filter = openData(runFolder, seccomp);
  const filterAt = descriptorAt.firstData;
  const infoAt = descriptorAt.info;
  const staged = new Map<string, string>();
  const socket = reach(staged, runFolder, 'proxy', proxyFolder);
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
        bubblewrapArguments: forwarderArguments(libraries, socket, filterAt, infoAt),
        command: [tools.socat, listen, 'UNIX-CONNECT:/proxy/proxy.sock'],
        descriptors: new Map<number, number | 'pipe'>().set(filterAt, filter).set(infoAt, 'pipe'),
        uid,
        gid,
        runFolder,
        staged,
        entersNetwork: false,
      }),
    );
    errors = text(child.stderr as Readable);
    const { 'child-pid': pid } = JSON.parse(await text(child.stdio.at(infoAt) as Readable)) as {
      'child-pid': number;
    };
    // Before it listens, so that each process that it starts for a connection is in the groups too.
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
      `The forwarder did not start: ${(await errors).trim() || (cause as Error).message}`,
      {
        cause,
      },
    );
  } finally {
    closeSync(filter);
  }
}

/**
 * What carries bytes to the proxy is no part of what the skill may take, and has groups of its own:
 * half a processor, a process a connection.
 */
export const forwarderLimits = { memoryMiB: 128, processes: egressConnectionsMax + 2, cores: 0.5 };

/** The name of its groups, beside those of the run. */
export function forwarderGroupOf(runFolder: string): string {
  return `${runFolder.split('/').at(-1) ?? ''}-forwarder`;
}

// A listening socket in /proc/net/tcp (proc(5)): address and port in hexadecimal, no peer, state
// 0A.
async function untilListening(child: ChildProcess, pid: number): Promise<void> {
  const listening = `0100007F:${forwarderPort.toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 0A`;
  for (
    const until = performance.now() + startSecondsMax * 1000;
    performance.now() < until;
    await sleep(1)
  ) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error('it ended at once');
    if (readFileSync(`/proc/${pid}/net/tcp`, 'latin1').includes(listening)) return;
  }
  throw new Error('it does not listen');
}
