/**
 * The prepared host for attempts: folders, secrets and listeners below one temporary folder, the
 * same for each sandbox and without one.
 */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import * as fs from 'node:fs';
import { chmodSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { auditDelayMillis } from '../../../runner/audit/audit.ts';
import { removeTree } from '../../../runner/files/remove-tree.ts';
import { findProgram } from '../../../runner/host/host.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import type { Paths } from '../../command.ts';

const receivedBytesMax = 8 * 1024 * 1024;

export interface EscapeWorld {
  /** Unique for each world; the tokens of its attempts begin with this word. */
  readonly word: string;
  readonly folder: string;
  /** The user of attempts: nobody, where this process is root. */
  readonly user: { readonly uid: number; readonly gid: number };
  /** The runner's own folders, which no other user may enter. */
  readonly paths: Paths;
  /** A writable mount. */
  readonly workspace: string;
  /** A read-only mount. */
  readonly library: string;
  /** The folders of an operator with the same user as the attempts. */
  readonly operator: Paths;
  /**
   * No attempt may print or send these words: one in files, memory and environments of this host,
   * and a stored secret.
   */
  readonly secrets: readonly string[];
  /** The stored secret among them. */
  readonly storedSecret: string;
  readonly victim: Victim;
  readonly port: number;
  readonly datagramPort: number;
  readonly abstractName: string;
  /** A variable of this process with a secret, like a key in an operator's shell. */
  readonly environmentName: string;
  readonly received: () => string;
  close(): void;
}

const nobody = 65_534;

/** @throws Problem `sandbox-missing` where there is no Python */
async function openWorld(): Promise<EscapeWorld> {
  const word = `e${randomBytes(6).toString('hex')}`;
  const makeSecret = (): string => `KEY-${randomBytes(12).toString('hex')}`;
  const canary = makeSecret();
  const storedSecret = makeSecret();
  const user = {
    uid: process.getuid?.() || nobody,
    gid: process.getuid?.() === 0 ? nobody : (process.getgid?.() ?? nobody),
  };
  const folder = fs.mkdtempSync(join(tmpdir(), 'skillgate-escape-'));
  fs.chmodSync(folder, 0o755);
  const sockets = ['docker.sock', 'other-proxy.sock', 'agent.sock'].map((name) =>
    join(folder, name),
  );
  const recorder = await startRecorder(sockets, `skillgate-${word}`);
  const { paths, operator } = writeFolders(folder, canary, user);
  const shared = writeShared(word, canary, user);
  const environmentName = `ESCAPE_${word}`;
  process.env[environmentName] = canary;
  const child = startVictim(folder, canary, user);
  return {
    environmentName,
    word,
    folder,
    user,
    paths,
    operator,
    storedSecret,
    secrets: [canary, storedSecret],
    workspace: join(folder, 'workspace'),
    library: join(folder, 'library'),
    victim: await onceReady(child),
    port: recorder.port,
    datagramPort: recorder.datagramPort,
    received: recorder.received,
    abstractName: `skillgate-${word}`,
    close: () => {
      delete process.env[environmentName];
      child.kill('SIGKILL');
      recorder.close();
      fs.rmSync(shared, { force: true });
      const remove = (): void => removeTree(folder);
      remove();
      // The audit log writes with a delay, and would create its folder again.
      setTimeout(remove, 3 * auditDelayMillis);
    },
  };
}

type User = EscapeWorld['user'];

function pathsBelow(folder: string): Paths {
  return {
    config: join(folder, 'config'),
    data: join(folder, 'data'),
    cache: join(folder, 'cache'),
  };
}

function writeFolders(
  folder: string,
  canary: string,
  user: User,
): { readonly paths: Paths; readonly operator: Paths } {
  const [paths, operator] = ['runner', 'operator'].map((name) => pathsBelow(join(folder, name)));
  if (paths === undefined || operator === undefined) throw new Problem('internal', 'No folders');
  for (const path of Object.values(paths)) fs.mkdirSync(path, { recursive: true, mode: 0o700 });
  const files: Readonly<Record<string, string>> = {
    'canary.txt': canary,
    'home/.ssh/id_ed25519': canary,
    'home/.bashrc': '# nothing\n',
    'skills/other/SKILL.md': canary,
    'skills/blob': canary,
    'workspace/notes.txt': 'notes\n',
    'workspace/drafts/one.md': 'one\n',
    'workspace/app/package.json': '{"version":"1.0.0"}\n',
    'workspace/app/.npmrc': 'ignore-scripts=true\n',
    'workspace/hooked/.git/config': '[core]\n\thooksPath = scripts\n',
    'workspace/linked/team.md': 'be kind\n',
    'library/read.txt': 'to read\n',
    'library/watched.txt': 'opened again and again\n',
    'library/locked.txt': 'locked\n',
    'library/database': 'written again and again\n',
    'operator/config/host.json': '{}\n',
    'operator/config/secrets.json': canary,
    'holder/config/host.json': '{}\n',
    'operator/data/audit/audit.jsonl': '{"schema":"skillgate.audit/1","seq":1}\n',
    'operator/config/approvers.json': '{}\n',
    'operator/data/audit/older.jsonl': '{"schema":"skillgate.audit/1","seq":1}\n',
    'operator/data/breakers/open.json': '{}\n',
    'operator/cache/blob': canary,
  };
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(join(folder, name, '..'), { recursive: true, mode: 0o700 });
    fs.writeFileSync(join(folder, name), text, { mode: 0o600 });
  }
  fs.symlinkSync('team.md', join(folder, 'workspace/linked/AGENTS.md'));
  for (const name of ['home', 'skills', 'workspace', 'library', 'operator', 'holder'])
    changeOwner(join(folder, name), user);
  changeOwner(join(folder, 'canary.txt'), user);
  if (process.getuid?.() === 0) {
    // A setuid program of root, as many hosts have.
    const id = join(folder, 'workspace', 'id-as-root');
    fs.copyFileSync(findProgram('id') ?? '', id);
    fs.chmodSync(id, 0o4755);
  }
  return { paths, operator };
}

/**
 * Gives a path and its content to a user, when this process is root. The path may lie in a folder
 * of that user, who attacks nothing but the world of the suite.
 */
export function changeOwner(path: string, { gid, uid }: User): void {
  if (process.getuid?.() === 0)
    execFileSync('/bin/chown', ['-R', '-h', '-P', `${uid}:${gid}`, '--', path]);
}

function writeShared(word: string, canary: string, user: User): string {
  const shared = `/dev/shm/skillgate-${word}`;
  if (!fs.existsSync('/dev/shm')) return shared;
  fs.writeFileSync(shared, canary, { mode: 0o600 });
  changeOwner(shared, user);
  return shared;
}

/** Opens a world, calls `act`, and always closes the world. */
export async function inWorld<T>(act: (world: EscapeWorld) => Promise<T>): Promise<T> {
  const world = await openWorld();
  try {
    return await act(world);
  } finally {
    world.close();
  }
}

// A process whose secrets attempts try to reach, and which notices what they do to it.

/**
 * A process of the user of the attempts, with a secret in memory, in an open file and in shared
 * memory.
 */
interface Victim {
  readonly pid: number;
  readonly file: number;
  readonly sharedMemory: number;
  /** Its pseudo-terminal; it copies what is typed there to `home/typed`. */
  readonly terminal: string;
}

const victimProgram = `
import ctypes, fcntl, os, signal, socket, sys, time
folder, canary = sys.argv[1:3]
os.chdir(folder)
file = open(folder + '/canary.txt')
signal.signal(signal.SIGUSR1, lambda *_: open(folder + '/home/signalled', 'w').close())
libc = ctypes.CDLL(None)
libc.shmat.restype = ctypes.c_void_p
shared = libc.shmget(os.getpid(), 4096, 0o1600)
if shared >= 0: ctypes.memmove(libc.shmat(shared, None, 0), canary.encode(), len(canary))
libc.shmctl(shared, 0, None)
libc.syscall(248 if os.uname().machine == 'x86_64' else 217, b'user', os.path.basename(folder).encode(), b'x', 1, -2)
watched, locked, database = (folder + '/library/' + name for name in ('watched.txt', 'locked.txt', 'database'))
held = open(locked, 'r+')
fcntl.flock(held, fcntl.LOCK_EX)
fcntl.lockf(held, fcntl.LOCK_EX)
table = open(database, 'r+')
master, slave = os.openpty()
os.set_blocking(master, False)
# Gives an open file to each client.
giver = socket.socket(socket.AF_UNIX)
giver.bind('\\0files-' + os.path.basename(folder))
giver.listen(); giver.setblocking(False)
print(file.fileno(), shared, os.ttyname(slave), flush=True)
for _ in range(18000):
    time.sleep(0.05)
    try:
        with giver.accept()[0] as client: socket.send_fds(client, [b'x'], [file.fileno()])
    except OSError: pass
    try: open(folder + '/home/typed', 'ab').write(os.read(master, 4096))
    except OSError: pass
    open(watched).close()
    try:
        fcntl.lockf(table, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.lockf(table, fcntl.LOCK_UN)
    except OSError: open(folder + '/home/stopped', 'w').close()`;

/**
 * Starts the victim in the folder of an escape world.
 * @throws Problem `sandbox-missing` where there is no Python
 */
function startVictim(
  folder: string,
  canary: string,
  { uid, gid }: { readonly uid: number; readonly gid: number },
): ChildProcess {
  const python = findProgram('python3');
  if (python === undefined)
    throw new Problem('sandbox-missing', 'The escape suite needs python3', {
      hint: 'apt-get install python3',
    });
  const identity = process.getuid?.() === 0 ? { uid, gid } : {};
  const env = { ESCAPE_KEY: canary };
  return spawn(python, ['-c', victimProgram, folder, canary], {
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
    ...identity,
  });
}

/** What the victim says of itself once its secrets lie ready. */
async function onceReady(child: ChildProcess): Promise<Victim> {
  const firstLine = await new Promise<string>((resolve) => {
    child.stdout
      ?.once('data', (chunk: Buffer) => resolve(chunk.toString()))
      .once('end', () => resolve(''));
  });
  const [file = '-1', sharedMemory = '-1', terminal = ''] = firstLine.trim().split(' ');
  const numbers = { file: Number(file), sharedMemory: Number(sharedMemory) };
  return { pid: child.pid ?? 0, ...numbers, terminal };
}

// Listeners on loopback that attempts try to reach; they keep every byte that they receive.

interface Recorder {
  /** TCP on 127.0.0.1; it also answers as a web server and as a proxy without rules. */
  readonly port: number;
  /** UDP on 127.0.0.1. */
  readonly datagramPort: number;
  /** All bytes so far, as Latin-1. */
  received(): string;
  close(): void;
}

/**
 * @param socketFiles paths of unix sockets that anybody may connect to
 * @param abstractName a unix socket without a file, which belongs to the network namespace
 * (unix(7))
 */
async function startRecorder(
  socketFiles: readonly string[],
  abstractName: string,
): Promise<Recorder> {
  const parts: string[] = [];
  let kept = 0;
  const keep = (bytes: Buffer): void => {
    kept += bytes.length;
    if (kept <= receivedBytesMax) parts.push(bytes.toString('latin1'));
  };
  const open = new Set<Socket>();
  const servers: Server[] = [];
  const listen = async (
    where: { readonly port: number; readonly host: string } | string,
  ): Promise<Server> => {
    const server = createServer((socket) => {
      open.add(socket);
      socket.on('close', () => open.delete(socket)).on('error', () => socket.destroy());
      answerAll(socket, keep);
    });
    servers.push(server);
    await new Promise<void>((resolve, reject) =>
      server.once('error', reject).listen(where, resolve),
    );
    return server;
  };
  const tcp = await listen({ port: 0, host: '127.0.0.1' });
  for (const path of socketFiles) {
    await listen(path);
    chmodSync(path, 0o666);
  }
  await listen(`\0${abstractName}`);
  const datagrams = createSocket('udp4', keep);
  await new Promise<void>((resolve) => datagrams.bind(0, '127.0.0.1', resolve));
  const address = tcp.address();
  return {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    datagramPort: datagrams.address().port,
    received: () => parts.join(''),
    close: () => {
      for (const socket of open) socket.destroy();
      for (const server of servers) server.close();
      datagrams.close();
    },
  };
}

// Each whole head gets an answer. Bytes after it count as the next head: the most trusting server
// would read smuggled requests in this way.
function answerAll(socket: Socket, keep: (bytes: Buffer) => void): void {
  let rest = '';
  socket.on('data', (chunk: Buffer) => {
    keep(chunk);
    rest = (rest + chunk.toString('latin1')).slice(-64 * 1024);
    for (let end = rest.indexOf('\r\n\r\n'); end >= 0; end = rest.indexOf('\r\n\r\n')) {
      const head = rest.slice(0, end);
      rest = rest.slice(end + 4);
      socket.write(answerTo(head));
      if (/^connection: *close/im.test(head)) socket.end();
    }
  });
}

function answerTo(head: string): Buffer {
  if (head.startsWith('CONNECT '))
    return Buffer.from('HTTP/1.1 200 Connection established\r\n\r\n');
  const [, target = ''] = head.split(' ');
  const sent = /^authorization: *(?:bearer )?(.*)$/im.exec(head)?.[1] ?? '';
  const [, word = ''] = /[?&]to=([\w.-]*)/.exec(target) ?? [];
  const [, way = ''] = /\/(echo[a-z0-9-]*|redirect)/.exec(target) ?? [];
  const ok = 'HTTP/1.1 200 OK\r\n';
  switch (way) {
    case 'redirect':
      return reply(
        `HTTP/1.1 302 Found\r\nLocation: http://elsewhere.example/${word}\r\n`,
        Buffer.alloc(0),
      );
    case 'echo-header':
      return reply(`${ok}X-Echo: ${sent}\r\n`, Buffer.alloc(0));
    case 'echo-gzip':
      return reply(`${ok}Content-Encoding: gzip\r\n`, gzipSync(sent));
    case 'echo-parts':
      return chunked(ok, sent);
    default:
      return reply(
        ok,
        Buffer.from(Object.hasOwn(echoes, way) ? (echoes[way]?.(sent) ?? '') : '{"deals":[]}'),
      );
  }
}

const echoes: Readonly<Record<string, (sent: string) => string>> = {
  echo: (sent) => sent,
  'echo-base64': (sent) => Buffer.from(sent).toString('base64'),
  'echo-base64-shifted': (sent) => Buffer.from(`a${sent}`).toString('base64'),
  'echo-hex': (sent) => Buffer.from(sent).toString('hex'),
  'echo-url': (sent) => sent.replace(/./g, (sign) => `%${sign.charCodeAt(0).toString(16)}`),
  'echo-json': (sent) =>
    `"${sent.replace(/./g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)}"`,
};

// A few characters in each chunk.
function chunked(head: string, body: string): Buffer {
  const chunks = (body.match(/.{1,5}/g) ?? []).map(
    (part) => `${part.length.toString(16)}\r\n${part}\r\n`,
  );
  return Buffer.from(`${head}Transfer-Encoding: chunked\r\n\r\n${chunks.join('')}0\r\n\r\n`);
}

function reply(head: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${head}Content-Length: ${body.length}\r\n\r\n`), body]);
}
