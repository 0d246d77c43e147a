/**
 * `skillgate export --oci DIR`: writes an approved version as an OCI artifact, with attestations
 * and a bill of materials that programs of the OCI world find and verify.
 */
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as admission from '../../runner/admission/public.ts';
import * as host from '../../runner/host/public.ts';
import type { Source } from '../../skills-index/client/blobs.ts';
import { parseReference } from '../../skills-index/skill/authoring/reference.ts';
import { writeTar } from '../../skills-index/skill/authoring/write-tar.ts';
import { shortNameOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { judge } from '../../skills-index/trust/decision/judge.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { writeNewFolder } from '../new-folder.ts';
import { askAdmission, projectAt, questionOf } from '../run/admission.ts';
import type { KeyFile } from '../signing/key-file.ts';
import { signerFor } from '../signing/signer.ts';
import { answer, joined, printNote, safe, table } from '../terminal/output.ts';
import type { EvidenceFiles } from '../verify/evidence-folder.ts';
import { recordingSource } from '../verify/recording-source.ts';
import { gatherEvidenceFiles } from '../verify/verified-version.ts';
import { type AttestedClaim, attestationArtifact, claimsOf } from './attestations.ts';
import { type ExportedSkill, readExportedSkill } from './exported-skill.ts';
import { type Artifact, type Descriptor, layArtifact, layoutFiles, tagOf } from './oci-layout.ts';
import { skillArtifact } from './skill-artifact.ts';

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
  const hostPolicy = host.readHostPolicy(join(context.paths.config, 'host.json'));
  const taken = new Map<string, Uint8Array>();
  const question = {
    ...questionOf(project, hostPolicy, parseReference(context.args[0] ?? '')),
    through: (source: Source): Source => recordingSource(source, taken),
  };
  const found = await askAdmission(context, question);
  for (const line of found.admission.notes) printNote(context, safe`note: ${line}`);
  const admitted = admission.requireAdmitted(found.admission, question.name);
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
