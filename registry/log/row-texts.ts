/** Parses the texts in the row of a logged statement. Somebody may have edited the database. */
import * as v from 'valibot';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Statement } from '../../skills-index/statement/attestation.ts';
import {
  type Envelope,
  parseEnvelope,
  peekStatement,
} from '../../skills-index/statement/signature-formats/envelope.ts';
import type { statements } from '../store/schema.ts';

type Row = typeof statements.$inferSelect;

/**
 * The envelope of a logged statement. Intake verified its signature.
 * @throws Problem `database-damaged`
 */
export function envelopeOfRow({
  logIndex,
  envelope,
}: Pick<Row, 'logIndex' | 'envelope'>): Envelope {
  try {
    return parseEnvelope(JSON.parse(envelope));
  } catch (cause) {
    throw damagedStatement(logIndex, cause);
  }
}

/**
 * The statement of a row that keeps its envelope. For the others there is `readStatement`.
 * @throws Problem `database-damaged`, `statement-invalid`
 */
export function statementOfRow(row: Pick<Row, 'logIndex' | 'envelope'>): Statement {
  return peekStatement(envelopeOfRow(row));
}

const materialShape = v.object({ certificate: v.object({ rawBytes: v.string() }) });

/**
 * The certificate (DER) of a logged statement that a certificate signed. Intake verified it.
 * @throws Problem `database-damaged`
 */
export function certificateOfRow({
  logIndex,
  material,
}: Pick<Row, 'logIndex' | 'material'>): Uint8Array {
  try {
    const { certificate } = v.parse(materialShape, JSON.parse(material ?? ''));
    return Buffer.from(certificate.rawBytes, 'base64');
  } catch (cause) {
    throw damagedStatement(logIndex, cause);
  }
}

/** The failure of a read whose row somebody deleted or changed. */
export function damagedStatement(logIndex: number, cause?: unknown): Problem {
  return new Problem(
    'database-damaged',
    `The row of the statement at log index ${logIndex} is gone or damaged`,
    {
      hint: 'Restore the newest copy of the folder: docs/registry-reference.md, "The database is damaged".',
      cause,
    },
  );
}
