/**
 * The rule of the ring `acts`: code that reaches files, processes, sockets, the clock or chance, or
 * keeps state.
 */
import { ts } from 'ts-morph';

export interface ImportOfValues {
  readonly from: string;
  /** Exported names; `*` for all of them. */
  readonly names: readonly string[];
}

/** Parts of Node that compute and touch nothing. Every other part acts. */
const pureNodeParts = ['node:buffer', 'node:path', 'node:url', 'node:util', 'node:zlib'];

/** Exports of node:crypto whose result does not follow from their arguments. */
const chance = /^(\*|default|generate.*|getRandomValues|random.*|subtle|webcrypto)$/;

/** Packages that compute and touch nothing. Every other package acts. */
const purePackages = [
  '@sigstore/bundle',
  '@sigstore/protobuf-specs',
  '@sigstore/verify',
  'semver',
  'tldts',
  'valibot',
  'yaml',
];

/** Global names that reach the clock, chance, the process, the network or another program text. */
const actingNames = new Set(
  `Function WebSocket clearInterval clearTimeout console crypto eval fetch global globalThis performance process queueMicrotask require
   setImmediate setInterval setTimeout`.split(/\s+/),
);
const actingMembers = ['AbortSignal.timeout', 'Atomics.wait', 'Date.now', 'Math.random'];
const notes = ['WeakMap', 'WeakSet'];
const changingMethods = [
  'add',
  'clear',
  'delete',
  'fill',
  'pop',
  'push',
  'set',
  'shift',
  'splice',
  'unshift',
];

/** The package that an import names; undefined for a file and for a part of Node. */
export function packageOf(from: string): string | undefined {
  if (from.startsWith('.') || from.startsWith('node:')) return undefined;
  return from
    .split('/')
    .slice(0, from.startsWith('@') ? 2 : 1)
    .join('/');
}

/**
 * Why a file acts by itself; undefined when it does not. Its imports of files are not examined.
 */
export function whyItActs(
  file: ts.SourceFile,
  imports: readonly ImportOfValues[],
): string | undefined {
  return (
    imports.map(whyImportActs).find((why) => why !== undefined) ??
    whyNamesAct(file) ??
    whyItKeepsState(file)
  );
}

function whyImportActs({ from, names }: ImportOfValues): string | undefined {
  if (from === 'node:crypto') {
    const name = names.find((one) => chance.test(one));
    return name === undefined ? undefined : `imports ${name} of ${from}`;
  }
  const isPure =
    from.startsWith('.') ||
    pureNodeParts.includes(from) ||
    purePackages.includes(packageOf(from) ?? '');
  return isPure ? undefined : `imports ${from}`;
}

function whyNamesAct(file: ts.SourceFile): string | undefined {
  const declared = new Set<string>();
  const used = new Map<string, string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      if (isDeclared(node)) declared.add(node.text);
      else if (actingNames.has(node.text) && !isNameOfProperty(node))
        used.set(node.text, node.text);
    }
    const member = actingMemberAt(node);
    if (member !== undefined) used.set(member.split('.')[0] ?? member, member);
    ts.forEachChild(node, visit);
  };
  visit(file);
  // A parameter `fetch` is a caller's function, not the global.
  const name = [...used].find(([one]) => !declared.has(one))?.[1];
  return name === undefined ? undefined : `uses ${name}`;
}

function isDeclared(node: ts.Identifier): boolean {
  const { parent } = node;
  const declares =
    ts.isParameter(parent) || ts.isVariableDeclaration(parent) || ts.isBindingElement(parent);
  return (declares || ts.isFunctionDeclaration(parent)) && parent.name === node;
}

function isNameOfProperty(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isBindingElement(parent)) return parent.propertyName === node;
  const names =
    ts.isPropertyAccessExpression(parent) ||
    ts.isPropertyAssignment(parent) ||
    ts.isMethodDeclaration(parent) ||
    ts.isPropertyDeclaration(parent);
  return names && parent.name === node;
}

function actingMemberAt(node: ts.Node): string | undefined {
  if (ts.isMetaProperty(node)) return 'import.meta';
  if (ts.isPropertyAccessExpression(node))
    return actingMembers.find((one) => one === node.getText());
  const asksTheTime =
    (ts.isNewExpression(node) && (node.arguments?.length ?? 0) === 0) ||
    (ts.isCallExpression(node) && ts.isIdentifier(node.expression));
  return asksTheTime && node.expression.getText() === 'Date' ? 'Date' : undefined;
}

// State that outlives a call: a variable of the file that changes, or a container in one that the
// file changes. A WeakMap's note about an object goes with the object, and is no state of its own.
function whyItKeepsState(file: ts.SourceFile): string | undefined {
  const kept = new Set<string>();
  for (const statement of file.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    const { declarations, flags } = statement.declarationList;
    for (const { initializer, name } of declarations) {
      if ((flags & ts.NodeFlags.Const) === 0) return `keeps state in ${name.getText()}`;
      const isNote =
        initializer !== undefined &&
        ts.isNewExpression(initializer) &&
        notes.includes(initializer.expression.getText());
      if (!isNote) kept.add(name.getText());
    }
  }
  const changed = (node: ts.Node): string | undefined => {
    const name = nameOfChanged(node);
    return name !== undefined && kept.has(name) ? name : ts.forEachChild(node, changed);
  };
  const name = changed(file);
  return name === undefined ? undefined : `keeps state in ${name}`;
}

// The variable whose container a call of a method or an assignment changes.
function nameOfChanged(node: ts.Node): string | undefined {
  const assigns =
    ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken;
  const target = assigns ? node.left : ts.isCallExpression(node) ? node.expression : undefined;
  if (
    target === undefined ||
    !(ts.isPropertyAccessExpression(target) || ts.isElementAccessExpression(target))
  )
    return undefined;
  if (
    !assigns &&
    !(ts.isPropertyAccessExpression(target) && changingMethods.includes(target.name.text))
  )
    return undefined;
  return target.expression.getText();
}
