/**
 * The responder: a process of ours in the network namespace of a step. It listens on the ports that
 * programs use, answers questions for names, and passes every byte to the observer. So a program
 * that ignores the proxy's variables is seen too. The namespace has no device to the outside. Only
 * root can enter it, and once all ports are open, the responder is root no longer.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { tools } from '../bubblewrap/launch.ts';
import { give } from '../files/given-folder.ts';

/** The user and group that own nothing else on the host, and are not those of a step. */
const responderId = 65_533;

export interface Responder {
  /** Why the responder does not run; then only the proxy's variables lead to the observer. */
  readonly why?: string;
  stop(): void;
}

const usualPorts =
  '21 22 23 25 53 80 110 143 443 465 587 993 1080 1234 1337 1883 2222 2375 3000 3333 4000 4242 4443 4444 5000 5001 5432 5555 6379 6666 6667 7000 7777 8000 8001 8008 8080 8081 8443 8888 9000 9001 9090 9999 12345 14444 31337';

/**
 * Starts the responder beside a running sandbox.
 * @param pid the sandbox's first process
 * @param socket the observer's socket
 */
export async function startResponder(
  pid: number | undefined,
  socket: string,
  ports: readonly number[],
  signal: AbortSignal,
): Promise<Responder> {
  const owner = pid === undefined ? undefined : forwarderOf(pid);
  const none = (why: string): Responder => ({ why, stop: () => undefined });
  if (process.getuid?.() !== 0) return none('only root can listen beside the sandbox');
  if (owner === undefined) return none('the forwarder’s namespace was not found');
  const enter = [`--net=/proc/${owner}/ns/net`];
  routeEverything(enter);
  for (const path of [socket, dirname(socket)]) give(path, { uid: responderId, gid: responderId });
  const all = [...new Set([...usualPorts.split(' ').map(Number), ...ports])];
  const child = spawn(
    tools.nsenter,
    [
      ...enter,
      '--',
      process.execPath,
      '--permission',
      '--no-warnings',
      '--input-type=module',
      '-e',
      script,
      basename(socket),
      String(responderId),
      ...all.map(String),
    ],
    // The folder is the working directory, because the folders above belong to root.
    { env: {}, cwd: dirname(socket), stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const ready = await untilReady(child, signal);
  if (!ready) child.kill('SIGKILL');
  // A step without time is not blind: it ends at once, and counts as late.
  return ready || signal.aborted
    ? { stop: () => void child.kill('SIGKILL') }
    : none('it did not start');
}

// Without a route, a connection to an address that the submission knows by heart would fail unseen.
function routeEverything(enter: readonly string[]): void {
  const ip = ['/usr/sbin/ip', '/sbin/ip', '/usr/bin/ip'].find(existsSync);
  if (ip === undefined) return;
  try {
    const route = ['route', 'add', 'local', '0.0.0.0/0', 'dev', 'lo'];
    execFileSync(tools.nsenter, [...enter, '--', ip, ...route], {
      env: {},
      stdio: 'ignore',
      timeout: 5_000,
    });
  } catch {
    // The step is then blind for addresses that are no names.
  }
}

function untilReady(child: ChildProcess, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (ready: boolean): void => {
      clearTimeout(late);
      signal.removeEventListener('abort', fail);
      resolve(ready);
    };
    const fail = (): void => end(false);
    const late = setTimeout(fail, 5_000);
    signal.addEventListener('abort', fail);
    child.once('error', fail).once('exit', fail);
    child.stdout?.once('data', () => end(true));
    if (signal.aborted) fail();
  });
}

// The forwarder owns the network namespace, so only its user namespace gives rights in it.
function forwarderOf(pid: number): number | undefined {
  const wanted = namespaceOf(pid);
  return wanted === undefined
    ? undefined
    : readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .map(Number)
        .find((one) => nameOf(one) === 'socat' && namespaceOf(one) === wanted);
}

function namespaceOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return undefined;
  }
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}

const script = `
import { createServer, connect } from 'node:net';
import { createSocket } from 'node:dgram';
const [socket, id, ...ports] = process.argv.slice(1);
const quiet = (one) => one.on('error', () => one.destroy());
const serve = (port) => new Promise((resolve) => {
  const server = createServer((client) => {
    const observer = quiet(connect(socket));
    quiet(client);
    observer.write(JSON.stringify({ kind: 'tcp', address: client.localAddress, port: client.localPort }) + '\\n');
    client.pipe(observer).pipe(client);
  });
  server.on('error', resolve).listen({ port, host: '0.0.0.0' }, resolve);
});
const names = createSocket('udp4');
names.on('error', () => undefined).on('message', (query, from) => {
  const observer = quiet(connect(socket));
  let answer = '';
  observer.write(JSON.stringify({ kind: 'dns', query: query.toString('base64') }) + '\\n');
  observer.on('data', (chunk) => (answer += chunk)).on('end', () => {
    if (answer !== '') names.send(Buffer.from(answer, 'base64'), from.port, from.address);
  });
});
await new Promise((resolve) => names.once('error', () => process.exit(1)).bind(53, '0.0.0.0', resolve));
await Promise.all(ports.map((port) => serve(Number(port))));
process.setgroups([]);
process.setgid(Number(id));
process.setuid(Number(id));
process.stdout.write('ready\\n');
`;
