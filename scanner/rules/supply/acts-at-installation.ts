/** The installation of a package asks the network, or starts a program that builds nothing. */

import { dropHostOf } from '../../../skills-index/network/drop-hosts.ts';
import { parseEgressUrl } from '../../../skills-index/skill/egress-target.ts';
import type { FactOf } from '../../fact/fact.ts';
import { runs } from '../../fact/standing.ts';
import { isLoopbackHost } from '../../lookup-tables/egress-of.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';
import { isKnownInstaller, isRelease } from '../installers.ts';
import { absentScripts, importsAlone, isInstalled } from '../run-at-installation.ts';

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
    {
      span: fact.span,
      severity: sends ? 'high' : 'medium',
      ...(sends && { kind: 'malice' as const }),
      confidence: fact.certainty,
      message: sends
        ? `the installation sends data to ${host}`
        : `the installation ${fetches ? 'fetches a file' : 'asks'} ${fetches ? 'from ' : ''}${host}`,
    },
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
