/**
 * One folder of an import is named, scanned and published unchanged. A manifest that the tool made
 * is marked inferred.
 */
import { basename } from 'node:path';
import { inferManifest } from '../../scanner/manifest/manifest.ts';
import { packBundle } from '../../skills-index/skill/authoring/pack-bundle.ts';
import { parseSkillMd, type SkillMd } from '../../skills-index/skill/authoring/skill-md.ts';
import type { PackedBundle } from '../../skills-index/skill/bundle.ts';
import type { BundlePath } from '../../skills-index/skill/bundle-path.ts';
import { hexOf } from '../../skills-index/skill/digest.ts';
import { type Manifest, parseManifest } from '../../skills-index/skill/manifest.ts';
import {
  isNamePart,
  parseSkillName,
  type Scope,
  type SkillName,
  scopeOf,
} from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseVersion, type Version } from '../../skills-index/skill/version.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import { readWholeSkill } from '../scan/source-folder.ts';
import { requireDeclared } from './require-declared.ts';

export interface FoundSkill {
  readonly name: SkillName;
  readonly version: Version;
  readonly packed: PackedBundle;
  /** The skill's own skill.json, if it has one. */
  readonly manifest: Manifest | undefined;
}

/** The name and version to publish. @throws Problem with the reason when there is none */
export async function readFound(folder: string, scope: Scope): Promise<FoundSkill> {
  const { files } = await readWholeSkill(folder);
  const packed = packBundle(files);
  const skillMd = parseSkillMd(packed.contents.get('SKILL.md' as BundlePath) ?? new Uint8Array());
  const json = packed.contents.get('skill.json' as BundlePath);
  if (json === undefined) {
    const name = parseSkillName(`@${scope}/${shortNameFor(skillMd, folder)}`);
    return { name, version: versionFor(skillMd, packed), packed, manifest: undefined };
  }
  const manifest = parseManifest(json);
  if (scopeOf(manifest.name) !== scope)
    throw new Problem(
      'name-invalid',
      `Cannot import ${JSON.stringify(folder)}: its skill.json names ${manifest.name}, not @${scope}/…`,
    );
  return { name: manifest.name, version: manifest.version, packed, manifest };
}

/**
 * The manifest to sign: the author's, or one inferred from the scan.
 * @throws Problem `capability-undeclared` as `skillgate publish` does, unless `isAsIs`
 */
export function manifestFor(
  found: FoundSkill,
  report: ScanReport,
  isAsIs: boolean,
): { readonly manifest: Manifest; readonly inferred?: true } {
  const { name, version, packed, manifest } = found;
  const files = packed.bundle.files.map(({ path, mode }) => ({
    path,
    bytes: packed.contents.get(path) ?? new Uint8Array(),
    mode: Number.parseInt(mode, 8),
  }));
  if (manifest === undefined)
    return { manifest: inferManifest(files, report, { name, version }), inferred: true };
  if (!isAsIs) requireDeclared(files, manifest, report);
  return { manifest };
}

function shortNameFor({ name }: SkillMd, folder: string): string {
  const candidates = [name, basename(folder)];
  const fitting = candidates.find((candidate) => candidate !== undefined && isNamePart(candidate));
  if (fitting !== undefined) return fitting;
  throw new Problem(
    'name-invalid',
    `Cannot name the skill: neither ${candidates.map((one) => JSON.stringify(one ?? '')).join(' nor ')} is a skill’s name`,
  );
}

// Eight hex digits of the bundle, or more where they would form a number with a leading zero, which
// semver forbids.
function versionFor({ version }: SkillMd, { digest }: PackedBundle): Version {
  const given = tryVersion(version);
  if (given !== undefined) return given;
  const hex = hexOf(digest);
  for (let digits = 8; digits < hex.length; digits++) {
    const made = tryVersion(`0.0.0-${hex.slice(0, digits)}`);
    if (made !== undefined) return made;
  }
  return parseVersion('0.0.0-0');
}

function tryVersion(text: string | undefined): Version | undefined {
  try {
    return text === undefined ? undefined : parseVersion(text);
  } catch {
    return undefined;
  }
}
