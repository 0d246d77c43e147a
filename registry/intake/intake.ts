/**
 * Intake: an upload becomes a version, or is rejected whole with every reason. A rejected upload
 * leaves only an audit line.
 */
import { and, desc, eq, isNotNull } from 'drizzle-orm';
import { requireLockedInSteps } from '../../skills-index/packages/require-locked.ts';
import { unpackTar } from '../../skills-index/skill/authoring/read-tar.ts';
import { parseSkillMd } from '../../skills-index/skill/authoring/skill-md.ts';
import type { PackedBundle } from '../../skills-index/skill/bundle.ts';
import type { BundlePath } from '../../skills-index/skill/bundle-path.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { type Manifest, parseManifest } from '../../skills-index/skill/manifest.ts';
import { type SkillName, scopeOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { type PublishStatement, predicateTypes } from '../../skills-index/statement/attestation.ts';
import { peekStatement } from '../../skills-index/statement/signature-formats/envelope.ts';
import {
  type CertificateClaims,
  readClaims,
} from '../../skills-index/trust/signatures/certificate-identity.ts';
import { printClaims } from '../../skills-index/trust/signatures/certified-identities.ts';
import { requireSubjects } from '../../skills-index/trust/signatures/require-own-registry.ts';
import type { Actor, Registry } from '../context.ts';
import { finishLogged, orLater } from '../log/after-logging.ts';
import type { LoggedAt, NewStatement } from '../log/appending.ts';
import { logSize } from '../log/log.ts';
import { certificateOfRow } from '../log/row-texts.ts';
import { append } from '../log/sequencer.ts';
import {
  envelopeOf,
  isCertifiedSent,
  requireUnusedCertificate,
  type SentStatement,
} from '../people/certified.ts';
import { doSteps, letOthersGoOn } from '../people/identity-statements.ts';
import { contradictsHint } from '../people/signer.ts';
import { nothingRemovedSince } from '../retention/delete-files.ts';
import { enqueueScan } from '../scans/jobs.ts';
import { type BatchWrite, retryOnClash } from '../store/batch.ts';
import { idOfVersion } from '../store/columns/digest-column.ts';
import { putBlobs } from '../store/objects.ts';
import { insertRow } from '../store/prepared.ts';
import { audit, statements, versions } from '../store/schema.ts';
import { statementsOf } from '../versions/manifests.ts';
import { requireActivePublisher } from '../versions/publishers.ts';
import { addBlobs, bytesOf } from '../versions/version-blobs.ts';
import { packageWrites } from '../versions/version-packages.ts';
import {
  nothingAlikeSince,
  requireNewVersion,
  requireOwnBytes,
  type VersionRow,
} from '../versions/versions.ts';
import { quotaHolds, requireQuota } from './quotas.ts';
import { findSameBytes } from './replays.ts';
import {
  requireProvenance,
  requirePublisher,
  senderKeys,
  type UploadSender,
} from './upload-signer.ts';

/**
 * Newest publications of a skill that are searched for one by the same CI run: an identity token is
 * valid for minutes.
 */
const runsLookedAtMax = 200;

export interface PublishUpload {
  readonly publish: SentStatement;
  /** The signer's key id as the sender names it. */
  readonly hint?: Digest | undefined;
  readonly provenance?: SentStatement;
  /** Uncompressed ustar. */
  readonly tar: Uint8Array;
}

interface AcceptedVersion {
  readonly row: Pick<VersionRow, 'name' | 'version' | 'bundle' | 'status'>;
  readonly statements: readonly LoggedAt[];
}

/**
 * Takes in a version. Checks bytes, manifest, signature and scope; then one batch writes the
 * version, its statements and its scan job.
 * @param sender the signed-in sender, if any: makes the reasons of a rejection more precise
 * @throws Problem with the reason for the rejection
 */
export async function takeVersion(
  registry: Registry,
  upload: PublishUpload,
  sender?: Actor,
): Promise<AcceptedVersion> {
  try {
    const checked = await verifyUpload(registry, upload, sender);
    await registry.requireRoom?.('files');
    return await registry.exclusive(`publish ${checked.name}`, () => store(registry, checked));
  } catch (error) {
    if (!(error instanceof Problem) || error.code === 'logged-unfinished') throw error;
    // When this fails, too, the sender still gets the reason for the rejection.
    const before = await publishedBefore(registry, upload).catch(() => undefined);
    if (before !== undefined) return before;
    await orLater(registry, () => recordRefusal(registry, error, nameOfSender(sender)));
    throw error;
  }
}

/**
 * The answer to an upload that was taken before, byte for byte: a client that missed the answer
 * sends the same request again. An upload that is signed anew is a new one.
 */
async function publishedBefore(
  registry: Registry,
  { publish, tar }: PublishUpload,
): Promise<AcceptedVersion | undefined> {
  const versionId = await findSameBytes(registry, publish);
  if (versionId === undefined) return undefined;
  const [row] = await registry.db.read.select().from(versions).where(eq(versions.id, versionId));
  if (row === undefined) return undefined;
  await letOthersGoOn(registry);
  const { digest } = unpackTar(tar);
  await letOthersGoOn(registry);
  if (digest !== row.bundle) return undefined;
  const signed = await statementsOf(registry, versionId);
  const indexes = signed
    .filter(({ predicateType }) => publishedTypes.includes(predicateType))
    .map(({ logIndex }) => logIndex);
  return { row, statements: await finishLogged(registry, { indexes }) };
}

const publishedTypes: readonly string[] = [predicateTypes.publish, predicateTypes.provenance];

interface CheckedUpload {
  readonly name: PublishStatement['predicate']['manifest']['name'];
  readonly version: PublishStatement['predicate']['manifest']['version'];
  readonly manifest: Manifest;
  readonly packed: PackedBundle;
  /** Id of the publishing identity, as the scope names it. */
  readonly publisher: Digest;
  readonly signed: readonly NewStatement[];
  /** Size of the log before the version was compared with the versions that are there. */
  readonly since: number;
}

/**
 * Cheap checks come first: a bad signature costs no parsing, and an upload by a stranger or with an
 * existing number costs no unpacking.
 */
async function verifyUpload(
  registry: Registry,
  upload: PublishUpload,
  sender: Actor | undefined,
): Promise<CheckedUpload> {
  const envelope = envelopeOf(upload.publish);
  const isCertified = isCertifiedSent(upload.publish);
  const keys: UploadSender['keys'] = isCertified
    ? new Map()
    : await senderKeys(registry, upload, sender);
  if (contradictsHint({ envelope, hint: upload.hint }, keys))
    throw new Problem(
      'signature-invalid',
      'Cannot publish: the key that the request names did not sign these bytes',
    );
  const publish = peekStatement(envelope);
  if (publish.predicateType !== predicateTypes.publish) {
    throw new Problem('statement-invalid', 'Cannot publish: the first statement is not publish/v1');
  }
  const { publisher, signer } = await requirePublisher(registry, publish, upload, {
    sender,
    keys,
  });
  const { name, version } = publish.predicate.manifest;
  await requireActivePublisher(registry, {
    ids: [publisher, ...idsOfSigner(signer)],
    scope: scopeOf(name),
  });
  const since = await logSize(registry);
  await requireNewVersion(registry, { name, version });
  // A thousand files take tens of milliseconds in each of these steps.
  await letOthersGoOn(registry);
  const packed = unpackTar(upload.tar);
  await letOthersGoOn(registry);
  const about = { name, version, bundle: packed.digest, files: packed.bundle.files };
  await requireOwnBytes(registry, about);
  requireSubjects(publish, about);
  requireSameManifest(publish, packed);
  const fileOf = (path: string) => packed.contents.get(path as BundlePath);
  await doSteps(registry, requireLockedInSteps('publish', publish.predicate.manifest, fileOf));
  parseSkillMd(contentOf(packed, 'SKILL.md'));
  const signed: NewStatement[] = [{ statement: publish, envelope, signer }];
  if (upload.provenance !== undefined) {
    const provenance = requireProvenance(registry, upload.provenance, signer);
    requireSubjects(provenance.statement, about);
    signed.push(provenance);
  }
  return { name, version, manifest: publish.predicate.manifest, packed, publisher, signed, since };
}

/**
 * The signed capabilities must be those of the file that the reviewer reads. Without a file, the
 * manifest must say that it was inferred.
 */
function requireSameManifest(publish: PublishStatement, packed: PackedBundle): void {
  const path = 'skill.json' as BundlePath;
  const { manifest, inferred } = publish.predicate;
  const bytes = packed.contents.get(path);
  if (bytes === undefined) {
    if (inferred === true) return;
    throw new Problem('manifest-missing', 'Cannot publish: the skill has no skill.json');
  }
  if (inferred === true)
    throw new Problem(
      'manifest-invalid',
      'Cannot publish: the statement calls the manifest inferred, but the bundle has a skill.json',
    );
  if (canonicalJson(parseManifest(bytes, path)) !== canonicalJson(manifest)) {
    throw new Problem(
      'subject-mismatch',
      'Cannot publish: the signed manifest is not the skill.json in the bundle',
    );
  }
}

function contentOf(packed: PackedBundle, path: string): Uint8Array {
  const bytes = packed.contents.get(path as BundlePath);
  if (bytes === undefined)
    throw new Problem('skill-md-missing', `Cannot publish: the skill has no ${path}`);
  return bytes;
}

async function store(
  registry: Registry,
  { name, version, manifest, packed, publisher, signed, since: compared }: CheckedUpload,
): Promise<AcceptedVersion> {
  const bytes = bytesOf(packed.bundle, packed.bytes.length);
  const upload = { publisher, name, version, bytes };
  return retryOnClash(async () => {
    const since = await logSize(registry);
    // A version is new in the log, too.
    if (since !== compared) {
      await requireNewVersion(registry, { name, version });
      await requireOwnBytes(registry, { name, bundle: packed.digest });
    }
    await requireQuota(registry, upload);
    for (const { signer, statement } of signed)
      if ('certified' in signer) await requireUnusedCertificate(registry, signer.bundle, statement);
    const [publish] = signed;
    if (publish !== undefined && 'certified' in publish.signer)
      await requireUnusedRun(registry, name, publish.signer.certified.claims);
    const createdAt = registry.now().getTime();
    const row = (logIndex: number) => ({
      id: idOfVersion(logIndex),
      name,
      version,
      bundle: packed.digest,
      status: 'received' as const,
      move: 0,
      publisher,
      createdAt,
      logIndex,
      bytes,
    });
    const digests = [packed.digest, ...packed.bundle.files.map((file) => file.sha256)];
    const nothingRemoved = await nothingRemovedSince(registry, digests);
    // After the guard: a file that is removed meanwhile makes the batch clash.
    const stored = putBlobs(registry.objects, [packed.bytes, ...packed.contents.values()]);
    const writes = ([logIndex = 0]: readonly number[]): BatchWrite[] => {
      const added = row(logIndex);
      return [
        nothingRemoved,
        nothingAlikeSince(since, { name, bundle: packed.digest }),
        ...quotaHolds(registry, upload),
        insertRow(versions, added),
        addBlobs(added, digests),
        ...packageWrites(added.id, manifest, packed.bundle.files),
        enqueueScan(registry, added.id),
        insertRow(audit, {
          at: createdAt,
          kind: 'statement',
          versionId: added.id,
          by: publishedBy(publisher, signed),
          why: 'published',
        }),
      ];
    };
    // The publication is the first of the statements.
    const statements = signed.map((added, nth) => ({
      ...added,
      versionId: (logIndex: number) => idOfVersion(logIndex - nth),
    }));
    const appended = await append(registry, { statements, stored, writes });
    return {
      row: { ...row(appended.indexes[0] ?? 0), verdict: null, report: null },
      statements: await finishLogged(registry, appended),
    };
  });
}

function nameOfSender(sender: Actor | undefined): string {
  return sender === undefined ? 'a client without a session' : (sender.member?.name ?? 'an author');
}

function idsOfSigner(signer: NewStatement['signer']): readonly Digest[] {
  return 'signers' in signer ? signer.signers : [signer.keyId];
}

function publishedBy(publisher: Digest, [publish]: readonly NewStatement[]): string {
  const certified =
    publish !== undefined && 'certified' in publish.signer ? publish.signer.certified : undefined;
  return certified === undefined ? `key:${publisher}` : printClaims(certified.claims);
}

/** Notes a refused upload in the audit log. @param by who sent it, in words */
async function recordRefusal(registry: Registry, problem: Problem, by: string): Promise<void> {
  const why = `${problem.code}: ${problem.message}`.slice(0, 1_000);
  await registry.db.batch([
    (db) =>
      db.insert(audit).values({
        at: registry.now().getTime(),
        kind: 'refused-intake',
        by,
        why,
      }),
  ]);
}

// A CI run publishes one version of a skill. Its token gives many certificates while it is valid,
// and a thief must not publish a second version with it.

/**
 * Rejects a run that published this skill before. Of two uploads at once, `nothingAlikeSince`
 * rejects the batch of the slower, which then sees the other.
 * @throws Problem `certificate-used`
 */
async function requireUnusedRun(
  registry: Registry,
  name: SkillName,
  { issuer, run }: CertificateClaims,
): Promise<void> {
  if (run === undefined) return;
  const before = await registry.db.read
    .select({
      version: versions.version,
      logIndex: statements.logIndex,
      material: statements.material,
    })
    .from(versions)
    .innerJoin(statements, eq(statements.logIndex, versions.logIndex))
    .where(and(eq(versions.name, name), isNotNull(statements.material)))
    .orderBy(desc(versions.logIndex))
    .limit(runsLookedAtMax);
  const used = before.find((row) => {
    const claims = readClaims(certificateOfRow(row));
    return claims.issuer === issuer && claims.run === run;
  });
  if (used === undefined) return;
  throw new Problem(
    'certificate-used',
    `The run ${run} already published ${name}@${used.version} at log index ${used.logIndex}; one run publishes one version of a skill`,
    { hint: 'Start the job again: each attempt is a run of its own.' },
  );
}
