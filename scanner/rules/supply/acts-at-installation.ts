/** The installation of a package asks the network, or starts a program that builds nothing. */
import { dropHostOf } from '../../../skills-index/network/drop-hosts.ts';
import { parseEgressUrl } from '../../../skills-index/skill/egress-target.ts';
import type { FactOf } from '../../fact/fact.ts';
import type { TaintSource } from '../../fact/source.ts';
import { isInText, milder, runs } from '../../fact/standing.ts';
import { isLoopbackHost } from '../../lookup-tables/egress-of.ts';
import { defineRule, draftAt, type FindingDraft, type RuleContext } from '../../rule.ts';
import { isKnownInstaller, isRelease } from '../installers.ts';
import { absentScripts, importsAlone, isInstalled, placeOf } from '../run-at-installation.ts';

export const actsAtInstallation = defineRule({
  id: 'supply/acts-at-installation',
  title: 'An installation asks the network or starts a program',
  kind: 'capability',
  severity: 'medium',
  confidence: 'exact',
  why: 'pip runs setup.py, and Python runs .pth files and sitecustomize.py, before anybody called the package. A build needs compilers and files, and seldom a host. Data that leaves at installation leaves without anybody having asked for it.',
  fix: 'Ask the network in a command of the skill, and declare the host.',
  maps: { cwe: ['CWE-506'], owasp: ['ASI04', 'AST02'], attack: ['T1195.002', 'T1546.018'] },
  reads: ['capability:egress', 'capability:exec', 'text:string', 'flow', 'source'],
  check: (context) => {
    const installed = new Set(
      context.sources
        .filter((source) => source.depth === 0 && isInstalled(source, context))
        .map(({ path }) => path),
    );
    if (installed.size === 0) return [];
    const isMeant = (fact: FactOf<'capability' | 'text'>): boolean =>
      installed.has(fact.span.path) && runs(fact) && fact.context !== 'test';
    return [
      ...context.of('capability').filter(isMeant).flatMap(draftOf),
      ...context.of('text').filter(isMeant).flatMap(droppedAt),
      ...absentScripts(context.of('flow'), installed, context),
      ...context.sources
        .filter(({ file }) => installed.has(file))
        .flatMap((source) => importsAlone(source, 'installation', context)),
    ];
  },
});

function draftOf(fact: FactOf<'capability'>): FindingDraft[] {
  const { capability } = fact;
  if (capability.kind === 'exec') {
    const { program } = capability;
    if (program === '*' || builders.test(program)) return [];
    return [{ span: fact.span, message: `the installation starts ${program}` }];
  }
  if (capability.kind !== 'egress') return [];
  const { host } = parseEgressUrl(capability.url);
  if (isLoopbackHost(host) || indexes.test(host)) return [];
  const sends = capability.methods.some((method) => /^(POST|PUT|PATCH)$/.test(method));
  // Some installations fetch the library that they need from where its author keeps it.
  const fetches = !sends && (isRelease(capability.url) || isKnownInstaller(capability.url));
  return [
    draftAt(
      fact,
      sends
        ? `the installation sends data to ${host}`
        : `the installation ${fetches ? 'fetches a file' : 'asks'} ${fetches ? 'from ' : ''}${host}`,
      { severity: sends ? 'high' : 'medium', ...(sends && { kind: 'malice' as const }) },
    ),
  ];
}

// Whatever client sends to it: no installation has a reason to name such a host.
function droppedAt(fact: FactOf<'text'>): FindingDraft[] {
  const [, host = '', path] =
    /^(?:https?:\/\/)?([\w-]{1,63}(?:\.[\w-]{1,63}){1,10})(\/[^\s]{0,200})?/.exec(fact.text) ?? [];
  const drop = dropHostOf(host, path);
  if (drop === undefined || drop.kind === 'paste' || drop.kind === 'file-drop') return [];
  return [
    {
      span: fact.span,
      kind: 'malice',
      severity: 'high',
      message: `a file that runs at installation names ${host}, where anybody collects data`,
    },
  ];
}

// Indexes of packages, whatever of them is asked.
const indexes = /^(pypi\.org|files\.pythonhosted\.org|test\.pypi\.org|registry\.npmjs\.org)$/;

// Programs that compile, look for libraries, or tell what the machine and the sources are.
const builders = new RegExp(
  `^(${[
    'sh|bash|python[\\d.]*|pip[\\d.]*|uv|poetry|node|npm|npx|yarn|pnpm|bun|cargo|rustc|go|cython[\\d]*|swig|java|javac',
    'gcc|g\\+\\+|cc|c\\+\\+|clang|clang\\+\\+|nvcc|hipcc|ld|ar|ranlib|strip|nm|cl|link|lib|rc|msbuild|vswhere|xcrun|xcodebuild|xcode-select',
    'make|gmake|nmake|cmake|ctest|ninja|meson|bazel|scons|autoconf|automake|autoreconf|configure|libtool|protoc|flex|bison|f2py|gfortran',
    'pkg-config|pkgconf|[\\w-]*-config|brew|ldconfig|ldd|otool|install_name_tool|patchelf|file|lipo|codesign',
    'git|hg|svn|bzr|uname|sysctl|sw_vers|lsb_release|arch|nproc|getconf|nvidia-smi|rocminfo|rocm_agent_enumerator',
    'which|where|command|type|test|echo|printf|cat|ls|cp|mv|mkdir|rm|ln|touch|tar|unzip|gzip|sed|awk|grep|find|date|true|false|sphinx-build|pytest|twine|msgfmt|pandoc|rst2html',
  ].join('|')})(\\.exe)?$`,
);

// The import of a package asks the network, or starts another Python, before anybody called a
// function of the package.

export const actsAtImport = defineRule({
  id: 'supply/acts-at-import',
  title: 'The import of a package asks the network or starts another Python',
  kind: 'capability',
  severity: 'medium',
  confidence: 'exact',
  why: 'Python runs the statements of `__init__.py` whenever a program imports the package. A library that asks a host at that time tells somebody that the package is there, and can send along what it finds, before anybody has called it. Another Python that only imports a package is started for what that package does at its import.',
  fix: 'Ask the network, and start programs, in a function that the caller calls.',
  maps: { cwe: ['CWE-506'], owasp: ['ASI04', 'AST02'], attack: ['T1195.002', 'T1546'] },
  reads: ['capability:egress', 'trait:at-import', 'source'],
  check: (context) => {
    const starts = context
      .of('trait')
      .filter((fact) => fact.trait === 'at-import' && runs(fact) && fact.context !== 'test');
    const isStarted = (source: TaintSource): boolean =>
      starts.some(({ span }) => span.path === source.file && span.start === placeOf(source));
    return [
      ...context.of('capability').flatMap(askedAtImport),
      ...context.sources
        .filter(isStarted)
        .flatMap((source) => importsAlone(source, 'import of the package', context)),
    ];
  },
});

function askedAtImport(fact: FactOf<'capability'>): FindingDraft[] {
  const { capability, traits, api } = fact;
  if (capability.kind !== 'egress' || !traits.includes('at-import')) return [];
  if (!runs(fact) || fact.context === 'test') return [];
  const { host } = parseEgressUrl(capability.url);
  if (isLoopbackHost(host)) return [];
  const asked = host === '*' ? 'a host that could not be computed' : host;
  return [
    draftAt(fact, `the import of the package asks ${asked} by ${api}`, {
      severity: milder('medium', fact),
    }),
  ];
}

// A file of the bundle is run by Python or a build tool without being called.

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

// Installing a package runs a script of its own.

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
    context.of('dependency').flatMap((fact) => {
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
