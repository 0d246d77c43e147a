/** Facts for an attempt: paths and ports, without a sandbox or in one. They contain no secret. */
import { closeSync, openSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { forwarderPort } from '../../../runner/bubblewrap/bubblewrap.ts';
import { findProgram } from '../../../runner/host/host.ts';

import { deniedSyscalls, judgedSyscalls } from '../../../skills-index/run/plan/seccomp.ts';
import type { EscapeWorld } from './world.ts';

/** Hosts that rows send to: a granted one, one for tcp, one that is only pinned, an unknown one. */
export const names = {
  api: 'api.crm.example',
  database: 'db.crm.example',
  pinned: 'intranet.crm.example',
  elsewhere: 'elsewhere.example',
} as const;

/** The granted secret, a bearer token for `names.api`. */
export const secretName = 'CRM_TOKEN';

// Calls that need a capability of the host, so the filter need not list them: [x86_64, aarch64].
const capabilityCalls: Readonly<Record<string, readonly [number, number]>> = {
  kexec_load: [246, 104],
  init_module: [175, 105],
  finit_module: [313, 273],
  delete_module: [176, 106],
  reboot: [169, 142],
  sethostname: [170, 161],
  settimeofday: [164, 170],
  iopl: [172, -1],
  adjtimex: [159, 171],
  swapon: [167, 224],
  acct: [163, 89],
};

/** Numbers of system calls on this architecture; -1 for calls that it lacks. */
function callNumbers(): Record<string, number> {
  const column = process.arch === 'arm64' ? 1 : 0;
  const all = [...Object.values(deniedSyscalls), judgedSyscalls, capabilityCalls];
  return Object.fromEntries(
    all.flatMap((group) => Object.entries(group).map(([name, pair]) => [name, pair[column] ?? -1])),
  );
}

/** Whether this process has a controlling terminal (tty(4)). */
function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r+'));
    return true;
  } catch {
    return false;
  }
}

/**
 * @param inside whether attempts run in a sandbox with the mounts of `sandboxed.ts`
 * @param atOnce the number of concurrent attempts
 */
export function factsOf(
  world: EscapeWorld,
  inside: boolean,
  atOnce: number,
): Readonly<Record<string, unknown>> {
  const { folder, operator, user, victim } = world;
  return {
    ...names,
    atOnce,
    folder,
    uid: user.uid,
    operator: operator.config.replace(/\/config$/, ''),
    canary: `${folder}/canary.txt`,
    victim: victim.pid,
    victimFile: victim.file,
    sharedMemory: victim.sharedMemory,
    victimTerminal: victim.terminal,
    filesName: `files-${basename(folder)}`,
    port: world.port,
    datagramPort: world.datagramPort,
    abstractName: world.abstractName,
    word: world.word,
    mountHost: world.workspace,
    mount: inside ? '/reports' : world.workspace,
    library: inside ? '/library' : world.library,
    skill: inside ? '/skills/@escape/probe' : `${folder}/probe`,
    terminal: !inside || hasTerminal() ? 'yes' : 'no',
    proxyHost: '127.0.0.1',
    proxyPort: inside ? forwarderPort : world.port,
    cli: fileURLToPath(new URL('../../guard.js', import.meta.url)),
    sh: inside ? '/usr/bin/sh' : (findProgram('sh') ?? '/bin/sh'),
    node: inside ? '/usr/bin/node' : process.execPath,
    calls: callNumbers(),
  };
}
