/**
 * A version enters the index. Once approvals suffice, the registry signs the verification summary,
 * asks `decide` as every installer will, makes the evidence public and writes the immutable line in
 * the batch of the state change. Each step can be interrupted, and is done again.
 */
import { eq } from 'drizzle-orm';
import { parseCheckpoint } from '../../skills-index/log/checkpoint.ts';
import { withoutWhy } from '../../skills-index/skill/capability.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { type Scope, scopeOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { predicateTypes } from '../../skills-index/statement/attestation.ts';
import { identityId } from '../../skills-index/statement/identity-id.ts';
import { decide } from '../../skills-index/trust/decision/decision.ts';
import {
  type IndexLine,
  indexDescription,
  parseIndexFile,
  printIndexLine,
} from '../../skills-index/trust/index-files/index-line.ts';
import type { FrozenStatement } from '../../skills-index/trust/members-and-scopes/ends.ts';
import type {
  Identities,
  LoggedStatement,
} from '../../skills-index/trust/members-and-scopes/identities.ts';
import type { IdentityQuestion } from '../../skills-index/trust/members-and-scopes/needed-statements.ts';
import type { Registry } from '../context.ts';
import { orLater } from '../log/after-logging.ts';
import { finishStatements } from '../log/finish-statements.ts';
import { logSize } from '../log/log.ts';
import { readStatement } from '../log/segments/whole-row.ts';
import { proofsOfHeads } from '../log/tiles.ts';
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
import { commitLine, writeIndexFile } from './index-file.ts';
import { requireFewNames } from './name-proofs.ts';
import { leanLine, writePacks } from './packs.ts';
import { refreshStatus, statusIn } from './status-json.ts';
import { summaryOf } from './verification-summary.ts';

/** An index file with the most lines of this length is one that clients read. */
export const indexLineBytesMax = 512 * 1024;

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

// Selects the identity statements that an index line must name, so that no reader has to trust the
// registry about members, scopes and keys.

/** The identities that a question needs. */
export interface NeededIdentities {
  readonly chain: Identities;
  readonly statements: readonly LoggedStatement[];
  readonly frozen: readonly FrozenStatement[];
}

/** The signers of statements about a version. */
interface Signers {
  readonly scope: Scope;
  /** Ids of keys, and of the identities that a certificate names. */
  readonly keys: readonly Digest[];
  readonly passkeys: readonly string[];
}

/**
 * Addresses of every statement about these signers, about those who vouched for them, and so on up
 * to the root file. Endings count as much as enrolments. Succeeding keys are followed from an owner
 * outwards only: anybody can state that a stranger's key succeeds their own, and that statement
 * must not enter the stranger's evidence.
 * @param read gives the identities that a question needs
 */
export async function identityEvidence(
  signers: Signers,
  read: (question: IdentityQuestion) => Promise<NeededIdentities>,
): Promise<readonly Digest[]> {
  const scopes = [signers.scope];
  for (let ids: readonly Digest[] = [...new Set(signers.keys)].sort(); ; ) {
    const known = await read({ scopes, ids });
    const { addresses, keys } = selectEvidence(known, signers);
    if (keys.every((key) => ids.includes(key))) return addresses;
    // These statements name further keys. Statements about those keys may be evidence, too.
    ids = [...new Set([...ids, ...keys])].sort();
  }
}

/** The evidence among known statements, and the keys that the evidence concerns. Pure. */
export function selectEvidence(
  { chain, statements, frozen }: NeededIdentities,
  signers: Signers,
): { readonly addresses: readonly Digest[]; readonly keys: readonly Digest[] } {
  // An enrolment counts by the place of the statement that it names, even when that statement no
  // longer counts.
  const followed = new Set(
    statements.map(({ statement }) =>
      statement.predicateType === predicateTypes.member ? statement.predicate.previous : undefined,
    ),
  );
  const ignored = new Set(
    chain.ignored.flatMap(({ digest }) => (followed.has(digest) ? [] : [digest])),
  );
  const keys = new Set(signers.keys);
  const passkeys = new Set(signers.passkeys);
  const taken = new Set<Digest>();
  for (let before = -1; before !== taken.size; ) {
    before = taken.size;
    for (const { statement, signer, digest } of statements) {
      if (ignored.has(digest) || taken.has(digest)) continue;
      const named = concerns(statement, { scope: signers.scope, keys, passkeys });
      if (named === undefined) continue;
      taken.add(digest);
      for (const key of [signer, ...named]) keys.add(key);
    }
  }
  const known: ReadonlySet<string> = new Set([...keys, ...passkeys]);
  // Frozen statements about these signers are included: installers then reject the version as we
  // do.
  const stuck = frozen.filter(
    ({ about }) => about.scope === signers.scope || known.has(about.id ?? ''),
  );
  return { addresses: [...taken, ...stuck.map(({ digest }) => digest)], keys: [...keys] };
}

/**
 * Keys in a statement about one of the signers; undefined when the statement is about none of them.
 */
function concerns(
  statement: LoggedStatement['statement'],
  known: {
    readonly scope: Scope;
    readonly keys: ReadonlySet<Digest>;
    readonly passkeys: ReadonlySet<string>;
  },
): Digest[] | undefined {
  switch (statement.predicateType) {
    case predicateTypes.member: {
      const { key, passkey, identities = [] } = statement.predicate;
      const about =
        (key !== undefined && known.keys.has(key.keyId)) ||
        (passkey !== undefined && known.passkeys.has(passkey.credentialId)) ||
        identities.some((identity) => known.keys.has(identityId(identity)));
      return about ? [] : undefined;
    }
    case predicateTypes.scope:
      if (statement.predicate.scope !== known.scope) return undefined;
      return [...statement.predicate.owners, ...(statement.predicate.publishers ?? [])].map(
        identityId,
      );
    case predicateTypes.key: {
      const { key, replaces } = statement.predicate;
      return known.keys.has(replaces ?? key.keyId) ? [key.keyId] : undefined;
    }
    case predicateTypes.revocation: {
      const { target } = statement.predicate;
      return 'publisher' in target && known.keys.has(target.publisher) ? [] : undefined;
    }
    default:
      return undefined;
  }
}
