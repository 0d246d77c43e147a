/**
 * The `microvm` backend: each run gets its own kernel in QEMU. The machine has no network, no disk,
 * and no devices but serial ports. The run's files are its first file system. Ending the QEMU
 * process ends everything in it.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { Duplex, PassThrough, Transform } from 'node:stream';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { RunningSandbox, Sandbox, SandboxStart } from '../sandbox/sandbox.ts';
import { guestFiles } from './guest-files.ts';
import { guestPorts } from './guest-init.ts';
import { requireNoMounts } from './require-no-mounts.ts';

export interface Microvm {
  readonly qemu: string;
  readonly busybox: string;
  /** A kernel with built-in serial ports and initramfs, such as Debian's cloud kernel. */
  readonly kernel: string;
  readonly accelerator: 'kvm' | 'tcg';
}

const bootSecondsMax = 60;

/**
 * The backend lists only what the machine guarantees from outside. Limits inside the guest are
 * enforced by its own kernel and not checked.
 */
export function microvm(machine: Microvm): Sandbox {
  return {
    name: 'microvm',
    gives: ['no-network', 'dropped-uid'],
    checks: [],
    start: (start) => boot(machine, start),
  };
}

/**
 * Arguments of qemu-system with only the named devices. Descriptors 3 to 6 are the serial ports, in
 * order.
 */
export function qemuArguments(
  { accelerator, kernel }: Pick<Microvm, 'accelerator' | 'kernel'>,
  initrd: string,
  memoryMiB: number,
): string[] {
  const ports = Object.values(guestPorts).flatMap((port, index) => [
    '-chardev',
    `socket,id=${port},fd=${3 + index}`,
    '-serial',
    `chardev:${port}`,
  ]);
  return [
    '-nodefaults',
    '-no-user-config',
    '-no-reboot',
    '-display',
    'none',
    '-machine',
    `q35,accel=${accelerator}`,
    '-cpu',
    accelerator === 'kvm' ? 'host' : 'max',
    '-smp',
    '1',
    '-m',
    String(memoryMiB),
    '-nic',
    'none',
    '-sandbox',
    'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny',
    '-kernel',
    kernel,
    '-initrd',
    initrd,
    '-append',
    `console=${guestPorts.control} quiet loglevel=0 panic=-1 random.trust_cpu=on`,
    ...ports,
  ];
}

async function boot(machine: Microvm, start: SandboxStart): Promise<RunningSandbox> {
  requireNoMounts('microvm', start);
  const { plan, runFolder } = start;
  const sign = randomBytes(16).toString('hex');
  const files = guestFiles(start, machine.busybox, sign);
  writeFileSync(`${runFolder}/initrd`, files, { mode: 0o600 });
  // The machine's files lie in its memory, besides what the command may use.
  const memoryMiB = plan.limits.memoryMiB + Math.ceil(files.length / (1024 * 1024));
  const child = spawn(machine.qemu, qemuArguments(machine, `${runFolder}/initrd`, memoryMiB), {
    env: {},
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
  });
  const [out, err, input, control] = [3, 4, 5, 6].map((at) => child.stdio.at(at));
  if (
    !(
      out instanceof Duplex &&
      err instanceof Duplex &&
      input instanceof Duplex &&
      control instanceof Duplex
    )
  )
    throw new Problem('sandbox-refused', 'The machine did not start: it has no serial ports');
  let messages = '';
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    errors += chunk.toString('latin1');
  });
  const started = new Promise<void>((resolve, reject) => {
    control.on('data', (chunk: Buffer) => {
      messages += chunk.toString('latin1');
      if (messages.includes(`${sign} started`)) resolve();
    });
    child
      .on('error', reject)
      .on('close', () => reject(new Error(errors.trim() || 'the machine ended')));
    setTimeout(
      () => reject(new Error(`it reported nothing within ${bootSecondsMax} s`)),
      bootSecondsMax * 1000,
    ).unref();
  });
  const closed = new Promise<void>(
    (resolve) => void child.on('error', () => resolve()).on('close', () => resolve()),
  );
  const ended = closed.then(() => {
    const [, code] = new RegExp(`${sign} exit (\\d+)`).exec(messages) ?? [];
    return { code: code === undefined ? null : Number(code), outOfMemory: false };
  });
  const kill = (): void => void child.kill('SIGKILL');
  try {
    await started;
  } catch (cause) {
    kill();
    await closed;
    throw new Problem('sandbox-refused', `The machine did not start: ${(cause as Error).message}`, {
      cause,
    });
  }
  const stdin = new Transform({
    // A serial port has no end of file, so input is sent as lines of base64 with a dot as the last
    // line.
    transform: (chunk: Buffer, _, done) => {
      const lines = chunk.toString('base64').match(/.{1,512}/g) ?? [];
      done(null, lines.map((line) => `${line}\n`).join(''));
    },
    flush: (done) => done(null, '.\n'),
  });
  stdin.pipe(
    input.on('error', () => undefined),
    { end: false },
  );
  const notes = [
    `memory: ${plan.limits.memoryMiB} MiB by the machine`,
    'network: none',
    `machine: ${machine.accelerator}`,
  ];
  return {
    pid: child.pid,
    stdin,
    stdout: out.pipe(new PassThrough()),
    stderr: err.pipe(new PassThrough()),
    ended,
    kill,
    notes,
  };
}
