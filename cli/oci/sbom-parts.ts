/** What both formats of the bill of materials list: the skill, its files and its packages. */
import { createHash } from 'node:crypto';
import type { Ecosystem } from '../../skills-index/skill/ecosystem.ts';
import { packageCapabilities } from '../../skills-index/skill/manifest-packages.ts';
import { purlOf } from '../../skills-index/skill/name.ts';
import type { ExportedSkill } from './exported-skill.ts';

export interface SbomFile {
  readonly path: string;
  /** Hexadecimal digits, as are all digests of a bill of materials. */
  readonly sha1: string;
  readonly sha256: string;
}

export interface SbomPackage {
  readonly name: string;
  /** Absent where the host of a run chooses the version. */
  readonly version?: string;
  /** Package URL (github.com/package-url/purl-spec). */
  readonly purl: string;
}

export interface SbomParts {
  readonly purl: string;
  readonly files: readonly SbomFile[];
  readonly packages: readonly SbomPackage[];
}

export function sbomParts({ admitted, bundle, contents }: ExportedSkill): SbomParts {
  return {
    purl: purlOf(admitted.name, admitted.version),
    files: bundle.files.map(({ path }) => {
      const bytes = contents.get(path) ?? new Uint8Array();
      return { path, sha1: hash('sha1', bytes), sha256: hash('sha256', bytes) };
    }),
    packages: packageCapabilities(admitted.manifest.packages ?? {}).map(
      ({ ecosystem, name, version, digest }) => {
        const pinned = digest === undefined || version === undefined ? {} : { version };
        return { name, ...pinned, purl: packageUrl(ecosystem, name, pinned.version) };
      },
    ),
  };
}

const purlTypes: Readonly<Record<Ecosystem, string>> = { npm: 'npm', python: 'pypi' };

function packageUrl(ecosystem: Ecosystem, name: string, version: string | undefined): string {
  const path = name.split('/').map(encodeURIComponent).join('/');
  const at = version === undefined ? '' : `@${encodeURIComponent(version)}`;
  return `pkg:${purlTypes[ecosystem]}/${path}${at}`;
}

export function hash(algorithm: 'sha1' | 'sha256', bytes: Uint8Array | string): string {
  return createHash(algorithm).update(bytes).digest('hex');
}
