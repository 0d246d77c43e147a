/** A Python file of the skill has the name of a library that the skill's code imports. */
import { milder } from '../../fact/standing.ts';
import { pythonOwnModules } from '../../lookup-tables/python-own-modules.ts';
import { defineRule } from '../../rule.ts';

export const shadowedLibrary = defineRule({
  id: 'obfuscation/shadowed-library',
  title: 'A file of the skill has a library’s name',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'The start of the program decides whether Python loads the file or the library. A harmless file hides from readers what the library does, or a harmful file takes the library’s place.',
  fix: 'Give the file another name, or import it by its folder: `from scripts.report_json import …`.',
  maps: { cwe: ['CWE-427'], attack: ['T1574'] },
  reads: ['trait:shadowed-library'],
  check: (context) =>
    context.of('trait').map((fact) => {
      const isPythons = pythonOwnModules.has(fact.api);
      return {
        span: fact.span,
        severity: milder(isPythons && fact.certainty === 'exact' ? 'high' : 'medium', fact),
        message: `imports ${fact.api}, ${isPythons ? 'a module of Python' : 'a known package'}, while the skill has ${fact.detail}`,
      };
    }),
});
