/** Requests over `node:http`, whose own cost is small beside the server's. */
import { Agent, type IncomingHttpHeaders, request } from 'node:http';

export interface Asked {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Question {
  readonly url: string;
  readonly agent: Agent;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** One kept connection. `from` is a loopback address, as another client has. */
export function connectionFrom(from = '127.0.0.1', maxSockets = 1): Agent {
  return new Agent({ keepAlive: true, maxSockets, localAddress: from });
}

export function ask({ url, agent, method = 'GET', headers = {}, body }: Question): Promise<Asked> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, method, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          body: Buffer.concat(chunks),
        }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
