import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runSkill } from '../../runner/run/run.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { basePrograms } from '../../skills-index/skill/base-programs.ts';
import {
  crm,
  giveTo,
  giveToken,
  makeTestHost,
  reportsMount,
  requestFor,
  runTest,
  startUpstream,
  type TestHost,
  tryIt,
} from './sandbox-fixture.ts';

let host: TestHost;
beforeEach(() => {
  host = makeTestHost();
});
afterEach(() => host.remove());

describe('what a command sees', () => {
  it.each([
    [
      'probe.ts',
      `import { readdirSync } from 'node:fs'; const n: number = 1; delete process.env.PROD_ADMIN_TOKEN; console.log(process.env, readdirSync('/proc/1'), n);`,
    ],
    [
      'probe.py',
      `import os\ntoken = os.environ.pop('PROD_ADMIN_TOKEN')\nprint(dict(os.environ), os.listdir('/proc/1'), open('/proc/2/environ').read().replace(token, ''))`,
    ],
    [
      'probe.sh',
      `[ ! -e /proc/1/environ ] || read -r all < /proc/1/environ; echo "$all"; unset PROD_ADMIN_TOKEN; set`,
    ],
  ])('runs %s with nothing of the runner in its environment', async (name, content) => {
    process.env.CANARY_OF_RUNNER = 'seven-swans';
    const run = await runTest(host, { files: { [name]: content } });
    expect(run.stderr).toBe('');
    expect(run).toMatchObject({ reason: 'exit', code: 0 });
    expect(run.stdout).not.toMatch(/seven-swans|CANARY_OF_RUNNER/);
  });

  it('gives arguments, input, env, exit code and both outputs', async () => {
    const run = await runTest(
      host,
      {
        files: { 'probe.sh': 'read -r line; echo "$1 $line $TZ $PWD"; echo warned >&2; exit 9' },
        capabilities: { env: [{ name: 'TZ', why: 'dates' }] },
      },
      { args: ['first'], stdin: Buffer.from('second\n') },
      { env: { TZ: 'UTC' } },
    );
    expect(run).toMatchObject({
      stdout: 'first second UTC /tmp\n',
      stderr: 'warned\n',
      code: 9,
      reason: 'exit',
    });
  });

  it('gives what programs expect of any host: a user, a locale, a host name, a time zone', async () => {
    const text = `import getpass, locale, os, socket, time
print(getpass.getuser(), os.environ['USER'], os.environ['LOGNAME'], os.environ['SHELL'])
print(locale.setlocale(locale.LC_ALL, ''), socket.gethostbyname(socket.gethostname()))
print(time.strftime('%Z', time.localtime(1767225600)), os.environ.get('TZ'))`;
    const seen = async (policy: Partial<HostPolicy>): Promise<string[]> =>
      (await runTest(host, { files: { 'probe.py': text } }, {}, policy)).stdout.split('\n');
    const same = ['skill skill skill /bin/sh', 'C.UTF-8 127.0.0.1'];
    expect(await seen({})).toEqual([...same, 'UTC None', '']);
    expect(await seen({ timeZone: 'Europe/Berlin' })).toEqual([...same, 'CET Europe/Berlin', '']);
    const run = await runTest(host, { files: { 'probe.sh': "printf 'gr\\303\\266n' | wc -m" } });
    expect(run.stdout.trim()).toBe('4');
  });

  const ownServer = `
import http.server, os, sys, threading, subprocess, urllib.request
server = http.server.HTTPServer(('127.0.0.1', 0), http.server.SimpleHTTPRequestHandler)
threading.Thread(target=server.serve_forever, daemon=True).start()
port = server.server_port
assert 'HTTP_PROXY' in os.environ`;
  const ownSockets = `
import multiprocessing, os, socket
kinds = []
for kind in (socket.SOCK_STREAM, socket.SOCK_SEQPACKET, socket.SOCK_DGRAM):
    for name in ('/tmp/s%d' % kind, '\\0s%d' % kind):
        server, client = socket.socket(socket.AF_UNIX, kind), socket.socket(socket.AF_UNIX, kind)
        server.bind(name)
        if kind != socket.SOCK_DGRAM: server.listen()
        client.connect(name)
        client.send(b'hello')
        kinds.append((server if kind == socket.SOCK_DGRAM else server.accept()[0]).recv(5) == b'hello')
with multiprocessing.Manager() as manager: kinds.append(list(manager.list([1])) == [1])
print(kinds.count(True))`;
  it.each<[string, object]>([
    ['no folder', {}],
    ['a view of a folder', { mount: reportsMount('cow') }],
    ['a writable folder', { mount: reportsMount('rw') }],
  ])('has unix sockets of its own where it sees %s', async (_, capabilities) => {
    const run = await runTest(host, { files: { 'probe.py': ownSockets }, capabilities });
    expect(run).toMatchObject({ stdout: '7\n', stderr: '', code: 0 });
    expect(JSON.stringify(host.audit())).toContain('unix sockets: the run’s own');
  });

  it('has no unix sockets where it sees a folder that is bound', async () => {
    const rows = await tryIt(
      host,
      { unix: `socket.socket(socket.AF_UNIX)`, pair: `len(socket.socketpair())` },
      { capabilities: { mount: reportsMount('ro') } },
    );
    expect(rows).toEqual({ unix: expect.stringMatching(/^97 /), pair: 2 });
    expect(JSON.stringify(host.audit())).toContain(
      'unix sockets: programs of the host can listen in /reports, which is bound',
    );
  });

  const pinned = { hosts: { 'api.crm.example': { address: '127.0.0.1', port: 9 } } };
  const exec = (program: string) => [{ program, why: 'test' }];
  it.each<[string, string, object]>([
    ['urllib', `print(urllib.request.urlopen(f'http://127.0.0.1:{port}/').status)`, {}],
    ['urllib by name', `print(urllib.request.urlopen(f'http://localhost:{port}/').status)`, {}],
    [
      'curl',
      `print(subprocess.run(['curl', '-sS', '-o', '/dev/null', '-w', '%{http_code}', f'http://127.0.0.1:{port}/'], capture_output=True, text=True).stdout)`,
      { exec: exec('curl') },
    ],
    [
      'node’s fetch',
      `print(subprocess.run(['node', '-e', f'fetch("http://localhost:{port}/").then((a) => console.log(a.status))'], capture_output=True, text=True).stdout.strip())`,
      { exec: exec('node') },
    ],
  ])(
    'reaches a server of its own with %s, past the proxy that all else has to go through',
    async (_, ask, more) => {
      const run = await runTest(
        host,
        {
          files: { 'probe.py': `${ownServer}\n${ask}` },
          capabilities: { egress: crm.egress, ...more },
        },
        {},
        pinned,
      );
      expect(run).toMatchObject({ stdout: '200\n', code: 0 });
      expect(host.audit().filter((entry) => entry.event === 'egress')).toEqual([]);
    },
  );

  it('reaches no server of the host’s loopback that way', async () => {
    const outside: Server = createServer((socket) =>
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'),
    );
    let heard = 0;
    outside.on('connection', () => heard++);
    await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
    const { port } = outside.address() as AddressInfo;
    const code = `
import urllib.request
for host in ('127.0.0.1', 'localhost'):
    try: print(urllib.request.urlopen('http://%s:${port}/' % host, timeout=2).status)
    except OSError as e: print('not reached')`;
    const run = await runTest(
      host,
      { files: { 'probe.py': code }, capabilities: { egress: crm.egress } },
      {},
      pinned,
    );
    outside.close();
    expect(run.stdout).toBe('not reached\nnot reached\n');
    expect(heard).toBe(0);
  });

  it('has env of any name that the prelude once used for itself, unchanged', async () => {
    const env = Object.fromEntries(
      'n value rest device route user started host head'.split(' ').map((name) => [name, 'kept']),
    );
    const names = Object.keys(env);
    const run = await runTest(
      host,
      {
        files: {
          'probe.py': `import os\nprint(*[os.environ.get(name) for name in '${names.join(' ')}'.split()])`,
        },
        capabilities: {
          env: [...names, 'OPTIND', 'SKILLGATE_N'].map((name) => ({ name, why: 'test' })),
        },
      },
      {},
      { env: { ...env, OPTIND: 'x', SKILLGATE_N: '9' } },
    );
    expect(run).toMatchObject({
      stdout: `${names.map(() => 'kept').join(' ')}\n`,
      stderr: '',
      code: 0,
    });
    expect(run.plan.leftOut.map((one) => one.what)).toHaveLength(2);
  });

  it('has all its files, as many as a skill may have', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 998 }, (_, i) => [`data/${i % 40}/${i}.txt`, `file ${i}`]),
    );
    const run = await runTest(host, {
      files: {
        'probe.py': `import glob\nprint(len(glob.glob('/skills/@acme/probe/data/*/*')), open('/skills/@acme/probe/data/37/997.txt').read())`,
        ...many,
      },
    });
    expect(run).toMatchObject({ stdout: '998 file 997\n', stderr: '' });
  });

  it('has no program beside its interpreter and the base set, no descriptor beside its streams, and files that are read-only', async () => {
    const rows = await tryIt(host, {
      programs: `sorted(os.listdir('/usr/bin'))`,
      descriptors: `[n for n in sorted(os.listdir('/proc/self/fd')) if os.path.exists('/proc/self/fd/'+n) and not os.readlink('/proc/self/fd/'+n).startswith(('/proc', '/dev/null'))]`,
      mode: `oct(os.stat('/skills/@acme/probe/probe.py').st_mode & 0o7777)`,
      write: `open('/skills/@acme/probe/probe.py', 'a')`,
      new: `open('/skills/x', 'w')`,
      chmod: `os.chmod('/skills/@acme/probe/probe.py', 0o777)`,
      usr: `open('/usr/bin/python3', 'a')`,
    });
    expect(rows).toMatchObject({
      programs: expect.arrayContaining(['python3', 'cat', 'grep']),
      descriptors: ['0', '1', '2'],
      mode: '0o755',
    });
    const programs = Array.isArray(rows.programs) ? rows.programs : [];
    expect(programs.filter((name) => !basePrograms.has(name))).toEqual(['python3']);
    for (const name of ['write', 'new', 'chmod', 'usr'])
      expect(rows[name], name).toMatch(/^(30|13) /);
  });

  it('finds no file of the host by any road, though the same reading works outside', async () => {
    const canary = `${host.folder}/canary`;
    writeFileSync(canary, 'nightingale');
    chmodSync(host.folder, 0o755);
    const roads = Object.fromEntries(
      ['', '/proc/self/root', '/proc/1/root', '/proc/1/cwd/..', '/reports/..'].map((road) => [
        road,
        `open('${road}${canary}').read()`,
      ]),
    );
    const skill = { capabilities: { mount: reportsMount('rw') } };
    writeFileSync(`${host.reports}/plain`, 'x');
    symlinkSync(canary, `${host.reports}/leads-out`);
    const rows = await tryIt(
      host,
      {
        ...roads,
        link: `open('/reports/leads-out').read()`,
        secrets: `open('${host.paths.config}/secrets.json')`,
      },
      skill,
    );
    for (const [road, result] of Object.entries(rows)) expect(result, road).toMatch(/^2 /);
    expect(await tryIt(host, { '': roads[''] ?? '' }, { unsafe: true })).toEqual({
      '': 'nightingale',
    });
  });
});

describe('limits', () => {
  it('stops a command that takes more memory than it may', async () => {
    const run = await runTest(host, {
      files: { 'probe.py': 'x = bytearray(1 << 30)\nprint(len(x))' },
      limits: { seconds: 20, memoryMiB: 64 },
    });
    expect(run.stdout).toBe('');
    expect(run.reason === 'limit:memory' || run.stderr.includes('MemoryError')).toBe(true);
  });
});

describe('a writable mount', () => {
  const skill = (content: string) => ({
    files: { 'probe.py': content },
    capabilities: { mount: reportsMount('rw') },
  });

  it('lets a run change what hosts and agents obey, and applies nothing of that', async () => {
    mkdirSync(`${host.reports}/.git/hooks`, { recursive: true });
    mkdirSync(`${host.reports}/deep/er`, { recursive: true });
    writeFileSync(`${host.reports}/.git/config`, '[core]');
    writeFileSync(`${host.reports}/deep/er/AGENTS.md`, 'be kind');
    giveTo(host.reports);
    const before = readdirSync(host.reports, { recursive: true, encoding: 'utf8' });
    const rows = await tryIt(
      host,
      {
        hook: `open('/reports/.git/hooks/pre-commit', 'w')`,
        config: `open('/reports/.git/config', 'a')`,
        'rename git': `os.rename('/reports/.git', '/reports/moved')`,
        'nested agents': `open('/reports/deep/er/AGENTS.md', 'w')`,
        'rename above': `os.rename('/reports/deep', '/reports/away')`,
        'unlink agents': `os.unlink('/reports/away/er/AGENTS.md')`,
        claude: `open('/reports/CLAUDE.md', 'w')`,
        'claude folder': `[os.mkdir('/reports/.claude'), open('/reports/.claude/settings.json', 'w')] and 1`,
        package: `os.symlink('/x', '/reports/package.json')`,
      },
      { capabilities: { mount: reportsMount('rw') } },
    );
    for (const [name, result] of Object.entries(rows))
      expect(String(result), name).not.toMatch(/^\d+ /);
    // A moved repository is none without its HEAD, and the folders above an obeyed file stay.
    const after = readdirSync(host.reports, { recursive: true, encoding: 'utf8' });
    expect(after.filter((path) => !before.includes(path)).sort()).toEqual([
      'away',
      'away/er',
      'moved',
      'moved/config',
      'moved/hooks',
      'moved/hooks/pre-commit',
    ]);
    expect(before.filter((path) => !after.includes(path))).toEqual([]);
    expect(readFileSync(`${host.reports}/deep/er/AGENTS.md`, 'utf8')).toBe('be kind');
    expect(readFileSync(`${host.reports}/.git/config`, 'utf8')).toBe('[core]');
  });

  it('gets a protected link back that the run replaced, and what it leads to', async () => {
    mkdirSync(`${host.reports}/docs`);
    writeFileSync(`${host.reports}/docs/agents.md`, 'be kind');
    symlinkSync('docs/agents.md', `${host.reports}/AGENTS.md`);
    symlinkSync('AGENTS.md', `${host.reports}/CLAUDE.md`);
    giveTo(host.reports);
    const rows = await tryIt(
      host,
      {
        through: `open('/reports/CLAUDE.md', 'w')`,
        target: `os.unlink('/reports/docs/agents.md')`,
        replace: `[os.unlink('/reports/AGENTS.md'), open('/reports/AGENTS.md', 'w').write('be evil')] and 'replaced'`,
      },
      { capabilities: { mount: reportsMount('rw') } },
    );
    expect(rows).toMatchObject({ target: 'None', replace: 'replaced' });
    expect(readFileSync(`${host.reports}/docs/agents.md`, 'utf8')).toBe('be kind');
    expect(readFileSync(`${host.reports}/AGENTS.md`, 'utf8')).toBe('be kind');
    expect(readlinkSync(`${host.reports}/AGENTS.md`)).toBe('docs/agents.md');
  });

  it('lets an ordinary file be written, owned by the folder’s owner', async () => {
    const run = await runTest(host, skill(`open('/reports/report.md', 'w').write('done')`));
    expect(run).toMatchObject({ code: 0, cleaned: [] });
    expect(readFileSync(`${host.reports}/report.md`, 'utf8')).toBe('done');
    expect(lstatSync(`${host.reports}/report.md`).uid).toBe(lstatSync(host.reports).uid);
  });

  it('loses links that leave it, sockets, pipes, setuid bits and new files that agents obey', async () => {
    writeFileSync(`${host.reports}/old`, 'x');
    giveTo(host.reports);
    const run = await runTest(
      host,
      skill(`
import os, stat
os.symlink('/etc/passwd', '/reports/absolute'); os.symlink('../../x', '/reports/up'); os.symlink('old', '/reports/inside')
os.mkfifo('/reports/pipe'); os.mknod('/reports/socket', stat.S_IFSOCK | 0o644)
open('/reports/tool', 'w').write('#!/bin/sh'); os.chmod('/reports/tool', 0o6755); os.chmod('/reports/old', 0o4755)
os.makedirs('/reports/shut/.husky'); open('/reports/shut/.husky/pre-commit', 'w'); os.symlink('/etc', '/reports/shut/etc'); os.chmod('/reports/shut', 0)
`),
    );
    expect(run.stderr).toBe('');
    expect(run.cleaned.map((one) => one.path.slice('/reports/'.length)).sort()).toEqual([
      'absolute',
      'old',
      'pipe',
      'shut/etc',
      'socket',
      'tool',
      'up',
    ]);
    expect(readdirSync(host.reports).sort()).toEqual(['inside', 'old', 'shut', 'tool']);
    expect(readdirSync(`${host.reports}/shut`)).toEqual([]);
    for (const name of ['old', 'tool'])
      expect(lstatSync(`${host.reports}/${name}`).mode & 0o7777, name).toBe(0o755);
    expect(host.audit().filter((entry) => entry.event === 'cleanup')).toHaveLength(7);
  });

  it.runIf(process.getuid?.() === 0).each(['cow', 'ro'] as const)(
    'that belongs to root comes as a copy of the run’s user (%s)',
    async (mode) => {
      const ofRoot = `${host.folder}/of-root-${mode}`;
      mkdirSync(ofRoot, { mode: 0o700 });
      writeFileSync(`${ofRoot}/notes`, 'of root', { mode: 0o600 });
      const code = `
import os
print(os.getuid(), os.stat('/reports').st_uid, open('/reports/notes').read())
${mode === 'cow' ? "open('/reports/report', 'w').write('done')" : ''}
`;
      const run = await runTest(
        host,
        { ...skill(code), capabilities: { mount: reportsMount(mode) } },
        {},
        { workspaces: { reports: ofRoot } },
      );
      expect(run).toMatchObject({ code: 0, cleaned: [], stdout: '65534 65534 of root\n' });
      expect(readdirSync(ofRoot)).toEqual(['notes']);
      const changed = run.changes?.folders[0]?.changes;
      if (mode === 'ro') expect(changed).toBeUndefined();
      else expect(changed).toMatchObject([{ path: 'report', after: { uid: 0, gid: 0 } }]);
    },
  );

  it.runIf(process.getuid?.() === 0)('that belongs to root is no rw mount', async () => {
    const ofRoot = `${host.folder}/of-root`;
    mkdirSync(ofRoot);
    await expect(
      runTest(host, skill(''), {}, { workspaces: { reports: ofRoot } }),
    ).rejects.toMatchObject({ code: 'mount-owner-root', hint: expect.stringContaining('cow') });
  });

  it.each(['config', 'data', 'cache', '.'])(
    'is never the folder %s of Skillgate or one above it',
    async (name) => {
      const request = requestFor(host, skill(''), {
        workspaces: { reports: `${host.folder}/${name}` },
      });
      await expect(runSkill(request)).rejects.toMatchObject({ code: 'plan-refused' });
      expect(host.audit().map((entry) => entry.event)).toEqual(['refused']);
    },
  );

  it('is written by one run at a time, and the log of all runs stays whole', async () => {
    const one = `
import os, time
assert not os.path.exists('/reports/busy'); open('/reports/busy', 'w'); time.sleep(0.2); os.unlink('/reports/busy')`;
    const runs = await Promise.all([1, 2, 3].map(() => runTest(host, skill(one))));
    expect(runs.map((run) => run.stderr)).toEqual(['', '', '']);
    expect(await host.verify()).toMatchObject({ kind: 'whole' });
    expect(host.audit()).toHaveLength(6);
  });
});

describe('bytes that are not the approved ones', () => {
  it('never start', async () => {
    const request = requestFor(host, { files: { 'probe.sh': 'echo approved' } });
    const [path] = [...request.skill.contents.keys()].filter((one) => one.endsWith('.sh'));
    const contents = new Map(request.skill.contents);
    if (path !== undefined) contents.set(path, Buffer.from('echo replaced'));
    await expect(
      runSkill({ ...request, skill: { ...request.skill, contents } }),
    ).rejects.toMatchObject({
      code: 'bundle-invalid',
    });
    expect(request.out).toEqual([]);
    expect(host.audit()).toMatchObject([
      { event: 'refused', code: 'bundle-invalid', skill: '@acme/probe' },
    ]);
  });
});

describe('the network of a command', () => {
  let listener: Server;
  let visits = 0;
  beforeEach(async () => {
    visits = 0;
    listener = createServer((socket) => {
      visits++;
      socket.end('hello');
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => listener.close());

  it('has no way to a listener on the host, though the same code reaches it outside', async () => {
    const { port } = listener.address() as AddressInfo;
    const direct = { tcp: `socket.create_connection(('127.0.0.1', ${port}), 2).recv(5)` };
    expect(await tryIt(host, direct, { unsafe: true })).toEqual({ tcp: 'hello' });
    expect(visits).toBe(1);
    const rows = await tryIt(
      host,
      {
        ...direct,
        metadata: `socket.create_connection(('169.254.169.254', 80), 2)`,
        public: `socket.create_connection(('192.0.2.1', 443), 2)`,
        dns: `socket.getaddrinfo('api.crm.example', 80)`,
        udp: `socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))`,
        raw: `socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)`,
        unix: `socket.socket(socket.AF_UNIX).connect('\\0/tmp/.X11-unix/X0')`,
        packet: `socket.socket(socket.AF_PACKET)`,
        vsock: `socket.socket(socket.AF_VSOCK)`,
        netlink: `socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)`,
        alg: `socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET)`,
      },
      { capabilities: { egress: crm.egress } },
      { hosts: { 'api.crm.example': { address: '127.0.0.1', port } } },
    );
    for (const [name, result] of Object.entries(rows))
      expect(result, name).toMatch(/^(-\d+|1|97|101|111) /);
    expect(visits).toBe(1);
  });
});

describe('the egress of a command', () => {
  const fetching = (line: string) => ({
    files: {
      'probe.ts': `const token = process.env.CRM_TOKEN; const r = await ${line}; console.log(r.status, await r.text());`,
    },
    capabilities: {
      ...crm,
      egress: [
        ...crm.egress,
        { url: 'http://open.example/*', methods: ['GET', 'POST'], why: 'test' },
      ],
      mount: reportsMount('rw'),
    },
  });

  it('reaches a port over tcp by its name where that is declared, and no other', async () => {
    const seen: string[] = [];
    const server = createServer((socket) =>
      socket.on('data', (chunk) => {
        seen.push(String(chunk));
        socket.end(`you said ${chunk}`);
      }),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const script = `import { connect } from 'node:net';
for (const [host, port] of [['db.acme.example', 6000], ['db.acme.example', 6001], ['cache.acme.example', 6000], ['other.acme.example', 6000]])
  await new Promise((done) => connect(port, host).on('data', (text) => console.log(host, port, String(text)))
    .on('error', ({ code }) => console.log(host, port, code)).on('close', done).end('hello ' + port));
`;
    const tcp = (url: string) => ({ url, why: 'test' });
    const run = await runTest(
      host,
      {
        files: { 'probe.ts': script },
        capabilities: {
          egress: [tcp('tcp://db.acme.example:6000'), tcp('tcp://cache.acme.example:6000')],
        },
      },
      {},
      {
        hosts: {
          'db.acme.example': { address: '127.0.0.1', port },
          'cache.acme.example': { address: '127.0.0.1', port },
        },
      },
    );
    server.close();
    expect(run.stdout.trim().split('\n')).toEqual([
      'db.acme.example 6000 you said hello 6000',
      'db.acme.example 6001 ECONNREFUSED',
      'cache.acme.example 6000 you said hello 6000',
      expect.stringMatching(/^other.acme.example 6000 (EAI_AGAIN|ENOTFOUND)$/),
    ]);
    expect(seen).toEqual(['hello 6000', 'hello 6000']);
    expect(host.audit().filter((entry) => entry.event === 'egress')).toMatchObject([
      { decision: 'allowed', method: 'CONNECT', host: 'db.acme.example', port: 6000 },
      { decision: 'allowed', method: 'CONNECT', host: 'cache.acme.example', port: 6000 },
    ]);
  });

  it('fills a secret address in, and the sandbox sees where it leads, no more', async () => {
    giveToken(host, 'http://api.crm.example/v2/T0/B0?sig=0123456789');
    const upstream = await startUpstream(({ url }) => `asked ${url}`);
    const skill = fetching(`fetch(token + '?wait=1', { method: 'POST', body: 'hello' })`);
    skill.files['probe.ts'] += 'console.log(token);';
    const address = { ...skill.capabilities.secret[0], as: 'address' };
    const run = await runTest(
      host,
      { ...skill, capabilities: { ...skill.capabilities, secret: [address] } },
      {},
      { hosts: { 'api.crm.example': { address: '127.0.0.1', port: upstream.port } } },
    );
    upstream.close();
    expect(upstream.seen).toEqual(['POST /v2/T0/B0?sig=0123456789&wait=1  hello']);
    expect(run.stdout).toMatch(/^http:\/\/api.crm.example\/v2\/skillgate-secret-[0-9a-f]{32}\n$/m);
    expect(run.stdout).not.toMatch(/T0|0123456789/);
  });

  it('puts the secret on the request upstream, and the sandbox never sees it, not even echoed', async () => {
    giveToken(host, 'real-token-0123456789');
    const upstream = await startUpstream(
      (request) =>
        `${request.headers.authorization} ${Buffer.from(request.headers.authorization ?? '').toString('base64')}`,
    );
    const skill = fetching(
      `fetch('http://api.crm.example/v2/deals?x=1', { headers: { Authorization: 'Bearer ' + token } })`,
    );
    const run = await runTest(
      host,
      skill,
      {},
      { hosts: { 'api.crm.example': { address: '127.0.0.1', port: upstream.port } } },
    );
    upstream.close();
    expect(upstream.seen).toEqual(['GET /v2/deals?x=1 Bearer real-token-0123456789 ']);
    expect(run.stdout).toMatch(/^200 Bearer skillgate-secret-[0-9a-f]{32} /);
    expect(run.stdout).not.toContain(
      Buffer.from('real-token-0123456789').toString('base64').slice(3, 20),
    );
    expect(host.audit().map((entry) => entry.event)).toEqual([
      'start',
      'egress',
      'redacted',
      'exit',
    ]);
    expect(readFileSync(host.auditFile, 'utf8')).not.toMatch(/real-token|x=1/);
    expect(await host.verify()).toMatchObject({ kind: 'whole' });
  });

  it.each([
    ['another path', `fetch('http://api.crm.example/v1/x')`, 403, 'path-denied'],
    [
      'the token in the body',
      `fetch('http://api.crm.example/v2/x', { method: 'POST', body: 'x'.repeat(70000) + token })`,
      403,
      'secret-unbound',
    ],
  ])(
    'is refused for %s, nothing reaches upstream, and the log says why',
    async (_, line, status, why) => {
      giveToken(host, 'real-token-0123456789');
      const upstream = await startUpstream();
      const address = { address: '127.0.0.1', port: upstream.port };
      const run = await runTest(
        host,
        fetching(line),
        {},
        {
          hosts: {
            'api.crm.example': address,
            'open.example': address,
            'stranger.example': address,
          },
        },
      );
      upstream.close();
      expect(upstream.seen).toEqual([]);
      expect(run.stdout).toContain(`${status} `);
      expect(run.egress).toEqual({ allowed: 0, denied: 1 });
      expect(host.audit()).toContainEqual(
        expect.objectContaining({
          event: 'egress',
          decision: 'denied',
          why,
          agent: 'operator',
          skill: '@acme/probe',
          version: '1.0.0',
        }),
      );
    },
  );

  it('is ended with the run after so many refusals', async () => {
    const content = `
import http.client
while True:
    c = http.client.HTTPConnection('127.0.0.1', 3128); c.request('GET', 'http://stranger.example/'); c.getresponse().read()`;
    const pinned = { 'api.crm.example': { address: '127.0.0.1', port: 9 } };
    const skill = { files: { 'probe.py': content }, capabilities: { egress: crm.egress } };
    const run = await runTest(host, skill, {}, { hosts: pinned });
    expect(run).toMatchObject({ reason: 'limit:denials', code: null });
    expect(host.audit().filter((entry) => entry.event === 'egress')).toHaveLength(1_000);
  });
});
