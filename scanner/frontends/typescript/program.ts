/**
 * One program of all TypeScript and JavaScript sources of a round: in memory, with only our
 * capability library, without the skill's settings.
 */
import { posix } from 'node:path';
import { ts } from 'ts-morph';
import { syntaxDepthMax } from '../../fact/shared-limits.ts';
import type { TaintSource } from '../../fact/source.ts';
import type { Steps } from '../../fact/steps.ts';
import type { FrontEndContext } from '../../programs/frontend.ts';
import { globalDeclarations, knownModules, moduleDeclaration } from './library.ts';
import { parse } from './parse.ts';

/**
 * Operands of one expression `a + b + …`: the type checker walks it again from every name in it.
 */
const operandsMax = 2_000;

/**
 * Code of one language in memory at once. Code beyond the limit, in the order of paths, is not
 * analysed.
 */
const programCharsMax = 6 * 1024 * 1024;

interface ProgramFile {
  readonly source: TaintSource;
  readonly file: ts.SourceFile;
  /** All of its nodes, parents before children and in the order of the text. */
  readonly nodes: readonly ts.Node[];
}

export interface Program {
  readonly files: readonly ProgramFile[];
  readonly checker: ts.TypeChecker;
  /** The source of a syntax tree; undefined for the library. */
  sourceOf(file: ts.SourceFile): TaintSource | undefined;
  /** The file of the skill that an import specifier means, seen from another file. */
  resolve(from: ts.SourceFile, specifier: string): ts.SourceFile | undefined;
  /** The text of a file of the skill, by its path in a sandbox or below the skill's folder. */
  textOf(path: string): string | undefined;
  readonly failed: readonly { readonly source: TaintSource; readonly reason: string }[];
}

const options: ts.CompilerOptions = {
  allowJs: true,
  checkJs: false,
  noLib: true,
  types: [],
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  allowImportingTsExtensions: true,
  allowSyntheticDefaultImports: true,
  jsx: ts.JsxEmit.Preserve,
  noEmit: true,
  strict: false,
  // `this` in a method of an object literal is that object.
  noImplicitThis: true,
};

const globals = libraryFile('/globals.d.ts', globalDeclarations());

/**
 * The declarations that sources can reach: the globals, the known modules that a text of theirs
 * names, and those whose types these give. A scan parses the few modules that a skill uses.
 */
function libraryFor(files: Iterable<ProgramFile>): Map<string, ts.SourceFile> {
  const library = new Map([[globals.fileName, globals]]);
  const names: string[] = [];
  const takeTypes = ({ text }: ts.SourceFile): void => {
    for (const [, name = ''] of text.matchAll(/import\("([^"]+)"\)/g)) names.push(name);
  };
  takeTypes(globals);
  for (const { nodes } of files)
    for (const node of nodes) if (ts.isStringLiteralLike(node)) names.push(node.text);
  for (const name of names) {
    const module = name.replace(/^node:/, '');
    const path = `/modules/${module}.d.ts`;
    if (!knownModules.has(module) || library.has(path)) continue;
    const file = libraryFile(path, moduleDeclaration(module));
    library.set(path, file);
    takeTypes(file);
  }
  return library;
}

function libraryFile(path: string, text: string): ts.SourceFile {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
  // The library imports only modules that it declares itself. The compiler would look for a file
  // of each of them, anew for each program: it looks for what these internal lists hold.
  return Object.assign(file, { imports: [], moduleAugmentations: [], ambientModuleNames: [] });
}

/**
 * Parses the sources and joins them. Sources that cannot be parsed or nest too deeply are reported
 * and left out.
 */
export function createProgram(
  sources: readonly TaintSource[],
  steps: Steps,
  texts?: FrontEndContext['texts'],
): Program {
  const failed: { source: TaintSource; reason: string }[] = [];
  const byName = new Map<string, ProgramFile>();
  let chars = 0;
  for (const [index, source] of sources.entries()) {
    chars += source.text.length;
    if (chars > programCharsMax) {
      failed.push({ source, reason: 'more code than is analysed at once' });
      continue;
    }
    const name = nameOf(source, index);
    const file = parse(name, source.text);
    const nodes: ts.Node[] = [];
    const tooMuch = file === undefined ? 'nests too deep' : whyTooMuch(file, source, steps, nodes);
    const reason = tooMuch ?? (file && syntaxErrorOf(file, source));
    if (reason !== undefined) failed.push({ source, reason });
    if (file !== undefined && tooMuch === undefined) byName.set(name, { source, file, nodes });
  }
  const resolve = (from: string, specifier: string): string | undefined =>
    resolvePath(byName, from, specifier);
  const library = libraryFor(byName.values());
  const host: ts.CompilerHost = {
    getSourceFile: (name) => library.get(name) ?? byName.get(name)?.file,
    getDefaultLibFileName: () => globals.fileName,
    writeFile: () => undefined,
    getCurrentDirectory: () => '/',
    getCanonicalFileName: (name) => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
    fileExists: (name) => library.has(name) || byName.has(name),
    readFile: () => undefined,
    resolveModuleNameLiterals: (literals, containing) =>
      literals.map((literal) => {
        const resolvedFileName = resolve(containing, literal.text);
        if (resolvedFileName === undefined) return { resolvedModule: undefined };
        const extension = posix.extname(resolvedFileName);
        return { resolvedModule: { resolvedFileName, extension } };
      }),
  };
  const program = ts.createProgram([...library.keys(), ...byName.keys()], options, host);
  const sourceBy = new Map([...byName.values()].map(({ file, source }) => [file, source]));
  return {
    files: [...byName.values()],
    checker: program.getTypeChecker(),
    sourceOf: (file) => sourceBy.get(file),
    textOf: (path) => {
      const own = path.replace(/^file:\/\//, '').replace(/^\/skills\/@self\//, '');
      return texts?.get(posix.normalize(own))?.text;
    },
    resolve: (from, specifier) => {
      const name = resolve(from.fileName, specifier);
      return name === undefined ? undefined : byName.get(name)?.file;
    },
    failed,
  };
}

// A program inside another text imports nothing of the skill by relative path, so it gets a folder
// of its own.
function nameOf({ path, language, depth }: TaintSource, index: number): string {
  const plain = depth === 0 ? `/skill/${path}` : `/inner/${index}/program`;
  const known = depth === 0 && /\.([cm]?[jt]s|[jt]sx)$/.test(path);
  return known ? plain : `${plain}${language === 'typescript' ? '.ts' : '.js'}`;
}

/**
 * Lists the nodes and counts their depth without recursion. A chain `a + b + c …` counts as one
 * level, but the checker climbs all of it from every name: its length has a separate limit, and a
 * name counts for its levels up to the file.
 */
function whyTooMuch(
  file: ts.SourceFile,
  source: TaintSource,
  steps: Steps,
  nodes: ts.Node[],
): string | undefined {
  steps.take(Math.ceil(source.text.length / 64));
  const open: Placed[] = [{ node: file, depth: 0, above: 0, operands: 0 }];
  const children: Placed[] = [];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const { node, depth, above, operands } = at;
    if (depth > syntaxDepthMax) return 'nests too deep';
    if (operands > operandsMax) return `an expression of more than ${operandsMax} operands`;
    steps.take(ts.isIdentifier(node) ? 1 + (above >> 3) : 1);
    nodes.push(node);
    const chain = ts.isBinaryExpression(node) ? node.left : undefined;
    ts.forEachChild(node, (child) => {
      const isChained = child === chain && ts.isBinaryExpression(child);
      children.push({
        node: child,
        depth: isChained ? depth : depth + 1,
        above: above + 1,
        operands: isChained ? operands + 1 : 1,
      });
    });
    for (let child = children.pop(); child !== undefined; child = children.pop()) open.push(child);
  }
  return undefined;
}

interface Placed {
  readonly node: ts.Node;
  readonly depth: number;
  /** Nodes around it. */
  readonly above: number;
  /** Operands to the right of it, in the same chain. */
  readonly operands: number;
}

function syntaxErrorOf(file: ts.SourceFile, source: TaintSource): string | undefined {
  const [error] = parseErrors(file);
  if (error === undefined || source.depth > 0) return undefined;
  return `a syntax error: ${ts.flattenDiagnosticMessageText(error.messageText, ' ')}`;
}

// `parseDiagnostics` is internal, but the only access to syntax errors without all other checks.
function parseErrors(file: ts.SourceFile): readonly ts.Diagnostic[] {
  return 'parseDiagnostics' in file && Array.isArray(file.parseDiagnostics)
    ? file.parseDiagnostics
    : [];
}

const endings = [
  '',
  '.ts',
  '.tsx',
  '.mts',
  '.cts',
  '.js',
  '.jsx',
  '.mjs',
  '.cjs',
  '/index.ts',
  '/index.tsx',
  '/index.js',
  '/index.mjs',
  '/index.cjs',
];

function resolvePath(
  files: ReadonlyMap<string, unknown>,
  from: string,
  specifier: string,
): string | undefined {
  const bare = specifier.replace(/^file:\/\//, '').replace(/[?#].*$/, '');
  const base = bare.startsWith('/skills/@self/')
    ? posix.join('/skill', bare.slice('/skills/@self'.length))
    : posix.join(posix.dirname(from), bare);
  if (!bare.startsWith('.') && !bare.startsWith('/skills/@self/')) return undefined;
  // TypeScript sources are also imported by the names of their compiled files.
  const source = base.replace(/\.([cm]?)js(x?)$/, '.$1ts$2');
  return [...endings.map((ending) => base + ending), source, source.replace(/\.ts$/, '.tsx')].find(
    (name) => files.has(name),
  );
}
