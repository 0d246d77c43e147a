/**
 * A version enters the index. Once approvals suffice, the registry signs the verification summary,
 * asks `decide` as every installer will, makes the evidence public and writes the immutable line in
 * the batch of the state change. Each step can be interrupted, and is done again.
 */
import { eq } from 'drizzle-orm';
import { parseCheckpoint } from '../../skills-index/log/checkpoint.ts';
import { withoutWhy } from '../../skills-index/skill/capability.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { scopeOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { predicateTypes } from '../../skills-index/statement/attestation.ts';
import { decide } from '../../skills-index/trust/decision/decision.ts';
import {
  type IndexLine,
  indexDescription,
  parseIndexFile,
  printIndexLine,
} from '../../skills-index/trust/index-files/index-line.ts';
import type { Registry } from '../context.ts';
import { orLater } from '../log/after-logging.ts';
import { finishStatements } from '../log/finish-statements.ts';
import { logSize } from '../log/log.ts';
import { proofsOfHeads } from '../log/retired-heads.ts';
import { readStatement } from '../log/segments/whole-row.ts';
import { readIdentities } from '../people/identities.ts';
import { readApprovals } from '../review/approvals.ts';
import { retryOnClash } from '../store/batch.ts';
import { requireBlob } from '../store/blobs.ts';
import { publicBlobName } from '../store/objects.ts';
import { versions } from '../store/schema.ts';
import { maliciousPackagesOf, noMaliciousPackage } from '../versions/malicious-packages.ts';
import {
  addressOf,
  filesOf,
  manifestOf,
  type StatementRow,
  skillMdOf,
  statementsOf,
} from '../versions/manifests.ts';
import { nobodyEndedSince, whyStopped } from '../versions/publishers.ts';
import { showBlobs } from '../versions/version-blobs.ts';
import { moveWrites, type VersionRow } from '../versions/versions.ts';
import { identityEvidence } from './evidence.ts';
import { commitLine, writeIndexFile } from './index-file.ts';
import { leanLine } from './lean-lines.ts';
import { indexLineBytesMax } from './limits.ts';
import { writePacks } from './packs.ts';
import { refreshStatus, statusIn } from './status-json.ts';
import { summaryOf } from './verification-summary.ts';
import { requireFewNames } from './words.ts';

/**
 * Puts a version into the index when its approvals suffice. Otherwise changes nothing.
 * @throws Problem `not-admitted` when an installer would reject the version
 */
export async function settle(registry: Registry, versionId: string): Promise<VersionRow> {
  return registry.exclusive(`settle ${versionId}`, () =>
    retryOnClash(() => settleOnce(registry, versionId)),
  );
}

async function settleOnce(registry: Registry, versionId: string): Promise<VersionRow> {
  const row = await readRow(registry, versionId);
  if (row.status !== 'in review') return row;
  const since = await logSize(registry);
  const { approvals, enough } = await readApprovals(registry, row);
  if (!enough || (await whyStopped(registry, row)) !== undefined) return row;
  if ((await maliciousPackagesOf(registry, row)).length > 0) return row;
  await finishStatements(registry);
  const summary = await summaryOf(
    registry,
    row,
    approvals.map((approval) => approval.logIndex),
  );
  const line = await lineOf(registry, row, summary);
  requireReadable(line);
  await requireFewNames(registry, row);
  await requireAdmissible(registry, row, line);
  const blobs = await blobsOf(registry, row);
  await makePublic(registry, [...blobs, ...line.statements]);
  return enter(registry, row, { line, blobs, since });
}

async function lineOf(
  registry: Registry,
  row: VersionRow,
  summary: StatementRow,
): Promise<IndexLine> {
  const statement = await readStatement(registry, summary);
  if (statement.predicateType !== predicateTypes.summary)
    throw new Problem('internal', 'The verification summary differs from the planned statement');
  const named = new Set(
    statement.predicate.inputAttestations.map(({ digest }) => `sha256:${digest.sha256}`),
  );
  const inputs = (await statementsOf(registry, row.id)).filter(
    (row) => row.bundle !== null && named.has(row.bundle),
  );
  const passkeys: string[] = [];
  for (const row of inputs) {
    if (row.predicateType !== predicateTypes.approval) continue;
    const statement = await readStatement(registry, row);
    if (
      statement.predicateType === predicateTypes.approval &&
      'credentialId' in statement.predicate.reviewer
    )
      passkeys.push(statement.predicate.reviewer.credentialId);
  }
  const keys = inputs.map((row) => row.signer);
  const signers = { scope: scopeOf(row.name), keys, passkeys };
  const identities = await identityEvidence(signers, (question) =>
    readIdentities(registry, question),
  );
  const manifest = await manifestOf(registry, row);
  const { description } = await skillMdOf(registry, await filesOf(registry, row));
  return {
    schema: 'skillgate.index/1',
    name: row.name,
    version: row.version,
    bundle: row.bundle,
    description: indexDescription(description),
    capabilities: withoutWhy(manifest.capabilities),
    requires: manifest.requires,
    publisher: row.publisher,
    statements: [...new Set([...inputs.map(addressOf), addressOf(summary), ...identities])].sort(),
    logIndex: summary.logIndex,
  };
}

/**
 * Rejects a line that nobody could read: it would block the whole skill for everybody, earlier
 * versions included.
 * @throws Problem `not-admitted`
 */
export function requireReadable(line: IndexLine): void {
  const bytes = Buffer.from(printIndexLine(line));
  const cannot = `Cannot publish ${line.name}@${line.version}`;
  if (bytes.byteLength > indexLineBytesMax)
    throw new Problem('not-admitted', `${cannot}: the version’s index line is too long`);
  try {
    parseIndexFile(bytes, line.name);
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    throw new Problem(
      'not-admitted',
      `${cannot}: clients could not read the version’s index line`,
      {
        cause,
        reasons: cause.reasons,
      },
    );
  }
}

async function requireAdmissible(
  registry: Registry,
  row: VersionRow,
  line: IndexLine,
): Promise<void> {
  if (row.report === null) throw new Problem('internal', 'An approved version has no report');
  const read = (digest: Digest): Promise<Uint8Array> => requireBlob(registry, digest);
  const files = new Map<string, Uint8Array>();
  for (const file of await filesOf(registry, row)) {
    if (file.path === 'SKILL.md' || file.path === 'skill.json')
      files.set(file.path, await read(file.sha256));
  }
  const statements = new Map<Digest, Uint8Array>();
  for (const digest of line.statements) statements.set(digest, await read(digest));
  const status = await refreshStatus(registry);
  const size = parseCheckpoint(statusIn(status).checkpoint).size;
  const decision = decide({
    root: registry.root,
    policy: registry.policy,
    sigstore: registry.sigstore,
    ...(registry.verified === undefined ? {} : { verified: registry.verified }),
    now: registry.now().getTime(),
    line,
    statements,
    bundle: await read(row.bundle),
    report: await read(row.report),
    files,
    statuses: [status],
    ...(await proofsOfHeads(registry, statements.values(), size)),
  });
  if (decision.kind === 'refused') {
    throw new Problem(
      'not-admitted',
      `Cannot publish ${row.name}@${row.version}: installers would reject the version`,
      {
        reasons: decision.reasons.map(({ code, message }) => ({ message: `${code}: ${message}` })),
      },
    );
  }
}

/** The blobs of a version that installers read: the list of its files, its report and its files. */
async function blobsOf(registry: Registry, row: VersionRow): Promise<readonly Digest[]> {
  const files = await filesOf(registry, row);
  const report = row.report === null ? [] : [row.report];
  return [row.bundle, ...report, ...files.map((file) => file.sha256)];
}

/**
 * Copies the evidence of a line to the public objects. It comes before the line, so that no line
 * names missing evidence.
 */
async function makePublic(registry: Registry, digests: readonly Digest[]): Promise<void> {
  const missing = new Map<string, Uint8Array>();
  for (const digest of digests) {
    const name = publicBlobName(digest);
    if (!(await registry.objects.has(name))) missing.set(name, await requireBlob(registry, digest));
  }
  await registry.objects.putAll(missing);
}

async function enter(
  registry: Registry,
  row: VersionRow,
  {
    line,
    blobs,
    since,
  }: {
    readonly line: IndexLine;
    readonly blobs: readonly Digest[];
    readonly since: number;
  },
): Promise<VersionRow> {
  const cause = {
    by: 'registry',
    why: `enough approvals; verification summary at log index ${line.logIndex}`,
  };
  const { writes, moved } = moveWrites(
    registry,
    row,
    { from: 'in review', to: 'approved', by: 'approvals' },
    cause,
  );
  const entry = {
    logIndex: line.logIndex,
    versionId: row.id,
    name: row.name,
    line: await leanLine(registry, line),
    written: 0,
  };
  const conditions = [nobodyEndedSince(since), noMaliciousPackage(row)];
  await commitLine(registry, entry, [...conditions, ...writes, ...showBlobs(row, blobs)]);
  await writeIndexFile(registry, row.name);
  await refreshStatus(registry);
  // The first reader of a lacking pack has it made.
  await orLater(registry, () => writePacks(registry, line));
  return moved;
}

async function readRow(registry: Registry, id: string): Promise<VersionRow> {
  const [row] = await registry.db.read.select().from(versions).where(eq(versions.id, id));
  if (row === undefined) throw new Problem('not-found', 'There is no such version');
  return row;
}
