/**
 * The transparency log of a folder that the generator grows: a real tree with one leaf for each
 * statement.
 */
import { createPrivateKey, sign } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { hashText } from '../../../registry/store/columns/predicate-type-column.ts';
import { noteKeyId, printCheckpoint } from '../../../skills-index/log/checkpoint.ts';
import {
  appendLeaf,
  type CompactRange,
  emptyRange,
  rangeRoot,
} from '../../../skills-index/log/compact-range.ts';
import { hashedrekordBody } from '../../../skills-index/log/entry.ts';
import { toLogEntry } from '../../../skills-index/log/log-entry.ts';
import { emptyMapRoot } from '../../../skills-index/log/map-tree.ts';
import { type Hash, leafHash } from '../../../skills-index/log/merkle-tree.ts';
import {
  type CheckpointSigner,
  signCheckpoint,
} from '../../../skills-index/log/sign-cosignature.ts';
import { type Digest, digestOf } from '../../../skills-index/skill/digest.ts';
import { canonicalJson } from '../../../skills-index/skill/text/canonical-json.ts';
import { type Signer, signPayload } from '../../../skills-index/statement/sign.ts';
import type { Envelope } from '../../../skills-index/statement/signature-formats/envelope.ts';
import { toSigstoreBundle } from '../../../skills-index/statement/signature-formats/make-bundle.ts';
import type { RootFile } from '../../../skills-index/trust/root/root.ts';
import { type CellsOf, type Entry, signedDigest } from './template.ts';

/** A statement like another one. */
export interface Similar {
  readonly like: Entry;
  readonly payload: Uint8Array;
  readonly signer: Signer;
  /** The parts of the other's log entry around the digest of what is signed. */
  readonly body: readonly [string, string];
}

/** A statement that was appended. */
export interface Appended {
  readonly index: number;
  readonly payload: Digest;
  /** Address of the bundle. */
  readonly bundle: Digest;
  /** The bundle, when it is whole. */
  readonly bytes?: Uint8Array;
  /**
   * Its rows: of `statements`, the columns that are not as in the template. The rows of a segment
   * are lean, and only the last of them has a checkpoint.
   */
  rows(lean?: 'inside' | 'last'): { readonly log: CellsOf; readonly statement: CellsOf };
}

export class GrowingLog {
  readonly #root: RootFile;
  readonly #signer: CheckpointSigner;
  #range: CompactRange;
  /** The map as it was before the clones, whose names are put into it when all are there. */
  #map: Hash;

  /** @param pem the log's private key */
  constructor(db: Database, root: RootFile, pem: string) {
    const key = createPrivateKey(pem);
    this.#root = root;
    this.#signer = {
      publicKey: Buffer.from(root.log.key, 'base64'),
      sign: (bytes) => sign(null, bytes, key),
    };
    const { range, map } = lastOf(db);
    this.#range = range;
    this.#map = map;
  }

  get size(): number {
    return this.#range.size;
  }

  /** Signs the present head with another map. */
  async takeMap(map: Hash): Promise<{ readonly note: string }> {
    this.#map = map;
    const root = rangeRoot(this.#range);
    const head = { origin: this.#root.origin, size: this.#range.size, root, map };
    return { note: await signCheckpoint(head, this.#signer) };
  }

  /** Appends a statement with the other's signatures, which nobody can verify. */
  append({ like, payload, signer, body }: Similar): Appended {
    const { payloadType, signatures } = like.envelope;
    const entry = Buffer.from(body.join(signedDigest(payloadType, payload)));
    const { head, ...placed } = this.#place(entry);
    return this.#appended(head, placed, {
      payload: digestOf(payload),
      signer,
      // The digest of no bundle.
      bundle: digestOf(`the address of statement ${placed.index}`),
      envelope: () => ({ payload: base64(payload), payloadType, signatures }),
      note: () => `${printCheckpoint(head)}\n${like.noteSignature}`,
    });
  }

  /** Appends a statement that everybody can verify, with its bundle and a checkpoint. */
  async appendSigned({ like, payload, signer }: Omit<Similar, 'body'>): Promise<Appended> {
    const envelope = await signPayload(like.envelope.payloadType, payload, signer);
    const body = hashedrekordBody(envelope, signer.publicKey);
    // The newest leaf stands beside the perfect subtrees before it.
    const proof = [...this.#range.peaks].reverse();
    const { head, ...placed } = this.#place(body);
    const note = await signCheckpoint(head, this.#signer);
    const bytes = this.#bundleOf(envelope, signer, { ...placed, body, head, proof, note });
    const appended = this.#appended(head, placed, {
      payload: digestOf(payload),
      signer,
      bundle: digestOf(bytes),
      envelope: () => envelope,
      note: () => note,
    });
    return { ...appended, bytes };
  }

  #place(body: Uint8Array) {
    const index = this.#range.size;
    const leaf = leafHash(body);
    this.#range = appendLeaf(this.#range, leaf);
    const { size, peaks } = this.#range;
    const head = { origin: this.#root.origin, size, root: rangeRoot(this.#range), map: this.#map };
    return { index, body, leaf, peaks, head };
  }

  #appended(head: Head, { index, body, leaf, peaks }: Placed, made: Made): Appended {
    const { payload, bundle, signer, envelope, note } = made;
    return {
      index,
      payload,
      bundle,
      rows: (lean) => ({
        log: {
          index,
          leafHash: base64(leaf),
          body: lean === undefined ? Buffer.from(body).toString('utf8') : '',
          root: lean === 'inside' ? '' : base64(head.root),
          peaks: lean === 'inside' ? '[]' : JSON.stringify(peaks.map(base64)),
          note: lean === 'inside' ? null : note(),
          map: lean === 'inside' ? null : base64(head.map),
        },
        statement: {
          logIndex: index,
          payload,
          bundle,
          signer: signer.keyId,
          ...(lean === undefined ? { envelope: canonicalJson(envelope()) } : {}),
        },
      }),
    };
  }

  #bundleOf(
    envelope: Envelope,
    { keyId }: Signer,
    placed: Omit<Parameters<typeof toLogEntry>[0], 'logId'>,
  ): Uint8Array {
    const logId = noteKeyId(this.#root.origin, this.#signer.publicKey);
    const entry = toLogEntry({ ...placed, logId });
    const bundle = toSigstoreBundle({ envelope, keyHint: keyId, entry });
    return Buffer.from(canonicalJson(bundle));
  }
}

interface Head {
  readonly origin: string;
  readonly size: number;
  readonly root: Hash;
  readonly map: Hash;
}

/** Where an entry of the log is. */
interface Placed {
  readonly index: number;
  readonly body: Uint8Array;
  readonly leaf: Hash;
  readonly peaks: readonly Hash[];
}

interface Made {
  readonly payload: Digest;
  readonly bundle: Digest;
  readonly signer: Signer;
  envelope(): Envelope;
  note(): string;
}

function lastOf(db: Database): { readonly range: CompactRange; readonly map: Hash } {
  const row = db
    .prepare('SELECT "index", peaks, map FROM log ORDER BY "index" DESC LIMIT 1')
    .get() as
    | { readonly index: number; readonly peaks: string; readonly map: Uint8Array }
    | undefined;
  if (row === undefined) return { range: emptyRange, map: emptyMapRoot };
  const peaks = (JSON.parse(row.peaks) as string[]).map((peak) => Buffer.from(peak, 'base64'));
  return { range: { size: row.index + 1, peaks }, map: Buffer.from(hashText(row.map), 'base64') };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
