/**
 * A log for tests: statements are signed and appended, each gets its bundle; the whole is kept in
 * memory.
 */
import { noteKeyId } from '../../skills-index/log/checkpoint.ts';
import {
  appendLeaf,
  type CompactRange,
  emptyRange,
  proofsOfAppended,
  rangeRoot,
} from '../../skills-index/log/compact-range.ts';
import { certifiedBody, hashedrekordBody } from '../../skills-index/log/entry.ts';
import { toLogEntry } from '../../skills-index/log/log-entry.ts';
import { type Hash, leafHash, type TreeHead } from '../../skills-index/log/merkle-tree.ts';
import { signCheckpoint } from '../../skills-index/log/sign-cosignature.ts';
import { entryTile, tilesOf } from '../../skills-index/log/tile-files.ts';
import { tilePath } from '../../skills-index/log/tile-proof.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { Statement } from '../../skills-index/statement/attestation.ts';
import { type Signer, signStatement } from '../../skills-index/statement/sign.ts';
import type { Envelope } from '../../skills-index/statement/signature-formats/envelope.ts';
import {
  toCertifiedBundle,
  toSigstoreBundle,
} from '../../skills-index/statement/signature-formats/make-bundle.ts';
import {
  addressOf,
  type PlainBundle,
  type SigstoreBundle,
  type SigstoreLogEntry,
} from '../../skills-index/statement/signature-formats/sigstore-bundle.ts';
import { consistencyProof, hashTile, nodesFromLeaves } from './log/whole-tree.ts';
import { testLogKey } from './story-keys.ts';
import { mapOf } from './story-proofs.ts';

export interface Said<One extends Statement = Statement> {
  readonly statement: One;
  readonly envelope: Envelope;
  readonly signer: Digest;
  readonly logIndex: number;
  readonly bundle: SigstoreBundle;
  /** Canonical JSON of the bundle. */
  readonly bytes: Uint8Array;
  /** The statement's address. */
  readonly digest: Digest;
}

export class TestLog {
  readonly origin: string;
  /** Another one from here on: the log's key was handed over. */
  key = testLogKey('log');
  readonly said: Said[] = [];
  readonly #bodies: Uint8Array[] = [];
  #range: CompactRange = emptyRange;

  constructor(origin: string) {
    this.origin = origin;
  }

  get head(): TreeHead {
    return { size: this.#range.size, root: rangeRoot(this.#range) };
  }

  /** Signs and logs a statement. */
  async say<One extends Statement>(statement: One, signer: Signer): Promise<Said<One>> {
    return this.append(statement, await signStatement(statement, signer), signer);
  }

  /** Logs an envelope as it is. */
  async append<One extends Statement>(
    statement: One,
    envelope: Envelope,
    signer: Signer,
  ): Promise<Said<One>> {
    const entry = await this.#place(hashedrekordBody(envelope, signer.publicKey));
    return this.#keep(
      statement,
      signer.keyId,
      toSigstoreBundle({ envelope, keyHint: signer.keyId, entry }),
    );
  }

  /** Logs what a certificate signed; the signer is the person that the certificate names. */
  async appendCertified<One extends Statement>(
    statement: One,
    plain: PlainBundle,
    signer: Digest,
  ): Promise<Said<One>> {
    const certificate = Buffer.from(plain.verificationMaterial.certificate.rawBytes, 'base64');
    const entry = await this.#place(certifiedBody(plain.dsseEnvelope, certificate));
    return this.#keep(statement, signer, toCertifiedBundle(plain, entry));
  }

  async #place(body: Uint8Array): Promise<SigstoreLogEntry> {
    const [proof = []] = proofsOfAppended(this.#range, [leafHash(body)]);
    this.#range = appendLeaf(this.#range, leafHash(body));
    this.#bodies.push(body);
    const index = this.#range.size - 1;
    const logId = noteKeyId(this.origin, this.key.publicKey);
    return toLogEntry({ body, proof, index, head: this.head, note: await this.note(), logId });
  }

  #keep<One extends Statement>(statement: One, signer: Digest, bundle: SigstoreBundle): Said<One> {
    const { dsseEnvelope: envelope } = bundle;
    const said = {
      statement,
      envelope,
      signer,
      logIndex: this.#range.size - 1,
      bundle,
      ...addressOf(bundle),
    };
    this.said.push(said);
    return said;
  }

  /**
   * The signed checkpoint of the log as it stands.
   * @param said the statements in the map; a thief of the log’s key leaves some out
   */
  note(said: readonly Said[] = this.said): Promise<string> {
    return signCheckpoint({ origin: this.origin, ...this.head, map: mapOf(said) }, this.key);
  }

  /** Proof from an earlier size to now. */
  proofFrom(size: number): Hash[] {
    return consistencyProof(size, this.#range.size, (index) => this.#leafAt(index));
  }

  /** Path → bytes of every tile. */
  tiles(): Map<string, Uint8Array> {
    const nodeAt = nodesFromLeaves((index) => this.#leafAt(index));
    return new Map(
      tilesOf(this.#range.size).map((tile) => {
        const first = tile.index * 256;
        const bytes =
          tile.level === 'entries'
            ? entryTile(this.#bodies.slice(first, first + tile.width))
            : hashTile(tile, nodeAt);
        return [tilePath(tile), bytes];
      }),
    );
  }

  #leafAt(index: number): Hash {
    return leafHash(this.#bodies[index] ?? Buffer.alloc(0));
  }
}
