/** The skill of a verification summary. */
import { parseSkillName, type SkillName } from '../../skills-index/skill/name.ts';

/** @param purl `resourceUri` of the summary. @returns undefined where it names no version */
export function skillNameIn(purl: string): SkillName | undefined {
  const [, scope, short] = /^pkg:skill\/%40([a-z0-9-]+)\/([a-z0-9-]+)@/.exec(purl) ?? [];
  return scope === undefined ? undefined : parseSkillName(`@${scope}/${short}`);
}
