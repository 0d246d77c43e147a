/**
 * The ports of a registry: the one for clients, and where that one is not plain HTTP on this
 * machine, a second one that the scanner beside the registry uses.
 */
import type { Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import { createAdaptorServer } from '@hono/node-server';
import { noteRequest } from '../pace.ts';
import {
  closeWhenUnread,
  endSlowBodies,
  endStalledAnswers,
} from '../request-limits/slow-bodies.ts';
import { listen } from './listen.ts';
import { isLoopbackHost, parsePublicUrl, requireSafeListening } from './public-address.ts';
import { keepTlsFresh, readTlsFiles, type TlsFiles } from './tls-renewal.ts';
import type { PortEnvironment, TrustedProxies } from './trusted-proxies.ts';

/** How long an idle connection stays open after the time that its response announced. */
const idleConnectionGraceMs = 60_000;

/** How long requests under way may take after a stop: process managers kill after some seconds. */
const stopMs = 3_000;

/** How long a client may take for the beginning of TLS. */
const tlsHandshakeMs = 15_000;

interface ListenOptions {
  /** The host name or address to listen on. */
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** The public address; `http(s)://HOST:PORT` without one. */
  readonly url?: string | undefined;
  readonly tls?: TlsFiles | undefined;
  readonly proxies?: TrustedProxies | undefined;
  readonly now: () => Date;
  /** Receives warnings, one line each. */
  readonly say: (line: string) => void;
}

export interface Listeners {
  /** The public address, without a slash at the end. */
  readonly base: string;
  /** Values of the Host header that these ports serve. */
  readonly hosts: readonly string[];
  /** Plain HTTP addresses for this machine alone. The first one always works. */
  readonly localBases: readonly [string, ...string[]];
  /** Whether other machines can connect without TLS, so that only named proxies may. */
  readonly isOpen: boolean;
  /** When the certificate ends, in milliseconds since 1970; undefined without TLS. */
  certificateExpires(): number | undefined;
  /** Reads the certificate again. */
  reload(): Promise<void>;
  /** Stops accepting, and lets requests under way end within `stopMs`. */
  close(): Promise<void>;
}

export type Answer = (request: Request, env: unknown) => Promise<Response>;

/**
 * Opens the ports.
 * @throws Problem `usage`, `tls-file-invalid`, `port-taken`
 */
export async function openListeners(options: ListenOptions, answer: Answer): Promise<Listeners> {
  const { host, tls, proxies, now, say } = options;
  const url = options.url === undefined ? undefined : parsePublicUrl(options.url);
  const notes = requireSafeListening({
    host,
    url,
    isTls: tls !== undefined,
    hasProxies: proxies !== undefined,
  });
  for (const note of notes) say(note);
  const name = url === undefined ? host : new URL(url).hostname;
  const identity = tls && (await readTlsFiles(tls, name));
  const server =
    identity === undefined
      ? makeServer(answer)
      : makeServer(answer, { cert: identity.cert, key: identity.key });
  const servers = [server];
  const port = await listen(server, { host, port: options.port, option: '--port' });
  const isLocal = identity === undefined && isLoopbackHost(host);
  const localBases: string[] = isLocal
    ? [host, 'localhost', '127.0.0.1'].map((name) => `http://${bracketed(name)}:${port}`)
    : [];
  if (!isLocal) {
    const inner = makeServer((request, env) => {
      const port: PortEnvironment = { ...(env as object), isInner: true };
      return answer(request, port);
    });
    servers.push(inner);
    localBases.push(`http://127.0.0.1:${await listenOr(inner, server)}`);
  }
  const scheme = identity === undefined ? 'http' : 'https';
  const base = url ?? `${scheme}://${bracketed(host)}:${port}`;
  const fresh =
    tls &&
    identity &&
    keepTlsFresh({ files: tls, name, identity, server: server as TlsServer, now, say });
  const [first = base, ...others] = localBases;
  return {
    base,
    // A proxy may leave out the port of the address.
    hosts: [
      ...new Set([
        new URL(base).hostname,
        ...[base, ...localBases].map((address) => new URL(address).host),
      ]),
    ],
    localBases: [first, ...others],
    isOpen: identity === undefined && !isLocal,
    certificateExpires: () => fresh?.expires(),
    reload: async () => fresh?.reload(),
    close: async () => {
      fresh?.stop();
      await Promise.all(servers.map(closeServer));
    },
  };
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function makeServer(fetch: Answer, tls?: { readonly cert: Buffer; readonly key: Buffer }): Server {
  // `createAdaptorServer` replaces the global `Request` and `Response` by classes that answer
  // without a stream, in half the time.
  const server = createAdaptorServer({
    fetch: closeWhenUnread(fetch),
    ...(tls && {
      createServer: createTlsServer,
      // A client that begins TLS and sends nothing holds a connection for two minutes otherwise.
      serverOptions: { ...tls, handshakeTimeout: tlsHandshakeMs },
    }),
  }) as Server;
  // Long checks give way to requests.
  server.on('request', noteRequest);
  endSlowBodies(server);
  endStalledAnswers(server);
  // A busy client may send its next request when the announced time has just passed. The request
  // would fail with “other side closed”, and nobody repeats a POST.
  server.keepAliveTimeoutBuffer = idleConnectionGraceMs;
  return server;
}

async function listenOr(inner: Server, server: Server): Promise<number> {
  try {
    return await listen(inner, { host: '127.0.0.1', port: 0, option: '--port' });
  } catch (error) {
    await closeServer(server);
    throw error;
  }
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), stopMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
