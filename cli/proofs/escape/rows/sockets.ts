/**
 * Unix sockets of the host, from runs that have unix sockets of their own. Each attempt first shows
 * that its run has them, or why not.
 */
import { execFile } from 'node:child_process';
import { chmodSync, existsSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { RunRequest } from '../../../../runner/run/run-request.ts';
import { isReceived, type RunnerAttempt } from '../row.ts';
import { capabilitiesOf, libraryMount, withOwnLocks } from '../sandboxed.ts';
import type { EscapeWorld } from '../world.ts';
import { runCodeBare, runOnce } from './ownership.ts';

const why = 'escape suite';
const reports = { source: 'workspace:reports', target: '/reports', why };

interface SocketAttempt {
  readonly name: string;
  readonly wants?: string;
  /** The folder with a listening socket of the host, and when the host starts to listen. */
  readonly folder?: 'workspace' | 'library';
  readonly listens?: 'before' | 'during';
  /** The name of the socket in the folder. */
  readonly file?: string;
  readonly mounts: readonly object[];
  readonly ownLocks?: true;
  readonly egress?: true;
  /** Lists in `names` the addresses that the attempt tries, in Python. */
  readonly names: string;
}

const inFolders = `names = [f + '/' + file for f in (folder + '/workspace', folder + '/library', '/reports', '/library')]`;
const everywhere = `names = [os.path.join(d, n) for d, _, all in os.walk('/' if sandboxed else folder) for n in all
    if not d.startswith('/proc') and stat.S_ISSOCK(os.lstat(os.path.join(d, n)).st_mode)]`;
const wellKnown = `names = ['\\0' + word, folder + '/docker.sock', folder + '/agent.sock', '/run/docker.sock', '/var/run/docker.sock',
    '/run/dbus/system_bus_socket', '/tmp/.X11-unix/X0', '\\0/tmp/.X11-unix/X0', '/run/systemd/private', '/dev/log', '/proxy/proxy.sock']
names += glob.glob('/tmp/skillgate-*/**/*.sock', recursive=True)
names += ['\\0' + l.split()[7][1:] for l in open('/proc/net/unix') if len(l.split()) > 7 and l.split()[7][0] == '@']`;

/**
 * Connects to each address with each type of socket. Where the host listens during the run, the
 * program first waits, because a kernel remembers names that were not there.
 */
function programOf(
  { file = usualFile, names, listens }: SocketAttempt,
  world: EscapeWorld,
  isSandboxed: boolean,
): string {
  return `import glob, os, socket, stat, time
file = ${JSON.stringify(file)}
folder, word, token, sandboxed = ${JSON.stringify(world.folder)}, ${JSON.stringify(world.abstractName)}, b'${tokenOf(world)}', ${isSandboxed ? 'True' : 'False'}
try:
    s = socket.socket(socket.AF_UNIX); s.bind('\\0own-' + str(os.getpid())); s.listen()
    socket.socket(socket.AF_UNIX).connect(s.getsockname()); s.close(); print('has sockets')
except OSError as e: print(e)
print('ready', flush=True)
time.sleep(${listens === 'during' ? 1 : 0})
until = time.monotonic() + ${listens === 'during' ? 1 : 0}
answers = set()
while True:
    ${names.replaceAll('\n', '\n    ')}
    for name in names:
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
            try:
                s = socket.socket(socket.AF_UNIX, kind); s.settimeout(1); s.connect(name); s.sendall(token); time.sleep(0.1)
                answers.add('connected to ' + repr(name))
            except OSError as e: answers.add(str(e))
    if time.monotonic() >= until: break
    time.sleep(0.1)
print(sorted(answers)); print('tried')`;
}

const usualFile = 'host.sock';

const tokenOf = ({ word }: EscapeWorld): string => `${word}-socket`;

/** Listens at a path of the host, for anybody. */
async function listenAt(path: string, keep: (bytes: Buffer) => unknown): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy()).on('data', keep);
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve));
  chmodSync(path, 0o666);
  return server;
}

function reach(attempt: SocketAttempt): RunnerAttempt {
  const { file = usualFile, folder, listens = 'before', mounts } = attempt;
  const withListener = async <T>(
    world: EscapeWorld,
    act: (listen: () => Promise<void>, isHeard: () => boolean) => Promise<T>,
  ): Promise<T> => {
    const servers: Server[] = [];
    const heard: Buffer[] = [];
    const listen = async (): Promise<void> => {
      const path = folder === undefined ? undefined : join(world[folder], file);
      if (path === undefined || existsSync(path)) return;
      servers.push(await listenAt(path, (bytes) => heard.push(bytes)));
    };
    try {
      if (listens === 'before') await listen();
      return await act(
        listen,
        () =>
          // Attempts of other worlds run at the same time and may find this socket.
          Buffer.concat(heard).includes(tokenOf(world)) ||
          isReceived({ output: '', token: tokenOf(world), world }),
      );
    } finally {
      for (const server of servers) server.close();
    }
  };
  return {
    name: attempt.name,
    wants: attempt.wants ?? 'a service of the host, with the rights of its user',
    bare: (world) =>
      withListener(world, async (listen, isHeard) => {
        await listen();
        await runCodeBare(world, programOf({ ...attempt, listens: 'before' }, world, false));
        return isHeard();
      }),
    attempt: (world, sandbox) =>
      withListener(world, async (listen, isHeard) => {
        const change = (request: RunRequest): Partial<RunRequest> => ({
          ...(attempt.ownLocks === undefined ? {} : withOwnLocks(request)),
          onStdout: (chunk) => {
            request.onStdout(chunk);
            if (Buffer.from(chunk).includes('ready')) void listen().catch(() => undefined);
          },
        });
        const skill = {
          files: { 'probe.py': programOf(attempt, world, true) },
          capabilities: {
            mount: mounts,
            egress: attempt.egress === undefined ? [] : capabilitiesOf(['egress']).egress,
          },
        };
        const { printed, problem } = await runOnce(world, sandbox, () => skill, change);
        const detail = (problem ?? printed).replaceAll('\n', ' ');
        if (isHeard()) return { result: 'through', detail };
        return { result: printed.includes('tried') ? 'blocked' : 'untested', detail };
      }),
  };
}

const views = [
  { what: 'a view', folder: 'workspace', mounts: [{ ...reports, mode: 'cow' }] },
  { what: 'a writable mount', folder: 'workspace', mounts: [{ ...reports, mode: 'rw' }] },
  { what: 'a read-only mount', folder: 'library', mounts: [libraryMount] },
  {
    what: 'a read-only mount with its own locks',
    folder: 'library',
    mounts: [libraryMount],
    ownLocks: true,
  },
] as const;

// A process of the run's user, outside the sandbox, which knows where the run's files lie.
const besideTheRun = `import glob, os, socket, sys
folder, request = sys.argv[1], sys.argv[2].replace('|', '\\r\\n').encode()
for name in [folder + '/beside.sock', *glob.glob(folder + '/**/*.sock', recursive=True), folder + '/proxy/proxy.sock']:
    try:
        s = socket.socket(socket.AF_UNIX); s.settimeout(2); s.connect(name); s.sendall(request); s.recv(100)
    except OSError as e: print(e)
print('tried')`;

async function runBeside({ user }: EscapeWorld, folder: string, word: string): Promise<string> {
  const request = `GET http://api.crm.example/v2/${word} HTTP/1.1|Host: api.crm.example||`;
  const args = ['-c', besideTheRun, folder, request];
  const { stdout } = await promisify(execFile)('/usr/bin/python3', args, { ...user });
  return stdout;
}

const besideRow: RunnerAttempt = {
  name: 'use the egress of a run from another process of its user',
  wants: 'the secrets and the egress of a run that another program was approved for',
  bare: async (world) => {
    if (process.getuid?.() !== 0) return false;
    const heard: Buffer[] = [];
    const server = await listenAt(join(world.folder, 'beside.sock'), (bytes) => heard.push(bytes));
    try {
      await runBeside(world, world.folder, tokenOf(world));
    } finally {
      server.close();
    }
    return Buffer.concat(heard).includes(tokenOf(world));
  },
  attempt: async (world, sandbox) => {
    // The user of a runner that is not root is the user of the run.
    if (process.getuid?.() !== 0) return { result: 'untested', detail: 'the runner is not root' };
    let detail = '';
    const start: typeof sandbox.start = async (given) => {
      const running = await sandbox.start(given);
      detail = await runBeside(world, given.runFolder, tokenOf(world));
      return running;
    };
    const files = { 'probe.py': 'import time; time.sleep(1)' };
    const { egress, mount } = capabilitiesOf(['egress', 'writing']);
    const { problem } = await runOnce(world, { ...sandbox, start }, () => ({
      files,
      capabilities: { egress, mount },
    }));
    if (isReceived({ output: '', token: tokenOf(world), world }))
      return { result: 'through', detail };
    return { result: detail.includes('tried') ? 'blocked' : 'untested', detail: problem ?? detail };
  },
};

export const socketRows: readonly RunnerAttempt[] = [
  besideRow,
  ...views.flatMap(({ what, ...view }) => [
    reach({ ...view, name: `connect to a socket of the host in ${what}`, names: inFolders }),
    reach({
      ...view,
      name: `connect to a socket that the host makes during the run in ${what}`,
      listens: 'during',
      names: inFolders,
    }),
  ]),
  reach({
    name: 'connect to a socket of the host that has a name which no run may write',
    folder: 'workspace',
    file: '.envrc',
    mounts: [{ ...reports, mode: 'rw' }],
    names: inFolders,
  }),
  reach({
    name: 'connect to every socket file that the run sees',
    folder: 'workspace',
    mounts: [{ ...reports, mode: 'cow' }],
    egress: true,
    names: everywhere,
  }),
  reach({
    name: 'connect to sockets of the host by their usual names',
    mounts: [{ ...reports, mode: 'cow' }],
    egress: true,
    names: wellKnown,
  }),
];
