/** A registry as other machines see it: with a certificate, and behind proxies. Over real sockets. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { strangerWritesBurst } from '../../registry/request-limits/write-limits.ts';
import { type RegistryOptions, startRegistry } from '../../registry/serve.ts';
import { makeAuthority } from '../../skills-index/run/egress/certificate.ts';
import { freePort } from '../free-port.ts';
import { deskPasskey, signedIn } from '../registry/desk-visit.ts';
import { makeKey, makeRoot } from '../registry/people.ts';
import { claimScope, enrol, type Send, signIn } from '../registry/road.ts';
import { makeDataFolder } from './registry-data.ts';

const name = 'skills.acme.example';
const url = `https://${name}`;
const folder = mkdtempSync(join(tmpdir(), 'skillgate-public-'));
const authority = makeAuthority([name, 'other.example'], new Date());
const certificate = join(folder, 'fullchain.pem');
const key = join(folder, 'privkey.pem');
let dir: string;

const trust = makeRoot();

beforeAll(async () => {
  dir = await makeDataFolder(trust);
});
afterAll(async () => {
  await rm(dir, { recursive: true });
  rmSync(folder, { recursive: true });
});

function writePair({ cert, key: pem }: { cert: string; key: string }): void {
  writeFileSync(certificate, cert);
  writeFileSync(key, pem, { mode: 0o600 });
}

async function start(options: Partial<RegistryOptions>) {
  const lines: string[] = [];
  const running = await startRegistry({
    dir,
    host: '127.0.0.1',
    port: 0,
    url,
    ...options,
    log: (line) => lines.push(line),
  });
  onTestFinished(() => running.close());
  return { ...running, lines };
}

interface Sent {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  readonly serial?: string | undefined;
}

/** One request from an address of this machine. */
function send(
  port: number,
  path: string,
  {
    from = '127.0.0.1',
    method = 'GET',
    body = '',
    tls = false,
    headers = {},
  }: {
    from?: string;
    method?: string;
    body?: string;
    tls?: boolean;
    headers?: Record<string, string>;
  } = {},
): Promise<Sent> {
  return new Promise((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      port,
      path,
      method,
      localAddress: from,
      agent: false as const,
      headers: { host: name, 'content-type': 'application/json', ...headers },
    };
    const sent = tls
      ? tlsRequest({ ...options, servername: name, ca: authority.certificate })
      : plainRequest(options);
    sent.once('error', reject);
    sent.once('response', (answer) => {
      const socket = answer.socket as { getPeerX509Certificate?: () => { serialNumber: string } };
      const serial = tls ? socket.getPeerX509Certificate?.().serialNumber : undefined;
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      answer.once('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text, serial }),
      );
    });
    sent.end(body);
  });
}

const portOf = (base: string): number => Number(new URL(base).port);
const statement = (port: number, from: string, forwarded?: string): Promise<number> =>
  send(port, '/api/v1/statements', {
    from,
    method: 'POST',
    body: '{}',
    ...(forwarded !== undefined && { headers: { 'x-forwarded-for': forwarded } }),
  }).then(({ status }) => status);

describe('a registry behind a proxy', () => {
  // A clock that stands still: no limit is refilled.
  const started = new Date();
  const now = () => started;

  it('limits each client by the address that the proxy saw', async () => {
    const { localBase } = await start({ proxies: { addresses: ['127.0.0.2'] }, now });
    const port = portOf(localBase);
    for (let i = 0; i < strangerWritesBurst; i++)
      expect(await statement(port, '127.0.0.2', '203.0.113.7')).toBe(422);
    expect(await statement(port, '127.0.0.2', '203.0.113.7')).toBe(429);
    // The client writes addresses of its own; the proxy appends the true one.
    expect(await statement(port, '127.0.0.2', '198.51.100.1, 203.0.113.7')).toBe(429);
    expect(await statement(port, '127.0.0.2', '203.0.113.8')).toBe(422);
  });

  it('takes plain HTTP from the proxy alone where other machines can connect', async () => {
    // An address that other machines cannot reach, in a form that is not taken for this machine.
    const host = '::ffff:127.0.0.1';
    const port = await freePort();
    const { localBase } = await start({ host, port, proxies: { addresses: ['127.0.0.2'] } });
    expect(await send(port, '/index/root.json', { from: '127.0.0.2' })).toMatchObject({
      status: 200,
      headers: { 'strict-transport-security': expect.stringContaining('max-age=') },
    });
    expect(await send(port, '/index/root.json', { from: '127.0.0.9' })).toMatchObject({
      status: 403,
      body: expect.stringContaining('proxy-untrusted'),
    });
    expect((await send(port, '/healthz', { from: '127.0.0.9' })).status).toBe(200);
    // The scanner’s own port is another one, on this machine alone.
    expect(portOf(localBase)).not.toBe(port);
    expect((await fetch(`${localBase}/index/root.json`)).status).toBe(200);
  });

  it('signs people in who pinned the public address, also when the proxy changes the Host header', async () => {
    const { localBase } = await start({ proxies: { addresses: ['127.0.0.1'] } });
    const through: Send = (path, init) => fetch(`${localBase}${path}`, init);
    const author = makeKey();
    expect((await claimScope(through, 'acme', author)).status).toBe(201);
    expect(await signIn(through, author, url)).toBeTypeOf('string');
    expect(await signIn(through, author, localBase)).toBeTypeOf('string');
    await expect(signIn(through, author, 'https://elsewhere.example')).rejects.toThrow(
      /signature-invalid.*This registry is https:\/\/skills\.acme\.example/,
    );
  });

  it('makes passkeys for the public name', async () => {
    const { localBase } = await start({ proxies: { addresses: ['127.0.0.1'] } });
    const through: Send = (path, init) =>
      fetch(`${localBase}${path}`, { ...init, redirect: 'manual' });
    const rita = makeKey();
    await enrol(through, trust.administrator, { name: 'rita', roles: ['reviewer'], key: rita });
    const desk = await signedIn(through, await signIn(through, rita, url));
    const make = async (site: object) =>
      (
        await desk.post('/passkeys', {
          response: deskPasskey('rita').create(await desk.get('/passkeys'), site),
        })
      ).status;
    expect(await make({})).toBe(401);
    expect(await make({ rpId: name, origin: localBase })).toBe(401);
    expect(await make({ rpId: name, origin: url })).toBe(303);
  });
});

describe('a registry with a certificate', () => {
  const tls = { certificate, key };
  const serving = async () => {
    const port = await freePort();
    return { port, ...(await start({ port, tls, metricsPort: 0 })) };
  };

  it('speaks TLS under its public name, and plain HTTP to its own scanner alone', async () => {
    writePair(authority.leafFor(name));
    const { base, localBase, port, lines, metricsPort } = await serving();
    expect(base).toBe(url);
    expect(await send(port, '/healthz', { tls: true })).toMatchObject({
      status: 200,
      headers: { 'strict-transport-security': expect.stringContaining('max-age=') },
    });
    expect(localBase).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await fetch(`${localBase}/healthz`)).status).toBe(200);
    // This certificate is valid for a day.
    const figures = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    const [, ends] = /^skillgate_certificate_expiry_timestamp_seconds (\d+)$/m.exec(figures) ?? [];
    expect(Number(ends) - Date.now() / 1_000).toBeGreaterThan(3_600);
    expect(Number(ends) - Date.now() / 1_000).toBeLessThan(48 * 3_600);
    expect(lines.join('\n')).toMatch(/warning: the certificate .* expires at/);
  });

  it('takes a renewed certificate while it runs, and no half of a renewal', async () => {
    writePair(authority.leafFor(name));
    const { port, reload, lines } = await serving();
    const first = (await send(port, '/healthz', { tls: true })).serial;
    const { key: foreign } = makeAuthority([name], new Date()).leafFor(name);
    writeFileSync(key, foreign);
    await reload();
    await reload();
    expect((await send(port, '/healthz', { tls: true })).serial).toBe(first);
    expect(lines.filter((line) => line.includes('does not belong'))).toHaveLength(1);
    writePair(authority.leafFor(name));
    await reload();
    const second = (await send(port, '/healthz', { tls: true })).serial;
    expect(second).not.toBe(first);
    expect(lines.join('\n')).toContain('uses the new certificate');
  });

  it.each<[string, () => void, RegExp]>([
    [
      'a certificate for another name',
      () => writePair(authority.leafFor('other.example')),
      /not for skills\.acme\.example/,
    ],
    [
      'the key of another certificate',
      () =>
        writePair({
          cert: authority.leafFor(name).cert,
          key: makeAuthority([name], new Date()).leafFor(name).key,
        }),
      /does not belong/,
    ],
    ['a file without PEM', () => writeFileSync(certificate, 'certificate'), /no PEM/],
    ['no file', () => rmSync(certificate), /there is no such file/],
  ])('does not start with %s', async (_, prepare, why) => {
    writePair(authority.leafFor(name));
    prepare();
    await expect(start({ tls })).rejects.toMatchObject({
      code: 'tls-file-invalid',
      message: expect.stringMatching(why),
    });
  });

  it('does not start with a key that every user may read', async () => {
    writePair(authority.leafFor(name));
    rmSync(key);
    writeFileSync(key, authority.leafFor(name).key, { mode: 0o644 });
    await expect(start({ tls })).rejects.toMatchObject({
      code: 'tls-file-invalid',
      hint: `chmod o-rwx ${key}`,
    });
  });
});
