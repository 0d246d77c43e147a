/**
 * Turns a folder into a version to publish: bundle, manifest and local scan, each checked before
 * signing.
 */

import { whyTooLargeForMcp } from '../../skills-index/mcp/skill-methods.ts';
import { requireLocked } from '../../skills-index/packages/require-locked.ts';
import { requireNoBuild } from '../../skills-index/skill/authoring/build-metadata.ts';
import { windowsLineEnds } from '../../skills-index/skill/authoring/line-ends.ts';
import { packBundle } from '../../skills-index/skill/authoring/pack-bundle.ts';
import { parseSkillMd, type SkillMd } from '../../skills-index/skill/authoring/skill-md.ts';
import type { PackedBundle } from '../../skills-index/skill/bundle.ts';
import { listCapabilities, printCapability } from '../../skills-index/skill/capability.ts';
import { type Manifest, parseManifest } from '../../skills-index/skill/manifest.ts';
import { commandFile } from '../../skills-index/skill/manifest-schema.ts';
import { shortNameOf } from '../../skills-index/skill/name.ts';
import { emptyDescription, unconfirmedWhy } from '../../skills-index/skill/placeholders.ts';
import { Problem, type Reason } from '../../skills-index/skill/problem.ts';
import { placeAt } from '../../skills-index/skill/text/json.ts';
import { shellWord } from '../../skills-index/skill/text/shell-word.ts';
import { readWholeSkill, type SkillFolder } from '../scan/source-folder.ts';

export interface PreparedVersion {
  readonly folder: SkillFolder;
  readonly packed: PackedBundle;
  readonly skillMd: SkillMd;
  readonly manifest: Manifest;
  /** Harmless remarks for the author. */
  readonly warnings: readonly Reason[];
}

/**
 * @throws Problem of any of its parts: `bundle-invalid`, `skill-md-invalid`, `manifest-missing`,
 * `manifest-invalid` …
 */
export async function prepareVersion(path: string): Promise<PreparedVersion> {
  const folder = await readWholeSkill(path, 'publish');
  const packed = packBundle(folder.files);
  const bytesOf = (name: string) => folder.files.find((file) => file.path === name)?.bytes;
  const skillMd = parseSkillMd(bytesOf('SKILL.md') ?? new Uint8Array());
  const json = bytesOf('skill.json');
  if (json === undefined)
    throw new Problem(
      'manifest-missing',
      `Cannot publish ${JSON.stringify(path)}: the folder has no skill.json`,
      { hint: `skillgate manifest ${shellWord(path)} --write` },
    );
  const manifest = parseManifest(json);
  requireNoBuild(manifest.version);
  requireLocked('publish', manifest, bytesOf);
  requireCommandFiles('publish', manifest.commands, packed);
  return {
    folder,
    packed,
    skillMd,
    manifest,
    warnings: [
      ...skillMd.warnings,
      ...warningsOf(manifest, skillMd),
      ...windowsLineEnds(folder.files, path),
      ...warningsOfSize(packed),
    ],
  };
}

/**
 * Refuses commands whose files are not in the skill.
 * @param verb what cannot be done, for the message
 * @throws Problem `manifest-invalid` with every such command
 */
export function requireCommandFiles(
  verb: string,
  commands: Manifest['commands'],
  { contents }: Pick<PackedBundle, 'contents'>,
): void {
  const missing = Object.entries(commands).filter(([, start]) => !contents.has(commandFile(start)));
  if (missing.length === 0) return;
  throw new Problem(
    'manifest-invalid',
    `Cannot ${verb}: skill.json names commands whose files are not in the skill`,
    {
      reasons: missing.map(([command, start]) => ({
        message: `commands.${command}: the skill has no file ${JSON.stringify(commandFile(start))}`,
      })),
    },
  );
}

// Hosts that read skills over MCP may refuse a skill above the limits of that extension.
function warningsOfSize({ bundle }: PackedBundle): Reason[] {
  const why = whyTooLargeForMcp(bundle.files);
  return why === undefined
    ? []
    : [{ message: `the skill is in no list of skills over MCP: ${why}` }];
}

/**
 * Refuses a version that still has placeholder texts of `skillgate init` and `skillgate manifest`.
 * @throws Problem `placeholder-text` with every place
 */
export function requireNoPlaceholders({
  folder,
  manifest,
  skillMd,
}: Pick<PreparedVersion, 'manifest' | 'skillMd'> & {
  readonly folder: Pick<SkillFolder, 'files'>;
}): void {
  const json = textOf(folder, 'skill.json');
  const seen = new Set<string>();
  const placed = new Map<string, number>();
  const whys = listCapabilities(manifest.capabilities).flatMap((capability): Reason[] => {
    const { why = '' } = capability;
    // All packages of one ecosystem share one reason.
    if (!why.startsWith(unconfirmedWhy) || (capability.kind === 'package' && seen.has(why)))
      return [];
    seen.add(why);
    // Several capabilities may have one placeholder.
    const offset = json.indexOf(JSON.stringify(why), (placed.get(why) ?? -1) + 1);
    placed.set(why, offset);
    const place = placeAt(json, Math.max(0, offset), 'skill.json');
    return [
      {
        message: `${printCapability(capability)}: its reason ("why") is still the placeholder ${JSON.stringify(why)}`,
        place,
      },
    ];
  });
  const markdown = textOf(folder, 'SKILL.md');
  const place = placeAt(markdown, Math.max(0, markdown.indexOf(emptyDescription)), 'SKILL.md');
  const description =
    skillMd.description === emptyDescription
      ? [{ message: 'the description is still the placeholder that skillgate init wrote', place }]
      : [];
  const reasons = [...whys, ...description];
  if (reasons.length === 0) return;
  throw new Problem(
    'placeholder-text',
    `Cannot publish ${manifest.name}@${manifest.version}: the skill still has placeholder texts`,
    {
      reasons,
    },
  );
}

function textOf({ files }: Pick<SkillFolder, 'files'>, path: string): string {
  return Buffer.from(files.find((file) => file.path === path)?.bytes ?? []).toString('utf8');
}

function warningsOf(manifest: Manifest, skillMd: SkillMd): Reason[] {
  const short = shortNameOf(manifest.name);
  if (skillMd.name === undefined || skillMd.name === short) return [];
  return [
    {
      message: `the name in SKILL.md is ${JSON.stringify(skillMd.name)}, the name in skill.json ${JSON.stringify(short)}; agents show the one in SKILL.md`,
    },
  ];
}
