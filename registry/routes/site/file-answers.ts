/** Answers with files, with a tag for conditional requests. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Context } from 'hono';
import { type Digest, digestOf, hexOf } from '../../../skills-index/skill/digest.ts';
import type { Registry } from '../../context.ts';

/** The size of a head of the log, as a path has it. */
export const isHeadSize = /^[1-9]\d{0,14}$/;

const caches = { forever: 'public, max-age=31536000, immutable', fresh: 'no-cache' } as const;

interface FileForm {
  readonly type: string;
  readonly cache: keyof typeof caches;
  /** Of the body, where it is known. */
  readonly digest?: Digest;
}

/** A larger file is sent as it is: strangers could have the registry compress many of them. */
const gzippedBytesMax = 256 * 1024;
const gzipInPool = promisify(gzip);

/**
 * Answers with a file that has much repetition. A process that keeps files in memory sends the file
 * compressed to a client that takes gzip.
 * @param body the same array at each call for a file that is in memory
 */
export async function answerGzipped(
  { known }: Pick<Registry, 'known'>,
  context: Context,
  body: Uint8Array,
  as: FileForm,
): Promise<Response> {
  const answer = answerFile(context, body, as);
  if (known === undefined) return answer;
  answer.headers.set('vary', 'accept-encoding');
  const takesGzip = /\bgzip\b(?!\s*;\s*q=0)/.test(context.req.header('accept-encoding') ?? '');
  if (!takesGzip || body.byteLength > gzippedBytesMax) return answer;
  // The bytes differ from those of the strong tag (RFC 9110 §8.8.3). A 304 has the tag of the 200:
  // a cache would renew no copy otherwise (RFC 9111 §4.3.4).
  answer.headers.set('etag', `W/${answer.headers.get('etag')}`);
  if (answer.status !== 200) return answer;
  const gzipped = await known.copyOf(body, gzipInPool);
  const headers = new Headers(answer.headers);
  headers.set('content-encoding', 'gzip');
  return context.body(Buffer.from(gzipped), 200, Object.fromEntries(headers));
}

/** Answers with a file. */
export function answerFile(context: Context, body: string | Uint8Array, as: FileForm): Response {
  const bytes = Buffer.from(body);
  return answerTagged(context, as.digest ?? digestOf(bytes), as, () => bytes);
}

/**
 * Answers with a file that is made while the client reads it.
 * @param parts are not asked for when the client has the file
 */
export function answerParts(
  context: Context,
  parts: () => AsyncGenerator<Uint8Array>,
  as: FileForm & Required<Pick<FileForm, 'digest'>>,
): Response {
  return answerTagged(context, as.digest, as, () => streamOf(parts()));
}

function answerTagged(
  context: Context,
  digest: Digest,
  as: FileForm,
  body: () => Buffer<ArrayBuffer> | ReadableStream,
): Response {
  const etag = etagOf(digest);
  const headers = { 'cache-control': caches[as.cache], etag };
  return isUnchanged(context.req.header('if-none-match'), etag)
    ? context.body(null, 304, headers)
    : context.body(body(), 200, { ...headers, 'content-type': as.type });
}

/** The digest, so that a client knows the tag of the copy that it keeps. */
function etagOf(digest: Digest): string {
  return `"${hexOf(digest)}"`;
}

/** Nothing is made before the client has read what was made. */
function streamOf(parts: AsyncGenerator<Uint8Array>): ReadableStream {
  return new ReadableStream(
    {
      pull: async (controller) => {
        const { done, value } = await parts.next();
        if (done === true) controller.close();
        else controller.enqueue(value);
      },
      cancel: async () => {
        await parts.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}

// RFC 9110 §13.1.2. Not the middleware of hono: it discards a whole answer, which costs more than
// the rest of a 304.
function isUnchanged(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined || ifNoneMatch === etag) return ifNoneMatch === etag;
  return ifNoneMatch
    .split(',')
    .map((tag) => tag.trim())
    .some((tag) => tag === '*' || tag.replace(/^W\//, '') === etag);
}
