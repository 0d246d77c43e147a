/**
 * Answers a CONNECT request. Behind the CONNECT lies a service of the runner, plain HTTP, TLS that
 * the proxy intercepts, or TLS that the proxy passes through. Host policy decides which TLS the
 * proxy passes through.
 */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import {
  type ClientHello,
  judgeHello,
  parseClientHello,
} from '../../skills-index/run/egress/client-hello.ts';
import { type Denial, denialOfFailure, rawDenial } from '../../skills-index/run/egress/denial.ts';
import { type Connect, judgeConnect } from '../../skills-index/run/egress/egress-judge.ts';
import { relay, whileWatched } from './relay.ts';
import type { Traffic } from './traffic.ts';
import { egressIdleSecondsMax } from './upstream.ts';

/** Hosts for which a run's proxy keeps a certificate in memory. */
const leavesMax = 256;

/** Answers the CONNECT request of a socket; the server `inner` serves HTTP inside the tunnel. */
export async function openTunnel(
  traffic: Traffic,
  target: string,
  socket: Socket,
  inner: Server,
): Promise<void> {
  const established = (): boolean => socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
  const service = traffic.services?.get(target);
  if (service !== undefined) {
    established();
    return service(socket);
  }
  const decision = judgeConnect(target, traffic.rules);
  const refuse = (why: Denial): void => {
    traffic.accounts.deny('CONNECT', { ...decision, path: '' }, why);
    socket.destroySoon();
  };
  const answer = (why: Denial): void => {
    socket.write(rawDenial(why));
    refuse(why);
  };
  const leak = traffic.accounts.whyLeaks('head', Buffer.from(target));
  if (decision.kind === 'denied') return answer(decision.why);
  if (leak !== undefined) return answer(leak);
  established();
  const { host, port, scheme } = decision;
  if (scheme === 'tcp') {
    const secrets = traffic.rules.secrets.filter(
      (one) => one.as === 'postgres' && one.hosts.includes(host),
    );
    if (secrets.length === 0) return passThrough(traffic, decision, socket, refuse);
    const { servePostgres } = await import('./postgres.ts');
    const secureContext = contextFor(traffic, host);
    return servePostgres(traffic, { ...decision, refuse, secrets, secureContext }, socket);
  }
  let inside = socket;
  if (scheme === 'https') {
    const hello = await readHello(socket);
    if (hello === undefined) return;
    const why = judgeHello(hello, host);
    if (why !== undefined) return refuse(why);
    if (decision.mode === 'tunnel') return passThrough(traffic, decision, socket, refuse);
    const secureContext = contextFor(traffic, host);
    const offered = hello.kind === 'hello' ? hello.protocols : [];
    if (offered.includes('h2') && !offered.includes('http/1.1')) {
      const { serveHttp2 } = await import('./http2.ts');
      return serveHttp2(traffic, socket, { host, port, scheme, secureContext, refuse });
    }
    inside = new TLSSocket(socket, { isServer: true, secureContext, ALPNProtocols: ['http/1.1'] });
  }
  traffic.tunnels.set(inside, { host, port, scheme });
  inner.emit('connection', inside);
}

// Reads the TLS ClientHello of a client and puts the bytes back for the next reader. Returns
// undefined when the client hung up before a whole ClientHello.
function readHello(socket: Socket): Promise<ClientHello | undefined> {
  socket.setTimeout(egressIdleSecondsMax * 1000, () => socket.destroy());
  return new Promise((resolve) => {
    let bytes = Buffer.alloc(0);
    const finish = (hello?: ClientHello): void => {
      socket.off('data', onData).off('close', onClose).setTimeout(0).pause();
      if (bytes.length > 0 && !socket.destroyed) socket.unshift(bytes);
      resolve(hello);
    };
    const onClose = (): void => finish();
    const onData = (chunk: Buffer): void => {
      bytes = Buffer.concat([bytes, chunk]);
      const hello = parseClientHello(bytes);
      if (hello.kind !== 'partial') finish(hello);
    };
    socket.on('data', onData).on('close', onClose);
  });
}

function contextFor({ authority, contexts }: Traffic, host: string): SecureContext {
  const kept = contexts.get(host);
  if (kept !== undefined) return kept;
  if (contexts.size >= leavesMax) contexts.clear();
  const made = createSecureContext({ ...authority?.leafFor(host), minVersion: 'TLSv1.2' });
  contexts.set(host, made);
  return made;
}

async function passThrough(
  traffic: Traffic,
  to: Connect,
  socket: Socket,
  refuse: (why: Denial) => void,
): Promise<void> {
  const place = { ...to, path: '' };
  const asked = {
    method: 'CONNECT',
    place,
    head: 0,
    shown: { opens: 'tunnel' },
    secrets: [],
  } as const;
  const why = await whileWatched(socket, () => traffic.accounts.admit(asked, socket));
  if (why !== undefined) return refuse(why);
  const host = await traffic.upstream.connect(to).catch(denialOfFailure);
  if (typeof host === 'string') return refuse(host);
  relay(traffic, socket, host, refuse);
}
