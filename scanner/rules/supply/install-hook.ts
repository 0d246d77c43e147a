/** A file of the bundle is run by Python or a build tool without being called. */

import type { TaintSource } from '../../fact/source.ts';
import { defineRule, type FindingDraft, type RuleContext } from '../../rule.ts';
import { isInstalled } from '../run-at-installation.ts';

export const installHook = defineRule({
  id: 'supply/install-hook',
  title: 'Code runs without being called',
  kind: 'capability',
  severity: 'medium',
  confidence: 'exact',
  why: 'Python runs sitecustomize.py and .pth files at every start, pip runs setup.py, pytest runs conftest.py, cargo runs build.rs. Nobody calls these files, and nobody looks there.',
  fix: 'Move the code into a command of the skill.',
  maps: { cwe: ['CWE-506'], owasp: ['ASI04', 'AST02'], attack: ['T1546.018', 'T1195.002'] },
  reads: ['source', 'capability', 'trait'],
  check: (context) => {
    // A file of this kind that does nothing but describe itself is none.
    const acts = new Set(
      [
        ...context
          .of('capability')
          .filter(
            ({ capability: { kind } }) => kind !== 'mount' && kind !== 'env' && kind !== 'package',
          ),
        ...context.of('trait'),
      ]
        .filter(({ context: where }) => where !== 'comment')
        .map((fact) => fact.span.path),
    );
    return context.sources
      .filter(({ depth }) => depth === 0)
      .flatMap((source) => draftsOf(source, acts.has(source.path), context));
  },
});

function draftsOf(source: TaintSource, acts: boolean, context: RuleContext): FindingDraft[] {
  const { path, text } = source;
  const draft = (
    at: number,
    length: number,
    message: string,
    severity: FindingDraft['severity'] = 'medium',
  ): FindingDraft[] => [{ span: { path, start: at, end: at + length }, message, severity }];
  if (/(^|\/)(sitecustomize|usercustomize)\.py$/.test(path))
    return draft(0, 1, 'Python runs this file at every start');
  if (/\.pth$/.test(path)) {
    // site.py runs lines of a .pth that begin with `import`.
    const line = /^import[ \t;][^\n]*/m.exec(text);
    return line === null
      ? []
      : draft(line.index, line[0].length, 'Python runs this line at every start');
  }
  if (/(^|\/)setup\.py$/.test(path)) {
    const commands = /\bcmdclass\s*=/.exec(text);
    if (commands !== null)
      return draft(commands.index, commands[0].length, 'pip runs these commands at installation');
    return acts && isInstalled(source, context)
      ? draft(
          0,
          1,
          'pip runs this file at installation, and it does more than describe the package',
        )
      : [];
  }
  if (/(^|\/)build\.rs$/.test(path)) return draft(0, 1, 'cargo runs this file when it builds');
  if (/(^|\/)binding\.gyp$/.test(path) && /<!@?\(/.test(text))
    return draft(Math.max(text.search(/<!@?\(/), 0), 3, 'npm runs this command at installation');
  if (/(^|\/)conftest\.py$/.test(path) && acts)
    return draft(0, 1, 'pytest runs this file before any test', 'low');
  return [];
}
