/** What an agent learns of a skill before it opens it: one line of JSON, at most 100 tokens. */
import { cleanDescription } from '../../skills-index/skill/text/shown-text.ts';
import { indexTokensMax } from '../limits.ts';

export interface SkillLine {
  readonly name: string;
  readonly version: string;
  /** Cut where it does not fit. */
  readonly description: string;
  /** Those that fit, in order; `skill_open` names all. */
  readonly commands: readonly string[];
}

/** Tokens, estimated: four ASCII characters are one, each other character is one of its own. */
export function tokensOf(text: string): number {
  const ascii = text.replace(/[^\x20-\x7e]/gu, '');
  return Math.ceil(ascii.length / 4) + ([...text].length - ascii.length);
}

/** Cuts commands first, then the description, until its line of JSON fits. */
export function indexLine({ name, version, description, commands }: SkillLine): SkillLine {
  let words = [...cleanDescription(description)];
  let kept = [...commands];
  const line = (): SkillLine => ({ name, version, description: words.join(''), commands: kept });
  const fits = (): boolean => tokensOf(JSON.stringify(line())) <= indexTokensMax;
  while (!fits() && kept.length > 1) kept = kept.slice(0, -1);
  // One command can be a whole path.
  if (!fits() && tokensOf(JSON.stringify(kept)) > indexTokensMax / 4) kept = [];
  while (!fits() && words.length > 0)
    words = words.length === 1 ? [] : [...words.slice(0, words.at(-1) === '…' ? -2 : -1), '…'];
  return line();
}
