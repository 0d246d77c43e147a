/** A credential lies in the bundle: whoever may read the skill may use it. */

import { joinedText } from '../../fact/joined-text.ts';
import { remembered } from '../../fact/remembered.ts';
import type { TaintSource } from '../../fact/source.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';
import { credentialForms, differentCharactersMin, placeholderWords } from '../credentials.ts';

export const credentialInBundle = defineRule({
  id: 'supply/credential-in-bundle',
  title: 'The bundle contains a credential',
  kind: 'policy',
  severity: 'high',
  confidence: 'lexical',
  why: 'Versions are immutable, and everybody who installs can read them. So a credential in one is public for ever, and works outside every sandbox.',
  fix: 'Revoke it where it was issued. Declare a secret in skill.json instead: its value stays with the operator.',
  maps: { cwe: ['CWE-798', 'CWE-540'], owasp: ['AST03'], attack: ['T1552.001'] },
  reads: ['source'],
  // Programs inside other texts stand in their file's own text.
  check: ({ sources }) => sources.filter(({ depth }) => depth === 0).flatMap(credentialsOnce),
});

const credentialsOnce = remembered(credentialsIn);

function credentialsIn(source: TaintSource): FindingDraft[] {
  const { path, context } = source;
  const { text, offsetOf } = joinedText(source);
  return credentialForms.flatMap(({ what, sign, form }) =>
    !text.includes(sign)
      ? []
      : [...text.matchAll(form)].flatMap((match): FindingDraft[] => {
          const [value] = match;
          if (isPlaceholder(value)) return [];
          const end = match.index + (value.split(/\s|\\n/)[0]?.length ?? 0);
          const span = { path, start: offsetOf(match.index), end: offsetOf(end) };
          return [
            {
              span,
              severity: context === 'test' ? 'medium' : 'high',
              message: `${what} is in the bundle: ${value.slice(0, 8)}…`,
            },
          ];
        }),
  );
}

function isPlaceholder(value: string): boolean {
  const drawn = value.replace(/^-----[^-]+-----/, '');
  return (
    placeholderWords.test(drawn) ||
    /(.)\1{3}/.test(drawn) ||
    new Set(drawn).size < differentCharactersMin
  );
}
