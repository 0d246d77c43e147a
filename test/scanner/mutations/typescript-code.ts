/** Mutators of TypeScript and JavaScript, by the parser of TypeScript. */
import { ts } from 'ts-morph';
import { applyEdits, cutOf, type Edit } from './edits.ts';

function parse(code: string): ts.SourceFile {
  return ts.createSourceFile('a.ts', code, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
}

function nodesOf(root: ts.Node): ts.Node[] {
  const nodes: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    nodes.push(node);
    ts.forEachChild(node, visit);
  };
  visit(root);
  return nodes;
}

/**
 * Gives variables, functions, parameters and imports other names; imports keep theirs behind `as`.
 */
export function renameTypeScript(code: string): string | undefined {
  const nodes = nodesOf(parse(code));
  const names = new Map<string, string>();
  for (const node of nodes) {
    const name = declaredName(node);
    if (name !== undefined) names.set(name.text, `zq${names.size}_${name.text.length}`);
  }
  for (const name of exportedNames(nodes)) names.delete(name);
  const edits = nodes.flatMap((node): Edit[] =>
    ts.isIdentifier(node) ? renamed(node, names) : [],
  );
  return edits.length === 0 ? undefined : applyEdits(code, edits);
}

function declaredName(node: ts.Node): ts.Identifier | undefined {
  const declares =
    ts.isVariableDeclaration(node) ||
    ts.isParameter(node) ||
    ts.isBindingElement(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isImportSpecifier(node) ||
    ts.isNamespaceImport(node) ||
    ts.isImportClause(node);
  if (!declares || node.name === undefined || !ts.isIdentifier(node.name)) return undefined;
  // `this: Client` declares no parameter.
  return node.name.text === 'this' ? undefined : node.name;
}

function exportedNames(nodes: readonly ts.Node[]): string[] {
  return nodes.flatMap((node): string[] => {
    if (ts.isExportSpecifier(node))
      return [node.name.text, ...(node.propertyName === undefined ? [] : [node.propertyName.text])];
    const isExported =
      ts.canHaveModifiers(node) &&
      ts.getModifiers(node)?.some((one) => one.kind === ts.SyntaxKind.ExportKeyword);
    if (isExported !== true) return [];
    if (ts.isFunctionDeclaration(node)) return [node.name?.text ?? ''];
    return ts.isVariableStatement(node)
      ? node.declarationList.declarations.map((one) => one.name.getText())
      : [];
  });
}

function renamed(node: ts.Identifier, names: ReadonlyMap<string, string>): Edit[] {
  const next = names.get(node.text);
  const { parent } = node;
  if (next === undefined) return [];
  const at = { start: node.getStart(), end: node.getEnd() };
  if (ts.isImportSpecifier(parent)) {
    if (parent.propertyName === node) return [];
    return [{ ...at, text: parent.propertyName === undefined ? `${node.text} as ${next}` : next }];
  }
  if (ts.isShorthandPropertyAssignment(parent)) return [{ ...at, text: `${node.text}: ${next}` }];
  if (ts.isBindingElement(parent)) {
    if (parent.propertyName === node) return [];
    const isShort =
      parent.name === node &&
      parent.propertyName === undefined &&
      ts.isObjectBindingPattern(parent.parent);
    return [
      {
        ...at,
        text: isShort && parent.dotDotDotToken === undefined ? `${node.text}: ${next}` : next,
      },
    ];
  }
  const isMember =
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    ((ts.isPropertyAssignment(parent) ||
      ts.isMethodDeclaration(parent) ||
      ts.isPropertySignature(parent)) &&
      parent.name === node) ||
    ts.isTypeReferenceNode(parent);
  return isMember ? [] : [{ ...at, text: next }];
}

/** Writes texts as sums of their halves. */
export function splitTypeScript(code: string): string | undefined {
  const edits = nodesOf(parse(code)).flatMap((node): Edit[] => {
    if (!ts.isStringLiteral(node) || node.text.length < 4 || isSyntax(node)) return [];
    const written = node.getText();
    const cut = cutOf(written.slice(1, -1));
    const quote = written[0] ?? "'";
    if (cut === undefined) return [];
    const text = `(${written.slice(0, cut + 1)}${quote} + ${quote}${written.slice(cut + 1)})`;
    return [{ start: node.getStart(), end: node.getEnd(), text }];
  });
  return edits.length === 0 ? undefined : applyEdits(code, edits);
}

// Where the grammar wants a text as it is: names of modules and members, types, "use strict".
function isSyntax(node: ts.StringLiteral): boolean {
  const { parent } = node;
  return (
    ts.isImportDeclaration(parent) ||
    ts.isExportDeclaration(parent) ||
    ts.isLiteralTypeNode(parent) ||
    ts.isExternalModuleReference(parent) ||
    ts.isExpressionStatement(parent) ||
    ts.isImportAttribute(parent) ||
    ts.isEnumMember(parent) ||
    ((ts.isPropertyAssignment(parent) ||
      ts.isPropertySignature(parent) ||
      ts.isMethodDeclaration(parent)) &&
      parent.name === node)
  );
}

/** Puts all statements that are no imports into a function that is called. */
export function wrapTypeScript(code: string): string | undefined {
  const file = parse(code);
  const first = file.statements.findIndex((one) => !ts.isImportDeclaration(one));
  const rest = first < 0 ? [] : file.statements.slice(first);
  const isModule = rest.some(
    (one) =>
      ts.isImportDeclaration(one) ||
      ts.isExportDeclaration(one) ||
      ts.isExportAssignment(one) ||
      (ts.canHaveModifiers(one) &&
        ts.getModifiers(one)?.some((word) => word.kind === ts.SyntaxKind.ExportKeyword) === true),
  );
  const start = rest[0]?.getStart();
  if (isModule || start === undefined) return undefined;
  return `${code.slice(0, start)}async function zqMain() {\n${code.slice(start).trimEnd()}\n}\nvoid zqMain();\n`;
}

/**
 * Functions of the top level in a file of their own, with the imports they need; undefined when
 * they need more of the file.
 */
export function moveTypeScript(
  code: string,
  movedPath: string,
): { readonly kept: string; readonly moved: string } | undefined {
  const file = parse(code);
  const functions = file.statements
    .filter(ts.isFunctionDeclaration)
    .filter((one) => one.body !== undefined && one.name !== undefined);
  const imports = file.statements.filter(ts.isImportDeclaration);
  const requires = file.statements.filter(
    (one) => ts.isVariableStatement(one) && /\brequire\(/.test(one.getText()),
  );
  const others = file.statements.filter(
    (one) =>
      !functions.some((f) => f === one) &&
      !imports.some((i) => i === one) &&
      !requires.includes(one),
  );
  if (functions.length === 0 || others.length === 0) return undefined;
  const declared = new Set(
    others.flatMap((one) => nodesOf(one).flatMap((node) => declaredName(node)?.text ?? [])),
  );
  const uses = functions.flatMap((one) =>
    nodesOf(one)
      .filter(ts.isIdentifier)
      .map((node) => node.text),
  );
  if (uses.some((name) => declared.has(name))) return undefined;
  const heads = [...imports, ...requires].map((one) => one.getText()).join('\n');
  const bodies = functions.map((one) => one.getText().replace(/^export (default )?/, ''));
  const names = functions.map((one) => one.name?.text ?? '').join(', ');
  const edits = functions.map((one) => ({
    start: one.getStart(),
    end: one.getEnd(),
    text: one.getText().replace(/[^\n]/g, ''),
  }));
  const rest = applyEdits(code, edits);
  return requires.length > 0
    ? {
        kept: `const { ${names} } = require('./${movedPath}');\n${rest}`,
        moved: `${heads}\n${bodies.join('\n')}\nmodule.exports = { ${names} };\n`,
      }
    : {
        kept: `import { ${names} } from './${movedPath}';\n${rest}`,
        moved: `${heads}\n${bodies.map((one) => `export ${one}`).join('\n')}\n`,
      };
}
