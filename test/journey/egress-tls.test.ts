/**
 * https from inside the real sandbox: programs as they are, with nothing but the environment that
 * the runner gives them.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunRequest } from '../../runner/run/run-request.ts';
import { makeAuthority } from '../../skills-index/run/egress/certificate.ts';
import {
  serverFrame,
  WebSocketFrameReader,
} from '../../skills-index/run/egress/websocket-frames.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import {
  makeTestHost,
  requestFor,
  runTest,
  type TestHost,
  type TestRun,
  type TestSkill,
} from './sandbox-fixture.ts';

const apiHost = 'api.crm.example';
const foreign = makeAuthority([apiHost], new Date());
let host: TestHost;
let upstream: Server;
let seen: string[];
let repository: string | undefined;

beforeAll(async () => {
  upstream = createServer(foreign.leafFor(apiHost), async (request, response) => {
    const body = await text(request);
    const { authorization = '' } = request.headers;
    seen.push(`${request.method} ${request.url} ${authorization} ${body}`);
    const [path = ''] = (request.url ?? '').split('?');
    const file =
      repository === undefined ? '' : join(repository, path.replace('/v2/repository.git/', ''));
    if (path.includes('/repository.git/')) {
      if (existsSync(file)) response.end(readFileSync(file));
      else response.writeHead(404).end();
    } else response.end(JSON.stringify({ deals: [1, 2], authorization }));
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  upstream.closeAllConnections();
  upstream.close();
});
beforeEach(() => {
  host = makeTestHost();
  seen = [];
});
afterEach(() => host.remove());

const egress = [{ url: `https://${apiHost}/v2/*`, methods: ['GET', 'POST'], why: 'test' }];

function run(
  skill: TestSkill,
  policy: Partial<HostPolicy> = {},
  more: Partial<RunRequest> = {},
): Promise<TestRun> {
  const { port } = upstream.address() as AddressInfo;
  const authority = join(host.folder, 'authority.pem');
  writeFileSync(authority, foreign.certificate, { mode: 0o600 });
  const hosts = { [apiHost]: { address: '127.0.0.1', port } };
  return runTest(host, skill, more, { hosts, authorities: [authority], ...policy });
}

const clients: readonly (readonly [string, TestSkill])[] = [
  [
    'node’s fetch',
    {
      files: {
        'probe.mjs': `
          const answer = await fetch('https://${apiHost}/v2/deals', { method: 'POST', body: 'ab' });
          console.log(answer.status, await answer.text());`,
      },
      capabilities: { egress },
    },
  ],
  [
    'Python’s urllib',
    {
      files: {
        'probe.py': `
import ssl, urllib.request
context = ssl.create_default_context()
context.verify_flags |= ssl.VERIFY_X509_STRICT
opener = urllib.request.build_opener(urllib.request.ProxyHandler(), urllib.request.HTTPSHandler(context=context))
answer = opener.open('https://${apiHost}/v2/deals', b'ab')
print(answer.status, answer.read().decode())`,
      },
      capabilities: { egress },
    },
  ],
  [
    'curl',
    {
      files: { 'probe.sh': `curl -sS -w ' %{http_code}' -d ab https://${apiHost}/v2/deals` },
      capabilities: { egress, exec: [{ program: 'curl', why: 'test' }] },
    },
  ],
];

describe('a program in the sandbox', () => {
  it.each(clients)(
    '%s reaches its host over https, by an authority that ends with the run',
    async (_, skill) => {
      const done = await run(skill);
      expect([done.stderr, done.code]).toEqual(['', 0]);
      expect(done.stdout).toMatch(/200/);
      expect(done.stdout).toContain('"deals":[1,2]');
      expect(seen).toEqual(['POST /v2/deals  ab']);
      const egressed = host.audit().filter((entry) => entry.event === 'egress');
      expect(egressed).toMatchObject([
        { decision: 'allowed', method: 'POST', host: apiHost, port: 443, path: '/v2/deals' },
      ]);
    },
  );

  it('git clones over https', async () => {
    const work = join(host.folder, 'work');
    mkdirSync(work);
    const git = (...args: readonly string[]): void =>
      void execFileSync(
        '/usr/bin/git',
        ['-c', 'user.name=a', '-c', 'user.email=a@example.invalid', ...args],
        { cwd: work },
      );
    git('init', '-q', '.');
    writeFileSync(join(work, 'README'), 'from the repository');
    git('add', '.');
    git('commit', '-qm', 'one');
    repository = join(host.folder, 'repository.git');
    git('clone', '-q', '--bare', work, repository);
    execFileSync('/usr/bin/git', ['update-server-info'], { cwd: repository });
    const capabilities = { egress, exec: [{ program: 'git', why: 'test' }] };
    const script = `git clone -q --template= https://${apiHost}/v2/repository.git /tmp/copy && while read -r line; do echo "$line"; done < /tmp/copy/README; echo "$line"`;
    const done = await run({ files: { 'probe.sh': script }, capabilities });
    repository = undefined;
    expect(done.stderr).toBe('');
    expect(done.stdout).toContain('from the repository');
  });

  it('node’s WebSocket speaks with its host', async () => {
    upstream.on('upgrade', (request, socket) => {
      const accept = createHash('sha1').update(
        `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`,
      );
      const lines = [
        'HTTP/1.1 101 Switching Protocols',
        'Connection: Upgrade',
        'Upgrade: websocket',
      ];
      socket.write(
        [...lines, `Sec-WebSocket-Accept: ${accept.digest('base64')}`, '', ''].join('\r\n'),
      );
      const reader = new WebSocketFrameReader();
      socket.on('error', () => undefined);
      socket.on('data', (chunk: Buffer) => {
        for (const { first, payload } of reader.push(chunk) ?? []) {
          if (first === 0x81) socket.write(serverFrame(first, Buffer.from(`heard ${payload}`)));
          else socket.end(serverFrame(first, payload));
        }
      });
    });
    const content = `
      const socket = new WebSocket('wss://${apiHost}/v2/live');
      socket.onopen = () => socket.send('hello');
      socket.onerror = (event) => console.log('failed', event.error ?? event.message);
      socket.onmessage = ({ data }) => { console.log(data); socket.close(); };`;
    const done = await run({ files: { 'probe.mjs': content }, capabilities: { egress } });
    upstream.removeAllListeners('upgrade');
    expect([done.stderr, done.stdout.trim()]).toEqual(['', 'heard hello']);
  });

  it('ends where its requests can no longer be recorded', async () => {
    const content = `
      const answer = await fetch('https://${apiHost}/v2/deals').catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 20_000));`;
    const { audit } = requestFor(host, { files: { 'probe.mjs': content } });
    const full: typeof audit = {
      ...audit,
      record: (subject, event) => {
        if (event.event === 'egress') throw new Error('no space left on device');
        audit.record(subject, event);
      },
    };
    const done = await run(
      { files: { 'probe.mjs': content }, capabilities: { egress } },
      {},
      { audit: full },
    );
    expect(done.reason).toBe('proxy');
    expect(seen).toEqual([]);
  });

  it('sees no other sandbox’s proxy, no key of the authority, and reaches no other host with what it has', async () => {
    const content = `
import json, os, socket, subprocess, ssl
found = []
for top in ('/', ):
    for folder, folders, names in os.walk(top):
        folders[:] = [one for one in folders if os.path.join(folder, one) not in ('/proc', '/sys', '/dev', '/usr', '/lib', '/lib64')]
        for name in names:
            path = os.path.join(folder, name)
            if name.endswith('.sock') or (path.startswith('/etc/ssl') and b'PRIVATE KEY' in open(path, 'rb').read()): found.append(path)
def connect(target, server_name, host):
    raw = socket.create_connection(('127.0.0.1', 3128))
    raw.sendall(('CONNECT %s HTTP/1.1\\r\\nHost: %s\\r\\n\\r\\n' % (target, target)).encode())
    answer = raw.recv(100).split(b'\\r\\n')[0].decode()
    if ' 200 ' not in answer: return answer
    try:
        inside = ssl.create_default_context().wrap_socket(raw, server_hostname=server_name)
    except OSError as e: return 'no TLS'
    inside.sendall(('GET /v2/x HTTP/1.1\\r\\nHost: %s\\r\\nConnection: close\\r\\n\\r\\n' % host).encode())
    return inside.recv(100).split(b'\\r\\n')[0].decode()
own = '${apiHost}'
print(json.dumps({
  'found': found,
  'own': connect(own + ':443', own, own),
  'stranger': connect('stranger.example:443', 'stranger.example', 'stranger.example'),
  'sni': connect(own + ':443', 'stranger.example', own),
  'host': connect(own + ':443', own, 'stranger.example'),
}))`;
    const done = await run({ files: { 'probe.py': content }, capabilities: { egress } });
    expect(done.stderr).toBe('');
    expect(JSON.parse(done.stdout)).toEqual({
      found: [],
      own: 'HTTP/1.1 200 OK',
      stranger: 'HTTP/1.1 403 Denied',
      sni: 'no TLS',
      host: expect.stringContaining('421'),
    });
    expect(host.audit().flatMap((entry) => (entry.event === 'egress' ? [entry.why] : []))).toEqual([
      'approved',
      'host-denied',
      'sni-mismatch',
      'host-mismatch',
    ]);
  });

  it('reaches a host whose TLS the operator wants left alone, under the host’s own certificate', async () => {
    const content = `
import ssl, socket, os
raw = socket.create_connection(('127.0.0.1', 3128))
raw.sendall(b'CONNECT ${apiHost}:443 HTTP/1.1\\r\\nHost: ${apiHost}:443\\r\\n\\r\\n')
raw.recv(100)
inside = ssl.create_default_context().wrap_socket(raw, server_hostname='${apiHost}')
inside.sendall(b'DELETE /v1/x HTTP/1.1\\r\\nHost: ${apiHost}\\r\\nConnection: close\\r\\n\\r\\n')
print(inside.recv(100).split(b'\\r\\n')[0].decode())`;
    const done = await run(
      { files: { 'probe.py': content }, capabilities: { egress } },
      { tunnels: [`${apiHost}:443`] },
    );
    expect(done.stderr).toBe('');
    expect(done.stdout.trim()).toBe('HTTP/1.1 200 OK');
    expect(done.plan.egress).toMatchObject([
      { mode: 'tunnel', reason: expect.stringContaining('in tunnels') },
    ]);
    expect(seen).toEqual(['DELETE /v1/x  ']);
  });
});
