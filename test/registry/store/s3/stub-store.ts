/** A store on loopback that knows GET, HEAD, PUT and DELETE of S3, and fails as a test tells it to. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { digestOf } from '../../../../skills-index/skill/digest.ts';

export interface StubStore {
  /** Address of a bucket. */
  readonly url: string;
  readonly stored: Map<string, Buffer>;
  /** Method, path and headers of each request. */
  readonly asked: IncomingMessage[];
  /** Called before an answer. @returns a status to answer instead; `hang` for no answer */
  fail: (request: IncomingMessage) => number | 'hang' | undefined;
  /** Whether the store obeys the conditions of a write. */
  obeys: boolean;
  close(): void;
}

export async function startStubStore(): Promise<StubStore> {
  const stub: Omit<StubStore, 'url' | 'close'> = {
    stored: new Map(),
    asked: [],
    fail: () => undefined,
    obeys: true,
  };
  const server = createServer((request, answer) => {
    stub.asked.push(request);
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const failed = stub.fail(request);
      if (failed === 'hang') return;
      if (failed === undefined) reply(stub, request, { answer, bytes: Buffer.concat(chunks) });
      else answer.writeHead(failed).end('<Error><Code>AccessDenied</Code></Error>');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return Object.assign(stub, {
    url: `http://127.0.0.1:${port}/bucket`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  });
}

function reply(
  { stored, obeys }: Pick<StubStore, 'stored' | 'obeys'>,
  { method, url = '', headers }: IncomingMessage,
  { answer, bytes }: { readonly answer: ServerResponse; readonly bytes: Buffer },
): void {
  const name = decodeURIComponent(url);
  const kept = stored.get(name);
  if (method === 'PUT') {
    const isFree = headers['if-none-match'] === undefined || kept === undefined;
    const tag = kept && tagOf(kept);
    const isSame = headers['if-match'] === undefined || headers['if-match'] === tag;
    if (obeys && !(isFree && isSame)) return void answer.writeHead(412).end();
    stored.set(name, bytes);
    return void answer.writeHead(200, { etag: tagOf(bytes) }).end();
  }
  if (method === 'DELETE') {
    stored.delete(name);
    return void answer.writeHead(204).end();
  }
  if (kept === undefined) return void answer.writeHead(404).end();
  answer.writeHead(200, { etag: tagOf(kept) }).end(method === 'HEAD' ? undefined : kept);
}

function tagOf(bytes: Buffer): string {
  return `"${digestOf(bytes)}"`;
}
