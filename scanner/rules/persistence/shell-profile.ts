/** A shell’s profile is changed. */
import type { CapabilityFact } from '../../fact/fact.ts';
import type { TaintSource } from '../../fact/source.ts';
import { isInText, milder } from '../../fact/standing.ts';
import { sensitivePath } from '../../lookup-tables/sensitive-paths.ts';
import { announcementReads, isAnnounced } from '../../prose/announced.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const shellProfile = defineRule({
  id: 'persistence/shell-profile',
  title: 'A shell’s profile is changed',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'Every shell that the user opens runs the lines of the profile.',
  fix: 'Print the line and let the user add it.',
  maps: { attack: ['T1546.004'] },
  reads: ['capability:mount', ...announcementReads],
  check: (context) =>
    context.of('capability').flatMap((fact): FindingDraft[] => {
      const { capability } = fact;
      if (capability.kind !== 'mount' || capability.path === undefined || capability.mode === 'ro')
        return [];
      if (sensitivePath(capability.path)?.kind !== 'shell-profile') return [];
      const inText = isInText(fact);
      const isPlain = inText && setsVariable.test(lineOf(fact, context.sources));
      const announced = !inText && isAnnounced(fact, capability.path, context);
      return [
        {
          span: fact.span,
          kind: inText ? 'capability' : 'malice',
          severity: milder(isPlain ? 'low' : inText || announced ? 'medium' : 'high', fact),
          confidence: fact.certainty,
          message: `${fact.api} writes ${capability.path}, which every new shell runs${announced ? '; SKILL.md announces it' : ''}`,
        },
      ];
    }),
});

// In instructions: a variable with a plain value, or a program's own completions, as its manual
// says.
const setsVariable =
  /\b(?:echo|printf)\s+['"]?(?:export\s+[A-Z]\w*=[^$`;&|(]*(?:\$(?:PATH|HOME)\b[^$`;&|(]*){0,3}|eval\s+\\?"\$\(\w+ [\w -]*complet[\w -]*\)\\?")['"]?\s*>>/;

function lineOf({ span }: CapabilityFact, sources: readonly TaintSource[]): string {
  const text = sources.find((source) => source.path === span.path)?.text ?? '';
  const end = text.indexOf('\n', span.start);
  return text.slice(text.lastIndexOf('\n', span.start - 1) + 1, end < 0 ? text.length : end);
}
