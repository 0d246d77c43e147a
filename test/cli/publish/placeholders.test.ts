import { expect, it } from 'vitest';
import { requireNoPlaceholders } from '../../../cli/publish/prepare-version.ts';
import { parseSkillMd } from '../../../skills-index/skill/authoring/skill-md.ts';
import { parseManifest } from '../../../skills-index/skill/manifest.ts';
import { unconfirmedWhy } from '../../../skills-index/skill/placeholders.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';

it('each capability with the same placeholder is named at its own line', () => {
  const env = ['A', 'B'].map((name) => `  {"name": "${name}", "why": "${unconfirmedWhy}"}`);
  const json = Buffer.from(
    `{"name": "@acme/x", "version": "1.0.0", "capabilities": {"env": [\n${env.join(',\n')}\n]}}`,
  );
  const markdown = Buffer.from('---\nname: x\ndescription: Counts words.\n---\n# X\n');
  const files = [
    { path: 'skill.json', bytes: json, mode: 0o644 },
    { path: 'SKILL.md', bytes: markdown, mode: 0o644 },
  ];
  try {
    requireNoPlaceholders({
      folder: { files },
      manifest: parseManifest(json),
      skillMd: parseSkillMd(markdown),
    });
    expect.unreachable();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    expect(error.reasons.map(({ place }) => place?.line)).toEqual([2, 3]);
  }
});
