/** Answers a request plausibly, and records what it sent. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AskedAddress, answerTo, type PlausibleAnswer } from './answers.ts';
import type { Add, ContactPlace } from './contact.ts';
import type { Decoys } from './decoys.ts';
import { requestBytesMax } from './limits.ts';

interface RequestWorld {
  readonly place: ContactPlace | undefined;
  readonly settings: { readonly decoys: Decoys; readonly guess: 'data' | 'program' };
  /** Takes the bytes of the connection, which the request explains. */
  readonly sent: () => Buffer;
  readonly add: Add;
}

/** Records the request with all that its connection sent, and answers. */
export async function answerRequest(
  request: IncomingMessage,
  response: ServerResponse,
  { place: inside, settings: { decoys, guess }, sent, add }: RequestWorld,
): Promise<void> {
  const parts: Buffer[] = [
    Buffer.from([request.method, request.url, ...request.rawHeaders].join('\n'), 'latin1'),
  ];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size <= requestBytesMax) parts.push(chunk);
    }
  } catch {
    // The part that came is judged.
  }
  const place = inside ?? placeOf(request);
  const url = request.url ?? '/';
  const path = url.startsWith('/') ? url : url.replace(/^[a-z]+:\/\/[^/]*/i, '');
  const asked: AskedAddress = {
    method: request.method ?? 'GET',
    host: place.host,
    path,
    agent: request.headers['user-agent'] ?? '',
    accept: request.headers.accept ?? '',
  };
  const answer: PlausibleAnswer = answerTo(asked, guess);
  const gaveProgram = answer.type === 'application/octet-stream';
  // The connection's own bytes have what was written behind the request, too.
  const bytes = Buffer.concat([...parts, sent()]);
  // Percent signs hide a value's signs; both forms are searched.
  const found = [...decoys.find(bytes), ...decoys.find(unescaped(bytes))];
  const [plain = ''] = path.split('?');
  add({ ...place, method: asked.method, path: plain, decoys: found, gaveProgram });
  response.writeHead(200, {
    'Content-Type': answer.type,
    'Content-Length': answer.body.length,
    Connection: 'close',
  });
  response.end(request.method === 'HEAD' ? undefined : answer.body);
}

function unescaped(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1');
  const plain = text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return plain === text ? Buffer.alloc(0) : Buffer.from(plain, 'latin1');
}

function placeOf(request: IncomingMessage): ContactPlace {
  const full = /^(https?):\/\/([^/?#]*)/i.exec(request.url ?? '');
  const scheme = full?.[1]?.toLowerCase() === 'https' ? 'https' : 'http';
  return {
    scheme,
    ...hostAndPort(full?.[2] ?? request.headers.host ?? '', scheme === 'https' ? 443 : 80),
  };
}

/** Host and port of `host`, `host:port` or `[address]:port`. */
export function hostAndPort(text: string, usual: number): { host: string; port: number } {
  const [, host = text, port] = /^(?:[^@]*@)?(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(text) ?? [];
  return { host: host.toLowerCase(), port: port === undefined ? usual : Number(port) };
}
