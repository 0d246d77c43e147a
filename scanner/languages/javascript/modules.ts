/** The files of a skill that import one another, and what they export. */
import { posix } from 'node:path';
import { ts } from 'ts-morph';
import { keep } from '../../fact/remembered.ts';
import type { TaintSource } from '../../fact/source.ts';
import { namesIn, type Scopes } from './scopes.ts';

/** A source with its tree. */
export interface ParsedJavascript {
  readonly source: TaintSource;
  readonly file: ts.SourceFile;
  readonly scopes: Scopes;
  /** Whether it exports by `module.exports`, not by `export`. */
  readonly isCommon: boolean;
  /** The names under which it exports a name of its own. */
  readonly exports: ReadonlyMap<string, ReadonlySet<string>>;
}

/** The names by which a file exports its own. */
export function exportsOf(file: ts.SourceFile): ReadonlyMap<string, ReadonlySet<string>> {
  const exports = new Map<string, Set<string>>();
  const add = (own: string, as: string): void => {
    keep(exports, own, () => new Set()).add(as);
  };
  for (const one of file.statements)
    if (ts.isExportDeclaration(one) && one.moduleSpecifier === undefined)
      for (const { name, propertyName } of namedIn(one))
        add((propertyName ?? name).text, name.text);
    else if (isExported(one)) {
      const isDefault = hasModifier(one, ts.SyntaxKind.DefaultKeyword);
      for (const name of declaredBy(one)) add(name, isDefault ? 'default' : name);
    }
  return exports;
}

function declaredBy(node: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(node))
    return node.declarationList.declarations.flatMap(({ name }) => namesIn(name));
  const isNamed =
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isEnumDeclaration(node) ||
    ts.isModuleDeclaration(node);
  return isNamed && node.name !== undefined ? [node.name.text] : [];
}

/** `{ a as b }` of an export; nothing where all is exported. */
export function namedIn({ exportClause }: ts.ExportDeclaration): readonly ts.ExportSpecifier[] {
  return exportClause !== undefined && ts.isNamedExports(exportClause) ? exportClause.elements : [];
}

/** Whether a file has neither `import` nor `export`. */
export function isCommonModule(file: ts.SourceFile): boolean {
  return !file.statements.some(
    (one) =>
      ts.isImportDeclaration(one) ||
      ts.isExportDeclaration(one) ||
      ts.isExportAssignment(one) ||
      isExported(one),
  );
}

export function isExported(node: ts.Node): boolean {
  return hasModifier(node, ts.SyntaxKind.ExportKeyword);
}

export function hasModifier(node: ts.Node, kind: ts.SyntaxKind): boolean {
  return (
    ts.canHaveModifiers(node) && ts.getModifiers(node)?.some((one) => one.kind === kind) === true
  );
}

const endings = [
  '',
  ...'.ts .tsx .mts .cts .js .jsx .mjs .cjs'.split(' '),
  ...'/index.ts /index.tsx /index.js /index.mjs /index.cjs'.split(' '),
];

/** The path of the file that a relative specifier names; undefined for a package. */
export function pathNamed(
  paths: { has(path: string): boolean },
  from: string,
  specifier: string,
): string | undefined {
  const bare = specifier.replace(/^file:\/\//, '').replace(/[?#].*$/, '');
  const own = /^\/skills\/@self\//;
  if (!bare.startsWith('.') && !own.test(bare)) return undefined;
  const base = own.test(bare)
    ? posix.normalize(bare.replace(own, ''))
    : posix.join(posix.dirname(from), bare);
  // TypeScript sources are also imported by the names of their compiled files.
  const source = base.replace(/\.([cm]?)js(x?)$/, '.$1ts$2');
  return [...endings.map((ending) => base + ending), source, source.replace(/\.ts$/, '.tsx')].find(
    (path) => paths.has(path),
  );
}

/** The name of a package or module without `node:`, its version and its protocol. */
export function packageNamed(specifier: string): string {
  return specifier.replace(/^(?:node|npm|jsr):/, '').replace(/(?<=.)@[\^~]?\d[\w.-]*/, '');
}
