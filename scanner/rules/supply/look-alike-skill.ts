/** The skill is named almost like another that everybody knows. */

import {
  isSlip,
  lookAlikeOf,
  nameWords,
  popularPackages,
  popularSkills,
} from '../../lookup-tables/import-packages.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const lookAlikeSkill = defineRule({
  id: 'supply/look-alike-skill',
  title: 'A name almost like another',
  kind: 'policy',
  severity: 'medium',
  confidence: 'folded',
  why: 'A skill whose name is a well-known one with a letter swapped or doubled is installed by mistake, and chosen by agents by mistake.',
  fix: 'Choose a name of your own.',
  maps: { cwe: ['CWE-1007'], owasp: ['AST04', 'ASI04'], attack: ['T1036.005'] },
  reads: ['source'],
  check: ({ name, sources }) => {
    const text = sources.find((source) => source.path === 'SKILL.md')?.text ?? '';
    const at = Math.max(text.indexOf(name), 0);
    const like = likeOf(name.toLowerCase());
    if (like === undefined || name === '') return [];
    const draft: FindingDraft = {
      span: { path: 'SKILL.md', start: at, end: at + name.length },
      message: `the skill's name "${name}" is almost "${like}"`,
    };
    return [draft];
  },
});

// The whole name beside the skills, each of its words beside packages: what a name is made of is
// what it is taken for.
function likeOf(name: string): string | undefined {
  const whole = lookAlikeOf(name, popularSkills);
  if (whole !== undefined) return whole;
  if (popularSkills.has(name)) return undefined;
  for (const word of name.split('-')) {
    if (word.length < wordLettersMin) continue;
    for (const known of [nameWords, popularPackages.npm, popularPackages.pip]) {
      if (known.has(word)) return undefined;
      const like = lookAlikeOf(word, known);
      if (like !== undefined && isSlip(word, like)) return like;
    }
  }
  return undefined;
}

const wordLettersMin = 6;
