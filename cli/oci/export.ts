/**
 * `skillgate export --oci DIR`: writes an approved version as an OCI artifact, with attestations
 * and a bill of materials that programs of the OCI world find and verify.
 */
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { requireAdmitted } from '../../runner/admission/admit.ts';
import { readAll } from '../../runner/admission/catalogue.ts';
import { readHostPolicy } from '../../runner/host/host-policy.ts';
import type { Source } from '../../skills-index/client/blobs.ts';
import { parseReference } from '../../skills-index/skill/authoring/reference.ts';
import { tarFilesOf, writeTar } from '../../skills-index/skill/authoring/write-tar.ts';
import type { PackedBundle } from '../../skills-index/skill/bundle.ts';
import { hexOf } from '../../skills-index/skill/digest.ts';
import type { Ecosystem } from '../../skills-index/skill/ecosystem.ts';
import { packageCapabilities } from '../../skills-index/skill/manifest-packages.ts';
import { purlOf, shortNameOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import {
  predicateTypes,
  statementType,
  type VerificationSummaryStatement,
} from '../../skills-index/statement/attestation.ts';
import type { Signer } from '../../skills-index/statement/sign.ts';
import type { Admitted } from '../../skills-index/trust/decision/decision.ts';
import { judge } from '../../skills-index/trust/decision/judge.ts';
import type { LoggedStatement } from '../../skills-index/trust/members-and-scopes/identities.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { writeNewFolder } from '../new-folder.ts';
import { ownName } from '../own-version.ts';
import { askAdmission, openAdmitted, projectAt, questionOf } from '../run/admission.ts';
import { buildBundle } from '../signing/bundle-builder.ts';
import type { KeyFile } from '../signing/key-file.ts';
import { signerFor } from '../signing/signer.ts';
import { answer, joined, printNote, safe, table } from '../terminal/output.ts';
import type { EvidenceFiles } from '../verify/evidence-folder.ts';
import { gatherEvidenceFiles } from '../verify/verified-folder.ts';
import { recordingSource } from '../verify/verify.ts';
import {
  type Artifact,
  type Descriptor,
  jsonBytes,
  layArtifact,
  layoutFiles,
  tagOf,
} from './oci-layout.ts';

/** The exporter's public key, beside the layout: cosign takes a key from a file. */
const keyName = 'cosign.pub';

export async function run(context: CommandContext): Promise<ExitCode> {
  const { oci } = context.options;
  if (typeof oci !== 'string')
    throw new Problem('usage', 'Cannot export: no format is named', {
      hint: 'name a new folder for an OCI artifact: --oci DIR',
    });
  const key = await (await signerFor(context)).unlocked();
  const { skill, evidence } = await readSkill(context);
  const exported = await layOut(skill, evidence, key);
  const folder = resolve(context.cwd, oci);
  await writeNewFolder(folder, exported.files);
  print(context, { folder: oci, skill, evidence, key, ...exported });
  return exitCodes.ok;
}

/** Asks the registry as an installer does, and keeps what it answered as evidence. */
async function readSkill(
  context: CommandContext,
): Promise<{ readonly skill: ExportedSkill; readonly evidence: EvidenceFiles }> {
  const project = await projectAt(context.cwd);
  const hostPolicy = readHostPolicy(join(context.paths.config, 'host.json'));
  const taken = new Map<string, Uint8Array>();
  const question = {
    ...questionOf(project, hostPolicy, parseReference(context.args[0] ?? '')),
    through: (source: Source): Source => recordingSource(source, taken),
  };
  const found = await askAdmission(context, question);
  for (const line of found.admission.notes) printNote(context, safe`note: ${line}`);
  const admitted = requireAdmitted(found.admission, question.name);
  const { source, registry: trusted } = found;
  const { statements } = judge(found.admission.input).evidence;
  const skill = await readExportedSkill(source, admitted, statements);
  return {
    skill,
    evidence: await gatherEvidenceFiles(context, { admitted, source, trusted }, taken),
  };
}

interface LaidOut {
  readonly artifact: Descriptor;
  readonly claims: readonly AttestedClaim[];
  readonly files: ReadonlyMap<string, Uint8Array>;
}

async function layOut(
  skill: ExportedSkill,
  evidence: EvidenceFiles,
  key: KeyFile,
): Promise<LaidOut> {
  const main = layArtifact(skillArtifact(skill));
  const subject = main.descriptor;
  const claims = claimsOf(skill);
  const referrers: Artifact[] = [evidenceArtifact(skill, evidence)];
  for (const claim of claims)
    referrers.push(await attestationArtifact(skill, claim, { subject, signer: key }));
  const laid = referrers.map((one) => layArtifact(one, subject));
  const files = layoutFiles([main, ...laid], tagOf(skill.admitted.version));
  files.set(keyName, Buffer.from(key.publicPem));
  return { artifact: subject, claims, files };
}

/** The original statements with their signatures: `skillgate verify --from` verifies them. */
function evidenceArtifact(
  { verifiedAt }: ExportedSkill,
  { files, trust }: EvidenceFiles,
): Artifact {
  const entries = [...files].map(([path, bytes]) => ({ path, bytes, mode: '644' as const }));
  return {
    artifactType: 'application/vnd.skillgate.evidence.v1',
    layer: {
      mediaType: 'application/vnd.skillgate.evidence.v1.tar+gzip',
      bytes: gzipSync(writeTar(entries)),
      fileName: 'evidence.tar.gz',
    },
    annotations: {
      'dev.skillgate.trust': trust,
      'org.opencontainers.image.created': verifiedAt,
    },
  };
}

function print(
  context: CommandContext,
  shown: LaidOut & {
    readonly folder: string;
    readonly skill: ExportedSkill;
    readonly evidence: EvidenceFiles;
    readonly key: KeyFile;
  },
): void {
  const { folder, skill, evidence, artifact, claims, key } = shown;
  const { name, version, bundle } = skill.admitted;
  const tag = tagOf(version);
  const exported = {
    schema: 'skillgate.export/1',
    name,
    version,
    bundle,
    folder,
    tag,
    artifact: artifact.digest,
    trust: evidence.trust,
    key: key.keyId,
    attestations: claims.map(({ predicateType }) => predicateType),
  };
  answer(context, exported, () =>
    joined(
      [
        safe`exported ${name}@${version} to ${folder}`,
        table([
          ['  artifact', artifact.digest],
          ['  tag', tag],
          [
            '  attestations',
            safe`${claims.length}, signed with key ${key.name}; its public part is ${folder}/${keyName}`,
          ],
          [
            '  evidence',
            safe`all original statements; the digest of the root of trust is ${evidence.trust}`,
          ],
        ]),
        safe`→ push it: oras cp --recursive --from-oci-layout ${folder}:${tag} REGISTRY/${shortNameOf(name)}:${tag}`,
        safe`→ verify it: cosign verify-attestation --key ${folder}/${keyName} --insecure-ignore-tlog --type https://skillgate.dev/attestation/approval/v1 REGISTRY/${shortNameOf(name)}:${tag}`,
      ],
      '\n',
    ),
  );
}

// An admitted version with everything that its OCI artifact shows.

interface ExportedSkill extends Pick<PackedBundle, 'bundle' | 'contents'> {
  readonly admitted: Admitted;
  /**
   * When the registry verified the version (ISO 8601). Equal versions have equal artifacts because
   * this time stands in them, and not the time of the export.
   */
  readonly verifiedAt: string;
  /** The statements that count for the version, and the registry's summary, in log order. */
  readonly statements: readonly LoggedStatement[];
}

/**
 * Reads all files of an admitted version.
 * @param statements what the decision rests on; others among them are left out
 * @throws Problem `bundle-invalid`, and those of reading blobs
 */
async function readExportedSkill(
  source: Source,
  admitted: Admitted,
  statements: readonly LoggedStatement[],
): Promise<ExportedSkill> {
  const opened = await openAdmitted(source, admitted);
  const summary = statements.find(({ logIndex }) => logIndex === admitted.logIndex);
  if (summary === undefined || !isSummary(summary.statement))
    throw new Problem('internal', `${admitted.name} was admitted without a summary`);
  const { timeVerified, inputAttestations } = summary.statement.predicate;
  const counted = new Set(inputAttestations.map(({ digest }) => digest.sha256));
  return {
    admitted,
    bundle: opened.bundle,
    contents: await readAll(opened),
    verifiedAt: timeVerified,
    statements: statements
      .filter((one) => one === summary || counted.has(hexOf(one.digest)))
      .toSorted((a, b) => a.logIndex - b.logIndex),
  };
}

function isSummary(statement: {
  readonly predicateType: string;
}): statement is VerificationSummaryStatement {
  return statement.predicateType === predicateTypes.summary;
}

// Attestations about an OCI artifact, in the form that cosign attaches and finds (cosign's
// BUNDLE_SPEC.md). The statements of a version are about the version's list of files. OCI programs
// ask for statements about the artifact's manifest, which did not exist at the publication. So the
// exporter says the same about the manifest, and signs with a key of its own.

const bundleType = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/** What one attestation says. */
interface AttestedClaim {
  readonly predicateType: string;
  readonly predicate: unknown;
}

/** The statements that count for the version, and its bill of materials. */
function claimsOf(skill: ExportedSkill): AttestedClaim[] {
  const tool = ownName();
  return [
    ...skill.statements.map(({ statement: { predicateType, predicate } }) => ({
      predicateType,
      predicate,
    })),
    { predicateType: cyclonedxType, predicate: cyclonedxBom(skill, tool) },
  ];
}

/** Signs a claim about an artifact and about the list of files behind it. */
async function attestationArtifact(
  { admitted: { name, version, bundle }, verifiedAt }: ExportedSkill,
  { predicateType, predicate }: AttestedClaim,
  { subject, signer }: { readonly subject: Descriptor; readonly signer: Signer },
): Promise<Artifact> {
  const purl = purlOf(name, version);
  const payload = jsonBytes({
    _type: statementType,
    subject: [
      { name: purl, digest: { sha256: hexOf(subject.digest) } },
      { name: purl, digest: { sha256: hexOf(bundle) } },
    ],
    predicateType,
    predicate,
  });
  const signed = await buildBundle(payload, {
    sign: async (data) => ({
      signature: Buffer.from(await signer.sign(data)),
      key: { $case: 'publicKey', publicKey: Buffer.from(signer.publicKey).toString('base64') },
    }),
  });
  return {
    artifactType: bundleType,
    layer: { mediaType: bundleType, bytes: jsonBytes(signed) },
    annotations: {
      'dev.sigstore.bundle.content': 'dsse-envelope',
      'dev.sigstore.bundle.predicateType': predicateType,
      'org.opencontainers.image.created': verifiedAt,
    },
  };
}

// A skill's bill of materials in the CycloneDX format (ECMA-424, version 1.6).

const cyclonedxType = 'https://cyclonedx.org/bom';

function cyclonedxBom(
  { admitted, bundle, verifiedAt }: ExportedSkill,
  tool: string,
): Record<string, unknown> {
  const { license } = admitted.manifest;
  const purl = purlOf(admitted.name, admitted.version);
  const packages = packageCapabilities(admitted.manifest.packages ?? {}).map(
    ({ ecosystem, name, version, digest }) => {
      // Without a digest, the host of a run chooses the version.
      const pinned = digest === undefined || version === undefined ? {} : { version };
      return { name, ...pinned, purl: packageUrl(ecosystem, name, pinned.version) };
    },
  );
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      timestamp: verifiedAt,
      tools: { components: [{ type: 'application', name: tool }] },
      component: {
        type: 'application',
        'bom-ref': purl,
        name: admitted.name,
        version: admitted.version,
        description: admitted.description,
        purl,
        ...(license === undefined ? {} : { licenses: [{ license: { name: license } }] }),
        components: bundle.files.map(({ path, sha256 }) => ({
          type: 'file',
          name: path,
          hashes: [{ alg: 'SHA-256', content: hexOf(sha256) }],
        })),
      },
    },
    components: packages.map((one) => ({ ...one, 'bom-ref': one.purl, type: 'library' })),
    dependencies: [
      { ref: purl, dependsOn: packages.map((one) => one.purl) },
      ...packages.map((one) => ({ ref: one.purl })),
    ],
  };
}

const purlTypes: Readonly<Record<Ecosystem, string>> = { npm: 'npm', python: 'pypi' };

function packageUrl(ecosystem: Ecosystem, name: string, version: string | undefined): string {
  const path = name.split('/').map(encodeURIComponent).join('/');
  const at = version === undefined ? '' : `@${encodeURIComponent(version)}`;
  return `pkg:${purlTypes[ecosystem]}/${path}${at}`;
}

// A skill as an OCI artifact, with the media types that other programs use for skills
// (agentskills/agentskills#290): one layer with the skill's folder, and a configuration that says
// what SKILL.md says.

function skillArtifact(skill: ExportedSkill): Artifact {
  const { admitted, verifiedAt } = skill;
  const { name, version, description, bundle, manifest } = admitted;
  const shortName = shortNameOf(name);
  const license = manifest.license === undefined ? {} : { license: manifest.license };
  const files = tarFilesOf(skill).map((file) => ({ ...file, path: `${shortName}/${file.path}` }));
  return {
    artifactType: 'application/vnd.agentskills.skill.v1',
    config: {
      mediaType: 'application/vnd.agentskills.skill.config.v1+json',
      bytes: jsonBytes({ schemaVersion: '1', name: shortName, version, description, ...license }),
    },
    layer: {
      mediaType: 'application/vnd.agentskills.skill.content.v1.tar+gzip',
      bytes: gzipSync(writeTar(files)),
      fileName: `${shortName}.tar.gz`,
    },
    annotations: {
      'org.opencontainers.image.title': name,
      'org.opencontainers.image.version': version,
      'org.opencontainers.image.description': description,
      'org.opencontainers.image.created': verifiedAt,
      'io.agentskills.skill.name': shortName,
      'dev.skillgate.bundle': bundle,
    },
  };
}
