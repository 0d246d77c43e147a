/**
 * The verification summary (SLSA VSA) that the registry signs for a version once its approvals
 * suffice.
 */
import { and, eq } from 'drizzle-orm';
import { type Digest, hexOf } from '../../skills-index/skill/digest.ts';
import { purlOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import {
  predicateTypes,
  type Statement,
  type VerificationSummary,
} from '../../skills-index/statement/attestation.ts';
import { signStatement } from '../../skills-index/statement/sign.ts';
import { verificationSummaryStatement } from '../../skills-index/statement/version-statement.ts';
import {
  levelWords,
  type SlsaBuildLevel,
  slsaLevelOf,
} from '../../skills-index/trust/decision/judge.ts';
import { policyDigest } from '../../skills-index/trust/policy/policy.ts';
import { readClaims } from '../../skills-index/trust/signatures/certificate-identity.ts';
import { idsOfClaims } from '../../skills-index/trust/signatures/certified-identities.ts';
import { registryIdOf } from '../../skills-index/trust/signatures/own-registry.ts';
import type { Registry } from '../context.ts';
import { finishLogged } from '../log/after-logging.ts';
import { certificateOfRow } from '../log/row-texts.ts';
import { readStatement } from '../log/segments/whole-row.ts';
import { append } from '../log/sequencer.ts';
import { scans } from '../store/schema.ts';
import { addressOf, filesOf, type StatementRow, statementsOf } from '../versions/manifests.ts';
import { readScannedBy } from '../versions/second-scans.ts';
import type { VersionRow } from '../versions/versions.ts';

/**
 * The newest verification summary if it names exactly these statements. Otherwise a new one, signed
 * and logged.
 */
export async function summaryOf(
  registry: Registry,
  row: VersionRow,
  approvedAt: readonly number[],
): Promise<StatementRow> {
  const all = await statementsOf(registry, row.id);
  if (row.report === null) throw new Problem('internal', 'An approved version has no report');
  const scannedAt = await scansThatCount(registry, row, row.report);
  const inputs = all
    .filter((row) => isInput(row, scannedAt, approvedAt))
    .map((row) => hexOf(addressOf(row)))
    .sort()
    .map((sha256) => ({ digest: { sha256 } }));
  const policy = { digest: { sha256: hexOf(policyDigest(registry.policy)) } };
  const last = all.findLast((row) => row.predicateType === predicateTypes.summary);
  if (last !== undefined && names(await readStatement(registry, last), { inputs, policy }))
    return last;
  const files = await filesOf(registry, row);
  const statement = verificationSummaryStatement(
    { name: row.name, version: row.version, bundle: row.bundle, files },
    {
      registry: registryIdOf(registry.root),
      verifier: { id: registry.config.base },
      timeVerified: registry.now().toISOString(),
      resourceUri: purlOf(row.name, row.version),
      policy,
      inputAttestations: inputs,
      verificationResult: 'PASSED',
      verifiedLevels: levelWords(levelOf(all)),
    },
  );
  const envelope = await signStatement(statement, registry.keys.registry);
  const signer = { keyId: registry.keys.registry.keyId, spki: registry.keys.registry.publicKey };
  const summary = { statement, envelope, signer, versionId: row.id };
  await finishLogged(registry, await append(registry, { statements: [summary], writes: () => [] }));
  const [logged] = (await statementsOf(registry, row.id, predicateTypes.summary)).slice(-1);
  if (logged === undefined)
    throw new Problem('internal', 'The verification summary is not in the log');
  return logged;
}

function levelOf(all: readonly StatementRow[]): SlsaBuildLevel {
  const by = (type: string) => {
    const row = all.find((row) => row.predicateType === type);
    return row === undefined
      ? undefined
      : {
          signer: row.signer,
          ...(row.material === null ? {} : { signers: signersIn(row) }),
        };
  };
  return slsaLevelOf(by(predicateTypes.publish), by(predicateTypes.provenance));
}

function signersIn(row: StatementRow): readonly Digest[] {
  return idsOfClaims(readClaims(certificateOfRow(row)));
}

/**
 * Whether a summary that was signed before an interruption still names the right inputs and policy.
 */
function names(
  statement: Statement,
  {
    inputs,
    policy,
  }: {
    readonly inputs: VerificationSummary['inputAttestations'];
    readonly policy: VerificationSummary['policy'];
  },
): boolean {
  if (statement.predicateType !== predicateTypes.summary) return false;
  const predicate = statement.predicate;
  return (
    canonicalJson([predicate.inputAttestations, predicate.policy]) ===
    canonicalJson([inputs, policy])
  );
}

// The scan that counts, of scanners with the same report: the scan of a removed scanner stays in
// the log for ever and is no evidence.
async function scansThatCount(
  registry: Registry,
  row: VersionRow,
  report: Digest,
): Promise<readonly number[]> {
  const { scans: found, needed } = await readScannedBy(registry, row);
  if (needed > 1) return found.map((row) => row.logIndex);
  const decided = and(eq(scans.versionId, row.id), eq(scans.report, report));
  const rows = await registry.db.read
    .select({ logIndex: scans.logIndex })
    .from(scans)
    .where(decided);
  return rows.slice(0, 1).map((row) => row.logIndex);
}

/** The publication, its provenance, the scans that decided, and the approvals that count. */
function isInput(
  row: StatementRow,
  scannedAt: readonly number[],
  approvedAt: readonly number[],
): boolean {
  switch (row.predicateType) {
    case predicateTypes.publish:
    case predicateTypes.provenance:
      return true;
    case predicateTypes.approval:
      return approvedAt.includes(row.logIndex);
    case predicateTypes.scan:
      return scannedAt.includes(row.logIndex);
    default:
      return false;
  }
}
