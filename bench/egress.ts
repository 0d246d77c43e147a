/**
 * What the egress proxy costs: the same https request kept alive to a host, straight and through
 * the proxy, in turn; each in a process of its own.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TLSSocket, connect as tlsConnect } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { makeAuthority } from '../skills-index/run/egress/certificate.ts';
import { benchHost, type ProxyOrder, type UpstreamPlace } from './egress-parts.ts';
import { median, wallMs } from './measure.ts';
import type { Row } from './row.ts';

const warmUps = 500;
const rounds = 1_500;
const connections = 16;
/** At most 10,000 requests of one run, all in all. */
const atOnce = 3_500;

export async function egressRows(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'skillgate-bench-'));
  const parts: ChildProcess[] = [];
  const part = async <Answer>(name: string, order?: ProxyOrder): Promise<Answer> => {
    const child = fork(fileURLToPath(new URL('egress-parts.ts', import.meta.url)), [name]);
    parts.push(child);
    if (order !== undefined) child.send(order);
    const [answer] = (await once(child, 'message')) as [Answer];
    return answer;
  };
  try {
    const { ca, port } = await part<UpstreamPlace>('upstream');
    const proxyOf = async (mode: ProxyOrder['mode']): Promise<() => Promise<TLSSocket>> => {
      const own = await part<string>('proxy', { ca, port, mode, folder: join(folder, mode) });
      return () => throughProxy(join(folder, mode, 'proxy.sock'), [ca, own]);
    };
    const direct = (): Promise<TLSSocket> =>
      opened(tlsConnect({ host: '127.0.0.1', port, servername: benchHost, ca }));
    return [
      ...(await trafficRows(direct, await proxyOf('intercept'), await proxyOf('tunnel'))),
      ...(await certificateRows()),
    ];
  } finally {
    for (const child of parts) child.disconnect();
    rmSync(folder, { recursive: true });
  }
}

type Open = () => Promise<TLSSocket>;

async function trafficRows(direct: Open, intercept: Open, tunnel: Open): Promise<Row[]> {
  const ways = await Promise.all([direct(), intercept(), tunnel()]);
  const taken: number[][] = ways.map(() => []);
  for (let round = 0; round < warmUps + rounds; round++)
    for (const [index, socket] of ways.entries()) {
      const value = await wallMs(() => ask(socket));
      if (round >= warmUps) taken[index]?.push(value);
    }
  for (const socket of ways) socket.destroy();
  const [base = 0, opened = 0, left = 0] = taken.map(median);
  const straight = await perSecond(direct);
  const through = await perSecond(intercept);
  const passed = await perSecond(tunnel);
  const against = `straight ${base.toPrecision(3)} ms`;
  const rate = `straight ${straight.toFixed(0)} /s`;
  const added = (name: string, value: number, most: number): Row => ({
    name,
    value,
    unit: 'ms',
    against,
    ratio: value / base,
    goal: `≤ straight + ${most} ms`,
    held: value - base <= most,
  });
  const atLeast = (name: string, value: number, least: number): Row => ({
    name,
    value,
    unit: '/s',
    against: rate,
    ratio: value / straight,
    goal: `≥ ${least} /s`,
    held: value >= least,
  });
  return [
    added('https request through the proxy, kept alive, p50', opened, 0.5),
    added('the same in a tunnel, p50', left, 0.5),
    atLeast(`https requests through the proxy, ${connections} connections`, through, 2_000),
    atLeast('the same in tunnels', passed, 2_000),
  ];
}

async function certificateRows(): Promise<Row[]> {
  const authority = makeAuthority([benchHost], new Date());
  const made: number[] = [];
  const leaves: number[] = [];
  for (let round = 0; round < 100; round++) {
    made.push(await wallMs(() => makeAuthority([benchHost], new Date())));
    leaves.push(await wallMs(() => authority.leafFor(benchHost)));
  }
  const row = (name: string, value: number): Row => ({
    name,
    value,
    unit: 'ms',
    against: 'nothing',
    ratio: 1,
    goal: '≤ 5 ms',
    held: value <= 5,
  });
  return [
    row('authority of a run, p50', median(made)),
    row('certificate of a host, p50', median(leaves)),
  ];
}

const request = `GET /v2/deals HTTP/1.1\r\nHost: ${benchHost}\r\n\r\n`;

/** One request and its whole answer. */
function ask(socket: TLSSocket): Promise<void> {
  return new Promise((resolve) => {
    let all = '';
    const onData = (chunk: Buffer): void => {
      all += chunk.toString('latin1');
      if (!all.endsWith('fine')) return;
      socket.off('data', onData);
      resolve();
    };
    socket.on('data', onData);
    socket.write(request);
  });
}

async function perSecond(open: Open): Promise<number> {
  const sockets = await Promise.all(Array.from({ length: connections }, open));
  let left = atOnce;
  const taken = await wallMs(() =>
    Promise.all(
      sockets.map(async (socket) => {
        while (left-- > 0) await ask(socket);
      }),
    ),
  );
  for (const socket of sockets) socket.destroy();
  return atOnce / (taken / 1_000);
}

async function throughProxy(path: string, ca: string[]): Promise<TLSSocket> {
  const socket = connect(path);
  socket.write(`CONNECT ${benchHost}:443 HTTP/1.1\r\nHost: ${benchHost}:443\r\n\r\n`);
  await once(socket, 'data');
  return opened(tlsConnect({ socket, servername: benchHost, ca }));
}

async function opened(socket: TLSSocket): Promise<TLSSocket> {
  await once(socket, 'secureConnect');
  return socket;
}
