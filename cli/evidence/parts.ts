/**
 * The evidence inside a report: each part under the digest of its bytes. Parts are compressed, so
 * that a report of a hundred thousand audit lines is one file that a person can send.
 */
import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { evidenceFileBytesMax } from '../limits.ts';

/** The parts as the report's JSON holds them: gzip in base64, by the digest of the plain bytes. */
export type PackedParts = Readonly<Record<string, string>>;

export class Parts {
  readonly #packed: Map<string, string>;

  constructor(packed: PackedParts = {}) {
    this.#packed = new Map(Object.entries(packed));
  }

  add(content: Uint8Array | string): Digest {
    const digest = digestOf(content);
    if (!this.#packed.has(digest)) this.#packed.set(digest, gzipSync(content).toString('base64'));
    return digest;
  }

  /**
   * The bytes of a part, which are compared with the digest at each reading.
   * @throws Problem `evidence-invalid` when the part is missing or changed
   */
  read(digest: Digest): Uint8Array {
    const packed = this.#packed.get(digest);
    if (packed === undefined)
      throw new Problem('evidence-invalid', `The report lacks its part ${digest}`);
    const bytes = unpacked(packed);
    if (bytes === undefined || digestOf(bytes) !== digest)
      throw new Problem('evidence-invalid', `The part ${digest} of the report was changed`);
    return bytes;
  }

  /** The parts in the order of their digests, which is the order of canonical JSON. */
  entries(): [string, string][] {
    return [...this.#packed].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** The digest over all parts as they are written. The signed report names this digest. */
  digest(): Digest {
    const hash = createHash('sha256');
    for (const [digest, packed] of this.entries()) hash.update(`${digest} ${packed}\n`);
    return `sha256:${hash.digest('hex')}` as Digest;
  }

  get count(): number {
    return this.#packed.size;
  }
}

// A stranger wrote the report, so a small part must not become a large one.
function unpacked(packed: string): Uint8Array | undefined {
  try {
    return gunzipSync(Buffer.from(packed, 'base64'), { maxOutputLength: evidenceFileBytesMax });
  } catch {
    return undefined;
  }
}
