/**
 * The size of the core: what a run loads, from admission to the first process, in tokens and in
 * three rings. docs/decisions/0005-runner-budget.md says what counts, and why.
 */
import { globSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { ts } from 'ts-morph';
import { type ImportOfValues, packageOf, whyItActs } from './acting.ts';
import { countTokens, decides, parseWithoutTypes } from './tokens.ts';

/** Admission, the catalogue, the run, and the audit log, which a run gets as an argument. */
export const coreEntries = [
  'runner/admission/admit.ts',
  'runner/admission/catalogue.ts',
  'runner/run/run.ts',
  'runner/audit/audit.ts',
] as const;

/** Rooms of `runner/` around the core. No file of the core imports them. */
export const roomsAround = [
  'runner/archives',
  'runner/sessions',
  'runner/changes',
  'runner/backends',
  'runner/webhooks',
  'runner/git',
  'runner/indexes',
  'runner/observe',
  'runner/package-fetch',
  'runner/package-store',
  'runner/secret-sources',
  'runner/upstream-proxy',
] as const;

export const rings = ['acts', 'judges', 'vocabulary'] as const;
export type Ring = (typeof rings)[number];

export interface MeasuredFile {
  /** Below the checkout. */
  readonly path: string;
  readonly ring: Ring;
  /** Why it acts; undefined for the other rings. */
  readonly acts: string | undefined;
  readonly tokens: Readonly<Record<Ring, number>>;
}

export interface CoreSize {
  readonly files: readonly MeasuredFile[];
  /** Packages from npm, by name. Their code is not counted. */
  readonly packages: readonly string[];
}

interface Source {
  readonly imports: readonly ImportOfValues[];
  readonly acts: string | undefined;
  readonly deciding: number;
  readonly plain: number;
}

/** Measures every file that the entries reach by imports of values. */
export function measureCore(root: string, entries: readonly string[] = coreEntries): CoreSize {
  const sources = new Map<string, Source>();
  const waiting = [...entries];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (sources.has(path)) continue;
    const source = readSource(readFileSync(join(root, path), 'utf8'));
    sources.set(path, source);
    waiting.push(...ownImports(path, source));
  }
  const acting = findActing(sources);
  const files = [...sources].map(([path, source]) => ({
    path,
    ...ringsOf(source, acting.get(path)),
  }));
  const packages = [...sources.values()].flatMap(({ imports }) =>
    imports.flatMap(({ from }) => packageOf(from) ?? []),
  );
  return {
    files: files.sort((a, b) => (a.path < b.path ? -1 : 1)),
    packages: [...new Set(packages)].sort(),
  };
}

/** Tokens of each file of `runner/` that the core does not reach, by path. */
export function measureUnreached(root: string, { files }: CoreSize): ReadonlyMap<string, number> {
  const reached = new Set(files.map(({ path }) => path));
  const unreached = new Map<string, number>();
  for (const path of globSync('runner/**/*.ts', { cwd: root }).sort()) {
    if (reached.has(path)) continue;
    const { tokens } = measureText(readFileSync(join(root, path), 'utf8'));
    const sum = rings.reduce((all, ring) => all + tokens[ring], 0);
    // A file of types has no tokens, and no run loads types.
    if (sum > 0) unreached.set(path, sum);
  }
  return unreached;
}

/** Tokens in all files of `runner/` that the core does not reach, by folder. */
export function measureAround(root: string, size: CoreSize): ReadonlyMap<string, number> {
  const folders = new Map<string, number>();
  for (const [path, tokens] of measureUnreached(root, size))
    folders.set(posix.dirname(path), (folders.get(posix.dirname(path)) ?? 0) + tokens);
  return folders;
}

/** Measures one text by itself, without what it imports. */
export function measureText(text: string): Omit<MeasuredFile, 'path'> {
  const source = readSource(text);
  return ringsOf(source, source.acts);
}

export function totalOf({ files }: CoreSize, ring: Ring): number {
  return files.reduce((sum, { tokens }) => sum + tokens[ring], 0);
}

// A file that imports an acting file can act through it, so a wrapper does not move a file out of
// the ring.
function findActing(sources: ReadonlyMap<string, Source>): Map<string, string> {
  const acting = new Map(
    [...sources].flatMap(([path, { acts }]) => (acts === undefined ? [] : [[path, acts] as const])),
  );
  for (let before = -1; before !== acting.size; ) {
    before = acting.size;
    for (const [path, source] of sources) {
      const through = ownImports(path, source).find((file) => acting.has(file));
      if (!acting.has(path) && through !== undefined) acting.set(path, `imports ${through}`);
    }
  }
  return acting;
}

// The whole text of an acting file counts as acting. In other files each declaration counts by
// itself, in any place.
function ringsOf(
  { deciding, plain }: Source,
  acts: string | undefined,
): Omit<MeasuredFile, 'path'> {
  if (acts !== undefined)
    return { ring: 'acts', acts, tokens: { acts: deciding + plain, judges: 0, vocabulary: 0 } };
  return {
    ring: deciding > 0 ? 'judges' : 'vocabulary',
    acts,
    tokens: { acts: 0, judges: deciding, vocabulary: plain },
  };
}

function readSource(text: string): Source {
  const file = parseWithoutTypes(text);
  const imports = importsOf(file);
  const counted = file.statements.map((statement) => ({
    tokens: countTokens(statement),
    isDeciding: decides(statement),
  }));
  const sum = (wanted: boolean): number =>
    counted.reduce((all, { tokens, isDeciding }) => all + (isDeciding === wanted ? tokens : 0), 0);
  return { imports, acts: whyItActs(file, imports), deciding: sum(true), plain: sum(false) };
}

function importsOf(file: ts.SourceFile): ImportOfValues[] {
  const found: ImportOfValues[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
      const { moduleSpecifier } = node;
      if (moduleSpecifier !== undefined && ts.isStringLiteral(moduleSpecifier))
        found.push({ from: moduleSpecifier.text, names: namesOf(node) });
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [what] = node.arguments;
      // A module imported by a computed name can act.
      found.push({
        from: what !== undefined && ts.isStringLiteralLike(what) ? what.text : 'node:module',
        names: ['*'],
      });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function namesOf(node: ts.ImportDeclaration | ts.ExportDeclaration): string[] {
  const clause = ts.isImportDeclaration(node)
    ? node.importClause?.namedBindings
    : node.exportClause;
  const names =
    clause !== undefined && (ts.isNamedImports(clause) || ts.isNamedExports(clause))
      ? clause.elements
      : undefined;
  if (names === undefined) return ['*'];
  const isDefault = ts.isImportDeclaration(node) && node.importClause?.name !== undefined;
  return [
    ...(isDefault ? ['default'] : []),
    ...names.map((one) => (one.propertyName ?? one.name).text),
  ];
}

function ownImports(path: string, { imports }: Source): string[] {
  return imports.flatMap(({ from }) =>
    from.startsWith('.') ? [posix.join(posix.dirname(path), from)] : [],
  );
}
