/**
 * Compares a folder with the files of an approved version, in each form in which a folder may
 * honestly have the files.
 */
import * as admission from '../../runner/admission/public.ts';
import type { BundleFile, PackedBundle } from '../../skills-index/skill/bundle.ts';
import type { BundlePath } from '../../skills-index/skill/bundle-path.ts';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { parseManifest } from '../../skills-index/skill/manifest.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { installedFiles } from '../install/skill-folder.ts';
import { gateFilesNamedMax } from '../limits.ts';
import { shortText } from '../terminal/output.ts';
import { withoutInstallerNote } from './installer-note.ts';

interface ExpectedFile {
  readonly sha256: Digest;
  readonly executable: boolean;
}
type ExpectedFiles = ReadonlyMap<string, ExpectedFile>;

/**
 * Differences between a folder and an approved version, a phrase for each file; empty when the
 * folder has the approved files, or the files that `skillgate install` writes for the version. An
 * installer may drop executable bits of files, but not add them.
 */
export async function fileDifferences(
  packed: PackedBundle,
  approved: admission.OpenedSkill,
  name: SkillName,
): Promise<string[]> {
  const asApproved = new Map(
    approved.bundle.files.map(({ path, sha256, mode }): [string, ExpectedFile] => [
      path,
      { sha256, executable: mode === '755' },
    ]),
  );
  const differences = differencesFrom(asApproved, packed);
  if (differences.length === 0) return [];
  const installed = await installedForm(approved, name).catch((cause: unknown) => {
    // Without the contents nobody knows the stand-ins, and the folder then counts as changed.
    if (cause instanceof Problem) return asApproved;
    throw cause;
  });
  const fromInstalled = differencesFrom(installed, packed);
  return fromInstalled.length < differences.length ? fromInstalled : differences;
}

/** Names the first files: `"a.md" is missing, "b.sh" differs, and 3 more`. */
export function differencesText(differences: readonly string[]): string {
  const more = differences.length - gateFilesNamedMax;
  const named = differences.slice(0, gateFilesNamedMax).join(', ');
  return more > 0 ? `${named}, and ${more} more` : named;
}

/** The stand-ins of programs start the approved version in its sandbox, and nothing else. */
async function installedForm(
  approved: admission.OpenedSkill,
  name: SkillName,
): Promise<ExpectedFiles> {
  const contents = await admission.readAll(approved);
  const json = contents.get('skill.json' as BundlePath);
  const commands = json === undefined ? {} : parseManifest(json).commands;
  const files = installedFiles(approved.bundle, contents, { name, commands, plain: false });
  return new Map(
    [...files].map(([path, { bytes, executable }]) => [
      path,
      { sha256: digestOf(bytes), executable },
    ]),
  );
}

function differencesFrom(expected: ExpectedFiles, packed: PackedBundle): string[] {
  const found = new Map(
    withoutInstallerNote(packed, expected).map((file): [string, BundleFile] => [file.path, file]),
  );
  const ofExpected = [...expected].flatMap(([path, { sha256, executable }]) => {
    const file = found.get(path);
    if (file === undefined) return [`${quoted(path)} is missing`];
    if (file.sha256 !== sha256) return [`${quoted(path)} differs`];
    return file.mode === '755' && !executable ? [`${quoted(path)} became executable`] : [];
  });
  const extra = [...found.keys()].filter((path) => !expected.has(path));
  // An added file is the likelier attack, so a long list must not hide the file.
  return [...extra.map((path) => `${quoted(path)} is extra`), ...ofExpected];
}

function quoted(path: string): string {
  return JSON.stringify(shortText(path));
}
