/**
 * A small replacement for `fetch` for requests to registries: loading `fetch` takes 40 ms and 14
 * MiB. It follows no redirect, caches nothing, reads `file:` addresses from their folder, and uses
 * the environment's proxy.
 */
import type { ClientRequest, IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { Readable } from 'node:stream';
import type { FileAnswer } from '../skills-index/client/blobs.ts';

export const requestSecondsMax = 30;

/** The part of `fetch` that requests to a registry need. */
export type SendRequest = (
  url: string,
  how: {
    readonly signal: AbortSignal;
    readonly redirect: 'error';
    readonly headers: Record<string, string>;
    /** By default GET. */
    readonly method?: string;
    readonly body?: string | Uint8Array<ArrayBuffer>;
  },
) => Promise<FileAnswer>;

/** @param ended aborts all requests, as each request's own signal does */
export function requestSender(ended: AbortSignal): SendRequest {
  return async (url, { headers, signal, method = 'GET', body: sent }) => {
    if (url.startsWith('file:')) return (await import('./folder-file.ts')).readFolderFile(url);
    const how = {
      method,
      headers: { ...headers, 'accept-encoding': 'gzip' },
      signal: AbortSignal.any([ended, signal]),
    };
    const answer = await answerTo(() => clientFor(url).request(url, how).end(sent)).catch(
      async (cause: unknown) => {
        const { certificateProblem } = await import('./certificate-problem.ts');
        throw certificateProblem(url, cause) ?? cause;
      },
    );
    const { statusCode: status = 0 } = answer;
    if (status >= 300 && status < 400 && status !== 304) {
      answer.destroy();
      throw new Error(`the server answered with a redirect (${status})`);
    }
    // A 304 has no body. Reading to its end frees the connection for the next request.
    const isEmpty = status === 304;
    const body = isEmpty ? answer : unpacked(answer);
    const cancel = async (): Promise<void> => void (isEmpty ? body.resume() : body.destroy());
    return { ok: status >= 200 && status < 300, status, body: Object.assign(body, { cancel }) };
  };
}

/**
 * Loads what the first request to an address needs, which takes 10 ms. A command that waits for
 * something else calls this function meanwhile.
 */
export function loadClient(url: string): void {
  clientFor(url);
  // Node compiles its long patterns of addresses at the first call.
  isIP(new URL(url).hostname);
}

function clientFor(url: string): Pick<typeof import('node:http'), 'request'> {
  // A namespace import would load everything that the module exports, including `fetch`.
  return process.getBuiltinModule(new URL(url).protocol === 'https:' ? 'node:https' : 'node:http');
}

// Readers stop at their limit of unpacked bytes, however few bytes were sent.
function unpacked(answer: IncomingMessage): Readable {
  const coding = answer.headers['content-encoding'] ?? 'identity';
  if (coding !== 'gzip' && coding !== 'identity') {
    answer.destroy();
    throw new Error(`the answer is packed as ${coding}, which Skillgate cannot unpack`);
  }
  if (coding === 'identity') return answer;
  const unzip = process.getBuiltinModule('node:zlib').createGunzip();
  process.getBuiltinModule('node:stream').pipeline([answer, unzip], () => undefined);
  return unzip;
}

// The other side may have closed a kept-alive connection at this moment, so a read is sent again on
// a new one. What writes may have arrived, and is never sent twice.
async function answerTo(ask: () => ClientRequest): Promise<IncomingMessage> {
  for (let tries = 1; ; tries++) {
    const request = ask();
    try {
      return await new Promise((resolve, reject) =>
        request.once('response', resolve).on('error', reject),
      );
    } catch (cause) {
      if (
        request.method !== 'GET' ||
        !request.reusedSocket ||
        tries > 1 ||
        (cause as NodeJS.ErrnoException).code !== 'ECONNRESET'
      )
        throw cause;
    }
  }
}
