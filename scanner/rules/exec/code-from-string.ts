/** Text that was computed is run as code. */

import type { FactOf, TraitFact } from '../../fact/fact.ts';
import { isInText, runs } from '../../fact/standing.ts';
import { defineRule, draftAt, type FindingDraft } from '../../rule.ts';

export const codeFromString = defineRule({
  id: 'exec/code-from-string',
  title: 'Computed text is run as code',
  kind: 'capability',
  severity: 'medium',
  confidence: 'exact',
  why: 'Nobody can read the code beforehand: the scan sees that something runs, but not what.',
  fix: 'Call functions by name; read data with a parser.',
  maps: { cwe: ['CWE-95'], owasp: ['ASI05'], attack: ['T1059'] },
  reads: ['trait:code-from-string', 'trait:filled-code', 'text:string'],
  check: (context) => [
    ...context.of('text').flatMap(inSettings),
    ...context.of('trait').flatMap((fact) => {
      if (!runs(fact)) return [];
      if (fact.trait === 'filled-code')
        return [
          draftAt(fact, `${fact.api} runs a text with values in it: ${fact.detail}`, {
            severity: 'low',
          }),
        ];
      if (fact.trait !== 'code-from-string') return [];
      return [
        draftAt(
          fact,
          `${fact.api} runs text that is computed${fact.detail === '' || fact.detail === fact.api ? '' : `: ${fact.detail}`}`,
          { severity: isInText(fact) || isTemplate(fact) ? 'low' : 'medium' },
        ),
      ];
    }),
  ],
});

// A setting that some program takes for code, written as one expression that starts another
// program.
function inSettings(fact: FactOf<'text'>): FindingDraft[] {
  if (
    !settingsPath.test(fact.span.path) ||
    !runs(fact) ||
    fact.context === 'test' ||
    !startsProgram.test(fact.text)
  )
    return [];
  return [
    {
      span: fact.span,
      message: `the setting ${fact.detail} is code that starts a program: ${fact.text.slice(0, 100)}`,
    },
  ];
}

const settingsPath = /\.(ya?ml|jsonc?|json5|toml|md)$/i;
const startsProgram =
  /\brequire\(\s{0,4}['"](node:)?child_process['"]\s{0,4}\)\s{0,4}\.\s{0,4}(exec|spawn|fork)|__import__\(\s{0,4}['"](os|subprocess)['"]\s{0,4}\)\s{0,4}\.\s{0,4}(system|popen|run|Popen|call|check_output)\b/;

// AppleScript that stands there whole, but for names in quotation marks, and neither types nor
// starts a shell: it can be read.
function isTemplate({ api, detail }: TraitFact): boolean {
  const isFilledIn = /^\s*tell application "[^"…]/i.test(detail) && !/(?<!")…|…(?!")/.test(detail);
  return (
    api === 'osascript' &&
    isFilledIn &&
    !/\b(do|run) (shell )?script|keystroke|key code|password|terminal/i.test(detail)
  );
}
