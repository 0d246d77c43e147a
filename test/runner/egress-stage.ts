/**
 * A proxy with an https upstream on loopback, and clients that speak to the proxy as a sandbox
 * does.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type TLSSocket, connect as tlsConnect } from 'node:tls';
import { type EgressProxy, startEgress } from '../../runner/egress/egress.ts';
import { leakDetector } from '../../runner/egress/leaks.ts';
import { watchedPlaceholder } from '../../runner/egress/placeholder.ts';
import type { SecretValues } from '../../runner/egress/secrets.ts';
import type { EgressSettings } from '../../runner/egress/settings.ts';
import type { AuditEvent } from '../../skills-index/run/audit/audit-entry.ts';
import { makeAuthority, type RunAuthority } from '../../skills-index/run/egress/certificate.ts';
import { echoedParts } from '../../skills-index/run/egress/secret-use.ts';
import type { PlannedEgress } from '../../skills-index/run/plan/plan.ts';

export const apiHost = 'api.crm.example';

export interface Stage {
  readonly proxy: EgressProxy;
  readonly upstream: Server;
  readonly port: number;
  readonly seen: {
    method: string;
    url: string;
    host: string;
    headers: IncomingMessage['headers'];
    body: string;
  }[];
  /** All bytes that reached the upstream inside TLS. */
  readonly arrived: string[];
  readonly log: AuditEvent[];
  /** The authority that the proxy shows to the sandbox. */
  readonly ca: string;
  /** What it decided, in order. */
  why(): string[];
  open(): Socket;
  /** A CONNECT that was answered, and the connection after it. */
  tunnel(target: string): Promise<Socket>;
  /** TLS inside a CONNECT, as a well-behaved client of the sandbox opens it. */
  secure(target?: string, servername?: string): Promise<TLSSocket>;
  /** Sends bytes inside TLS and gives all that comes back. */
  send(...lines: readonly (string | Buffer)[]): Promise<string>;
  close(): Promise<void>;
}

export interface StageSettings extends Partial<Omit<EgressSettings, 'reveal'>> {
  readonly reveal?: (name: string) => string;
  readonly egress?: readonly Partial<PlannedEgress>[];
  readonly secrets?: EgressSettings['rules']['secrets'];
  readonly answer?: (request: IncomingMessage, response: ServerResponse) => void;
  /** Whom the upstream's certificate names. */
  readonly certified?: string;
  /** Who certifies the upstream. */
  readonly authority?: RunAuthority;
  /** Whether the proxy takes the upstream's authority. */
  readonly trusted?: boolean;
}

/** Values that stay as they are. */
export function fixedValues(
  secrets: EgressSettings['rules']['secrets'],
  reveal: (name: string) => string,
): SecretValues {
  const known = secrets.flatMap(({ as, name, placeholder }) =>
    echoedParts({ as }, reveal(name)).map((value) => ({ name, placeholder, value })),
  );
  return { reveal: async (name) => reveal(name), known: () => known };
}

export async function startStage(settings: StageSettings = {}): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'skillgate-stage-'));
  const foreign = settings.authority ?? makeAuthority(['*'], new Date());
  const seen: Stage['seen'] = [];
  const log: AuditEvent[] = [];
  const leaf = foreign.leafFor(settings.certified ?? apiHost);
  const upstream = createServer(leaf, async (request, response) => {
    const { method = '', url = '', headers } = request;
    const body = await text(request).catch(() => '');
    seen.push({ method, url, host: headers.host ?? '', headers, body });
    (settings.answer ?? ((_, to) => to.end('fine')))(request, response);
  });
  const arrived: string[] = [];
  upstream.on('secureConnection', (socket) =>
    socket.on('data', (chunk) => arrived.push(String(chunk))),
  );
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const { port } = upstream.address() as AddressInfo;
  const pinned = { [apiHost]: { address: '127.0.0.1', port } };
  const rule = {
    ...({
      scheme: 'https',
      mode: 'intercept',
      reason: '',
      host: apiHost,
      port: 443,
      path: '/v2/*',
    } as const),
    methods: ['GET', 'POST'],
    pinned,
  };
  const proxy = await startEgress({
    folder: join(folder, 'proxy'),
    record: (event) => log.push(event),
    leaks: leakDetector((settings.secrets ?? []).map(watchedPlaceholder), () => undefined),
    ...(settings.trusted === false ? {} : { authorities: [foreign.certificate] }),
    ...settings,
    ...fixedValues(settings.secrets ?? [], settings.reveal ?? (() => '')),
    rules: {
      egress: (settings.egress ?? [{}]).map((one) => ({ ...rule, ...one })),
      secrets: settings.secrets ?? [],
    },
  });
  const ca = proxy.files.map(({ bytes }) => Buffer.from(bytes).toString()).join('');
  const open = (): Socket =>
    connect(join(folder, 'proxy', 'proxy.sock')).on('error', () => undefined);
  const tunnel = async (target: string): Promise<Socket> => {
    const socket = open();
    socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
    const answer = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
    if (!answer.includes(' 200 ')) throw new Error(answer.toString().split('\r\n')[0]);
    socket.pause();
    socket.unshift(answer.subarray(answer.indexOf('\r\n\r\n') + 4));
    return socket;
  };
  const secure = async (target = `${apiHost}:443`, servername = apiHost): Promise<TLSSocket> => {
    const socket = await tunnel(target);
    const inside = tlsConnect({ socket, servername, ca: [ca, foreign.certificate] });
    await new Promise<void>((resolve, reject) =>
      inside.once('secureConnect', resolve).once('error', reject),
    );
    return inside.on('error', () => undefined);
  };
  return {
    proxy,
    upstream,
    port,
    seen,
    arrived,
    log,
    ca,
    open,
    tunnel,
    secure,
    why: () => log.map((event) => (event.event === 'egress' ? event.why : event.event)),
    send: async (...lines) => {
      const inside = await secure();
      const line = Buffer.from('\r\n');
      inside.write(
        Buffer.concat(
          lines.flatMap((one, index) => [
            ...(index > 0 ? [line] : []),
            Buffer.from(one as string, 'latin1'),
          ]),
        ),
      );
      return text(inside).catch(() => '');
    },
    close: async () => {
      await proxy.close();
      upstream.closeAllConnections();
      upstream.close();
      rmSync(folder, { recursive: true });
    },
  };
}
