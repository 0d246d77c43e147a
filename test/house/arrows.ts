/** The imports of a file, as arrows between paths. */
import { dirname, posix } from 'node:path';
import { ts } from 'ts-morph';

export interface Arrow {
  readonly from: string;
  readonly to: string;
}

/**
 * Every import of a file, type imports and literal dynamic ones too: a path inside the checkout or
 * the name of a package.
 */
export function arrowsOf(path: string, text: string): Arrow[] {
  const found = ts.preProcessFile(text, true, true).importedFiles.map((file) => file.fileName);
  return found.map((to) => ({
    from: path,
    to: to.startsWith('.') ? posix.join(dirname(path), to) : to,
  }));
}

/** The imports of a file whose path is computed, which no other test of imports can follow. */
export function computedImportsOf(path: string, text: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (
      ts.isCallExpression(node) &&
      node.expression.kind === ts.SyntaxKind.ImportKeyword &&
      !node.arguments.every(ts.isStringLiteral)
    )
      found.push(`${path}: ${node.getText()}`);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  return found;
}
