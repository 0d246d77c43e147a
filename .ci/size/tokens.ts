/**
 * The counted tokens of a text: tokens of TypeScript's scanner that types, comments, formatters and
 * moves of code cannot change.
 */
import { stripTypeScriptTypes } from 'node:module';
import { ts } from 'ts-morph';

/** Separators and grouping, which formatters add and remove. */
const separators = new Set<ts.SyntaxKind>([
  ts.SyntaxKind.CommaToken,
  ts.SyntaxKind.SemicolonToken,
  ts.SyntaxKind.OpenParenToken,
  ts.SyntaxKind.CloseParenToken,
  ts.SyntaxKind.ExportKeyword,
  ts.SyntaxKind.EndOfFileToken,
]);

const deciding = new Set<ts.SyntaxKind>([
  ts.SyntaxKind.IfStatement,
  ts.SyntaxKind.SwitchStatement,
  ts.SyntaxKind.ConditionalExpression,
  ts.SyntaxKind.ForStatement,
  ts.SyntaxKind.ForInStatement,
  ts.SyntaxKind.ForOfStatement,
  ts.SyntaxKind.WhileStatement,
  ts.SyntaxKind.DoStatement,
  ts.SyntaxKind.ThrowStatement,
  ts.SyntaxKind.TryStatement,
  ts.SyntaxKind.AmpersandAmpersandToken,
  ts.SyntaxKind.BarBarToken,
  ts.SyntaxKind.QuestionQuestionToken,
  ts.SyntaxKind.QuestionDotToken,
  ts.SyntaxKind.ExclamationToken,
  ts.SyntaxKind.EqualsEqualsToken,
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
  ts.SyntaxKind.LessThanToken,
  ts.SyntaxKind.LessThanEqualsToken,
  ts.SyntaxKind.GreaterThanToken,
  ts.SyntaxKind.GreaterThanEqualsToken,
  ts.SyntaxKind.InstanceOfKeyword,
  ts.SyntaxKind.InKeyword,
]);

/** The text without types, as Node runs it, as a tree. */
export function parseWithoutTypes(text: string): ts.SourceFile {
  return ts.createSourceFile(
    'text.js',
    stripTypeScriptTypes(text),
    ts.ScriptTarget.ESNext,
    true,
    ts.ScriptKind.JS,
  );
}

/**
 * Imports and the word `export` do not count, so dividing a file in two leaves the size as it was.
 */
export function countTokens(node: ts.Node): number {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isJSDoc(node)) return 0;
  const children = node.getChildren();
  if (children.length > 0) return children.reduce((sum, child) => sum + countTokens(child), 0);
  if (separators.has(node.kind) || node.getWidth() === 0) return 0;
  // A text of several lines may be a program in another language.
  return ts.isStringLiteralLike(node) ||
    ts.isTemplateMiddleOrTemplateTail(node) ||
    ts.isTemplateHead(node)
    ? node.text.trim().split('\n').length
    : 1;
}

/** Whether a declaration decides anything: a branch, a loop, a comparison, a failure. */
export function decides(node: ts.Node): boolean {
  return node.getChildren().some((child) => deciding.has(child.kind) || decides(child));
}
