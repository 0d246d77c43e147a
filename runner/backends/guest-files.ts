/**
 * Builds the first file system of a virtual machine as one archive: busybox, the run's files, its
 * programs and their libraries.
 */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { accounts } from '../sandbox/accounts.ts';
import { companionOf } from '../sandbox/companions.ts';
import type { SandboxStart } from '../sandbox/sandbox.ts';
import { type CpioEntry, cpioKinds, writeCpio } from './cpio.ts';
import { guestInit } from './guest-init.ts';

/**
 * Builds the archive.
 * @param busybox path of a static busybox
 * @param sign random text that marks the messages of the guest
 */
export function guestFiles(start: SandboxStart, busybox: string, sign: string): Buffer {
  const { files, plan } = start;
  const found = new Map<string, CpioEntry>();
  const put = (
    path: string,
    kind: keyof typeof cpioKinds,
    mode: number,
    bytes?: Uint8Array,
  ): void => {
    const above = dirname(path);
    if (above !== '/' && !found.has(above)) put(above, 'folder', 0o755);
    const entry = {
      path: path.slice(1),
      mode: cpioKinds[kind] | mode,
      ...(bytes === undefined ? {} : { bytes }),
    };
    if (kind !== 'folder' || !found.has(path)) found.set(path, entry);
  };
  for (const path of ['/proc', '/sys', '/dev', '/tmp', '/home/skill', '/usr/bin'])
    put(path, 'folder', 0o755);
  put('/init', 'file', 0o700, Buffer.from(guestInit(start, sign)));
  // Only root can enter this folder; the run has another uid.
  put('/.guest', 'folder', 0o700);
  put('/.guest/busybox', 'file', 0o700, readFileSync(busybox));
  const setpriv = '/usr/bin/setpriv';
  put('/.guest/setpriv', 'file', 0o700, readFileSync(setpriv));
  for (const { program, path } of plan.programs) {
    const real = realpathSync(path);
    put(`/usr/bin/${program}`, 'file', 0o755, readFileSync(real));
    const beside = companionOf(program, real);
    if (beside === undefined || !existsSync(beside)) continue;
    if (statSync(beside).isDirectory()) putFolder(beside, put);
    else put(beside, 'file', 0o644, readFileSync(beside));
  }
  for (const library of librariesOf([setpriv, ...plan.programs.map(({ path }) => path)]))
    put(library, 'file', 0o755, readFileSync(library));
  for (const { path, mode, bytes } of [...files, ...accounts(plan)])
    if (!path.startsWith('/home/skill/')) put(path, 'file', Number.parseInt(mode, 8), bytes);
    else put(`/.covered${path}`, 'file', Number.parseInt(mode, 8), bytes);
  return writeCpio([...found.values()]);
}

type Put = (path: string, kind: keyof typeof cpioKinds, mode: number, bytes?: Uint8Array) => void;

function putFolder(folder: string, put: Put): void {
  put(folder, 'folder', 0o755);
  for (const name of readdirSync(folder, { encoding: 'utf8' })) {
    const path = `${folder}/${name}`;
    const stats = lstatSync(path);
    if (stats.isDirectory() && name !== '__pycache__' && name !== 'test') putFolder(path, put);
    if (stats.isFile()) put(path, 'file', 0o644, readFileSync(path));
    if (stats.isSymbolicLink()) put(path, 'link', 0o777, Buffer.from(readlinkSync(path)));
  }
}

// The loader lists the libraries of a program without starting the program. ldd(1) would take
// seconds for all base programs.
function librariesOf(programs: readonly string[]): Set<string> {
  const loader = ['/lib64/ld-linux-x86-64.so.2', '/lib/ld-linux-aarch64.so.1'].find(existsSync);
  const script = 'loader=$1; shift; for program; do "$loader" --list "$program"; done';
  const { stdout } = spawnSync('/bin/sh', ['-c', script, 'sh', loader ?? '', ...programs], {
    env: {},
    encoding: 'utf8',
  });
  return new Set([...stdout.matchAll(/(\/\S+) \(0x/g)].flatMap(([, path]) => path ?? []));
}
