/**
 * One skill of an import is named, scanned and published unchanged. A manifest that the tool made
 * is marked inferred.
 */
import { inferManifest } from '../../../scanner/manifest/manifest.ts';
import { packBundle } from '../../../skills-index/skill/authoring/pack-bundle.ts';
import { parseSkillMd, type SkillMd } from '../../../skills-index/skill/authoring/skill-md.ts';
import type { PackedBundle } from '../../../skills-index/skill/bundle.ts';
import type { BundlePath } from '../../../skills-index/skill/bundle-path.ts';
import { hexOf } from '../../../skills-index/skill/digest.ts';
import { licenseCharsMax } from '../../../skills-index/skill/limits.ts';
import { type Manifest, parseManifest } from '../../../skills-index/skill/manifest.ts';
import {
  isNamePart,
  parseSkillName,
  type Scope,
  type SkillName,
  scopeOf,
} from '../../../skills-index/skill/name.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { parseVersion, type Version } from '../../../skills-index/skill/version.ts';
import type { ScanReport } from '../../../skills-index/statement/scan-report.ts';
import { requireWhole, type SkillFolder } from '../../scan/source-folder.ts';
import { sourceFilesOf } from '../packed-files.ts';
import { requireDeclared } from '../require-declared.ts';
import type { SourceSkill } from './import-source.ts';
import { tryVersion, versionsOfCommit } from './import-version.ts';

export interface FoundSkill {
  readonly name: SkillName;
  /** Versions to publish as, best first. */
  readonly versions: readonly [Version, ...Version[]];
  readonly packed: PackedBundle;
  /** The skill's own skill.json, if it has one. */
  readonly manifest: Manifest | undefined;
  /** What SKILL.md says about the licence. */
  readonly license?: string;
}

/** The name and the versions to publish. @throws Problem with the reason when there is none */
export function findName(skill: SourceSkill, folder: SkillFolder, scope: Scope): FoundSkill {
  const { files } = requireWhole(folder, skill.path);
  const packed = packBundle(files);
  const skillMd = parseSkillMd(packed.contents.get('SKILL.md' as BundlePath) ?? new Uint8Array());
  const { license: given } = skillMd;
  const license =
    given === undefined || given === '' ? {} : { license: given.slice(0, licenseCharsMax) };
  const json = packed.contents.get('skill.json' as BundlePath);
  if (json === undefined) {
    const short = shortNameFor(skillMd, skill.folderName);
    const name = parseSkillName(`@${scope}/${short}`);
    const versions = versionsFor(skill, short, { own: tryVersion(skillMd.version), packed });
    return { name, versions, packed, manifest: undefined, ...license };
  }
  const manifest = parseManifest(json);
  if (scopeOf(manifest.name) !== scope)
    throw new Problem(
      'name-invalid',
      `Cannot import ${JSON.stringify(skill.path)}: its skill.json names ${manifest.name}, not @${scope}/…`,
    );
  return { name: manifest.name, versions: [manifest.version], packed, manifest, ...license };
}

/**
 * The manifest to sign: the author's, or one inferred from the scan.
 * @throws Problem `capability-undeclared` as `skillgate publish` does, unless `isAsIs`
 */
export function manifestFor(
  found: FoundSkill,
  version: Version,
  { report, isAsIs }: { readonly report: ScanReport; readonly isAsIs: boolean },
): { readonly manifest: Manifest; readonly inferred?: true } {
  const { name, packed, manifest, license } = found;
  const files = sourceFilesOf(packed);
  if (manifest === undefined) {
    const inferred = inferManifest(files, report, { name, version });
    return {
      manifest: license === undefined ? inferred : { ...inferred, license },
      inferred: true,
    };
  }
  if (!isAsIs) requireDeclared(files, manifest, report);
  return { manifest };
}

function shortNameFor({ name }: SkillMd, folderName: string): string {
  const candidates = [...new Set([name ?? '', folderName])];
  const fitting = candidates.find(isNamePart);
  if (fitting !== undefined) return fitting;
  throw new Problem(
    'name-invalid',
    `Cannot name the skill: a name has lower-case letters, digits and single hyphens between them, and ${candidates.map((one) => JSON.stringify(one)).join(' and ')} ${candidates.length === 1 ? 'has' : 'have'} others`,
  );
}

function versionsFor(
  { versions }: SourceSkill,
  short: string,
  { own, packed }: { readonly own: Version | undefined; readonly packed: PackedBundle },
): FoundSkill['versions'] {
  const [first, ...others] =
    versions === undefined
      ? own === undefined
        ? []
        : [own]
      : versionsOfCommit(short, own, versions);
  return [first ?? versionOfBytes(packed), ...others];
}

// Eight hex digits of the bundle, or more where they would form a number with a leading zero, which
// semver forbids.
function versionOfBytes({ digest }: PackedBundle): Version {
  const hex = hexOf(digest);
  for (let digits = 8; digits < hex.length; digits++) {
    const made = tryVersion(`0.0.0-${hex.slice(0, digits)}`);
    if (made !== undefined) return made;
  }
  return parseVersion('0.0.0-0');
}
