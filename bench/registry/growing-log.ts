/**
 * The transparency log of a folder that the generator grows: a real tree with one leaf for each
 * statement.
 */
import { createPrivateKey, sign } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { noteKeyId, printCheckpoint } from '../../skills-index/log/checkpoint.ts';
import {
  appendLeaf,
  type CompactRange,
  emptyRange,
  rangeRoot,
} from '../../skills-index/log/compact-range.ts';
import { hashedrekordBody } from '../../skills-index/log/entry.ts';
import { toLogEntry } from '../../skills-index/log/log-entry.ts';
import { emptyMapRoot } from '../../skills-index/log/map-tree.ts';
import { type Hash, leafHash } from '../../skills-index/log/merkle-tree.ts';
import { type CheckpointSigner, signCheckpoint } from '../../skills-index/log/sign-checkpoint.ts';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { type Signer, signPayload } from '../../skills-index/statement/sign.ts';
import type { Envelope } from '../../skills-index/statement/signature-formats/envelope.ts';
import { toSigstoreBundle } from '../../skills-index/statement/signature-formats/make-bundle.ts';
import type { RootFile } from '../../skills-index/trust/root/root.ts';
import type { CellsOf, Entry } from './template.ts';

/** A statement that was appended: its rows, and its bundle when it is whole. */
export interface Appended {
  readonly index: number;
  readonly payload: Digest;
  /** Address of the bundle. */
  readonly bundle: Digest;
  readonly bytes: Uint8Array | undefined;
  readonly log: CellsOf;
  /** The columns of `statements` that are not as in the template. */
  readonly statement: CellsOf;
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

  /**
   * Appends a statement like another.
   * @param isWhole whether statement and checkpoint are signed anew, so that everybody can verify
   * the statement; otherwise both signatures are the other's
   */
  async append(
    { envelope: like, noteSignature }: Entry,
    {
      payload,
      signer,
      isWhole,
    }: { readonly payload: Uint8Array; readonly signer: Signer; readonly isWhole: boolean },
  ): Promise<Appended> {
    const { payloadType, signatures } = like;
    const envelope = isWhole
      ? await signPayload(payloadType, payload, signer)
      : { payload: base64(payload), payloadType, signatures };
    const body = hashedrekordBody(envelope, signer.publicKey);
    const leaf = leafHash(body);
    const before = this.#range;
    this.#range = appendLeaf(before, leaf);
    const root = rangeRoot(this.#range);
    const head = { origin: this.#root.origin, size: this.#range.size, root, map: this.#map };
    const note = isWhole
      ? await signCheckpoint(head, this.#signer)
      : `${printCheckpoint(head)}\n${noteSignature}`;
    const log = {
      index: before.size,
      leafHash: base64(leaf),
      body: Buffer.from(body).toString('utf8'),
      root: base64(root),
      peaks: JSON.stringify(this.#range.peaks.map(base64)),
      note,
      map: base64(this.#map),
    };
    const statement = {
      logIndex: log.index,
      payload: digestOf(payload),
      signer: signer.keyId,
      envelope: canonicalJson(envelope),
    };
    // The newest leaf stands beside the perfect subtrees before it.
    const proof = [...before.peaks].reverse();
    const placed = { body, index: log.index, head, proof, note };
    const bytes = isWhole ? this.#bundleOf(envelope, signer, placed) : undefined;
    const bundle = digestOf(bytes ?? `the address of statement ${log.index}`);
    return {
      index: log.index,
      payload: statement.payload,
      bundle,
      bytes,
      log,
      statement: { ...statement, bundle },
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

function lastOf(db: Database): { readonly range: CompactRange; readonly map: Hash } {
  const row = db
    .prepare('SELECT "index", peaks, map FROM log ORDER BY "index" DESC LIMIT 1')
    .get() as { readonly index: number; readonly peaks: string; readonly map: string } | undefined;
  if (row === undefined) return { range: emptyRange, map: emptyMapRoot };
  const peaks = (JSON.parse(row.peaks) as string[]).map((peak) => Buffer.from(peak, 'base64'));
  return { range: { size: row.index + 1, peaks }, map: Buffer.from(row.map, 'base64') };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
