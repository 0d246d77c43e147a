/** A skill's bill of materials in the CycloneDX format (ECMA-424, version 1.6). */

import { hexOf } from '../../skills-index/skill/digest.ts';
import type { Ecosystem } from '../../skills-index/skill/ecosystem.ts';
import { packageCapabilities } from '../../skills-index/skill/manifest-packages.ts';
import { purlOf } from '../../skills-index/skill/name.ts';
import type { ExportedSkill } from './exported-skill.ts';

export const cyclonedxType = 'https://cyclonedx.org/bom';

export function cyclonedxBom(
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
