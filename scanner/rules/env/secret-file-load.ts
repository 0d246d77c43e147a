/** A file of variables (.env) is loaded, with all that is in it. */

import { isInText, runs } from '../../fact/standing.ts';
import { isInOwnFolder } from '../../flow/own-credentials.ts';
import { defineRule, draftAt } from '../../rule.ts';

export const secretFileLoad = defineRule({
  id: 'env/secret-file-load',
  title: 'An .env file is read',
  kind: 'capability',
  severity: 'info',
  confidence: 'exact',
  why: 'An .env file holds all secrets of a project. A skill needs one or two of them, and a program that loads the file has them all.',
  fix: 'Declare the secrets that you need in skill.json, by name. Then the skill need not load a file.',
  maps: { cwe: ['CWE-526', 'CWE-552'], owasp: ['ASI03'], attack: ['T1552.001'] },
  reads: ['capability:mount'],
  check: (context) => {
    const seen = new Set<string>();
    return context.of('capability').flatMap((fact) => {
      const { capability } = fact;
      const path =
        capability.kind === 'mount' && capability.mode === 'ro' ? capability.path : undefined;
      if (
        path === undefined ||
        !envFile.test(path) ||
        patternFile.test(path) ||
        !runs(fact) ||
        seen.has(path)
      )
        return [];
      seen.add(path);
      // In the working folder, and in the folder of the skills, it is the project\u2019s own;
      // elsewhere it is somebody else\u2019s.
      const isElsewhere =
        /^(~|\/(?!skills\/(@self|\.env))|\.\.)/.test(path) && !isInOwnFolder(path, context);
      const severity = !isElsewhere ? 'info' : isInText(fact) ? 'low' : 'medium';
      return [
        draftAt(
          fact,
          `${fact.api} reads ${path}${isElsewhere ? ', which is not the project’s own' : ''}`,
          { severity },
        ),
      ];
    });
  },
});

const envFile = /(^|\/)\.env(\.[\w-]{1,40})*$/;
const patternFile = /\.(example|sample|template|dist|defaults?|schema)$/;
