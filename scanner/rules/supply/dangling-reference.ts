/** The instructions name a script that is not in the bundle. */

import { runs } from '../../fact/standing.ts';
import { scriptEnding } from '../../lookup-tables/script-launchers.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const danglingReference = defineRule({
  id: 'supply/dangling-reference',
  title: 'A script is missing',
  kind: 'capability',
  severity: 'low',
  confidence: 'lexical',
  why: 'The script that the instructions tell to run was not in the bundle when it was scanned. So whatever lies at that path later is run.',
  fix: 'Put the script into the bundle, or correct its path.',
  maps: { cwe: ['CWE-829'], owasp: ['AST07'], attack: ['T1574'] },
  reads: ['text:fence', 'text:inline-code'],
  check: ({ of, files, nameInProse }) => {
    const seen = new Set<string>();
    const isThere = (path: string): boolean =>
      [...files].some((file) => file === path || file.endsWith(`/${path}`));
    return of('text').flatMap((fact) => {
      if (fact.span.path !== 'SKILL.md' || !runs(fact)) return [];
      const text = fact.text.replace(/''|""/g, '');
      // In its own folder as the agent installs it: what the text calls the skill's program never
      // passed a scan.
      const installed = [...text.matchAll(ownFolder)].flatMap(
        ([whole, name, path = '']): FindingDraft[] => {
          if (name !== nameInProse || !scriptEnding.test(path) || seen.has(path) || isThere(path))
            return [];
          seen.add(path);
          return [
            {
              span: fact.span,
              severity: 'medium',
              message: `runs ${whole}, a program of this skill that is not in the bundle`,
            },
          ];
        },
      );
      const named = [
        ...text.matchAll(
          /(?:^|[\s"'`(])(?:\.\/|\$\{?SKILL_DIR\}?\/|\{baseDir\}\/)?(scripts\/[\w./-]{1,120})(?=$|[\s"'`);:,])/g,
        ),
      ].flatMap(([, path = '']) => {
        if (!scriptEnding.test(path) || seen.has(path) || isThere(path)) return [];
        seen.add(path);
        return [{ span: fact.span, message: `names ${path}, which is not in the bundle` }];
      });
      return [...installed, ...named];
    });
  },
});

const ownFolder = /(?:~|\$\{?HOME\}?)\/\.[\w-]{1,30}\/skills\/([\w.-]{1,80})\/([\w./-]{1,120})/g;
