/** Rows of statements as they were logged, also when a segment has their evidence. */
import { canonicalJson } from '../../../skills-index/skill/text/canonical-json.ts';
import { parseJson } from '../../../skills-index/skill/text/json.ts';
import type { Statement } from '../../../skills-index/statement/attestation.ts';
import {
  isCertified,
  parseSigstoreBundle,
  withoutOwnEntry,
} from '../../../skills-index/statement/signature-formats/sigstore-bundle.ts';
import type { Registry } from '../../context.ts';
import { requireBlob } from '../../store/blobs.ts';
import type { statements } from '../../store/schema.ts';
import { damagedStatement, statementOfRow } from '../row-texts.ts';

/** The columns of a statement that a segment takes over, and its address. */
export type EvidenceRow = Pick<
  typeof statements.$inferSelect,
  'logIndex' | 'envelope' | 'material' | 'bundle'
>;

/**
 * The row with its envelope and its whole material. They are read from the statement's bundle when
 * the row has lost them.
 * @throws Problem `blob-damaged`, `database-damaged`
 */
export async function wholeRow<Row extends EvidenceRow>(
  registry: Registry,
  row: Row,
): Promise<Row> {
  if (row.envelope !== '') return row;
  if (row.bundle === null) throw damagedStatement(row.logIndex);
  const { value } = parseJson(await requireBlob(registry, row.bundle), 'a statement');
  const bundle = parseSigstoreBundle(value);
  return {
    ...row,
    envelope: canonicalJson(bundle.dsseEnvelope),
    material: isCertified(bundle)
      ? canonicalJson(withoutOwnEntry(bundle).verificationMaterial)
      : null,
  };
}

/** The statement of a row; intake verified its signature. @throws Problem as `wholeRow` */
export async function readStatement(registry: Registry, row: EvidenceRow): Promise<Statement> {
  return statementOfRow(await wholeRow(registry, row));
}
