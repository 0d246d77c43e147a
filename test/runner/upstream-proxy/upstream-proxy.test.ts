import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as tlsConnect } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openProxy } from '../../../runner/upstream-proxy/upstream-proxy.ts';
import { postOutside } from '../../../runner/webhooks/post-outside.ts';
import { makeAuthority } from '../../../skills-index/run/egress/certificate.ts';
import { emptyHostPolicy, type ProxyRule } from '../../../skills-index/run/plan/host-policy.ts';
import { type ConnectProxy, type ProxyManners, startConnectProxy } from '../../connect-proxy.ts';
import { apiHost, type Stage, type StageSettings, startStage } from '../egress-stage.ts';

const login = 'ann:correct-horse';
const company = makeAuthority(['*'], new Date());
const stranger = makeAuthority(['*'], new Date());
let folder: string;
let proxy: ConnectProxy;
let stage: Stage;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skillgate-proxy-'));
});
afterEach(async () => {
  await stage.close();
  proxy.close();
  rmSync(folder, { recursive: true });
});

const unresolved = () =>
  Promise.reject(Object.assign(new Error(), { code: 'ENOTFOUND', syscall: 'getaddrinfo' }));

interface Way extends Partial<ProxyRule> {
  readonly manners?: ProxyManners;
  readonly stage?: StageSettings;
  readonly milliseconds?: number;
  /** Whether host policy says `https:` of a proxy without TLS. */
  readonly isMistaken?: boolean;
}

function opened({ isMistaken, manners: _, milliseconds, stage: __, ...rule }: Way) {
  const url = isMistaken === true ? proxy.url.replace('http:', 'https:') : proxy.url;
  const file = join(folder, 'company.pem');
  writeFileSync(file, company.certificate, { mode: 0o600 });
  const policy = { ...emptyHostPolicy, authorities: [file] };
  const reveal = async () => ({ value: login });
  return openProxy(policy, { url, ...rule }, { reveal }, milliseconds);
}

/** A stage whose host only the company's proxy reaches. */
async function start(way: Way = {}): Promise<void> {
  proxy = await startConnectProxy(way.manners);
  stage = await startStage({
    authority: company,
    egress: [{ pinned: {} }],
    resolve: unresolved,
    proxy: await opened(way),
    ...way.stage,
  });
  proxy.to = stage.port;
}

const request = ['GET /v2/deals HTTP/1.1', `Host: ${apiHost}`, 'Connection: close', '', ''];

/** What the sandbox gets, and why. */
async function outcome(way?: Way): Promise<readonly [status: string, why: string]> {
  await start(way);
  const got = await stage.send(...request);
  return [got.split(' ')[1] ?? '', stage.why().at(-1) ?? ''];
}

const certificate = company.leafFor('localhost');
const says = (...lines: readonly string[]): ProxyManners => ({
  answer: (client) => client.write(lines.join('\r\n')),
});
const ok = 'HTTP/1.1 200 OK';

async function drip(client: Socket): Promise<void> {
  client.write('HTTP/1.1 200 OK\r\nX: ');
  while (!client.destroyed) {
    client.write('x');
    await sleep(20);
  }
}

describe('a run behind a company’s proxy', () => {
  it.each<[string, Way]>([
    ['that resolves all names', {}],
    ['that demands a login', { manners: { login }, secret: 'PROXY_LOGIN' }],
    ['that speaks TLS', { manners: { certificate, login }, secret: 'PROXY_LOGIN' }],
  ])('gets out through one %s', async (_, way) => {
    expect(await outcome(way)).toEqual(['200', 'approved']);
    expect(proxy.asked).toEqual([
      expect.stringMatching(`^CONNECT ${apiHost}:443 HTTP/1.1\r\nHost: ${apiHost}:443\r\n`),
    ]);
    expect(stage.seen).toHaveLength(1);
    expect(JSON.stringify([stage.seen, stage.log])).not.toMatch(/correct-horse|YW5uOm/);
  });

  const cases: [string, string, Way][] = [
    ['asks for a login', 'proxy-login', { manners: { login } }],
    [
      'asks for a login twice',
      'proxy-login',
      { manners: says('HTTP/1.1 407 Again', 'Proxy-Authenticate: Basic', '', ''), secret: 'X' },
    ],
    ['is tinyproxy', 'proxy-login', { manners: says('HTTP/1.1 401 Unauthorized', '', '') }],
    ['refuses the host', 'proxy-denied', { manners: says('HTTP/1.1 403 No', '', '<h1>No') }],
    ['does not reach the host', 'unreachable', { manners: says('HTTP/1.1 503 No', '', '') }],
    [
      'says 200 with a body',
      'proxy-malformed',
      { manners: says(ok, 'Content-Length: 2', '', 'hi') },
    ],
    ['answers in the host’s place', 'proxy-malformed', { manners: says(ok, '', ok, '', '') }],
    [
      'answers the ClientHello itself',
      'unreachable',
      {
        manners: {
          answer: (client) => {
            client.write(`${ok}\r\n\r\n`);
            client.once('data', () => client.end(`${ok}\r\n\r\nmine`));
          },
        },
      },
    ],
    ['is a web server', 'proxy-malformed', { manners: says('HTTP/1.1 404 No', '', '') }],
    ['redirects', 'proxy-malformed', { manners: says('HTTP/1.1 302 Go', 'Location: /', '', '') }],
    ['has nothing', 'proxy-malformed', { manners: says('HTTP/1.1 204 None', '', '') }],
    ['hesitates', 'proxy-malformed', { manners: says('HTTP/1.1 100 Continue', '', '') }],
    ['is none', 'proxy-malformed', { manners: says('SSH-2.0-OpenSSH', '') }],
    [
      'sends headers without end',
      'proxy-malformed',
      { manners: { answer: (client) => client.write(`${ok}\r\nX: ${'x'.repeat(1_000_000)}`) } },
    ],
    ['hangs up', 'proxy-unreachable', { manners: { answer: (client) => client.end() } }],
    [
      'never answers',
      'proxy-unreachable',
      { manners: { answer: () => undefined }, milliseconds: 200 },
    ],
    ['answers byte by byte', 'proxy-unreachable', { manners: { answer: drip }, milliseconds: 200 }],
    ['is not there', 'proxy-unreachable', { url: 'http://127.0.0.1:1' }],
    ['has no TLS', 'proxy-tls', { manners: says('HTTP/1.1 400 No', '', ''), isMistaken: true }],
    [
      'has a stranger’s certificate',
      'proxy-tls',
      { manners: { certificate: stranger.leafFor('localhost') } },
    ],
    [
      'has another’s certificate',
      'proxy-tls',
      { manners: { certificate: company.leafFor('other.example') } },
    ],
    [
      'opens TLS with an unknown authority',
      'certificate-denied',
      { stage: { authority: stranger } },
    ],
    ['opens TLS as another host', 'certificate-denied', { stage: { certified: 'other.example' } }],
  ];
  it.each(cases)('learns which hop failed where the proxy %s', async (_, why, way) => {
    expect(await outcome(way)).toEqual(['502', why]);
    expect(stage.seen).toEqual([]);
    expect(proxy.asked.length).toBeLessThan(2);
  });

  it.each<[string, string, StageSettings]>([
    ['that is private here', 'address-denied', { resolve: async () => ['10.0.0.1'] }],
    ['that is half private here', 'address-denied', { resolve: async () => ['9.9.9.9', '::1'] }],
  ])('does not reach a name %s', async (_, why, settings) => {
    expect(await outcome({ stage: settings })).toEqual(['403', why]);
    expect(proxy.asked).toEqual([]);
  });

  it.each<[string, StageSettings]>([
    ['is public here', { resolve: async () => ['9.9.9.9'] }],
    ['is not answered here', { resolve: () => new Promise(() => undefined) }],
  ])('reaches a name that %s', async (_, settings) => {
    expect(await outcome({ stage: settings })).toEqual(['200', 'approved']);
  });

  it.each<[string, Way, string]>([
    ['pinned', { stage: { egress: [{}] } }, '200'],
    [
      'excepted',
      { except: ['*.crm.example'], stage: { resolve: async () => ['10.0.0.1'] } },
      '403',
    ],
  ])('goes past the proxy to a name that is %s', async (_, way, status) => {
    expect((await outcome(way))[0]).toBe(status);
    expect(proxy.asked).toEqual([]);
  });

  it('has tunnels that outlive the limit of the proxy’s answer', async () => {
    await start({ milliseconds: 300, stage: { egress: [{ mode: 'tunnel', pinned: {} }] } });
    const socket = await stage.tunnel(`${apiHost}:443`);
    const inside = tlsConnect({ socket, servername: apiHost, ca: company.certificate });
    inside.write(request.join('\r\n').replace('close', 'keep-alive'));
    await sleep(600);
    inside.write(request.join('\r\n'));
    expect((await text(inside)).match(/fine/g)).toHaveLength(2);
    expect(proxy.asked).toHaveLength(1);
  });

  it('keeps its connections through the proxy', async () => {
    await start();
    for (let i = 0; i < 3; i++) expect(await stage.send(...request)).toMatch(/fine/);
    expect(proxy.asked).toHaveLength(1);
  });

  it('has WebSockets through the proxy', async () => {
    await start();
    const upgrade = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'];
    const answer = ['HTTP/1.1 101 Switched', ...upgrade, '', '\x81\x02hi'].join('\r\n');
    stage.upstream.on('upgrade', (_, socket) => {
      socket.write(answer, 'latin1');
      setTimeout(() => socket.end(), 200);
    });
    const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
    const got = await stage.send(...request.slice(0, 2), ...upgrade, key, '', '');
    expect(got).toMatch(/^HTTP\/1.1 101 [\s\S]*hi$/);
    expect(proxy.asked).toHaveLength(1);
  });

  it('learns which hop failed in a tunnel', async () => {
    await start({
      manners: says('HTTP/1.1 403 No', '', ''),
      stage: { egress: [{ mode: 'tunnel', pinned: {} }] },
    });
    await stage.secure().catch(() => undefined);
    await expect.poll(() => stage.why()).toEqual(['approved', 'proxy-denied']);
  });

  it('has webhooks that use the proxy, and no private address', async () => {
    await start();
    const post = { body: '{}', headers: {}, signal: AbortSignal.timeout(5_000) };
    const send = async (host: string, resolve: () => Promise<string[]>) =>
      postOutside(`https://${host}/x`, post, {}, resolve, await opened({}));
    expect(await send(apiHost, unresolved)).toBe(200);
    expect(stage.seen).toMatchObject([{ method: 'POST', url: '/x', host: apiHost }]);
    for (const host of [apiHost, '10.0.0.1'])
      await expect(send(host, async () => ['10.0.0.1'])).rejects.toThrow('10.0.0.1, which is not');
    expect(proxy.asked).toHaveLength(1);
  });
});
