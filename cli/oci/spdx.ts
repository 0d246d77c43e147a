/** A skill's bill of materials in the SPDX format (ISO/IEC 5962, version 2.3). */
import { hexOf } from '../../skills-index/skill/digest.ts';
import type { ExportedSkill } from './exported-skill.ts';
import { hash, type SbomFile, type SbomPackage, sbomParts } from './sbom-parts.ts';

export const spdxType = 'https://spdx.dev/Document';

const unknown = 'NOASSERTION';
const skillId = 'SPDXRef-skill';
const licenceId = 'LicenseRef-skill';
const fileId = (at: number): string => `SPDXRef-file-${at}`;
const packageId = (at: number): string => `SPDXRef-package-${at}`;

export function spdxDocument(skill: ExportedSkill, tool: string): Record<string, unknown> {
  const { admitted, verifiedAt } = skill;
  const { purl, files, packages } = sbomParts(skill);
  const { license } = admitted.manifest;
  const described = {
    ...spdxPackage(skillId, { name: admitted.name, version: admitted.version, purl }),
    description: admitted.description,
    filesAnalyzed: true,
    packageVerificationCode: { packageVerificationCodeValue: verificationCode(files) },
    // The text may be no expression of SPDX, so a reference to the text stands in its place.
    licenseDeclared: license === undefined ? unknown : licenceId,
  };
  const related = (from: string, relationshipType: string, to: string) => ({
    spdxElementId: from,
    relationshipType,
    relatedSpdxElement: to,
  });
  return {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: `${admitted.name}@${admitted.version}`,
    documentNamespace: `https://skillgate.dev/spdx/${hexOf(admitted.bundle)}`,
    creationInfo: { created: wholeSeconds(verifiedAt), creators: [`Tool: ${tool}`] },
    packages: [described, ...packages.map((one, at) => spdxPackage(packageId(at), one))],
    files: files.map(({ path, sha1, sha256 }, at) => ({
      SPDXID: fileId(at),
      fileName: `./${path}`,
      checksums: [
        { algorithm: 'SHA1', checksumValue: sha1 },
        { algorithm: 'SHA256', checksumValue: sha256 },
      ],
      licenseConcluded: unknown,
      copyrightText: unknown,
    })),
    relationships: [
      related('SPDXRef-DOCUMENT', 'DESCRIBES', skillId),
      ...files.map((_, at) => related(skillId, 'CONTAINS', fileId(at))),
      ...packages.map((_, at) => related(skillId, 'DEPENDS_ON', packageId(at))),
    ],
    ...(license === undefined
      ? {}
      : {
          hasExtractedLicensingInfos: [
            { licenseId: licenceId, name: license, extractedText: license },
          ],
        }),
  };
}

function spdxPackage(id: string, { name, version, purl }: SbomPackage) {
  return {
    SPDXID: id,
    name,
    ...(version === undefined ? {} : { versionInfo: version }),
    downloadLocation: unknown,
    filesAnalyzed: false,
    licenseConcluded: unknown,
    licenseDeclared: unknown,
    copyrightText: unknown,
    externalRefs: [
      { referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purl },
    ],
  };
}

/** SPDX 2.3, section 7.9: SHA-1 over the sorted SHA-1 digests of all files. */
function verificationCode(files: readonly SbomFile[]): string {
  const sorted = files.map(({ sha1 }) => sha1).sort();
  return hash('sha1', sorted.join(''));
}

// SPDX knows no fractions of a second.
function wholeSeconds(time: string): string {
  return time.replace(/\.\d+Z$/, 'Z');
}
