/**
 * Attestations about an OCI artifact, in the form that cosign attaches and finds (cosign's
 * BUNDLE_SPEC.md). The statements of a version are about the version's list of files. OCI programs
 * ask for statements about the artifact's manifest, which did not exist at the publication. So the
 * exporter says the same about the manifest, and signs with a key of its own.
 */
import { hexOf } from '../../skills-index/skill/digest.ts';
import { purlOf } from '../../skills-index/skill/name.ts';
import { statementType } from '../../skills-index/statement/attestation.ts';
import type { Signer } from '../../skills-index/statement/sign.ts';
import { ownName } from '../own-version.ts';
import { buildBundle } from '../signing/bundle-builder.ts';
import { cyclonedxBom, cyclonedxType } from './cyclonedx.ts';
import type { ExportedSkill } from './exported-skill.ts';
import { type Artifact, type Descriptor, jsonBytes } from './oci-layout.ts';

const bundleType = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/** What one attestation says. */
export interface AttestedClaim {
  readonly predicateType: string;
  readonly predicate: unknown;
}

/** The statements that count for the version, and its bill of materials. */
export function claimsOf(skill: ExportedSkill): AttestedClaim[] {
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
export async function attestationArtifact(
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
