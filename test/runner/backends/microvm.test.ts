import { describe, expect, it } from 'vitest';
import { cpioKinds, writeCpio } from '../../../runner/backends/cpio.ts';
import { guestFiles } from '../../../runner/backends/guest-files.ts';
import { guestInit } from '../../../runner/backends/guest-init.ts';
import { qemuArguments } from '../../../runner/backends/microvm.ts';

const limits = {
  seconds: 30,
  memoryMiB: 256,
  outputBytes: 1_000,
  processes: 64,
  temporaryMiB: 256,
  homeMiB: 64,
  changesMiB: 200,
};
const plan = { limits, mounts: [], programs: [], workingDirectory: '/tmp', uid: 1_000, gid: 1_001 };

describe('a machine', () => {
  it('has serial ports and nothing else', () => {
    const given = qemuArguments(
      { accelerator: 'tcg', kernel: '/boot/vmlinuz' },
      '/run/initrd',
      256,
    ).join(' ');
    expect(given).toContain(
      '-nodefaults -no-user-config -no-reboot -display none -machine q35,accel=tcg -cpu max -smp 1 -m 256 -nic none',
    );
    expect(given).toContain(
      '-sandbox on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny',
    );
    expect(given.match(/-serial/g)).toHaveLength(4);
    expect(given).not.toMatch(/-device|-drive|-netdev|-virtfs|-monitor|-qmp/);
  });

  it('has each planned program, and the libraries of all', () => {
    const programs = ['wc', 'ls'].map((program) => ({ program, path: `/usr/bin/${program}` }));
    const start = { plan: { ...plan, programs }, files: [], command: ['/usr/bin/wc'], env: {} };
    const nothing = { pins: new Map(), runFolder: '/run/x' };
    const archive = guestFiles({ ...start, ...nothing }, '/usr/bin/env', 'sign').toString('latin1');
    for (const path of ['usr/bin/wc', 'usr/bin/ls', 'libc.so.6'])
      expect(archive).toContain(`${path}\0`);
  });

  it('starts the command as the run’s user, whatever its words are', () => {
    const script = guestInit(
      { command: ['/usr/bin/sh', "it's; $(reboot)"], env: { A: "b'c" }, plan },
      'sign',
    );
    expect(script).toContain(
      "exec /.guest/setpriv --reuid 1000 --regid 1001 --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all -- '/usr/bin/sh' 'it'\\''s; $(reboot)'",
    );
    expect(script).toContain("export A='b'\\''c'");
  });
});

describe('an archive of files', () => {
  it('is as the kernel wants it: hexadecimal header, name and bytes each padded to four, a trailer', () => {
    const archive = writeCpio([
      { path: 'a', mode: cpioKinds.file | 0o644, uid: 7, bytes: Buffer.from('hello') },
    ]).toString('latin1');
    const numbers = ['1', '81a4', '7', '0', '1', '0', '5', '0', '0', '0', '0', '2', '0']
      .map((one) => one.padStart(8, '0'))
      .join('');
    const nul = '\0';
    expect(archive.startsWith(`070701${numbers}a${nul}hello${nul.repeat(3)}070701`)).toBe(true);
    expect(archive).toContain('TRAILER!!!');
    expect(archive.length % 4).toBe(0);
  });
});
