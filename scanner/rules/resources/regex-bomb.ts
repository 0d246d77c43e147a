/** A regular expression takes time without end on the right text. */

import { joinedText } from '../../fact/joined-text.ts';
import type { TaintSource } from '../../fact/source.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const regexBomb = defineRule({
  id: 'resources/regex-bomb',
  title: 'A regular expression can hang',
  kind: 'capability',
  severity: 'low',
  confidence: 'lexical',
  why: 'A repetition inside a repetition of the same letters tries every division of the text: thirty characters take years.',
  fix: 'Repeat once: write `\\w+` for `(\\w+)+`, or bound the repetitions.',
  maps: { cwe: ['CWE-1333'], owasp: ['LLM10'], attack: ['T1499'] },
  reads: ['source'],
  check: ({ sources }) =>
    sources
      .filter(
        ({ depth, language }) => depth === 0 && /^(typescript|javascript|python)$/.test(language),
      )
      .flatMap(draftsOf),
});

const beforeChars = 200;

// `(a+)+`, `(\w*)*`, `([a-z]+)*`, `(.*)+`, `(a|a)+`: one repeated atom and nothing else inside the
// repeated group.
const nested =
  /\((?:\?:)?(?:\\[wdsWDS]|\.|\[[^\]\n]{1,40}\]|\w)[+*]\)[+*]|\((?:\?:)?(\w|\\[wds])\|\1\)[+*]|\((?:\?:)?\.\*[^()\n]{0,4}\)(?:[+*]|\{\d{2,})/g;

function draftsOf(source: TaintSource): FindingDraft[] {
  const { text, offsetOf } = joinedText(source);
  return [...text.matchAll(nested)].flatMap((match) => {
    // Of a long line, what stands just before: it is looked at for each match.
    const line =
      /[^\n]*$/.exec(text.slice(Math.max(0, match.index - beforeChars), match.index))?.[0] ?? '';
    // In a regular expression: behind a slash, in new RegExp or in a call of re.
    if (
      !/(^|[=(,:[!&|?{};\s])\/[^/\n]*$|RegExp\s?\(|\bre\.(compile|match|search|sub|split|findall|fullmatch|finditer)\s?\(|\br["']/.test(
        line,
      )
    )
      return [];
    return [
      {
        span: {
          path: source.path,
          start: offsetOf(match.index),
          end: offsetOf(match.index + match[0].length),
        },
        message: `${match[0]} repeats a repetition`,
      },
    ];
  });
}
