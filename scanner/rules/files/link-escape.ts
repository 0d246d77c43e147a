/** A link is made that leads out of the folders a skill works in. */

import { isInText, milder, runs } from '../../fact/standing.ts';
import { sensitivePath } from '../../lookup-tables/sensitive-paths.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const linkEscape = defineRule({
  id: 'files/link-escape',
  title: 'A link leads out of the working folder',
  kind: 'capability',
  severity: 'low',
  confidence: 'exact',
  why: 'A program that trusts its own folder follows the link to another place. So a check of paths is evaded, and another file is uploaded or overwritten.',
  fix: 'Copy the file, or declare a mount for the folder.',
  maps: { cwe: ['CWE-59'] },
  reads: ['capability:mount', 'trait:link'],
  check: ({ of }) => {
    const made = [
      ...of('capability').flatMap((fact) => {
        const { capability } = fact;
        const isTarget =
          capability.kind === 'mount' && capability.mode === 'ro' && fact.traits.includes('link');
        return isTarget ? [{ fact, target: capability.path ?? '' }] : [];
      }),
      ...of('trait').map((fact) => ({ fact, target: fact.detail.split(' -> ')[0] ?? '' })),
    ];
    return made.flatMap(({ fact, target }): FindingDraft[] => {
      if (!runs(fact) || !/^(\/(?!tmp\/|skills\/@self)|~|\.\.)/.test(target)) return [];
      const at = { span: fact.span, confidence: fact.certainty };
      const secret = sensitivePath(target);
      if (secret !== undefined || /^(\/|~\/?|\/(etc|home|root|Users|proc)\/?)$/.test(target)) {
        const severity = milder(isInText(fact) ? 'medium' : 'high', fact);
        const what = secret === undefined ? 'everything below it' : secret.says;
        return [{ ...at, kind: 'malice', severity, message: `makes a link to ${target}: ${what}` }];
      }
      return [{ ...at, message: `makes a link to ${target}` }];
    });
  },
});
