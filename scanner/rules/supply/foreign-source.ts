/** Software comes from elsewhere than its registry. */
import type { DependencyFact } from '../../fact/fact.ts';
import { isInText, milder, runs } from '../../fact/standing.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';
import { isIndex } from './index-redirect.ts';

export const foreignSource = defineRule({
  id: 'supply/foreign-source',
  title: 'Software from a foreign source',
  kind: 'capability',
  severity: 'medium',
  confidence: 'exact',
  why: 'A bare archive or a branch of a repository can differ from what others use under that name.',
  fix: 'Install from the registry by name and exact version; for a repository, name the commit.',
  maps: { cwe: ['CWE-494'], attack: ['T1195.002'] },
  reads: ['dependency:redirect'],
  check: (context) =>
    context.of('dependency').flatMap((fact): FindingDraft[] => {
      if (fact.how !== 'redirect' || fact.pinned || isIndex(fact.name) || !runs(fact)) return [];
      return [
        {
          span: fact.span,
          ...gravity(fact),
          confidence: fact.certainty,
          message: `takes ${fact.manager} software from ${fact.name}`,
        },
      ];
    }),
});

// An archive from a host where nobody publishes is downloaded and run, by whatever name the tool
// that does it goes.
function gravity(fact: DependencyFact): Pick<FindingDraft, 'kind' | 'severity'> {
  if (isInText(fact)) return { severity: 'low' };
  const isStray =
    /^https?:\/\/[^/]+\/.*\.(tgz|tar\.(gz|bz2|xz)|whl|zip|js|mjs|py)([#?]|$)/.test(fact.name) &&
    !published.test(fact.name);
  return isStray ? { kind: 'malice', severity: milder('high', fact) } : { severity: 'medium' };
}

const published =
  /^https:\/\/(([\w-]+\.)?github\.com|[\w.-]+\.githubusercontent\.com|gitlab\.com|codeberg\.org|bitbucket\.org|registry\.npmjs\.org|files\.pythonhosted\.org|download\.pytorch\.org|storage\.googleapis\.com|huggingface\.co|jsr\.io|npm\.jsr\.io|deno\.land|esm\.sh)\//;
