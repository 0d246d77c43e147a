/** Makes the signed file of a report, and reads such a file. */

import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import * as v from 'valibot';
import type { AuditCheckpoint, ChainEnd } from '../../skills-index/run/audit/audit-chain.ts';
import { type Digest, digestOf, hexOf, isDigest } from '../../skills-index/skill/digest.ts';
import { purlOf, type SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { exactObject, parseShape } from '../../skills-index/skill/shape.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import type { Version } from '../../skills-index/skill/version.ts';
import { type Subject, statementType } from '../../skills-index/statement/attestation.ts';
import type { Signer } from '../../skills-index/statement/sign.ts';
import {
  type Envelope,
  envelopeShape,
  inTotoPayloadType,
  verifyEnvelope,
} from '../../skills-index/statement/signature-formats/envelope.ts';
import { signPayloadWithKey } from '../signing/bundle-builder.ts';
import { evidenceFileBytesMax } from '../verify/evidence-folder.ts';
import type { ReportFacts } from './facts.ts';

/**
 * An evidence report: bytes of its parts, values in its JSON, rows of one list, and bytes of audit
 * lines in one part.
 */
export const evidenceReportBytesMax = 256 * 1024 * 1024;

const evidenceValuesMax = 2_000_000;

// The form of an evidence report, `skillgate.evidence-report/1`: what was gathered, and the facts
// that follow from it. `docs/spec/evidence-report.md` describes the form.

const reportSchema = 'skillgate.evidence-report/1';
const reportPredicateType = 'https://skillgate.dev/attestation/evidence-report/v1';

/** The file: the signed report, and the parts that the report names by their digests. */
interface ReportFile {
  readonly schema: typeof reportSchema;
  /** DSSE over the in-toto statement whose predicate is the report. */
  readonly envelope: Envelope;
  readonly evidence: PackedParts;
}

/** The in-toto statement of a report. */
interface ReportStatement {
  readonly _type: string;
  /** The end of each host's audit log, and the bundle of each version. */
  readonly subject: readonly Subject[];
  readonly predicateType: typeof reportPredicateType;
  readonly predicate: EvidenceReport;
}

export interface EvidenceReport {
  /** ISO 8601, UTC: when the report was made, by the clock of its maker. */
  readonly generated: string;
  /** ISO 8601: the audit lines since this time are in the report; null for all lines. */
  readonly since: string | null;
  /** The program that made the report. */
  readonly tool: string;
  readonly signer: ReportSigner;
  /** The number of the parts, and the digest over all of them. */
  readonly evidence: { readonly count: number; readonly digest: Digest };
  readonly hosts: readonly HostSection[];
  readonly versions: readonly VersionSection[];
  readonly facts: ReportFacts;
}

/** The key that signed, as the report itself names it. A reader compares the key's id elsewhere. */
interface ReportSigner {
  /** The key's name on the machine of the maker; `host` for the audit key of that machine. */
  readonly name: string;
  readonly keyId: Digest;
  /** SPKI DER in base64. */
  readonly publicKey: string;
}

/** What one host's folder holds. */
export interface HostSection {
  readonly name: string;
  readonly audit: AuditSection | null;
  /** Identities of agents, without their private keys and without values of variables. */
  readonly agents: readonly AgentNote[];
  readonly policy: PolicyNote | null;
  /** Versions that a lock file of the host names. */
  readonly locked: readonly LockedNote[];
  /** Breakers that were open when the report was made. */
  readonly openBreakers: readonly BreakerNote[];
  /** Signed incident reports, each a part. */
  readonly incidentReports: readonly Digest[];
  /** Holds with their signed answers, each pair a part. */
  readonly answers: readonly Digest[];
  /** Files that could not be read, each with the reason. */
  readonly damage: readonly { readonly part: string; readonly why: string }[];
}

export interface AuditSection {
  /** The key that signs the log's checkpoints; null where the host never signed. */
  readonly key: { readonly keyId: Digest; readonly publicKey: string } | null;
  /** The end of the lines that are older than the report's period. */
  readonly from: ChainEnd;
  /**
   * The lines, in pieces. Before a line in which a credential was left out, its digest stands: the
   * digest keeps the chain.
   */
  readonly pieces: readonly Digest[];
  /** The newest signed checkpoints, from beside the log and from beside the key. */
  readonly checkpoints: readonly AuditCheckpoint[];
}

export interface AgentNote {
  readonly name: string;
  readonly keyId: string;
  readonly created: string;
  readonly expires: string;
  readonly revoked: string | null;
  /** `@scope/name range`, one for each grant. */
  readonly grants: readonly string[];
  /** The most capabilities that a run of the agent may get, as texts. */
  readonly ceiling: readonly string[];
}

export interface PolicyNote {
  /** Digest of host.json, whose content may name internal hosts and folders and is left out. */
  readonly digest: Digest;
  readonly holds: readonly { readonly name: string; readonly seconds: number }[];
  /** Approvers with their keys or passkeys, which verify the answers to holds. */
  readonly approvers: readonly {
    readonly name: string;
    readonly key?: { readonly keyId: string; readonly spki: string };
    readonly passkey?: {
      readonly credentialId: string;
      readonly publicKey: string;
      readonly rpId: string;
      readonly origin: string;
    };
  }[];
}

export interface LockedNote {
  /** `project`, or the agent whose lock it is. */
  readonly lock: string;
  readonly name: SkillName;
  readonly version: Version;
  readonly bundle: Digest;
}

export interface BreakerNote {
  readonly agent: string;
  readonly skill: string;
  readonly version: string;
  readonly counter: string;
  readonly since: string;
}

/** The evidence of one version, as the registry showed it when the report was made. */
export interface VersionSection {
  readonly name: SkillName;
  readonly version: Version;
  /** ISO 8601: the time of the registry's answers, and of the decision. */
  readonly at: string;
  /** The part with root of trust and policy under which the version is judged. */
  readonly trusted: Digest | null;
  /** Paths at the registry, and the part with the answer. */
  readonly files: Readonly<Record<string, Digest>>;
  /** Why there is no evidence; null where there is. */
  readonly missing: string | null;
}

// The evidence inside a report: each part under the digest of its bytes. Parts are compressed, so
// that a report of a hundred thousand audit lines is one file that a person can send.

/** The parts as the report's JSON holds them: gzip in base64, by the digest of the plain bytes. */
type PackedParts = Readonly<Record<string, string>>;

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
