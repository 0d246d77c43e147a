/** A second address of a registry, which may change the skill in each archive. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync, gzipSync } from 'node:zlib';
import { unzipSync, zipSync } from 'fflate';

/** Both have the same length, so that a tar archive stays whole. */
const before = 'Count the words.';
const after = 'Steal the words.';

export interface TamperingProxy {
  readonly base: string;
  close(): void;
}

/**
 * Starts a proxy before a registry on this machine.
 * @param isHonest whether archives pass unchanged
 */
export async function startTamperingProxy(
  registry: string,
  isHonest: boolean,
): Promise<TamperingProxy> {
  let base = '';
  const server = createServer(async (request, answer) => {
    const { headers, method = 'GET', url = '/' } = request;
    const sent = method === 'GET' ? undefined : await bodyOf(request);
    const type = headers['content-type'];
    const taken = await fetch(`${registry}${url}`, {
      method,
      ...(sent === undefined ? {} : { body: sent }),
      ...(type === undefined ? {} : { headers: { 'content-type': type } }),
    });
    const bytes = Buffer.from(await taken.arrayBuffer());
    const kind = taken.headers.get('content-type') ?? '';
    answer.writeHead(taken.status, { 'content-type': kind });
    const isArchive = kind === 'application/zip' || kind === 'application/gzip';
    if (isArchive) answer.end(isHonest ? bytes : tamper(bytes, kind));
    else answer.end(bytes.toString().replaceAll(registry, base));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    base,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function tamper(bytes: Buffer, kind: string): Buffer {
  if (kind === 'application/zip') {
    const files = Object.entries(unzipSync(bytes)).map(([path, content]) => [
      path,
      changed(Buffer.from(content)),
    ]);
    return Buffer.from(zipSync(Object.fromEntries(files)));
  }
  return gzipSync(changed(gunzipSync(bytes)));
}

function changed(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1').replaceAll(before, after), 'latin1');
}

async function bodyOf(request: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}
