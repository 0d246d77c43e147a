import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeAuthority } from '../../../skills-index/run/egress/certificate.ts';
import { type Stage, type StageSettings, startStage } from '../egress-stage.ts';

const host = 'db.acme.example';
const placeholder = 'skillgate-secret-00112233445566778899aabbccddeeff';
const password = 'real-password-0123456789';
const authority = makeAuthority(['*'], new Date());
const leaf = authority.leafFor(host);

const versions = '/usr/lib/postgresql';
const bin = existsSync(versions)
  ? readdirSync(versions)
      .map((one) => `${versions}/${one}/bin`)
      .findLast((one) => existsSync(`${one}/initdb`))
  : undefined;

/** A PostgreSQL server that takes passwords by SCRAM over TLS alone, unless `rules` say else. */
class Database {
  readonly folder = mkdtempSync(join(tmpdir(), 'skillgate-postgres-'));
  port = 0;

  #as(program: string, ...words: readonly string[]): void {
    const asUser =
      process.getuid?.() === 0
        ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']
        : [];
    const [first = '', ...rest] = [...asUser, `${bin}/${program}`, ...words];
    execFileSync(first, rest, {
      cwd: '/',
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  }

  async start(): Promise<void> {
    const data = `${this.folder}/data`;
    const files = { key: leaf.key, crt: leaf.cert, pw: `${password}\n` };
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(`${this.folder}/${name}`, text, { mode: 0o600 });
      if (process.getuid?.() === 0) chownSync(`${this.folder}/${name}`, 65_534, 65_534);
    }
    if (process.getuid?.() === 0) chownSync(this.folder, 65_534, 65_534);
    this.#as(
      'initdb',
      '-D',
      data,
      '-U',
      'reader',
      '-A',
      'scram-sha-256',
      `--pwfile=${this.folder}/pw`,
      '--no-sync',
    );
    const spare = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => spare.once('listening', resolve));
    this.port = (spare.address() as AddressInfo).port;
    await new Promise((resolve) => spare.close(resolve));
    const rules = [
      'hostssl all md5user 127.0.0.1/32 password',
      'hostssl all reader 127.0.0.1/32 scram-sha-256',
    ];
    writeFileSync(`${data}/pg_hba.conf`, `${rules.join('\n')}\n`);
    const settings = `-p ${this.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c ssl=on -c ssl_cert_file=${this.folder}/crt -c ssl_key_file=${this.folder}/key`;
    this.#as('pg_ctl', '-D', data, '-w', '-l', `${this.folder}/log`, '-o', settings, 'start');
  }

  stop(): void {
    this.#as('pg_ctl', '-D', `${this.folder}/data`, '-m', 'immediate', 'stop');
    rmSync(this.folder, { recursive: true });
  }
}

let stage: Stage;
const doors: Server[] = [];
afterEach(async () => {
  for (const door of doors.splice(0)) door.close();
  await stage.close();
});

/** A port of loopback that leads to the database, as a sandbox has one. */
async function door(port: number, settings: StageSettings = {}): Promise<number> {
  const rule = {
    scheme: 'tcp',
    mode: 'tunnel',
    host,
    port: 5432,
    path: '/*',
    methods: ['*'],
  } as const;
  stage = await startStage({
    egress: [{ ...rule, pinned: { [host]: { address: '127.0.0.1', port } } }],
    secrets: [{ name: 'DB_PASSWORD', placeholder, hosts: [host], as: 'postgres' }],
    reveal: () => password,
    authorities: [authority.certificate],
    ...settings,
  });
  const server = createServer((socket: Socket) => {
    socket.on('error', () => socket.destroy());
    stage.tunnel(`${host}:5432`).then(
      (tunnel) => void socket.pipe(tunnel).pipe(socket),
      () => socket.destroy(),
    );
  });
  doors.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** What psql prints of a query. */
function ask(
  port: number,
  query: string,
  { key = placeholder, mode = 'prefer', user = 'reader' } = {},
): Promise<string> {
  const target = `host=127.0.0.1 port=${port} dbname=postgres user=${user} sslmode=${mode} connect_timeout=10`;
  const env = { PATH: process.env.PATH, PGPASSWORD: key, HOME: '/nonexistent' };
  return new Promise((resolve) => {
    execFile(
      `${bin}/psql`,
      ['-X', '-At', '-c', query, target],
      { env, timeout: 20_000 },
      (_, out, err) => resolve(`${out}${err}`.trim()),
    );
  });
}

describe.runIf(bin !== undefined)('a PostgreSQL server', () => {
  const database = new Database();
  beforeAll(() => database.start());
  afterAll(() => database.stop());

  it.each(['disable', 'prefer', 'require'])(
    'takes the placeholder as password (sslmode %s)',
    async (mode) => {
      const port = await door(database.port);
      expect(await ask(port, 'select 40 + 2', { mode })).toBe('42');
      const big = await ask(port, "select length(repeat('x', 3000000)), repeat('y', 300000)", {
        mode,
      });
      expect(big).toMatch(/^3000000\|y{300000}$/);
      expect(stage.log.filter(({ event }) => event === 'egress')).toMatchObject([
        { decision: 'allowed', host, port: 5432, path: '/postgres', secrets: ['DB_PASSWORD'] },
        { decision: 'allowed' },
      ]);
    },
  );

  it.each<[string, Parameters<typeof ask>[2], string, string]>([
    [
      'another password',
      { key: 'guessed' },
      'the password has to be what the variable DB_PASSWORD holds',
      // It opens no breaker: a user who types a wrong password misuses no secret.
      'secret-missing',
    ],
    [
      'the value itself',
      { key: password },
      'the password has to be what the variable',
      'secret-missing',
    ],
    [
      'a text with the placeholder',
      { key: `my ${placeholder}` },
      'the password has to be what the variable',
      'secret-unbound',
    ],
    [
      'a user whose password the server wants to read',
      { user: 'md5user' },
      'does not prove by SCRAM-SHA-256',
      'answer-malformed',
    ],
    [
      'a user that the server does not know',
      { user: 'stranger' },
      'no pg_hba.conf entry for host',
      'approved',
    ],
  ])('refuses %s, and says why', async (_, how, said, why) => {
    const port = await door(database.port);
    expect(await ask(port, 'select 1', how)).toContain(said);
    expect(stage.why().at(-1)).toBe(why);
  });

  it('gets a wrong password of the host: its own refusal comes through', async () => {
    const port = await door(database.port, { reveal: () => 'old' });
    expect(await ask(port, 'select 1')).toContain(
      'password authentication failed for user "reader"',
    );
  });

  it('shows a person all that changes what the connection may do, and takes a hang-up for a no', async () => {
    const asked: unknown[] = [];
    let isOver = false;
    const gate = {
      ask: (action: unknown, signal?: AbortSignal) => {
        asked.push(action);
        return new Promise<never>((resolve) =>
          signal?.addEventListener('abort', () => {
            isOver = true;
            resolve({ kind: 'denied', code: 'hold-expired', why: '' } as never);
          }),
        );
      },
    };
    const port = await door(database.port, { gate });
    const env = { PATH: process.env.PATH, PGPASSWORD: placeholder, PGOPTIONS: '-c role=admin' };
    const psql = execFile(
      `${bin}/psql`,
      [
        '-X',
        '-c',
        'select 1',
        `host=127.0.0.1 port=${port} dbname=shop user=reader replication=database`,
      ],
      { env },
      () => undefined,
    );
    await expect.poll(() => asked.length).toBe(1);
    expect(asked[0]).toMatchObject({
      path: '/shop',
      query: expect.stringMatching(
        /^(?=.*user=reader)(?=.*replication=database)(?=.*options=-c\+role%3Dadmin)/,
      ),
    });
    psql.kill('SIGKILL');
    await expect.poll(() => isOver).toBe(true);
    expect(stage.why()).not.toContain('approved');
  });

  it('names the database that the server opens for an empty name', async () => {
    const port = await door(database.port);
    const sized = (head: string, text: string): Buffer => {
      const bytes = Buffer.from(`${head}1234${text}`, 'latin1');
      bytes.writeInt32BE(bytes.length - head.length, head.length);
      return bytes;
    };
    const socket = connect(port, '127.0.0.1');
    socket.write(sized('', '\0\x03\0\0database\0\0user\0reader\0\0'));
    await once(socket, 'data');
    socket.write(sized('p', `${placeholder}\0`));
    expect(String((await once(socket, 'data'))[0])).toContain('database "reader" does not exist');
    expect(stage.log.at(-1)).toMatchObject({ path: '/reader' });
    // Whoever hangs up before the password was denied nothing.
    const idle = connect(port, '127.0.0.1');
    idle.write(sized('', '\0\x03\0\0user\0reader\0\0'));
    await once(idle, 'data');
    const recorded = stage.log.length;
    idle.destroy();
    await sleep(100);
    expect(stage.log).toHaveLength(recorded);
  });

  it('takes the placeholder of any role of its host', async () => {
    const bound = { hosts: [host], as: 'postgres' } as const;
    const other = placeholder.replace('0011', '9911');
    const port = await door(database.port, {
      secrets: [
        { ...bound, name: 'ADMIN_PASSWORD', placeholder: other },
        { ...bound, name: 'DB_PASSWORD', placeholder },
      ],
      reveal: (name) => (name === 'DB_PASSWORD' ? password : 'other-password-01'),
    });
    expect(await ask(port, 'select 1')).toBe('1');
    expect(await ask(port, 'select 1', { key: other, mode: 'require' })).toContain(
      'password authentication failed',
    );
    expect(stage.log.filter(({ event }) => event === 'egress')).toMatchObject([
      { secrets: ['DB_PASSWORD'] },
      { secrets: ['ADMIN_PASSWORD'] },
    ]);
  });

  it('is let go where the host falls silent or refuses TLS', async () => {
    const open = new Set<Socket>();
    const silent = createServer((socket) => {
      open.add(socket.on('close', () => open.delete(socket)).on('error', () => undefined));
      socket.once('data', () => socket.write('N'));
    });
    doors.push(silent);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const port = await door((silent.address() as AddressInfo).port);
    expect(await ask(port, 'select 1')).toContain('the database does not speak TLS');
    await expect.poll(() => open.size).toBe(0);
  });

  it('is cut off where a query has the placeholder', async () => {
    const port = await door(database.port);
    expect(await ask(port, `select '${placeholder}'`)).not.toContain(placeholder);
    expect(stage.why().at(-1)).toBe('secret-unbound');
  });

  it('is passed on unread without a secret', async () => {
    const port = await door(database.port, { secrets: [] });
    expect(await ask(port, 'select 7', { key: password, mode: 'require' })).toBe('7');
    expect(stage.log).toMatchObject([{ decision: 'allowed', method: 'CONNECT', path: '' }]);
  });

  it('is not reached with a certificate of another authority, nor at another port or host', async () => {
    const port = await door(database.port, { authorities: [] });
    expect(await ask(port, 'select 1')).toContain('certificate-denied');
    await expect(stage.tunnel(`${host}:5433`)).rejects.toThrow('403');
    await expect(stage.tunnel('other.acme.example:5432')).rejects.toThrow('403');
  });
});

/** A server that speaks the first bytes of the protocol, and then as it likes. */
async function hostile(
  answer: (socket: TLSSocket) => void,
  first: string | Buffer = 'S',
): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write(first);
      if (first !== 'S') return;
      const inside = new TLSSocket(socket, { isServer: true, ...leaf });
      inside.on('error', () => undefined).once('data', () => answer(inside));
    });
  });
  doors.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
const message = (type: string, step: number, text = ''): Buffer => {
  const bytes = Buffer.alloc(9);
  bytes.write(type, 'latin1');
  bytes.writeInt32BE(8 + Buffer.byteLength(text), 1);
  bytes.writeInt32BE(step, 5);
  return Buffer.concat([bytes, Buffer.from(text)]);
};
const scram = message('R', 10, 'SCRAM-SHA-256\0\0');
/** Answers the client's first message of SCRAM. */
const first = (socket: TLSSocket, rest: (nonce: string) => string): void => {
  socket.write(scram);
  socket.once('data', (chunk: Buffer) => {
    const nonce = /r=([^,]+)$/.exec(chunk.toString())?.[1] ?? '';
    socket.write(message('R', 11, rest(nonce)));
  });
};

describe.runIf(bin !== undefined)('a hostile database', () => {
  it.each<[string, (socket: TLSSocket) => void, (string | Buffer)?]>([
    ['wants the password in clear', (socket) => socket.write(message('R', 3))],
    ['wants the password by MD5', (socket) => socket.write(message('R', 5, 'salt'))],
    ['lets everybody in', (socket) => socket.write(message('R', 0))],
    ['wants another mechanism', (socket) => socket.write(message('R', 10, 'PLAIN\0\0'))],
    ['has a nonce of its own', (socket) => first(socket, () => 'r=mine,s=c2FsdA==,i=4096')],
    [
      'adds nothing to the nonce',
      (socket) => first(socket, (nonce) => `r=${nonce},s=c2FsdA==,i=4096`),
    ],
    ['wants a single round', (socket) => first(socket, (nonce) => `r=${nonce}x,s=c2FsdA==,i=1`)],
    [
      'wants too many rounds',
      (socket) => first(socket, (nonce) => `r=${nonce}x,s=c2FsdA==,i=99999999`),
    ],
    [
      'does not know the password',
      (socket) => {
        first(socket, (nonce) => `r=${nonce}x,s=c2FsdA==,i=4096`);
        socket.on('data', (chunk: Buffer) => {
          if (chunk.includes('c=biws')) socket.write(message('R', 12, 'v=AAAA'));
        });
      },
    ],
    [
      'says that all is well instead of proving it',
      (socket) => {
        first(socket, (nonce) => `r=${nonce}x,s=c2FsdA==,i=4096`);
        socket.on('data', (chunk: Buffer) => {
          if (chunk.includes('c=biws')) socket.write(message('R', 0));
        });
      },
    ],
    [
      'answers with a huge message',
      (socket) => socket.write(Buffer.from('R\x7f\xff\xff\xff', 'latin1')),
    ],
    ['speaks no TLS', () => undefined, 'N'],
    ['puts something before TLS', () => undefined, Buffer.from('Sx')],
    ['hangs up', (socket) => socket.destroy()],
    ['asks again and again', (socket) => socket.write(Buffer.concat(Array(50).fill(scram)))],
  ])('%s: no password leaves, and the client is told', async (_, answer, begin) => {
    const seen: string[] = [];
    const port = await door(
      await hostile((socket) => {
        socket.on('data', (chunk) => seen.push(String(chunk)));
        answer(socket);
      }, begin),
    );
    expect(await ask(port, 'select 1')).toContain('skillgate: ');
    expect(stage.why()[0]).toBe('approved');
    expect(['answer-malformed', 'certificate-denied', 'malformed', 'unreachable']).toContain(
      stage.why()[1],
    );
    expect(seen.join()).not.toContain(password);
  });

  it.each<[string, Buffer]>([
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['an old protocol', Buffer.from([0, 0, 0, 8, 0, 2, 0, 0])],
    ['a huge message', Buffer.from([0x7f, 255, 255, 255, 0, 3, 0, 0])],
    [
      'a cancellation with more than a key',
      Buffer.concat([Buffer.from('\0\0\x03\xe8\x04\xd2\x16\x2e', 'latin1'), Buffer.alloc(992)]),
    ],
    [
      'its database twice',
      Buffer.from('\0\0\0\x26\0\x03\0\0user\0a\0database\0b\0database\0c\0\0', 'latin1'),
    ],
    [
      'something sent along with the wish for TLS',
      Buffer.from('\0\0\0\x08\x04\xd2\x16\x2f\0\0\0\x08', 'latin1'),
    ],
  ])('a client that sends %s reaches nothing', async (_, bytes) => {
    await door(await hostile(() => undefined));
    const socket = await stage.tunnel(`${host}:5432`);
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket
      .on('error', () => undefined)
      .resume()
      .write(bytes);
    await closed;
    expect(stage.why()).toEqual(['malformed']);
  });
});
