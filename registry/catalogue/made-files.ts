/** Files that are made from blobs when somebody asks for them, and stored nowhere. */
import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Digest, parseDigest } from '../../skills-index/skill/digest.ts';

/** Equal blobs give equal bytes. */
export interface MadeFile {
  /** Under which the whole file is kept in memory. */
  readonly name: string;
  readonly type: string;
  /** @throws Problem `blob-damaged` */
  readonly open: () => Promise<OpenedFile>;
  /** Reads the digest that is remembered, or remembers it. @throws Problem `blob-damaged` */
  readonly digest: () => Promise<Digest>;
}

interface OpenedFile {
  /** Bytes of the blobs. */
  readonly size: number;
  /** Makes the file, a few megabytes at a time. @throws Problem `blob-damaged` */
  readonly parts: () => AsyncGenerator<Uint8Array>;
}

/** The digest of a file, of which one part at a time is in memory. */
export async function digestOfParts(parts: AsyncIterable<Uint8Array>): Promise<Digest> {
  const hash = createHash('sha256');
  for await (const part of parts) {
    hash.update(part);
    // A sum over each part: a large skill must not keep others waiting.
    await nextTurn();
  }
  return parseDigest(`sha256:${hash.digest('hex')}`);
}
