/** A skill's bill of materials in the CycloneDX format (ECMA-424, version 1.6). */
import type { ExportedSkill } from './exported-skill.ts';
import { sbomParts } from './sbom-parts.ts';

export const cyclonedxType = 'https://cyclonedx.org/bom';

export function cyclonedxBom(skill: ExportedSkill, tool: string): Record<string, unknown> {
  const { admitted, verifiedAt } = skill;
  const { purl, files, packages } = sbomParts(skill);
  const { license } = admitted.manifest;
  const libraries = packages.map((one) => ({ ...one, 'bom-ref': one.purl, type: 'library' }));
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
        components: files.map(({ path, sha1, sha256 }) => ({
          type: 'file',
          name: path,
          hashes: [
            { alg: 'SHA-1', content: sha1 },
            { alg: 'SHA-256', content: sha256 },
          ],
        })),
      },
    },
    components: libraries,
    dependencies: [
      { ref: purl, dependsOn: packages.map((one) => one.purl) },
      ...packages.map((one) => ({ ref: one.purl })),
    ],
  };
}
