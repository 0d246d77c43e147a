import { describe, expect, it } from 'vitest';
import { whyNotDocker } from '../../../runner/backends/backends.ts';
import { engineArguments } from '../../../runner/backends/engine.ts';
import { limits } from '../run-limits.ts';

const plan = { limits, mounts: [], programs: [], workingDirectory: '/tmp', uid: 1_000, gid: 1_001 };
const around = {
  name: 'skillgate-abcdef',
  runner: '77:4711',
  image: 'skillgate-root:0123',
  seccomp: '/run/seccomp.json',
  cores: 1.5,
  binds: [
    { source: '/usr/lib', target: '/usr/lib', writable: false },
    { source: '/srv/my reports', target: '/reports', writable: true },
  ],
  command: ['/.prelude/sh', '-c', 'checks'],
};

describe('the arguments of a container engine', () => {
  it('are the whole of what a container may', () => {
    expect(engineArguments({ plan }, around).join(' ')).toBe(
      [
        'create --interactive --name skillgate-abcdef --label skillgate.runner=77:4711',
        '--network none --ipc private --hostname skill --user 1000:1001',
        '--read-only --cap-drop ALL --security-opt no-new-privileges --security-opt seccomp=/run/seccomp.json',
        '--pull never --log-driver none --restart no --memory 268435456 --memory-swap 268435456 --pids-limit 64',
        '--cpus 1.5 --oom-score-adj 500 --shm-size 64m --ulimit core=0 --ulimit nofile=1024 --ulimit fsize=1073741824',
        '--sysctl net.ipv4.ip_unprivileged_port_start=1024 --sysctl net.ipv4.ping_group_range=1 0',
        '--tmpfs /sys:ro,nosuid,nodev,noexec,size=65536,mode=555',
        '--tmpfs /tmp:rw,exec,nosuid,nodev,size=268435456,nr_inodes=65536,uid=1000,gid=1001,mode=1777',
        '--tmpfs /home/skill:rw,exec,nosuid,nodev,size=67108864,nr_inodes=65536,uid=1000,gid=1001,mode=0700',
        '--mount type=bind,source=/usr/lib,target=/usr/lib,bind-propagation=private,readonly',
        '--mount type=bind,source=/srv/my reports,target=/reports,bind-propagation=private',
        '--workdir /tmp skillgate-root:0123 /.prelude/sh -c checks',
      ].join(' '),
    );
  });

  it.each(['/srv/a,readonly=false', '/srv/"a"', '/srv/a\nb'])(
    'are refused for a folder %j, which would be read as more',
    (source) => {
      const binds = [{ source, target: '/reports', writable: false }];
      expect(() => engineArguments({ plan }, { ...around, binds })).toThrow('cannot mount');
    },
  );
});

const able = {
  OSType: 'linux',
  MemoryLimit: true,
  PidsLimit: true,
  SecurityOptions: ['name=seccomp,profile=default'],
};

describe('a docker daemon', () => {
  it.each([
    ['able', able, undefined],
    ['without seccomp', { ...able, SecurityOptions: [] }, 'it filters no system calls'],
    [
      'with nothing to say of security',
      { ...able, SecurityOptions: null },
      'it filters no system calls',
    ],
    ['rootless', { ...able, SecurityOptions: ['name=seccomp', 'name=rootless'] }, 'other users'],
    [
      'with user namespaces',
      { ...able, SecurityOptions: ['name=seccomp', 'name=userns'] },
      'other users',
    ],
    ['without limits of memory', { ...able, MemoryLimit: false }, 'cannot limit'],
    ['without limits of processes', { ...able, PidsLimit: false }, 'cannot limit'],
    ['for Windows', { ...able, OSType: 'windows' }, 'not Linux'],
    ['that answers with an error', { ServerErrors: ['Cannot connect'] }, 'not Linux'],
  ])('%s is judged', (_, info, why) => {
    const found = whyNotDocker(JSON.stringify(info));
    if (why === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(why);
  });

  it.each(['', 'null', 'Cannot connect'])('that prints %j does not answer', (printed) => {
    expect(whyNotDocker(printed)).toBe('its daemon does not answer');
  });
});
