/**
 * The packages that a skill's code imports: modules that neither come with the interpreter nor lie
 * in the skill. Reads statements by their form, without running or resolving anything.
 */
import { posix } from 'node:path';
import { blanked } from '../fact/blanked.ts';
import { distributionOf } from '../lookup-tables/import-packages.ts';
import { pythonOwnModules } from '../lookup-tables/python-own-modules.ts';

/** Characters around an import in which the scanner looks for `try` and `except`. */
const guardCharsMax = 4_000;

/** Imports of packages that become facts. */
export const importFactsMax = 2_000;

export interface ForeignImport {
  readonly ecosystem: 'python' | 'npm';
  /** The imported module, such as `yaml` or `@scope/name`. */
  readonly module: string;
  /** The package that provides the module; undefined when no table knows it. */
  readonly name: string | undefined;
  readonly path: string;
  readonly start: number;
  readonly end: number;
  /** Whether the code goes on when the import fails. */
  readonly isOptional: boolean;
}

export interface CodeFile {
  readonly path: string;
  readonly text: string;
}

/** Every foreign import, in the order of the files. */
export function foreignImports(files: readonly CodeFile[]): ForeignImport[] {
  const own = ownModules(files);
  return files.flatMap((file) => {
    if (/\.py$/i.test(file.path)) return pythonImports(file, own);
    return /\.[cm]?[jt]sx?$/i.test(file.path) ? scriptImports(file) : [];
  });
}

// Scripts add folders of the skill to the search path, so a module may lie in any folder.
function ownModules(files: readonly CodeFile[]): ReadonlySet<string> {
  return new Set(
    files
      .filter(({ path }) => path.endsWith('.py'))
      .flatMap(({ path }) => path.replace(/\.py$/, '').split('/')),
  );
}

const importLine =
  /^([ \t]*)(?:import[ \t]+([^\n;#]+)|from[ \t]+([A-Za-z_][\w.]*)[ \t]+import\b)/gm;

function pythonImports({ path, text }: CodeFile, own: ReadonlySet<string>): ForeignImport[] {
  const code = withoutPythonTexts(text);
  return [...code.matchAll(importLine).take(importFactsMax)].flatMap((match) => {
    const [line, indent = '', several, from] = match;
    const modules = from === undefined ? namesIn(several ?? '') : [from];
    const isOptional = indent !== '' && isGuarded(code, match.index, indent.length);
    return modules.flatMap((module): ForeignImport[] => {
      const top = module.split('.')[0] ?? '';
      if (top === '' || own.has(top) || pythonOwnModules.has(top) || top.startsWith('_')) return [];
      const start = match.index + Math.max(0, line.indexOf(module));
      const name = distributionOf(module);
      return [
        { ecosystem: 'python', module, name, path, start, end: start + module.length, isOptional },
      ];
    });
  });
}

function namesIn(list: string): string[] {
  return list.split(',').flatMap((one) => /^\s*([A-Za-z_][\w.]*)/.exec(one)?.[1] ?? []);
}

// `try:` above with less indentation, and `except` below it that catches a failed import. A guard
// stands near its import.
function isGuarded(code: string, at: number, indent: number): boolean {
  const above = code
    .slice(Math.max(0, at - guardCharsMax), at)
    .split('\n')
    .reverse()
    .slice(1);
  const below = code
    .slice(at, at + guardCharsMax)
    .split('\n')
    .slice(1);
  let inner = indent;
  for (const line of above) {
    const depth = line.search(/\S/);
    if (depth < 0 || depth >= inner) continue;
    if (/^\s*try\s*:/.test(line)) {
      const handler = below.find((one) => /\S/.test(one) && one.search(/\S/) <= depth);
      if (handler !== undefined && catches.test(handler)) return !endsIn(below, handler, depth);
    }
    inner = depth;
  }
  return false;
}

// A handler that ends the program needs the package after all.
function endsIn(lines: readonly string[], handler: string, depth: number): boolean {
  const inside = lines.slice(lines.indexOf(handler) + 1);
  const end = inside.findIndex((line) => /\S/.test(line) && line.search(/\S/) <= depth);
  return (end < 0 ? inside : inside.slice(0, end)).some((line) =>
    /^\s*(raise\b|(sys\.|os\._)?exit\s*\()/.test(line),
  );
}

const catches =
  /^\s*except\s*(:|[^:]*\b(ImportError|ModuleNotFoundError|Exception|BaseException)\b)/;

// Blanks texts and comments, so that no line inside them looks like a statement. One pass: a
// hostile file may have very many quotes without ends.
function withoutPythonTexts(text: string): string {
  const opener = /"""|'''|["'#]/g;
  let code = '';
  let from = 0;
  for (let found = opener.exec(text); found !== null; found = opener.exec(text)) {
    const [quote] = found;
    const end = endOfText(text, quote, found.index + quote.length);
    code += text.slice(from, found.index) + blanked(text.slice(found.index, end));
    from = end;
    opener.lastIndex = end;
  }
  return code + text.slice(from);
}

function endOfText(text: string, quote: string, start: number): number {
  if (quote === '#') return atOrEnd(text, '\n', start);
  for (let at = start; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text.startsWith(quote, at)) return at + quote.length;
    else if (quote.length === 1 && text[at] === '\n') return at;
  }
  return text.length;
}

function atOrEnd(text: string, mark: string, start: number): number {
  const at = text.indexOf(mark, start);
  return at < 0 ? text.length : at;
}

const scriptImport =
  /\b(?:from|import|require\s{0,4}\(|import\s{0,4}\()\s{0,4}(["'])([^"'\n]{1,214})\1/g;

function scriptImports({ path, text }: CodeFile): ForeignImport[] {
  const code = text.replace(/\/\*[\s\S]*?(?:\*\/|$)|(?<!:)\/\/[^\n]*/g, blanked);
  return [...code.matchAll(scriptImport).take(importFactsMax)].flatMap((match): ForeignImport[] => {
    const module = packageIn(match[2] ?? '');
    if (module === undefined || nodeOwnModules.has(module)) return [];
    const start = match.index + match[0].lastIndexOf(match[2] ?? '');
    const end = start + module.length;
    return [{ ecosystem: 'npm', module, name: module, path, start, end, isOptional: false }];
  });
}

// `docx/build/x.js` belongs to docx; `./lib`, `node:fs` and `#inner` belong to no package.
function packageIn(specifier: string): string | undefined {
  return /^(@[A-Za-z0-9][\w.~-]*\/[A-Za-z0-9][\w.~-]*|[A-Za-z0-9][\w.~-]*)(\/|$)/.exec(
    specifier,
  )?.[1];
}

/** Where a person looks for the import. */
export function placeOfImport(text: string, { path, start }: ForeignImport): string {
  return `${posix.normalize(path)}:${text.slice(0, start).split('\n').length}`;
}

/** Modules that come with Node. Source: `builtinModules` of Node 24, without internal modules. */
const nodeOwnModules: ReadonlySet<string> = new Set(
  `
  assert async_hooks buffer child_process cluster console constants crypto dgram
  diagnostics_channel dns domain events fs http http2 https inspector module net os path
  perf_hooks process punycode querystring readline repl sea sqlite stream string_decoder sys test
  timers tls trace_events tty url util v8 vm wasi worker_threads zlib
  `
    .trim()
    .split(/\s+/),
);
