/** The index line of a skill that an agent sees before opening it: JSON of at most 100 tokens. */
import { cleanDescription } from '../../skills-index/skill/text/shown-text.ts';
import { indexTokensMax } from '../limits.ts';

export interface SkillLine {
  readonly name: string;
  readonly version: string;
  /** Shortened to fit. */
  readonly description: string;
  /** As many as fit, in order; `skill_open` lists all. */
  readonly commands: readonly string[];
  /** Set when a person has to allow the skill first. Never shortened; its author bounds it. */
  readonly needs?: string;
}

/** Estimated tokens: four ASCII characters are one token, and each other character is one token. */
export function tokensOf(text: string): number {
  const ascii = text.replace(/[^\x20-\x7e]/gu, '');
  return Math.ceil(ascii.length / 4) + ([...text].length - ascii.length);
}

/** Removes commands first, then words of the description, until the JSON line fits. */
export function indexLine({ commands, description, name, needs, version }: SkillLine): SkillLine {
  let words = [...cleanDescription(description)];
  let shown = [...commands];
  const line = (): SkillLine => ({
    name,
    version,
    ...(needs === undefined ? {} : { needs }),
    description: words.join(''),
    commands: shown,
  });
  const fits = (): boolean => tokensOf(JSON.stringify(line())) <= indexTokensMax;
  while (!fits() && shown.length > 1) shown = shown.slice(0, -1);
  // One command can be a whole path.
  if (!fits() && tokensOf(JSON.stringify(shown)) > indexTokensMax / 4) shown = [];
  while (!fits() && words.length > 0)
    words = words.length === 1 ? [] : [...words.slice(0, words.at(-1) === '…' ? -2 : -1), '…'];
  return line();
}
