/**
 * Reads files over HTTP as `fetch` does, whose module takes 40 ms and 14 MiB: no redirect is
 * followed, nothing is kept, a proxy of the environment counts.
 */
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { GetFile } from '../../skills-index/client/blobs.ts';

/** @param ended ends every reading, as each one's own signal does */
export function fileGetter(ended: AbortSignal): GetFile {
  return async (url, { headers, signal }) => {
    const how = {
      headers: { ...headers, 'accept-encoding': 'identity' },
      signal: AbortSignal.any([ended, signal]),
    };
    // An import asks for all that it exports, `fetch`'s module among it.
    const client = process.getBuiltinModule(
      new URL(url).protocol === 'https:' ? 'node:https' : 'node:http',
    );
    const answer = await answerTo(() => client.get(url, how));
    const { statusCode: status = 0 } = answer;
    if (status >= 300 && status < 400) {
      answer.destroy();
      throw new Error(`it answered with a redirect (${status})`);
    }
    const body = unpacked(answer);
    const cancel = async (): Promise<void> => void body.destroy();
    return { ok: status >= 200 && status < 300, status, body: Object.assign(body, { cancel }) };
  };
}

// What was not asked for packed comes so all the same from some.
function unpacked(answer: IncomingMessage): Readable {
  const coding = answer.headers['content-encoding'] ?? 'identity';
  if (coding === 'identity') return answer;
  const body = process.getBuiltinModule('node:zlib').createGunzip();
  if (coding === 'gzip')
    return process.getBuiltinModule('node:stream').pipeline(answer, body, () => undefined);
  answer.destroy();
  throw new Error(`it is packed as ${coding}`);
}

// A connection that was kept may have been closed by the other side in this very moment: then once
// more, on another one.
async function answerTo(ask: () => ClientRequest): Promise<IncomingMessage> {
  for (let tries = 1; ; tries++) {
    const request = ask();
    try {
      return await new Promise((resolve, reject) =>
        request.once('response', resolve).on('error', reject),
      );
    } catch (cause) {
      if (
        !request.reusedSocket ||
        tries > 1 ||
        (cause as NodeJS.ErrnoException).code !== 'ECONNRESET'
      )
        throw cause;
    }
  }
}
