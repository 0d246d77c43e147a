/**
 * Compares the files at hand, SKILL.md and skill.json, with the bundle, the signed manifest and the
 * index line.
 */
import { canonicalJson } from '../../skill/canonical-json.ts';
import { digestOf } from '../../skill/digest.ts';
import { parseSkillMd } from '../../skill/front-matter.ts';
import { type Manifest, parseManifest } from '../../skill/manifest.ts';
import { Problem } from '../../skill/problem.ts';
import { indexDescription } from '../index-line.ts';
import type { Evidence } from './evidence.ts';
import type { Reasons } from './reason.ts';
import type { JudgedPublish } from './version.ts';

/** Compares SKILL.md and skill.json of the bundle with the signed statements and the index. */
export function judgeFiles(
  evidence: Evidence,
  publish: JudgedPublish | undefined,
  reasons: Reasons,
): true | undefined {
  const { bundle, input } = evidence;
  if (bundle === undefined || publish === undefined) return undefined;
  for (const [path, bytes] of input.files) {
    const listed = bundle.files.find((file) => file.path === path);
    const same = listed !== undefined && listed.sha256 === digestOf(bytes);
    reasons.demand(
      same,
      'bundle-mismatch',
      `the bytes of ${JSON.stringify(path)} are not those of the bundle`,
    );
  }
  const hasManifest = bundle.files.some((file) => file.path === 'skill.json');
  reasons.demand(
    hasManifest !== publish.inferred,
    'manifest-mismatch',
    hasManifest
      ? 'the manifest is called inferred, but the skill has a skill.json'
      : 'the skill has no skill.json, and the manifest is not called inferred',
  );
  const skillMd = input.files.get('SKILL.md');
  const skillJson = input.files.get('skill.json');
  reasons.demand(skillMd !== undefined, 'file-missing', 'SKILL.md is not at hand');
  reasons.demand(
    skillJson !== undefined || !hasManifest,
    'file-missing',
    'skill.json is not at hand',
  );
  if (skillMd !== undefined) judgeDescription(skillMd, input.line.description, reasons);
  if (skillJson !== undefined) judgeManifest(skillJson, publish.manifest, reasons);
  return true;
}

function judgeDescription(skillMd: Uint8Array, shown: string, reasons: Reasons): void {
  try {
    const same = indexDescription(parseSkillMd(skillMd).description) === shown;
    reasons.demand(
      same,
      'description-mismatch',
      'the index shows another description than SKILL.md has',
    );
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    reasons.add('description-mismatch', cause.message);
  }
}

function judgeManifest(skillJson: Uint8Array, signed: Manifest, reasons: Reasons): void {
  try {
    const same = canonicalJson(parseManifest(skillJson)) === canonicalJson(signed);
    reasons.demand(
      same,
      'manifest-mismatch',
      'skill.json is not the manifest that the author signed',
    );
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    reasons.add('manifest-mismatch', cause.message);
  }
}
