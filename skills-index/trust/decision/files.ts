/** Compares SKILL.md and skill.json with the bundle, the signed manifest and the index line. */

import { digestOf } from '../../skill/digest.ts';
import { parseFrontMatter } from '../../skill/front-matter.ts';
import { parseManifest } from '../../skill/manifest.ts';
import { canonicalJson } from '../../skill/text/canonical-json.ts';
import { indexDescription } from '../index-files/index-line.ts';
import type { Evidence } from './evidence.ts';
import type { Reasons } from './reason.ts';
import type { JudgedPublish } from './version.ts';

export function judgeFiles(
  evidence: Evidence,
  publish: JudgedPublish | undefined,
  reasons: Reasons,
): true | undefined {
  const { bundle, input } = evidence;
  if (bundle === undefined || publish === undefined) return undefined;
  for (const [path, bytes] of input.files) {
    const listed = bundle.files.find((file) => file.path === path);
    reasons.demand(
      listed?.sha256 === digestOf(bytes),
      'bundle-mismatch',
      `${JSON.stringify(path)} has other bytes than the bundle names`,
    );
  }
  const hasManifest = bundle.files.some((file) => file.path === 'skill.json');
  reasons.demand(
    hasManifest !== publish.inferred,
    'manifest-mismatch',
    hasManifest
      ? 'the manifest is marked as inferred, but the skill has a skill.json'
      : 'the skill has no skill.json, but the manifest is not marked as inferred',
  );
  const skillMd = input.files.get('SKILL.md');
  const skillJson = input.files.get('skill.json');
  reasons.demand(skillMd !== undefined, 'file-missing', 'the registry did not deliver SKILL.md');
  reasons.demand(
    skillJson !== undefined || !hasManifest,
    'file-missing',
    'the registry did not deliver skill.json',
  );
  if (skillMd !== undefined)
    reasons.attempt('description-mismatch', () =>
      reasons.demand(
        indexDescription(parseFrontMatter(skillMd).description) === input.line.description,
        'description-mismatch',
        'the index shows another description than SKILL.md',
      ),
    );
  if (skillJson !== undefined)
    reasons.attempt('manifest-mismatch', () =>
      reasons.demand(
        canonicalJson(parseManifest(skillJson)) === canonicalJson(publish.manifest),
        'manifest-mismatch',
        'skill.json is not the manifest that the author signed',
      ),
    );
  return true;
}
