/** Installing a package runs a script of its own. */

import type { FactOf } from '../../fact/fact.ts';
import { isInText, runs } from '../../fact/standing.ts';
import { defineRule, type FindingDraft, type RuleContext } from '../../rule.ts';

export const lifecycleScript = defineRule({
  id: 'supply/lifecycle-script',
  title: 'A script that runs at installation',
  kind: 'capability',
  severity: 'medium',
  confidence: 'exact',
  why: 'Lifecycle scripts run when dependencies are installed, before anybody called the skill.',
  fix: 'Make it a command of the skill instead.',
  maps: { attack: ['T1195.002'] },
  reads: ['dependency:lifecycle', 'dependency:declared', 'capability:egress'],
  check: (context) =>
    context.of('dependency').flatMap((fact): FindingDraft[] => {
      if (fact.how !== 'lifecycle' || !runs(fact)) return [];
      const message = `${fact.name} runs by itself at installation: ${fact.version}`;
      const isPlain = ordinary.test(fact.version) || isBuild(fact, context);
      return [{ span: fact.span, severity: isPlain ? 'low' : 'medium', message }];
    }),
});

/**
 * What an author does before a release, where each command is a program of a package that the same
 * package.json declares, or a file of a folder that asks no host: both are judged as such. Who
 * installs the package from a registry never runs it.
 */
function isBuild({ name, version, span }: FactOf<'dependency'>, context: RuleContext): boolean {
  if (!beforeRelease.test(name) || /[`$<>&|]/.test(version.replaceAll(/&&|\|\|/g, '')))
    return false;
  const folder = span.path.slice(0, span.path.lastIndexOf('/') + 1);
  const declared = context
    .of('dependency')
    .flatMap((one) => (one.how === 'declared' && one.span.path === span.path ? [one.name] : []));
  // A file starts and imports others of its folder.
  const asks = context
    .of('capability')
    .some(
      (fact) =>
        fact.capability.kind === 'egress' &&
        fact.context !== 'test' &&
        !isInText(fact) &&
        fact.span.path.startsWith(folder),
    );
  return version.split(/&&|\|\||;/).every((command) => {
    const [program = '', first = ''] = command.trim().split(/\s+/);
    const isScript = /^(npm|pnpm|yarn)$/.test(program) && /^(run|build|compile|test)$/.test(first);
    return (
      isScript ||
      ordinary.test(command) ||
      declared.some((one) => isProgramOf(one, program) || isInstallOf(one, command)) ||
      (isPath(program, first) && !asks)
    );
  });
}

// A file that the skill does not bring is none that could run.
function isPath(program: string, first: string): boolean {
  const path = /^(node|sh|bash|tsx|ts-node)$/.test(program) ? first : program;
  return /^(?!-)(\.\/)?[\w-][\w./-]{0,100}\.\w{1,4}$/.test(path) && !path.includes('..');
}

// `ts-scripts` comes with `@some/ts-scripts`, and `not-in-publish` with `in-publish`.
function isProgramOf(dependency: string, program: string): boolean {
  const name = dependency.replace(/^@[^/]*\//, '');
  return program === name || program === `not-${name}`;
}

// `npm install -g typescript`, where the package declares the same dependency.
function isInstallOf(dependency: string, command: string): boolean {
  const [, name] = /^\s*npm (?:install|i) (?:(?:-g|--global) )?([@\w./-]+)\s*$/.exec(command) ?? [];
  // npm takes `user/name` from GitHub.
  return name === dependency && /^(@[\w.-]+\/)?[\w.-]+$/.test(name);
}

// `preinstall`, `install` and `postinstall` also run where the package is only a dependency.
const beforeRelease = /^(pre|post)?prepare$|^prepublish$/;

// Builds of the package itself, and what sets up its own repository.
const ordinary =
  /^\s*(husky( install)?|is-ci \|\| husky( install)?|lefthook install|simple-git-hooks|tsc( [\w./ -]{0,60})?|(npm|pnpm|yarn) (run )?(build|compile)|patch-package|echo ['"]?[^'"`$;&|<>\n]{0,80}['"]?)\s*$/;
