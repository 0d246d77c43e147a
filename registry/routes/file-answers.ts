/** Answers with files, with a tag for conditional requests. */
import type { Context } from 'hono';
import { type Digest, digestOf, hexOf } from '../../skills-index/skill/digest.ts';

/** The size of a head of the log, as a path has it. */
export const isHeadSize = /^[1-9]\d{0,14}$/;

const caches = { forever: 'public, max-age=31536000, immutable', fresh: 'no-cache' } as const;

interface FileForm {
  readonly type: string;
  readonly cache: keyof typeof caches;
  /** Of the body, where it is known. */
  readonly digest?: Digest;
}

/** Answers with a file. */
export function answerFile(context: Context, body: string | Uint8Array, as: FileForm): Response {
  const bytes = Buffer.from(body);
  // The digest, so that a client knows the tag of the copy that it keeps.
  const etag = `"${hexOf(as.digest ?? digestOf(bytes))}"`;
  const headers = { 'cache-control': caches[as.cache], etag };
  return isUnchanged(context.req.header('if-none-match'), etag)
    ? context.body(null, 304, headers)
    : context.body(bytes, 200, { ...headers, 'content-type': as.type });
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
