/**
 * References to skills that people type: `@scope/name[@range]`.
 */
import validRange from 'semver/ranges/valid.js';
import { parseSkillName, quote, type SkillName } from '../name.ts';
import { Problem } from '../problem.ts';

export interface SkillReference {
  readonly name: SkillName;
  /** The semver range of the reference; `*` when the person typed no range. */
  readonly range: string;
}

/**
 * Parses a reference to a skill.
 * @throws Problem `name-invalid`, `version-invalid`
 */
export function parseReference(text: string): SkillReference {
  const at = text.indexOf('@', 1);
  const name = parseSkillName(at < 0 ? text : text.slice(0, at));
  const range = at < 0 ? '*' : text.slice(at + 1);
  if (range === '' || validRange(range) === null)
    throw new Problem('version-invalid', `Not a version range: ${quote(range)}`);
  return { name, range };
}
