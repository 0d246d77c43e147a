/**
 * The proxy before the servers that companies have: nginx or Caddy in front of an application and a
 * gRPC service, reached directly and through Squid, which demands a login and alone knows the name.
 */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openProxy } from '../../../runner/upstream-proxy/upstream-proxy.ts';
import { makeAuthority } from '../../../skills-index/run/egress/certificate.ts';
import { emptyHostPolicy } from '../../../skills-index/run/plan/host-policy.ts';
import { freePort } from '../../free-port.ts';
import { isWhole } from '../../sample.ts';
import { apiHost, type Stage, startStage } from '../egress-stage.ts';
import { clientThrough, say, startEcho, startForwarder, talk } from '../grpc-echo.ts';

const authority = makeAuthority(['*'], new Date());
const leaf = authority.leafFor(apiHost);
const key = { placeholder: 'skillgate-secret-00112233445566778899aabbccddeeff', value: 'k3y-0123' };
const login = 'ann:correct-horse';

interface Front {
  readonly program: string;
  /** Its file, for the ports of itself, of the application and of the gRPC service. */
  config(folder: string, port: number, application: number, grpc: number): string;
  words(file: string): readonly string[];
}

const fronts: readonly Front[] = [
  {
    program: 'nginx',
    config: (folder, port, application, grpc) => {
      const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
      const temporary = kinds.map((kind) => `${kind}_temp_path ${folder}/${kind};`).join(' ');
      const user = process.getuid?.() === 0 ? 'user root;' : '';
      return `${user} daemon off; pid ${folder}/pid; error_log stderr; events {}
http {
  access_log off; ${temporary}
  server {
    listen 127.0.0.1:${port} ssl http2; server_name ${apiHost};
    ssl_certificate ${folder}/cert.pem; ssl_certificate_key ${folder}/key.pem;
    client_max_body_size 64m;
    location / { proxy_pass http://127.0.0.1:${application}; proxy_http_version 1.1; proxy_buffering off; }
    location /acme.Echo/ { grpc_pass grpc://127.0.0.1:${grpc}; }
  }
}\n`;
    },
    words: (file) => ['-e', 'stderr', '-c', file],
  },
  {
    program: 'caddy',
    config: (folder, port, application, grpc) => `{
\tadmin off
\tauto_https disable_redirects
\tskip_install_trust
\tdefault_bind 127.0.0.1
\tstorage file_system ${folder}/caddy
}
https://${apiHost}:${port} {
\ttls ${folder}/cert.pem ${folder}/key.pem
\treverse_proxy /acme.Echo/* h2c://127.0.0.1:${grpc}
\treverse_proxy 127.0.0.1:${application} {
\t\tflush_interval -1
\t}
}\n`,
    words: (file) => ['run', '--config', file, '--adapter', 'caddyfile'],
  },
];

const PATH = `${process.env.PATH}:/usr/sbin`;
const isHere = (program: string): boolean =>
  spawnSync('sh', ['-c', `command -v ${program}`], { env: { PATH } }).status === 0;

/** Starts a server and waits for its port. */
async function start(home: string, program: string, words: readonly string[], port: number) {
  const process = spawn(program, words, {
    env: { PATH, HOME: home },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  process.stderr.on('data', (chunk) => {
    said += chunk;
  });
  for (;;) {
    if (process.exitCode !== null) throw new Error(`${program} ended: ${said}`);
    const socket = connect(port, '127.0.0.1');
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return process;
    await sleep(50);
  }
}

function squidConfig(folder: string, port: number, host: number): string {
  const [user = '', password = ''] = login.split(':');
  const hash = createHash('md5').update(password).digest('hex');
  writeFileSync(join(folder, 'logins'), `${user}:${hash}\n`);
  writeFileSync(join(folder, 'hosts'), `127.0.0.1 ${apiHost}\n`);
  return `http_port 127.0.0.1:${port}
hosts_file ${folder}/hosts
auth_param basic program /usr/lib/squid/basic_ncsa_auth ${folder}/logins
acl known proxy_auth REQUIRED
acl open port ${host}
http_access deny !open
http_access allow known
http_access deny all
cache deny all
access_log none
cache_log /dev/null
pid_filename none
shutdown_lifetime 0 seconds
`;
}

type Way = 'directly' | 'through Squid';
const here = fronts.filter(({ program }) => isHere(program));
const cases = (isWhole ? fronts : [here[0] ?? fronts[0]]).flatMap((front) =>
  front === undefined
    ? []
    : (['directly', 'through Squid'] as const).map((way): [Front, Way] => [front, way]),
);

for (const [front, way] of cases)
  describe.skipIf(!isHere(front.program) || (way !== 'directly' && !isHere('squid')))(
    `a host behind ${front.program}, ${way}`,
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'skillgate-servers-'));
      const servers: ChildProcess[] = [];
      const seen: { url: string; headers: IncomingMessage['headers']; body: Buffer }[] = [];
      let goOn: () => void;
      let stage: Stage;
      let at: string;
      let proxy: string;
      const ends: (() => unknown)[] = [];

      async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
        const body = Buffer.concat(await request.toArray());
        seen.push({ url: request.url ?? '', headers: request.headers, body });
        if (request.url !== '/events')
          return void response.end(`seen ${request.url} ${body.subarray(0, 99)}`);
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write('data: first\n\n');
        await new Promise<void>((resolve) => {
          goOn = resolve;
        });
        response.end('data: second\n\n');
      }

      beforeAll(async () => {
        // Squid gives up root before it reads them.
        chmodSync(folder, 0o755);
        const application = createServer(answer).listen(0, '127.0.0.1');
        await once(application, 'listening');
        const echo = await startEcho();
        ends.push(
          echo.close,
          () => application.close(),
          () => application.closeAllConnections(),
        );
        const [port, squid] = [await freePort(), await freePort()];
        const file = (name: string): string => join(folder, name);
        const config = front.config(
          folder,
          port,
          (application.address() as AddressInfo).port,
          echo.port,
        );
        for (const [name, text] of Object.entries({
          'cert.pem': leaf.cert,
          'key.pem': leaf.key,
          'front.conf': config,
          'company.pem': authority.certificate,
          'squid.conf': way === 'directly' ? '' : squidConfig(folder, squid, port),
        }))
          writeFileSync(file(name), text, { mode: name === 'company.pem' ? 0o600 : 0o644 });
        servers.push(await start(folder, front.program, front.words(file('front.conf')), port));
        if (way !== 'directly')
          servers.push(await start(folder, 'squid', ['-N', '-f', file('squid.conf')], squid));
        const names = [
          ['PATH_KEY', 'path'],
          ['QUERY_KEY', 'query:key'],
          ['FORM_KEY', 'form:token'],
          ['JSON_KEY', 'json:/auth/token'],
          ['HEADER_KEY', 'header:x-key'],
        ] as const;
        const secrets = names.map(([name, as], n) => ({
          name,
          as,
          hosts: [apiHost],
          placeholder: key.placeholder.replace(/.$/, String(n)),
        }));
        const isPinned = way === 'directly';
        stage = await startStage({
          authorities: [authority.certificate],
          secrets,
          reveal: (name) => `${key.value}-${name}`,
          egress: [
            { path: '/bot*' },
            { path: '/v2/*' },
            { path: '/events' },
            { path: '/acme.Echo/*' },
          ].map((one) => ({
            ...one,
            port,
            methods: ['GET', 'POST', 'PUT'],
            pinned: isPinned ? { [apiHost]: { address: '127.0.0.1', port } } : {},
          })),
          ...(!isPinned && {
            resolve: () =>
              Promise.reject(
                Object.assign(new Error(), { code: 'ENOTFOUND', syscall: 'getaddrinfo' }),
              ),
            proxy: await openProxy(
              { ...emptyHostPolicy, authorities: [file('company.pem')] },
              { url: `http://127.0.0.1:${squid}`, secret: 'LOGIN' },
              { reveal: async () => ({ value: login }) },
            ),
          }),
        });
        const forwarder = await startForwarder(stage);
        ends.push(forwarder.close);
        proxy = forwarder.url;
        at = `${apiHost}:${port}`;
        writeFileSync(file('ca.pem'), stage.ca);
      }, 60_000);

      afterAll(async () => {
        await stage.close();
        for (const end of ends) end();
        for (const server of servers) {
          server.kill('SIGTERM');
          if (server.exitCode === null) await once(server, 'exit');
        }
        rmSync(folder, { recursive: true });
      });

      const placeholderOf = (n: number): string => key.placeholder.replace(/.$/, String(n));
      const curl = async (path: string, ...words: readonly string[]): Promise<string> => {
        const common = ['-sS', '--proxy', proxy, '--cacert', join(folder, 'ca.pem')];
        const all = [...common, ...words, `https://${at}${path}`];
        return (await promisify(execFile)('curl', all, { env: { PATH } })).stdout;
      };

      it.each<[string, string, readonly string[], string, string]>([
        ['a path', `/bot${placeholderOf(0)}/send`, [], `/bot${key.value}-PATH_KEY/send`, ''],
        [
          'the query',
          `/v2/a?q=x&key=${placeholderOf(1)}`,
          [],
          `/v2/a?q=x&key=${key.value}-QUERY_KEY`,
          '',
        ],
        [
          'a form',
          '/v2/a',
          ['-d', `a=1&token=${placeholderOf(2)}`],
          '/v2/a',
          `a=1&token=${key.value}-FORM_KEY`,
        ],
        [
          'JSON',
          '/v2/a',
          ['--json', `{"auth": {"token": "${placeholderOf(3)}"}}`],
          '/v2/a',
          `{"auth": {"token": "${key.value}-JSON_KEY"}}`,
        ],
      ])(
        'gets a key in %s, and its answer comes back with the placeholder',
        async (_, path, words, url, body) => {
          const said = await curl(path, ...words);
          expect(seen.at(-1)).toMatchObject({ url });
          expect(String(seen.at(-1)?.body)).toBe(body);
          expect(said).toContain(key.placeholder.slice(0, -1));
          expect(said).not.toContain(key.value);
        },
      );

      it('refuses a key in another place, and another path', async () => {
        const before = seen.length;
        expect(await curl(`/v2/a?other=${placeholderOf(1)}`)).toContain('secret-unbound');
        expect(await curl('/closed')).toContain('path-denied');
        expect(seen).toHaveLength(before);
      });

      it('gets 20 MB, with and without a length told before', async () => {
        const file = join(folder, 'large');
        const bytes = Buffer.alloc(20_000_000, 'skill ');
        writeFileSync(file, bytes);
        for (const words of [[], ['-H', 'Transfer-Encoding: chunked']]) {
          await curl('/v2/large', '-T', file, ...words);
          const hash = (one: Buffer | undefined): string =>
            createHash('sha256')
              .update(one ?? '')
              .digest('hex');
          expect(hash(seen.at(-1)?.body)).toBe(hash(bytes));
        }
      });

      it('sends events, each when it happens', async () => {
        const words = ['-sSN', '--proxy', proxy, '--cacert', join(folder, 'ca.pem')];
        const client = spawn('curl', [...words, `https://${at}/events`], { env: { PATH } });
        const next = async (): Promise<string> => String((await once(client.stdout, 'data'))[0]);
        expect(await next()).toBe('data: first\n\n');
        goOn();
        expect(await next()).toBe('data: second\n\n');
        await once(client, 'close');
      });

      it('answers gRPC, one message and a conversation', async () => {
        const client = clientThrough(proxy, at, stage.ca);
        ends.push(() => client.close());
        expect(await say(client, 'one', placeholderOf(4))).toMatchObject({
          answer: `one by ${placeholderOf(4)}`,
          code: status.OK,
          seen: placeholderOf(4),
        });
        expect((await say(client, 'fail', placeholderOf(4))).code).toBe(status.NOT_FOUND);
        const call = talk(client, placeholderOf(4));
        const next = async (): Promise<string> => String((await once(call, 'data'))[0]);
        expect(await next()).toBe(`hello ${placeholderOf(4)}`);
        for (const word of ['first', 'x'.repeat(100_000)]) {
          call.write(Buffer.from(word));
          expect(await next()).toBe(word);
        }
        call.end();
        await once(call, 'end');
      });
    },
  );
