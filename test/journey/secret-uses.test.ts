/**
 * Secrets of every use, from a real sandbox through the proxy to a server that checks them by
 * itself.
 */
import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeTestHost, runTest, type TestHost, type TestRun } from './sandbox-fixture.ts';

const id = 'AKIDEXAMPLE';
const key = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const shared = 'shared-key-0123456789';

/**
 * As AWS describes it, for a request whose path and query need no other encoding than the one they
 * came in.
 */
function isSigned(
  { method, url = '', headers }: IncomingMessage,
  body: Buffer,
  secret: string,
): boolean {
  const form =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8}\/[^/]+\/[^/]+\/aws4_request), SignedHeaders=([^,]+), Signature=(\w{64})$/;
  const [, from, scope = '', names = '', signature] = form.exec(headers.authorization ?? '') ?? [];
  const [path, query = ''] = url.split('?');
  const digest = createHash('sha256').update(body).digest('hex');
  const lines = names.split(';').map((name) => `${name}:${headers[name]}\n`);
  const whole = [
    method,
    path,
    query.split('&').sort().join('&'),
    lines.join(''),
    names,
    digest,
  ].join('\n');
  const hashed = createHash('sha256').update(whole).digest('hex');
  const by = (under: string | Buffer, text: string): Buffer =>
    createHmac('sha256', under).update(text).digest();
  const signing = scope.split('/').reduce<string | Buffer>(by, `AWS4${secret}`);
  const own = by(
    signing,
    ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, hashed].join('\n'),
  ).toString('hex');
  const now = new Date().toISOString().replaceAll('-', '').slice(0, 8);
  const all = ['host', ...Object.keys(headers).filter((name) => name.startsWith('x-amz-'))].every(
    (name) => names.split(';').includes(name),
  );
  return (
    from === id &&
    signature === own &&
    scope.startsWith(now) &&
    headers['x-amz-content-sha256'] === digest &&
    all
  );
}

function isRight(request: IncomingMessage, body: Buffer): boolean {
  const { authorization, 'x-hub-signature-256': hub, 'x-api-key': own } = request.headers;
  if (request.url?.startsWith('/v2/aws')) return isSigned(request, body, key);
  if (request.url === '/v2/hmac')
    return hub === `sha256=${createHmac('sha256', shared).update(body).digest('hex')}`;
  if (request.url === '/v2/basic')
    return authorization === `Basic ${Buffer.from(`me:${shared}`).toString('base64')}`;
  return own === shared || authorization === `Bearer ${shared}`;
}

let host: TestHost;
let port = 0;
let close: () => void;
const seen: string[] = [];
beforeEach(async () => {
  host = makeTestHost();
  seen.length = 0;
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const right = isRight(request, body);
    seen.push(`${request.method} ${request.url} ${right}`);
    response.end(
      `${right ? 'right' : 'wrong'} ${request.url === '/v2/echo' ? JSON.stringify(request.headers) : ''}`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
  close = () => {
    server.closeAllConnections();
    server.close();
  };
});
afterEach(() => {
  close();
  host.remove();
});

async function run(
  as: string,
  value: string,
  content: string,
  more: { methods?: readonly string[]; exec?: object[] } = {},
): Promise<TestRun> {
  const { methods, exec = [] } = more;
  const stored = {
    name: 'TOKEN',
    hosts: ['api.crm.example'],
    source: 'command',
    stored: '',
    ...(methods === undefined ? {} : { methods }),
  } as const;
  const capabilities = {
    egress: [{ url: 'http://api.crm.example/v2/*', methods: ['GET', 'POST', 'PUT'], why: 'test' }],
    secret: [{ name: 'TOKEN', hosts: ['api.crm.example'], as, why: 'test' }],
    exec,
  };
  const secrets = { entries: [stored], reveal: async () => ({ value }) };
  const name = content.startsWith('curl') ? 'probe.sh' : 'probe.py';
  return await runTest(
    host,
    { files: { [name]: content }, capabilities },
    { secrets },
    { hosts: { 'api.crm.example': { address: '127.0.0.1', port } } },
  );
}

const ask = (path: string, headers: string, body = 'None', method = 'POST'): string => `
import base64, os, urllib.request
t = os.environ['TOKEN']
ask = urllib.request.Request('http://api.crm.example${path}', headers=${headers}, data=${body}, method='${method}')
try: print(urllib.request.urlopen(ask).read().decode())
except urllib.error.HTTPError as e: print(e.code, e.read().decode())
`;
const scope = `'AWS4-HMAC-SHA256 Credential=' + t + '/20200101/eu-central-1/s3/aws4_request'`;

describe('a secret from a sandbox that never had it', () => {
  it.each([
    [
      'hmac:X-Hub-Signature-256',
      shared,
      ask('/v2/hmac', `{'X-Hub-Signature-256': 'sha256=' + t}`, `bytes(range(256)) * 1000`),
    ],
    [
      'sigv4',
      `${id}:${key}:session`,
      ask(
        '/v2/aws/key-1',
        `{'Authorization': ${scope}, 'X-Amz-Acl': 'private'}`,
        `b'content' * 20000`,
        'PUT',
      ),
    ],
  ])('is right at the host as %s', async (as, value, content) => {
    const done = await run(as, value, content);
    expect(done).toMatchObject({ reason: 'exit', stderr: '' });
    expect(done.stdout.trim()).toBe('right');
    expect(done.stdout + JSON.stringify(host.audit())).not.toMatch(/wJalr|shared-key/);
  });

  it('is right where curl signed for AWS with the placeholder', async () => {
    const command = `curl -sS --aws-sigv4 aws:amz:eu-central-1:s3 --user "$TOKEN:none" -X PUT --data-binary content 'http://api.crm.example/v2/aws/key?b=2&a=1'`;
    const done = await run('sigv4', `${id}:${key}`, command, {
      exec: [{ program: 'curl', why: 'test' }],
    });
    expect(done).toMatchObject({ stdout: 'right ', stderr: '' });
  });

  it('comes back to it as the placeholder, each part of a key of AWS', async () => {
    const done = await run('sigv4', `${id}:${key}`, ask('/v2/echo', `{'Authorization': ${scope}}`));
    expect(done.stdout).toMatch(/Credential=skillgate-secret-\w{32}\/20/);
    expect(done.stdout).not.toContain(id);
  });

  it.each([
    ['sigv4', `{'Authorization': 'Bearer ' + t}`],
    [
      'sigv4',
      `{'Authorization': ${scope}, 'X-Amz-Content-Sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD'}`,
    ],
    ['hmac:X-Hub-Signature-256', `{'Authorization': 'Bearer ' + t}`],
    ['bearer', `{'X-Note': base64.b64encode(t.encode()).decode()}`],
    ['bearer', `{'Authorization': 'Bearer ' + t}`],
  ])('goes nowhere as %s with %s', async (as, headers) => {
    const done = await run(as, as === 'sigv4' ? `${id}:${key}` : shared, ask('/v2/x', headers), {
      methods: as === 'bearer' ? ['GET'] : ['POST'],
    });
    expect(done.stdout).toMatch(/^(403 .*"why":"secret-unbound".*)?$/s);
    expect(seen).toEqual([]);
    expect(host.audit().findLast((entry) => entry.event === 'egress')).toMatchObject({
      decision: 'denied',
      why: 'secret-unbound',
    });
  });

  it('whose source does not answer starts nothing', async () => {
    const failing = run('sigv4', 'no-key-of-aws', ask('/v2/x', '{}'));
    await expect(failing).rejects.toMatchObject({ code: 'secret-refused' });
    expect(host.audit().at(-1)).toMatchObject({ event: 'refused', code: 'secret-refused' });
  });
});
