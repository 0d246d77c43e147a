/** Parses `@scope/name@version` for commands about one version. */
import { parseSkillName, type SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseVersion, type Version } from '../../skills-index/skill/version.ts';

export interface ExactVersion {
  readonly name: SkillName;
  readonly version: Version;
}

/** @throws Problem `usage`, `name-invalid`, `version-invalid` */
export function parseExactVersion(text: string): ExactVersion {
  const at = text.indexOf('@', 1);
  if (at < 0) {
    const example = text.startsWith('@') || !text.includes('/') ? text : `@${text}`;
    throw new Problem('usage', `${JSON.stringify(text)} names no version`, {
      hint: `for example ${example}@1.0.0`,
    });
  }
  return { name: parseSkillName(text.slice(0, at)), version: parseVersion(text.slice(at + 1)) };
}
