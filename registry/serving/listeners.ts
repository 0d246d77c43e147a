/**
 * The ports of a registry: the one for clients, and where that one is not plain HTTP on this
 * machine, a second one that the scanner beside the registry uses.
 */
import type { Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import { createAdaptorServer } from '@hono/node-server';
import { Problem } from '../../skills-index/skill/problem.ts';
import { noteRequest } from '../pace.ts';
import {
  closeWhenUnread,
  endSlowBodies,
  endStalledAnswers,
} from '../request-limits/slow-bodies.ts';
import { sessionDeskMs } from '../sign-in/sessions.ts';
import type { SignOn } from '../sign-in/sign-on-config.ts';
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

// Single sign-on as an operator writes it down: checked once, at the start.

export interface SignOnSettings {
  /** The issuer's URL, exactly as its tokens name it. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** By default `openid`, `email` and `profile`. */
  readonly scopes?: readonly string[] | undefined;
  /** `groups` by default. */
  readonly groupsClaim?: string | undefined;
  /** `email` by default. */
  readonly personClaim?: string | undefined;
  readonly readers?: readonly string[] | undefined;
  readonly reviewers?: readonly string[] | undefined;
  readonly operators?: readonly string[] | undefined;
  /** At most 12, which is the default. */
  readonly hours?: number | undefined;
}

const hoursMax = sessionDeskMs / 3_600_000;

/**
 * Checks the settings.
 * @param warn receives why sign-ins fail
 * @throws Problem `usage`
 */
export function parseSignOn(
  settings: SignOnSettings,
  ask: typeof fetch = fetch,
  warn?: (line: string) => void,
): SignOn {
  const { issuer, clientId, clientSecret } = settings;
  const { readers = [], reviewers = [], operators = [] } = settings;
  const { scopes = ['openid', 'email', 'profile'], hours = hoursMax } = settings;
  requireIssuer(issuer);
  if (clientId === '' || clientSecret === '')
    throw refused('its client has no id, or no secret', 'The identity provider gives both.');
  if (readers.length + reviewers.length + operators.length === 0)
    throw refused(
      'no group has a role, so nobody could sign in',
      'Name a group: --sign-on-reader GROUP, --sign-on-reviewer GROUP or --sign-on-operator GROUP',
    );
  if (!scopes.includes('openid'))
    throw refused('openid is not among its scopes', 'Without openid there is no ID token.');
  if (!Number.isInteger(hours) || hours < 1 || hours > hoursMax)
    throw refused(
      `its sessions last ${hours} hours`,
      `A session of the desk lasts from 1 to ${hoursMax} hours.`,
    );
  const config = {
    issuer,
    clientId,
    clientSecret,
    scopes,
    groupsClaim: settings.groupsClaim ?? 'groups',
    personClaim: settings.personClaim ?? 'email',
    groups: { read: readers, review: reviewers, operate: operators },
    sessionMs: hours * 3_600_000,
  };
  return { config, fetch: ask, warn };
}

function requireIssuer(issuer: string): void {
  const url = URL.parse(issuer);
  const isSafe =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopbackHost(url.hostname));
  if (!isSafe || url.search !== '' || url.hash !== '' || url.username !== '')
    throw refused(
      `${JSON.stringify(issuer)} is no issuer`,
      'Write the address that the identity provider names as its issuer: https://login.acme.example',
    );
}

function refused(why: string, hint: string): Problem {
  return new Problem('usage', `Cannot use this identity provider: ${why}`, { hint });
}
