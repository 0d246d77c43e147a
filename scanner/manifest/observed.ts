/** Turns facts into observed capabilities: which uses need a capability, and in which form. */
import { posix } from 'node:path';
import { basePrograms } from '../../skills-index/skill/base-programs.ts';
import {
  type Capabilities,
  type Capability,
  groupCapabilities,
} from '../../skills-index/skill/capability.ts';
import { normalPackageName } from '../../skills-index/skill/ecosystem.ts';
import { parseEgressUrl, printEgressTarget } from '../../skills-index/skill/egress-target.ts';
import type { CapabilityFact } from '../fact/fact.ts';
import type { TaintSource } from '../fact/source.ts';
import { own } from '../lookup-tables/api.ts';
import { anyEgress } from '../lookup-tables/egress-of.ts';
import { isSecretName } from '../lookup-tables/secret-providers.ts';
import { sensitivePath } from '../lookup-tables/sensitive-paths.ts';
import { interpreters, packageManagers } from '../lookup-tables/shell.ts';
import { type ForeignImport, foreignImports, importFactsMax } from './imports.ts';

const observedPerKindMax = 500;

/**
 * The capabilities of the facts. Comments and code blocks that only show code do not count. Tests
 * count, because the bundle contains them and they run.
 */
export function observedOf(facts: readonly CapabilityFact[]): Capabilities {
  return narrowed(
    groupCapabilities(facts.filter(needsCapability).map((fact) => capabilityOf(fact))),
  );
}

// A skill with more capabilities than a report may list counts as using everything, since no person
// could approve the list.
function narrowed(all: Capabilities): Capabilities {
  const many = (list: readonly unknown[]): boolean => list.length > observedPerKindMax;
  return {
    env: many(all.env) ? [{ name: '*' }] : all.env,
    secret: all.secret,
    egress: many(all.egress) ? [{ url: anyEgress, methods: ['*'] }] : all.egress,
    mount: many(all.mount) ? [{ path: '*', mode: 'rw' }] : all.mount,
    exec: many(all.exec) ? [{ program: '*' }] : all.exec,
    // Imports beyond the limit are nothing that the sandbox could give.
    ...(all.package === undefined ? {} : { package: all.package.slice(0, observedPerKindMax) }),
  };
}

/** Whether a manifest has to declare this use. */
export function needsCapability({ capability, context }: CapabilityFact): boolean {
  if (context === 'comment' || context === 'fence-doc') return false;
  if (capability.kind === 'exec' && basePrograms.has(capability.program)) return false;
  if (capability.kind === 'exec' && context === 'fence-run')
    return !startsItself(capability.program);
  if (capability.kind !== 'mount' || capability.path === undefined) return true;
  return !isOwnPath(capability.path);
}

/** The needed capabilities that a manifest has to declare. */
export function demandedOf(facts: readonly CapabilityFact[]): Capabilities {
  return narrowed(groupCapabilities(facts.filter(demandsEntry).map((fact) => capabilityOf(fact))));
}

/**
 * Whether a needed capability asks for an entry of the manifest. A usual variable needs none. What
 * only a text shows is information where no command of the skill uses it: the reader's own
 * variables, packages to install, and words that begin a line and name no known program.
 */
export function demandsEntry(fact: CapabilityFact): boolean {
  if (!needsCapability(fact)) return false;
  const { capability, context } = fact;
  if (capability.kind === 'env' && isUsualVariable(capability.name)) return false;
  if (capability.kind === 'package') return fact.api !== optionalImport;
  if (context !== 'fence-run') return true;
  switch (capability.kind) {
    case 'env':
      return isSecretName(capability.name) && !isPlaceholderVariable(capability.name);
    case 'exec':
      return capability.program === '*' || isProgramInTexts(posix.basename(capability.program));
    case 'egress':
      return !isPackageHost(fact.api, parseEgressUrl(capability.url).host);
    case 'mount':
      return !placeholderFolder.test(capability.path ?? '');
    default:
      return true;
  }
}

// `/path/to/file` stands for a path of the reader's own.
const placeholderFolder = /^\/(path|absolute|full|some|your|my|example)([-_/]|$)/i;

// Installing a package contacts the hosts of its manager.
function isPackageHost(api: string, host: string): boolean {
  return own(packageManagers, api.split(' ')[0] ?? '')?.hosts.includes(host) ?? false;
}

// `python scripts/a.py` in a text starts a command: its interpreter is implied, and its arguments
// are judged by themselves. A word that is no program's name is the rest of a line that was no
// command.
function startsItself(program: string): boolean {
  return (
    own(interpreters, program) !== undefined ||
    (program !== '*' && !/^(\w|\.{0,2}\/|~\/)[\w.+~/@-]*$/.test(program))
  );
}

/** The capability of a fact, without the scanner's own additions. */
export function capabilityOf({ api, capability }: CapabilityFact): Capability {
  if (capability.kind === 'egress' && http2Client.test(api)) return overHttp2(capability);
  if (capability.kind === 'egress') return { ...capability, methods: methodsOf(capability) };
  if (capability.kind !== 'mount' || capability.path === undefined) return capability;
  return {
    kind: 'mount',
    path: capability.path === '*' ? '*' : normalPath(capability.path),
    mode: capability.mode,
  };
}

// Clients of HTTP/2 open a connection, and name paths and methods in each request later.
const http2Client = /^(grpc\.(aio\.)?secure_channel|http2\.connect)/;

function overHttp2({ url, ...rest }: Extract<Capability, { kind: 'egress' }>): Capability {
  const target = parseEgressUrl(url);
  const scheme = target.scheme === 'tcp' ? 'https' : target.scheme;
  const at = printEgressTarget({ ...target, scheme, path: '/*' });
  return { ...rest, url: at, methods: ['GET', 'POST'] };
}

// The methods inside a library are unknown: it may use any of the usual ones, which a manifest can
// allow.
function methodsOf({ url, methods }: Extract<Capability, { kind: 'egress' }>): readonly string[] {
  return methods.includes('*') && /^https?:\/\/(?!\*)/.test(url) ? usualMethods : methods;
}

/** The possible methods of a request whose method is unknown. */
export const usualMethods = ['DELETE', 'GET', 'PATCH', 'POST', 'PUT'] as const;

// The skill's own folder, the working directory and the sandbox's temporary folders (HOME is one)
// need no capability. Sensitive paths in a home folder are listed all the same: without the sandbox
// they would be read.
function isOwnPath(path: string): boolean {
  if (path === '*') return false;
  const normal = normalPath(path);
  if (sensitivePath(normal) !== undefined) return false;
  if (normal === '..' || normal.startsWith('../../')) return false;
  return (
    !normal.startsWith('/') ||
    ownRoots.some((root) => normal === root || normal.startsWith(`${root}/`))
  );
}

const ownRoots = [
  '/skills/@self',
  '/tmp',
  '/var/tmp',
  '/dev/null',
  '/dev/stdin',
  '/dev/stdout',
  '/dev/stderr',
  '/dev/tty',
  '/dev/fd',
  '/dev/urandom',
  '/dev/random',
  '/dev/zero',
];

function normalPath(path: string): string {
  return path.startsWith('~') ? path : posix.normalize(path);
}

/**
 * Environment variables that need no entry of a manifest: the sandbox sets its own value or none,
 * and programs work either way.
 */
const usual: ReadonlySet<string> = new Set(
  (
    'PATH HOME USER USERNAME LOGNAME SHELL PWD OLDPWD HOSTNAME TMPDIR TMP TEMP TERM COLORTERM COLUMNS LINES ' +
    'LANG LANGUAGE LC_ALL LC_CTYPE NO_COLOR FORCE_COLOR CLICOLOR DEBUG VERBOSE CI GITHUB_ACTIONS CODEX_CI NODE_ENV ' +
    'DISPLAY WAYLAND_DISPLAY EDITOR VISUAL PAGER BROWSER XDG_CONFIG_HOME XDG_CACHE_HOME XDG_DATA_HOME XDG_STATE_HOME ' +
    'XDG_RUNTIME_DIR OSTYPE MSYSTEM OS APPDATA LOCALAPPDATA USERPROFILE PROGRAMDATA ProgramData ProgramFiles ' +
    'ProgramFiles(x86) PROGRAMFILES SystemRoot SYSTEMROOT windir WINDIR ComSpec COMSPEC PATHEXT'
  ).split(' '),
);

function isUsualVariable(name: string): boolean {
  return usual.has(name);
}

/** Whether a text shows the name in place of the reader's own: `YOUR_TOKEN`, `EXAMPLE_API_KEY`. */
function isPlaceholderVariable(name: string): boolean {
  return /^(YOUR|MY|EXAMPLE|SAMPLE|DUMMY|FAKE|PLACEHOLDER|SOME|X{3,})(_|$)/.test(name);
}

// The packages that code imports, as facts about capabilities.

/** The `api` of an import without which the code goes on. No manifest has to declare it. */
const optionalImport = 'an optional import';

/**
 * The imports of the skill's files. An import of a module whose package no table knows belongs to
 * the declared package of the same name, such as a package of the author's house. Without such a
 * package the import is no fact: nothing of that name is in the sandbox.
 */
export function packageFacts(
  sources: readonly TaintSource[],
  declared: Capabilities['package'] = [],
): CapabilityFact[] {
  const files = sources.filter(({ path, file }) => path === file);
  // An import of npm always names its package.
  const packageOf = ({ name, module }: ForeignImport): string | undefined => {
    const own = normalPackageName('python', module.split('.')[0] ?? '');
    return name ?? declared.find((one) => one.ecosystem === 'python' && one.name === own)?.name;
  };
  return foreignImports(files)
    .slice(0, importFactsMax)
    .flatMap((one): CapabilityFact[] => {
      const { ecosystem, end, isOptional, path, start } = one;
      const name = packageOf(one);
      return name === undefined
        ? []
        : [
            {
              kind: 'capability',
              capability: { kind: 'package', ecosystem, name },
              api: isOptional ? optionalImport : 'an import',
              traits: [],
              span: { path, start, end },
              context: 'code',
              certainty: 'exact',
            },
          ];
    });
}

/**
 * Programs that a text asks for by name. Any word can begin a line of a code block, so only a word
 * of this table is read as a program there. English words are left out, package managers too.
 */
const programs: ReadonlySet<string> = new Set(
  (
    'git gh glab hg svn docker podman docker-compose kubectl helm terraform tofu ansible ansible-playbook ' +
    'aws az gcloud gsutil vercel netlify wrangler flyctl heroku firebase supabase stripe ' +
    'soffice libreoffice pandoc pdftotext pdftoppm pdftohtml pdfinfo pdfimages pdffonts pdfunite pdfseparate pdftk qpdf ' +
    'mutool gs tesseract ocrmypdf magick mogrify ffmpeg ffprobe sox exiftool inkscape rsvg-convert dot mmdc plantuml drawio ' +
    'xelatex pdflatex lualatex latexmk bibtex biber tectonic typst make gmake cmake ninja meson gcc g++ clang clang++ rustc ' +
    'javac java mvn gradle dotnet msbuild swift xcodebuild php perl ruby lua Rscript julia ' +
    'jq yq xmllint xsltproc rg fd fzf bat tree tmux rsync ssh scp sftp curl wget aria2c nc ncat socat openssl gpg age ' +
    'sqlite3 psql pg_dump mysql mysqldump redis-cli mongosh duckdb bc shellcheck shfmt ' +
    'ruff mypy pytest pyright flake8 pylint eslint prettier tsc vitest jest playwright webpack vite esbuild ' +
    'semgrep codeql trivy grype syft bandit gitleaks trufflehog osv-scanner pip-audit nmap ' +
    'chromium google-chrome firefox claude codex gemini opencode nvidia-smi osascript xdg-open'
  ).split(' '),
);

function isProgramInTexts(word: string): boolean {
  return programs.has(word);
}
