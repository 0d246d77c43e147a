import { describe, expect, it } from 'vitest';
import {
  forwarderArguments,
  skillArguments,
} from '../../../runner/bubblewrap/bubblewrap-arguments.ts';
import type { SandboxFile, SandboxStart } from '../../../runner/sandbox/sandbox.ts';
import { limits } from '../run-limits.ts';

const files: SandboxFile[] = [
  { path: '/skills/@acme/a/SKILL.md', mode: '644', bytes: Buffer.from('text') },
  { path: '/skills/@acme/a/run.sh', mode: '755', bytes: Buffer.from('code') },
];

const start: SandboxStart = {
  base: {
    path: '/cache/programs/1',
    links: new Map([
      ['awk', 'awk'],
      ['gawk', 'awk'],
      ['file', 'file'],
    ]),
  },
  plan: {
    programs: [
      { program: 'sh', path: '/usr/bin/dash' },
      { program: 'npm', path: '/usr/lib/node_modules/npm/bin/npm-cli.js' },
      { program: 'pdftotext', path: '/usr/bin/pdftotext' },
    ],
    limits,
    mounts: [
      { source: 'workspace:in', path: '/srv/in', id: '1:1', target: '/in', mode: 'ro', reason: '' },
      {
        source: 'workspace:out',
        path: '/srv/out',
        id: '1:2',
        target: '/out',
        mode: 'rw',
        reason: '',
      },
    ],
    workingDirectory: '/in',
    uid: 1000,
    gid: 1000,
  },
  files,
  command: ['/usr/bin/sh', '/skills/@acme/a/run.sh', '--setenv', 'LD_PRELOAD', 'x'],
  env: { TZ: 'UTC' },
  pins: new Map(),
  runFolder: '/run/x',
};

function argumentsOf(joinsNetwork = false): {
  readonly text: string;
  readonly data: Map<number, string>;
} {
  const data = new Map<number, string>();
  const around = {
    libraries: [{ path: '/usr/lib64' }, { path: '/lib64', link: 'usr/lib64' }],
    keyLists: ['/proc/keys'],
    reach: (name: string, path: string) => `/stage/${name}${path}`,
    descriptorOf: (bytes: Uint8Array) =>
      10 + data.set(10 + data.size, Buffer.from(bytes).toString()).size - 1,
    seccomp: Buffer.from('filter'),
    info: 99,
    joinsNetwork,
  };
  return { text: skillArguments(start, around).join(' '), data };
}

describe('the arguments of a skill’s sandbox', () => {
  const { text, data } = argumentsOf();

  it.each([
    '--unshare-user --unshare-ipc --unshare-pid --unshare-uts',
    '--disable-userns',
    '--die-with-parent',
    '--new-session',
    '--cap-drop ALL',
    '--unshare-net',
    '--info-fd 99 --seccomp 10',
    '--ro-bind /usr/lib64 /usr/lib64 --symlink usr/lib64 /lib64',
    '--ro-bind /stage/base/cache/programs/1 /usr/libexec/skillgate --symlink /usr/libexec/skillgate/awk /usr/bin/awk',
    '--symlink /usr/libexec/skillgate/awk /usr/bin/gawk',
    '--symlink /usr/libexec/skillgate/file /usr/bin/file --ro-bind-try /usr/share/misc/magic.mgc /usr/share/misc/magic.mgc',
    '--ro-bind /stage/sh/usr/bin/dash /usr/bin/sh',
    '--symlink /usr/lib/node_modules/npm/bin/npm-cli.js /usr/bin/npm --ro-bind-try /usr/lib/node_modules/npm /usr/lib/node_modules/npm',
    '--ro-bind /stage/pdftotext/usr/bin/pdftotext /usr/bin/pdftotext --ro-bind-try /usr/share/poppler /usr/share/poppler --ro-bind-try /etc/fonts /etc/fonts',
    '--ro-bind /stage/mount0/srv/in /in',
    '--bind /stage/mount1/srv/out /out --setenv TZ UTC --chdir /in --remount-ro /',
  ])('have %s', (expected) => {
    expect(text).toContain(expected);
  });

  it('hand each file over by descriptor, with its mode', () => {
    const [, number] = /--perms 0755 --file (\d+) \/skills\/@acme\/a\/run\.sh/.exec(text) ?? [];
    expect(data.get(Number(number))).toBe('code');
    expect(text).toMatch(/--perms 0644 --file \d+ \/skills\/@acme\/a\/SKILL\.md/);
  });

  const ofPackages =
    /^(\/usr\/lib\/node_modules\/npm|\/usr\/share\/(nodejs|npm|poppler|fonts|fontconfig)|\/etc\/fonts|\/var\/cache\/fontconfig)$/;

  it('bind no folder of the host but libraries, time zones, C.UTF-8, programs, their packages and mounts, and size every temporary one', () => {
    const bound = [...text.matchAll(/--(?:ro-)?bind(?:-try)? (\S+)/g)].map(
      ([, from]) => from ?? '',
    );
    expect(
      bound.filter(
        (path) =>
          !/^(\/usr\/lib64|\/usr\/share\/(zoneinfo|awk|misc\/magic.mgc)|\/usr\/lib\/locale\/C.utf8|\/stage\/.*)$/.test(
            path,
          ) && !ofPackages.test(path),
      ),
    ).toEqual([]);
    expect(text).not.toMatch(/(?<!--size \d+) --tmpfs/);
    expect(text).not.toMatch(/LD_PRELOAD|--share-net|--dev-bind/);
  });

  it('leave the network to the forwarder where there is one', () => {
    expect(argumentsOf(true).text).not.toContain('--unshare-net');
  });
});

it('the forwarder’s sandbox has a network namespace, socat, the socket and nothing else', () => {
  const text = forwarderArguments({ uid: 7, gid: 8 }, [{ path: '/usr/lib64' }], '/stage/proxy', {
    info: 11,
    joinsNetwork: false,
    seccomp: 10,
  }).join(' ');
  expect(text).toContain('--as-pid-1 --info-fd 11 --seccomp 10 --unshare-net --uid 7 --gid 8');
  expect([...text.matchAll(/bind (\S+)/g)].map(([, from]) => from)).toEqual([
    '/usr/lib64',
    '/usr/bin/socat',
    '/stage/proxy',
  ]);
});
