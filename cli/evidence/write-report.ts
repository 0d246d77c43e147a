/** Makes the signed file of a report, and reads such a file. */
import * as v from 'valibot';
import { type Digest, digestOf, hexOf, isDigest } from '../../skills-index/skill/digest.ts';
import { purlOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { exactObject, parseShape } from '../../skills-index/skill/shape.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { type Subject, statementType } from '../../skills-index/statement/attestation.ts';
import type { Signer } from '../../skills-index/statement/sign.ts';
import {
  envelopeShape,
  inTotoPayloadType,
  verifyEnvelope,
} from '../../skills-index/statement/signature-formats/envelope.ts';
import { evidenceReportBytesMax, evidenceValuesMax } from '../limits.ts';
import { signPayloadWithKey } from '../signing/bundle-builder.ts';
import { Parts } from './parts.ts';
import {
  type EvidenceReport,
  type ReportFile,
  type ReportStatement,
  reportPredicateType,
  reportSchema,
} from './report.ts';

/** A report that was read, and whose signature is valid. */
export interface OpenedReport {
  readonly report: EvidenceReport;
  readonly parts: Parts;
}

/**
 * Signs a report with the key that the report names.
 * @returns the file's canonical JSON
 */
export async function sealReport(
  report: EvidenceReport,
  parts: Parts,
  key: Signer,
): Promise<string> {
  const statement: ReportStatement = {
    _type: statementType,
    subject: subjectsOf(report),
    predicateType: reportPredicateType,
    predicate: report,
  };
  const envelope = await signPayloadWithKey(Buffer.from(canonicalJson(statement)), key);
  const evidence = parts.entries().map(([digest, packed]) => `"${digest}":"${packed}"`);
  const size = evidence.reduce((sum, one) => sum + one.length + 1, envelope.payload.length);
  if (size > evidenceReportBytesMax)
    throw new Problem(
      'evidence-too-large',
      `Cannot write a report of ${size} bytes: a report has at most ${evidenceReportBytesMax}`,
      { hint: 'shorten the period: skillgate evidence --since 30d --out FILE' },
    );
  const file: Omit<ReportFile, 'evidence'> = { schema: reportSchema, envelope };
  return `{"envelope":${canonicalJson(file.envelope)},"evidence":{${evidence.join(',')}},"schema":"${file.schema}"}\n`;
}

// in-toto demands a subject. A report about nothing is about itself.
function subjectsOf({ hosts, facts, evidence }: EvidenceReport): Subject[] {
  const ends = hosts.flatMap(({ name, audit }) =>
    (audit?.checkpoints ?? []).map(({ head }) => ({ name: `audit-log:${name}`, digest: head })),
  );
  const bundles = facts.versions.flatMap(({ name, version, bundle }) =>
    bundle === null ? [] : [{ name: purlOf(name, version), digest: bundle }],
  );
  const all = [{ name: 'evidence', digest: evidence.digest }, ...ends, ...bundles];
  return all.map(({ name, digest }) => ({ name, digest: { sha256: hexOf(digest) } }));
}

const packed = v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/]+={0,2}$/, 'is not base64'));
const fileShape = exactObject({
  schema: v.literal(reportSchema),
  envelope: envelopeShape,
  evidence: v.record(
    v.pipe(
      v.string(),
      v.check((text) => isDigest(text), 'is not a digest'),
    ),
    packed,
  ),
});
const statementShape = exactObject({
  _type: v.literal(statementType),
  subject: v.array(v.unknown()),
  predicateType: v.literal(reportPredicateType),
  predicate: v.looseObject({
    signer: exactObject({
      name: v.string(),
      keyId: v.custom<Digest>(isDigest, 'is not a digest'),
      publicKey: v.string(),
    }),
    evidence: exactObject({ count: v.number(), digest: v.custom<Digest>(isDigest) }),
    hosts: v.array(v.looseObject({ name: v.string() })),
    versions: v.array(v.looseObject({ name: v.string() })),
    facts: v.looseObject({}),
  }),
});

/**
 * Reads a report, and verifies the signature over the report and over all parts.
 * @throws Problem `evidence-invalid` when a byte was changed
 */
export function openReport(bytes: Uint8Array, name: string): OpenedReport {
  try {
    return parseReport(bytes, name);
  } catch (cause) {
    if (cause instanceof Problem && cause.code === 'json-invalid')
      throw changed(name, cause.message);
    throw cause;
  }
}

function parseReport(bytes: Uint8Array, name: string): OpenedReport {
  const { envelope, evidence } = parseShape(
    fileShape,
    parseJson(bytes, name, evidenceValuesMax),
    'evidence-invalid',
    name,
  );
  if (envelope.payloadType !== inTotoPayloadType) throw changed(name, 'it holds no statement');
  const payload = Buffer.from(envelope.payload, 'base64');
  const read = parseJson(payload, `${name} (statement)`, evidenceValuesMax);
  if (canonicalJson(read.value) !== payload.toString('utf8'))
    throw changed(name, 'its statement is not in canonical form');
  const { predicate } = parseShape(statementShape, read, 'evidence-invalid', name);
  // The signature is verified next, and the maker's program gave the rest its form.
  const report = predicate as unknown as EvidenceReport;
  const { publicKey, keyId } = report.signer;
  const key = Buffer.from(publicKey, 'base64');
  if (digestOf(key) !== keyId || !verifyEnvelope(envelope, key))
    throw changed(name, `the signature of the key ${keyId} is not valid for it`);
  const parts = new Parts(evidence);
  const { count, digest } = report.evidence;
  if (parts.count !== count || parts.digest() !== digest)
    throw changed(name, 'its parts are not those that were signed');
  return { report, parts };
}

function changed(name: string, why: string): Problem {
  return new Problem('evidence-invalid', `${name} was changed after it was signed: ${why}`, {
    hint: 'use another copy of the report, or ask its maker for a new one',
  });
}
