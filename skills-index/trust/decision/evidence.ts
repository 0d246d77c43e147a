/**
 * Reads the evidence: parses each piece, and verifies the piece's signature before a judge uses the
 * piece.
 */
import { type Checkpoint, parseCheckpoint } from '../../log/checkpoint.ts';
import { type Bundle, parseBundle } from '../../skill/bundle.ts';
import { type Digest, digestOf } from '../../skill/digest.ts';
import { Problem } from '../../skill/problem.ts';
import { canonicalJson } from '../../skill/text/canonical-json.ts';
import { parseJson } from '../../skill/text/json.ts';
import {
  predicateTypes,
  type Statement,
  type VersionSubject,
  versionSubjects,
} from '../../statement/attestation.ts';
import {
  parseScanReport,
  type ScanReport,
  scanReportValuesMax,
} from '../../statement/scan-report.ts';
import { newestStatus, type Status, verifyStatus } from '../index-files/status-file.ts';
import type { Identities } from '../members-and-scopes/identities.ts';
import { chainIdentities } from '../members-and-scopes/identity.ts';
import { type JudgingPolicies, policiesAt } from '../policy/judging-policies.ts';
import { VerifiedStatements } from '../signatures/verified-statements.ts';
import type { VerifiedStatement } from '../signatures/verify-statement.ts';
import type { DecisionInput } from './input.ts';
import type { ChainPart, DecisionReasonCode, Reasons } from './reason.ts';

/** A verified statement of a known kind. */
export type Verified<Type extends Statement['predicateType']> = VerifiedStatement & {
  readonly statement: Extract<Statement, { predicateType: Type }>;
};

/** A head of the log in a valid status, with its signed note. */
export type StatusHead = Checkpoint & { readonly note: string };

export interface Evidence {
  readonly input: DecisionInput;
  readonly bundle?: Bundle;
  readonly statements: readonly VerifiedStatement[];
  /**
   * Statements that this host verified earlier and that the index line does not list. These
   * statements are in the same log, so they count when identities are determined.
   */
  readonly known: readonly VerifiedStatement[];
  readonly identities: Identities;
  readonly policies: JudgingPolicies;
  readonly report?: ScanReport;
  /** The newest of the valid statuses. */
  readonly status?: Status;
  /** The heads of the log in all valid statuses. */
  readonly heads: readonly StatusHead[];
}

const { publish, scan, approval, summary, provenance } = predicateTypes;
/**
 * Kinds of statements that must be about exactly this version, with the statements' place in the
 * chain of evidence.
 */
const partOfType: Readonly<Partial<Record<Statement['predicateType'], ChainPart>>> = {
  [publish]: 'publisher',
  [provenance]: 'publisher',
  [scan]: 'scan',
  [approval]: 'approvals',
  [summary]: 'summary',
};

/** Reads all evidence; each fault of the evidence becomes a reason. */
export function gatherEvidence(input: DecisionInput, reasons: Reasons): Evidence {
  const bundle = readBundle(input, reasons);
  const memory = input.verified ?? new VerifiedStatements();
  const statements = addressesOf(input).flatMap(
    (digest) => readStatement(input, memory, digest, reasons) ?? [],
  );
  const known = readKnown(input, memory);
  const report = reasons.attempt('scan-mismatch', () => readReport(input.report));
  const statuses = readStatuses(input, reasons);
  const status = newestStatus(statuses);
  const { name, version } = input.line;
  const about =
    bundle === undefined
      ? undefined
      : { name, version, bundle: input.line.bundle, files: bundle.files };
  const evidence: Evidence = {
    input,
    statements,
    known,
    identities: chainIdentities(input.root, [...statements, ...known]),
    policies: policiesAt(
      input.policy,
      statements.find((one) => one.statement.predicateType === summary)?.logIndex,
    ),
    ...(bundle === undefined ? {} : { bundle }),
    ...(report === undefined ? {} : { report }),
    ...(status === undefined ? {} : { status }),
    heads: statuses.map(({ checkpoint: note }) => ({ ...parseCheckpoint(note), note })),
  };
  if (about !== undefined) judgeSubjects(statements, about, reasons);
  return evidence;
}

/** All verified statements of one kind, in the order of the log. */
export function statementsOf<Type extends Statement['predicateType']>(
  evidence: Evidence,
  type: Type,
): Verified<Type>[] {
  const isOfType = (one: VerifiedStatement): one is Verified<Type> =>
    one.statement.predicateType === type;
  return evidence.statements.filter(isOfType).sort((a, b) => a.logIndex - b.logIndex);
}

/** The only statement of a kind that must exist exactly once. */
export function onlyStatement<Type extends Statement['predicateType']>(
  evidence: Evidence,
  type: Type,
  what: string,
  reasons: Reasons,
): Verified<Type> | undefined {
  const [one, ...more] = statementsOf(evidence, type);
  const part = partOfType[type];
  if (one === undefined) reasons.add('statement-missing', `there is no ${what}`, part);
  if (more.length > 0)
    reasons.add(
      'statement-surplus',
      `there are ${more.length + 1} statements that claim to be the ${what}`,
      part,
    );
  return one;
}

/**
 * The statements that a decision reads: those of the index line, and those that the map of names
 * proves. A decision about the past ignores what was said since.
 */
export function addressesOf({ line, proven = [], past = false }: DecisionInput): readonly Digest[] {
  return [...new Set([...line.statements, ...(past ? [] : proven)])];
}

function readBundle({ bundle, line, pinned }: DecisionInput, reasons: Reasons): Bundle | undefined {
  reasons.demand(
    digestOf(bundle) === line.bundle,
    'bundle-mismatch',
    `the delivered bundle does not have the digest ${line.bundle}`,
  );
  const pin = pinned?.bundle;
  reasons.demand(
    pin === undefined || pin === line.bundle,
    'bundle-mismatch',
    `the pinned bundle is ${pin}, but the index names ${line.bundle}`,
  );
  return reasons.attempt('bundle-mismatch', () => parseBundle(bundle).bundle);
}

function readStatement(
  { root, statements, sigstore }: DecisionInput,
  memory: VerifiedStatements,
  digest: Digest,
  reasons: Reasons,
): VerifiedStatement | undefined {
  const bytes = statements.get(digest);
  if (bytes === undefined) {
    reasons.add('statement-missing', `the registry did not deliver the statement ${digest}`);
    return undefined;
  }
  return reasons.attempt('statement-invalid', () => {
    if (digestOf(bytes) !== digest)
      throw new Problem(
        'statement-invalid',
        `The delivered statement does not have the digest ${digest}`,
      );
    const read = memory.verify(bytes, root, sigstore);
    // A bundle encoded in other bytes would have a second address, and its statement would count
    // twice.
    if (read.digest !== digest)
      throw new Problem('statement-invalid', `The statement ${digest} is not in canonical form`);
    return read;
  });
}

// Skips a kept statement that is no longer valid, because administrators have since ended its key
// from an earlier log index.
function readKnown(input: DecisionInput, memory: VerifiedStatements): VerifiedStatement[] {
  const { root, sigstore, known, past } = input;
  if (known === undefined || past === true) return [];
  const listed = new Set(addressesOf(input));
  return [...known].flatMap(([digest, bytes]) => {
    if (listed.has(digest)) return [];
    try {
      return [memory.verify(bytes, root, sigstore)];
    } catch (cause) {
      if (!(cause instanceof Problem)) throw cause;
      return [];
    }
  });
}

function readReport(bytes: Uint8Array): ScanReport {
  const { value } = parseJson(bytes, 'scan report', scanReportValuesMax);
  if (canonicalJson(value) !== Buffer.from(bytes).toString('utf8')) {
    throw new Problem('statement-invalid', 'The scan report is not in canonical form');
  }
  return parseScanReport(value);
}

function readStatuses(
  { statuses, root, now, statusGraceSeconds = 0, past = false }: DecisionInput,
  reasons: Reasons,
): Status[] {
  const faults: { code: DecisionReasonCode; message: string }[] = [];
  const valid = statuses.flatMap((bytes) => {
    try {
      return [verifyStatus(bytes, root, now, { graceSeconds: statusGraceSeconds, past })];
    } catch (cause) {
      if (!(cause instanceof Problem)) throw cause;
      faults.push({
        code: cause.code === 'status-stale' ? 'status-stale' : 'status-missing',
        message: cause.message,
      });
      return [];
    }
  });
  if (valid.length === 0 && faults.length === 0)
    reasons.add('status-missing', 'there is no status file');
  // Two copies of one status have one fault.
  const each = new Map(faults.map((fault) => [fault.message, fault])).values();
  if (valid.length === 0) for (const { code, message } of each) reasons.add(code, message);
  return valid;
}

function judgeSubjects(
  statements: readonly VerifiedStatement[],
  about: VersionSubject,
  reasons: Reasons,
): void {
  const expected = canonicalJson(versionSubjects(about));
  for (const { statement, logIndex } of statements) {
    const part = partOfType[statement.predicateType];
    if (part === undefined) continue;
    const same = canonicalJson(statement.subject) === expected;
    reasons.demand(
      same,
      'subject-mismatch',
      `the statement at log index ${logIndex} is about other bytes than this version`,
      part,
    );
  }
}
