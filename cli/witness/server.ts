/**
 * The witness over HTTP (C2SP tlog-witness): `POST /add-checkpoint`, and to read its newest
 * cosigned head of each log and, of logs that it replays, the status as it saw it.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { readBoundedBody } from '../../skills-index/client/bounded-body.ts';
import { type ListenAddress, listen } from '../listen.ts';
import {
  type CosigningWitness,
  cosignedHead,
  takeSubmission,
  verifierKey,
  witnessLine,
} from './cosigner.ts';

/**
 * Witness: bytes and time of a request, parallel connections, time between two looks at a log, and
 * stored heads and misbehaviour.
 */
const submissionBytesMax = 128 * 1024;

const witnessConnectionsMax = 256;

const witnessRequestMillisMax = 10_000;

export interface RunningWitness {
  /** Address without a slash at the end. */
  readonly base: string;
  close(): Promise<void>;
}

interface Reply {
  readonly status: number;
  readonly body: string;
  readonly type?: string;
}

/** Starts to answer. */
export async function serveWitness(
  witness: CosigningWitness,
  at: ListenAddress,
): Promise<RunningWitness> {
  const server = createServer((request, response) => {
    reply(witness, request).then(
      (made) => send(response, made),
      (error: unknown) => {
        witness.alarm(error instanceof Error ? error.message : String(error));
        send(response, {
          status: 500,
          body: 'the witness failed; its error output has the details\n',
        });
      },
    );
  });
  server.headersTimeout = witnessRequestMillisMax;
  server.requestTimeout = witnessRequestMillisMax;
  server.maxConnections = witnessConnectionsMax;
  const base = await listen(server, at);
  return {
    base,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function reply(witness: CosigningWitness, request: IncomingMessage): Promise<Reply> {
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  if (path === '/add-checkpoint') {
    if (request.method !== 'POST') return { status: 405, body: 'POST a checkpoint\n' };
    const bytes = await readBoundedBody(request, submissionBytesMax);
    return bytes === undefined
      ? { status: 413, body: 'too large\n' }
      : answer(witness, bytes.toString('utf8'));
  }
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return { status: 405, body: 'only GET and HEAD are allowed here\n' };
  if (path === '/')
    return {
      status: 200,
      body: `${JSON.stringify(await describe(witness), null, 2)}\n`,
      type: 'application/json',
    };
  if (path === '/healthz') return { status: 200, body: '{"ok":true}\n', type: 'application/json' };
  const stated = witness.logs.find((one) => `/${one.origin}/status.json` === path);
  const status = stated === undefined ? undefined : witness.statusOf?.(stated.origin);
  if (status !== undefined)
    return { status: 200, body: Buffer.from(status).toString('utf8'), type: 'application/json' };
  const log = witness.logs.find((one) => `/${one.origin}/checkpoint` === path);
  const note = log === undefined ? undefined : await cosignedHead(witness, log);
  return note === undefined
    ? { status: 404, body: 'there is nothing at this address\n' }
    : { status: 200, body: note };
}

async function answer(witness: CosigningWitness, text: string): Promise<Reply> {
  const answered = await takeSubmission(witness, text);
  if (answered.status === 200) return { status: 200, body: answered.line };
  if (answered.size !== undefined)
    return { status: answered.status, body: `${answered.size}\n`, type: 'text/x.tlog.size' };
  return { status: answered.status, body: `${answered.why}\n` };
}

async function describe(witness: CosigningWitness): Promise<object> {
  const logs = await Promise.all(
    witness.logs.map(async ({ origin }) => {
      const { head, stopped } = await witness.heads.read(origin);
      const seen =
        head === undefined
          ? {}
          : { size: head.size, root: Buffer.from(head.root).toString('base64') };
      const held = witness.whyHeld?.(origin);
      return {
        origin,
        ...seen,
        ...(stopped === undefined ? {} : { stopped: stopped.why }),
        ...(held === undefined ? {} : { held }),
      };
    }),
  );
  return {
    schema: 'skillgate.witness/1',
    ...witnessLine(witness.key),
    verifierKey: verifierKey(witness.key),
    logs,
  };
}

function send(
  response: ServerResponse,
  { status, body, type = 'text/plain; charset=utf-8' }: Reply,
): void {
  const headers = {
    'content-type': type,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  };
  response
    .writeHead(status, status === 413 ? { ...headers, connection: 'close' } : headers)
    .end(body);
}
