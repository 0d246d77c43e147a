import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type InstalledHost, makeInstalledHost } from './installed-host.ts';
import { atTerminal, withoutTerminal } from './terminal.ts';

let host: InstalledHost;

beforeAll(async () => {
  host = await makeInstalledHost();
  await host.skill('agent', 'create', 'coder');
});
afterAll(() => host?.close());

const session = (script: string, typed: readonly (readonly [string, string])[] = []) =>
  atTerminal(['agent', 'run', '-t', 'coder', '--', 'sh', '-c', script], host.env, typed);

/** The terminal's settings after a session, as `stty` prints them. */
function settingsAround(script: string): { readonly before: string; readonly after: string } {
  const line = `stty -a; '${process.execPath}' '${host.guard}' agent run -t coder -- sh -c '${script}'; echo MARK; stty -a`;
  const spawn = 'import pty, sys; pty.spawn(sys.argv[1:])';
  const { stdout } = spawnSync('python3', ['-c', spawn, 'sh', '-c', line], {
    env: { ...host.env, TERM: 'xterm' },
    encoding: 'utf8',
  });
  const form = /speed.*?-?extproc/s;
  const [first = '', last = ''] = stdout.split('MARK');
  return { before: form.exec(first)?.[0] ?? '', after: form.exec(last)?.[0] ?? '' };
}

describe('a session with a terminal', () => {
  it('has a terminal of its own, reads what the person types, and ends with its code', async () => {
    const { exit, shown } = await session(
      'tty; read name; echo "hello $name" | tr a-z A-Z; exit 7',
      [['/dev/pts', 'ann']],
    );
    expect(exit).toBe(7);
    expect(shown).toContain('/dev/pts/0');
    expect(shown).toContain('HELLO ANN');
  });

  it('knows the kind and the size of the person’s terminal', async () => {
    const { shown } = await session('echo $TERM; stty size');
    expect(shown).toMatch(/xterm\r+\n\d{2,} \d{2,}\r+\n/);
  });

  it('learns that the person’s terminal has another size', () => {
    const driver = [
      'import fcntl, os, pty, struct, sys, termios',
      'pid, master = pty.fork()',
      'if pid == 0: os.execv(sys.argv[1], sys.argv[1:])',
      "shown = b''",
      'while True:',
      '    try: data = os.read(master, 65536)',
      '    except OSError: break',
      '    shown += data',
      "    if b'ready' in data: fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack('HHHH', 33, 77, 0, 0))",
      'sys.stdout.buffer.write(shown)',
    ].join('\n');
    const script = 'trap "stty size; exit 0" WINCH; echo ready; while true; do sleep 0.1; done';
    const { stdout } = spawnSync(
      'python3',
      [
        '-c',
        driver,
        process.execPath,
        host.guard,
        'agent',
        'run',
        '-t',
        'coder',
        '--',
        'sh',
        '-c',
        script,
      ],
      { env: { ...host.env, TERM: 'xterm' }, encoding: 'utf8' },
    );
    expect(stdout).toContain('33 77');
  });

  it('takes Ctrl-C inside: the program’s own handler answers it', async () => {
    const { exit, shown } = await session(
      'trap "echo caught; exit 5" INT; echo ready; while true; do sleep 0.1; done',
      [['ready', '\x03']],
    );
    expect([exit, shown]).toEqual([5, expect.stringContaining('caught')]);
  });

  it('ends when the person types Ctrl-] three times, whatever the program ignores', async () => {
    const { exit, shown } = await session(
      'trap "" INT TERM HUP QUIT; stty raw; echo ready; while true; do sleep 0.1; done',
      [['ready', '\x1d\x1d\x1d']],
    );
    expect(exit).not.toBe(0);
    expect(shown).toContain('ended from outside');
  });

  it('passes colours on, and neither the clipboard nor reports that type', async () => {
    const { shown } = await session(
      'printf "\\033[31mred\\033[0m \\033]52;c;cm0gLXJmIH4=\\007 \\033[21t \\033Pq\\033\\\\ end"',
    );
    expect(shown).toContain('\x1b[31mred\x1b[0m');
    for (const one of ['\x1b]52', '\x1b[21t', '\x1bP']) expect(shown).not.toContain(one);
  });

  it.each([
    ['at its end', 'stty raw -echo; printf "\\033[?1049h\\033[?2004h"'],
    ['after a crash of the program', 'stty raw -echo; kill -KILL $$'],
  ])('leaves the person’s terminal as it was %s', (_, script) => {
    const { after, before } = settingsAround(script);
    expect(before).toContain('echo');
    expect(after).toBe(before);
  });

  it('has no way to the person’s terminal', async () => {
    const { shown } = await session(
      [
        'ls /proc/self/fd | wc -l; ls /dev/pts',
        'python3 -c "import fcntl, termios; fcntl.ioctl(0, termios.TIOCSTI, b\\"x\\")" 2>&1 | tail -1',
        'for fd in /proc/[0-9]*/fd/*; do readlink $fd; done | grep -c /dev/tty',
      ].join('; '),
    );
    expect(shown).toMatch(/PermissionError|Operation not permitted/);
    expect(shown).toMatch(/\r\n0\r+\n/);
  });

  it('is refused without a terminal', async () => {
    const argv = ['agent', 'run', '-t', 'coder', '--', 'sh'];
    expect(await withoutTerminal(argv, host.env)).toMatchObject({
      exit: 2,
      shown: expect.stringContaining('are no terminal'),
    });
    const planned = await host.skill('agent', 'run', '-t', '--plan', 'coder', '--', 'sh');
    expect(planned.out).toContain('at a terminal of its own');
  });
});
