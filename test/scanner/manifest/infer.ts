/** A draft for a skill of a few texts. */
import { inferManifest } from '../../../scanner/manifest/manifest.ts';
import { scanSkill } from '../../../scanner/scan.ts';
import type { SourceFile } from '../../../skills-index/skill/bundle.ts';
import { listCapabilities, printCapability } from '../../../skills-index/skill/capability.ts';
import type { Manifest } from '../../../skills-index/skill/manifest.ts';
import { parseSkillName } from '../../../skills-index/skill/name.ts';
import { parseVersion } from '../../../skills-index/skill/version.ts';

export const skillMd = '---\nname: sample\ndescription: A sample.\n---\nRun `scripts/a.ts`.\n';
export const identity = { name: parseSkillName('@acme/sample'), version: parseVersion('1.0.0') };

export async function infer(
  texts: Readonly<Record<string, string>>,
): Promise<{ manifest: Manifest; lines: string[]; files: SourceFile[] }> {
  const files = Object.entries({ 'SKILL.md': skillMd, ...texts }).map(([path, text]) => ({
    path,
    bytes: Buffer.from(text),
    mode: 0o644,
  }));
  const manifest = inferManifest(files, await scanSkill(files), identity);
  return { manifest, lines: listCapabilities(manifest.capabilities).map(printCapability), files };
}
