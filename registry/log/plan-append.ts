/** The rows with which statements enter the log together. */
import { appendLeaf, type CompactRange, rangeRoot } from '../../skills-index/log/compact-range.ts';
import { certifiedBody, hashedrekordBody } from '../../skills-index/log/entry.ts';
import { type Hash, leafHash } from '../../skills-index/log/merkle-tree.ts';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { mapNames } from '../../skills-index/trust/members-and-scopes/map-names.ts';
import { payloadMark } from '../store/columns/payload-mark-column.ts';
import type { log, statements } from '../store/schema.ts';
import type { NewStatement } from './appending.ts';
import { indexNames } from './index-names.ts';

/** The two rows of a statement in the log. */
export interface LoggedRows {
  readonly entry: Omit<typeof log.$inferSelect, 'note'> & { readonly note?: string | null };
  readonly statement: Omit<typeof statements.$inferSelect, 'bundle' | 'fact'> & {
    readonly bundle?: Digest | null | undefined;
  };
}

export interface PlannedRows extends LoggedRows {
  /** The names under which an identity statement is found. */
  readonly names: readonly string[];
  /** The names under which the map has the statement. */
  readonly mapNames: readonly string[];
}

/**
 * Plans the rows of statements that are appended together to the log as it was before.
 * @param at time of the batch in milliseconds since 1970
 */
export function planRows(
  before: CompactRange,
  added: readonly NewStatement[],
  at: number,
): PlannedRows[] {
  let range = before;
  return added.map((signed, place) => {
    const { body, signer, certificate, material } = signedParts(signed);
    const leaf = leafHash(body);
    const index = range.size;
    range = appendLeaf(range, leaf);
    return {
      entry: {
        index,
        leafHash: base64(leaf),
        body: Buffer.from(body).toString('utf8'),
        root: base64(rangeRoot(range)),
        peaks: range.peaks.map(base64),
        laterInBatch: added.length - 1 - place,
        map: null,
      },
      statement: {
        logIndex: index,
        predicateType: signed.statement.predicateType,
        payload: payloadMark(digestOf(Buffer.from(signed.envelope.payload, 'base64'))),
        signer,
        certificate,
        material,
        envelope: canonicalJson(signed.envelope),
        versionId: versionOf(signed, index),
        createdAt: at,
      },
      names: namesOf(signed),
      mapNames: mapNames(signed.statement),
    };
  });
}

/** The rows of a batch, whose last one has the map after the batch. */
export function withMap<Rows extends LoggedRows>(rows: readonly Rows[], map: Hash): Rows[] {
  return rows.map((row, at) =>
    at === rows.length - 1 ? { ...row, entry: { ...row.entry, map: base64(map) } } : row,
  );
}

function namesOf({ statement, signer }: NewStatement): string[] {
  if ('keyId' in signer) return indexNames(statement, { signer: signer.keyId });
  return indexNames(statement, { signer: signer.signer, claims: signer.certified.claims });
}

function versionOf({ versionId }: NewStatement, logIndex: number): string | null {
  return typeof versionId === 'function' ? versionId(logIndex) : (versionId ?? null);
}

interface SignedParts {
  readonly body: Uint8Array;
  readonly signer: Digest;
  readonly certificate: Digest | null;
  readonly material: string | null;
}

function signedParts({ envelope, signer }: NewStatement): SignedParts {
  if ('spki' in signer)
    return {
      body: hashedrekordBody(envelope, signer.spki),
      signer: signer.keyId,
      certificate: null,
      material: null,
    };
  const { certified, bundle } = signer;
  return {
    body: certifiedBody(bundle.dsseEnvelope, certified.certificate),
    signer: signer.signer,
    certificate: certified.certificateId,
    material: canonicalJson(bundle.verificationMaterial),
  };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
