/**
 * The responder: a process of ours in the network namespace of a step. Every connection and every
 * datagram to an address that is not the step's own leads to it, whatever the port, by IPv4 and
 * IPv6. It answers questions for names, and passes every byte to the observer. So a program that
 * ignores the proxy's variables is seen too. The namespace has no device to the outside. Only root
 * can enter it, and once all ports are open, the responder is root no longer.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { tools } from '../bubblewrap/launch.ts';
import { give } from '../files/owned-folder.ts';

/** The user and group that own nothing else on the host, and are not those of a step. */
const responderId = 65_533;

export interface Responder {
  /** Why the responder does not run; then only the proxy's variables lead to the observer. */
  readonly why?: string;
  stop(): void;
}

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
  const enter = [tools.nsenter, `--net=/proc/${owner}/ns/net`, '--'];
  const all = [...new Set([80, 443, ...ports])];
  const notLed = whyNotLed(enter, all);
  if (notLed !== undefined) return none(notLed);
  for (const path of [socket, dirname(socket)]) give(path, { uid: responderId, gid: responderId });
  const [program = '', ...args] = enter;
  const child = spawn(
    program,
    [
      ...args,
      process.execPath,
      '--permission',
      '--no-warnings',
      '--input-type=module',
      '-e',
      script,
      basename(socket),
      String(responderId),
      String(firstPort),
      ...all.map(String),
    ],
    // The folder is the working directory, because the folders above belong to root. The responder
    // ends with its input, which no killed observer leaves open.
    { env: {}, cwd: dirname(socket), stdio: ['pipe', 'pipe', 'ignore'] },
  );
  const ready = await untilReady(child, signal);
  if (!ready) child.kill('SIGKILL');
  // A step without time is not blind: it ends at once, and counts as late.
  return ready || signal.aborted
    ? { stop: () => void child.kill('SIGKILL') }
    : none('it did not start');
}

// The responder listens here for all ports that nobody named, and behind it for each named one.
const firstPort = 20_000;

/**
 * Leads everything that would leave the host to the responder. Programs of the step reach one
 * another at 127.0.0.1 and ::1 as on any host.
 * @returns why not everything would be seen
 */
function whyNotLed(enter: readonly string[], ports: readonly number[]): string | undefined {
  const named = ports.map((port, index) => `${port} : ${firstPort + 1 + index}`).join(', ');
  const rules = `table inet observe {
    chain out {
      type nat hook output priority -100;
      ip daddr 127.0.0.0/24 accept
      ip6 daddr ::1 accept
      meta l4proto udp dnat to :53
      meta l4proto tcp dnat to :tcp dport map { ${named} }
      meta l4proto tcp dnat to :${firstPort}
    }
  }`;
  // A host without IPv6 has no socket for it either.
  const script = `PATH=/usr/sbin:/usr/bin:/sbin:/bin
for one in ip nft; do command -v $one > /dev/null || { echo "this host has no $one"; exit; }; done
{
  ip route add local 0.0.0.0/0 dev lo || exit
  [ ! -e /proc/net/if_inet6 ] || ip -6 route add local ::/0 dev lo || exit
  nft -f -
} 2>&1`;
  const { error, status, stdout } = spawnSync(
    enter[0] ?? '',
    [...enter.slice(1), '/bin/sh', '-c', script],
    { env: {}, input: rules, encoding: 'utf8', timeout: 5_000 },
  );
  if (status === 0 && stdout === '') return undefined;
  return `connections cannot be led to the observer: ${stdout.trim() || (error?.message ?? 'nft failed')}`;
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
const [socket, id, first, ...ports] = process.argv.slice(1);
process.stdin.on('close', () => process.exit()).resume();
const quiet = (one) => one.on('error', () => one.destroy());
const plain = (address) => (address.startsWith('::ffff:') ? address.slice(7) : address.includes(':') ? '[' + address + ']' : address);
const serve = (port, at) => new Promise((resolve) => {
  const server = createServer((client) => {
    const observer = quiet(connect(socket));
    quiet(client);
    observer.write(JSON.stringify({ kind: 'tcp', address: plain(client.localAddress ?? ''), port }) + '\\n');
    client.pipe(observer).pipe(client);
  });
  const listen = (host, otherwise) => server.once('error', otherwise).listen({ port: at, host }, resolve);
  listen('::', () => listen('0.0.0.0', () => process.exit(1)));
});
const bind = (type, host, otherwise) => new Promise((resolve) => {
  const names = createSocket(type);
  names.once('error', () => resolve(otherwise())).on('message', (query, from) => {
    const observer = quiet(connect(socket));
    let answer = '';
    observer.write(JSON.stringify({ kind: 'udp', query: query.toString('base64') }) + '\\n');
    observer.on('data', (chunk) => (answer += chunk)).on('end', () => {
      if (answer !== '') names.send(Buffer.from(answer, 'base64'), from.port, from.address);
    });
  }).bind(53, host, () => resolve(names.on('error', () => undefined)));
});
await bind('udp6', '::', () => bind('udp4', '0.0.0.0', () => process.exit(1)));
await Promise.all([0, ...ports.map(Number)].map((port, index) => serve(port, Number(first) + index)));
process.setgroups([]);
process.setgid(Number(id));
process.setuid(Number(id));
process.stdout.write('ready\\n');
`;
