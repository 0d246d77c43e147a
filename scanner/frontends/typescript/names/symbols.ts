/**
 * Names of a program: the declaration of an identifier, its assignments, and the callers of a
 * function.
 */
import { ts } from 'ts-morph';
import type { Steps } from '../../../fact/steps.ts';
import type { Program } from '../program.ts';
import {
  bareOf,
  baseOf,
  type Functionish,
  isAssignment,
  isPlainAssignment,
  isStep,
  requireFewClasses,
} from '../syntax.ts';
import type { Caller, CallNode, Symbols } from '../values/evaluator.ts';
import { collectAssignments, eachOf, push } from './assignments.ts';
import { addIndirectCallers } from './callers.ts';
import {
  apiName,
  boundBy,
  exportNamed,
  functionDeclared,
  lookUp,
  variableNamed,
} from './lookup.ts';
import { methodOf } from './methods.ts';

/** Collects the names in one pass over all files. */
export function collectSymbols(program: Program, steps: Steps): Symbols {
  const { checker } = program;
  const cache = new Map<ts.Node, ts.Symbol | undefined>();
  const symbolOf = (name: ts.Node): ts.Symbol | undefined => {
    if (cache.has(name)) return cache.get(name);
    steps.take(4);
    const symbol = lookUp(checker, name);
    cache.set(name, symbol);
    return symbol;
  };
  const apiNames = new Map<ts.Symbol, string | undefined>();
  const apiOf = (symbol: ts.Symbol): string | undefined => {
    if (!apiNames.has(symbol)) apiNames.set(symbol, apiName(program, symbol));
    return apiNames.get(symbol);
  };
  const outsideOf = (name: ts.Identifier): ts.Symbol | undefined => variableNamed(checker, name);
  const kept = collectAssignments(symbolOf, outsideOf);
  const callers = new Map<Functionish, Caller[]>();
  const handed = new Map<Functionish, ts.CallExpression[]>();
  const tagged = new Map<Functionish, ts.TaggedTemplateExpression[]>();
  const templates: ts.TaggedTemplateExpression[] = [];
  const methodNames = new Set<string>();
  const heirs = heirsIn(program);
  const calls: CallNode[] = [];
  for (const { nodes } of program.files) {
    steps.take(nodes.length);
    for (const node of nodes) {
      if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind)) {
        kept.assign(node.left, {
          value: node.right,
          node,
          compound: !isPlainAssignment(node.operatorToken.kind),
        });
      } else if (isStep(node)) {
        kept.assign(node.operand, { value: node, node, compound: true });
      } else if (ts.isForOfStatement(node) || ts.isForInStatement(node)) {
        if (!ts.isVariableDeclarationList(node.initializer))
          kept.assign(node.initializer, eachOf(node));
      } else if (ts.isCallExpression(node) || ts.isNewExpression(node)) calls.push(node);
      else if (ts.isTaggedTemplateExpression(node)) templates.push(node);
      else if (
        ts.isMethodDeclaration(node) ||
        ts.isPropertyAssignment(node) ||
        ts.isPropertyDeclaration(node)
      ) {
        if (ts.isIdentifier(node.name) || ts.isPrivateIdentifier(node.name))
          methodNames.add(node.name.text);
      } else if (ts.isFunctionDeclaration(node) || ts.isVariableDeclaration(node)) {
        // An export of a file is also a member of its namespace.
        if (node.name !== undefined && ts.isIdentifier(node.name)) methodNames.add(node.name.text);
      }
    }
  }
  const exportOf = (file: ts.SourceFile, name: string): ts.Symbol | undefined =>
    exportNamed(checker, file, name);
  const functionOf = (callee: ts.Expression, above: Above = []): Functionish | undefined => {
    const bare = bareOf(callee);
    if (ts.isFunctionExpression(bare) || ts.isArrowFunction(bare)) return bare;
    if (ts.isPropertyAccessExpression(bare))
      return methodNames.has(bare.name.text) ? methodOf({ symbolOf, exportOf }, bare) : undefined;
    const symbol = ts.isIdentifier(bare) ? symbolOf(bare) : undefined;
    const declared = functionDeclared(symbol) ?? functionDeclared(boundBy(symbol, symbolOf));
    if (declared !== undefined) return declared;
    const base = classAbove(bare, symbol, heirs);
    requireFewClasses(above.length);
    return base && !above.includes(base) ? functionOf(base, [...above, base]) : undefined;
  };
  for (const call of calls) {
    const callee = functionOf(call.expression);
    if (callee !== undefined) push(callers, callee, { call });
    if (!ts.isCallExpression(call)) continue;
    kept.hold(call);
    for (const argument of call.arguments) {
      const given = ts.isIdentifier(argument) ? functionOf(argument) : undefined;
      if (given !== undefined) push(handed, given, call);
    }
  }
  addTagged(templates, functionOf, tagged);
  const names = { symbolOf, apiOf, functionOf, exportOf, assignments: kept };
  addIndirectCallers(calls, names, steps, callers);
  return {
    symbolOf,
    outsideOf,
    apiOf,
    assignments: kept.ofVariable,
    memberAssignments: kept.ofMember,
    fieldAssignments: kept.ofField,
    commonExports: kept.ofModule,
    handedTo: (callee) => handed.get(callee) ?? [],
    callers: (callee) => callers.get(callee) ?? [],
    tagged: (callee) => tagged.get(callee) ?? [],
    functionOf,
    exportOf,
  };
}

/** Names of classes, each of which extends the next. */
type Above = readonly ts.Expression[];

// How many classes extend a class, by its name.
function heirsIn({ files }: Program): ReadonlyMap<string, number> {
  const heirs = new Map<string, number>();
  for (const { nodes } of files)
    for (const node of nodes) {
      const base = ts.isClassLike(node) ? baseOf(node)?.getText() : undefined;
      if (base !== undefined) heirs.set(base, (heirs.get(base) ?? 0) + 1);
    }
  return heirs;
}

// A class without a constructor of its own has that of the class that it extends, which `super(…)`
// calls too. Of several heirs each gives values of its own, which must not be taken for one
// another's.
function classAbove(
  callee: ts.Expression,
  symbol: ts.Symbol | undefined,
  heirs: ReadonlyMap<string, number>,
): ts.Expression | undefined {
  const isSuper = callee.kind === ts.SyntaxKind.SuperKeyword;
  const declared = isSuper
    ? ts.findAncestor(callee, ts.isClassLike)
    : symbol?.declarations?.map(classDeclared).find((one) => one !== undefined);
  const base = declared === undefined ? undefined : baseOf(declared);
  return base === undefined || (heirs.get(base.getText()) ?? 0) > 1 ? undefined : base;
}

// `class A {}`, `const A = class {}`
function classDeclared(declaration: ts.Declaration): ts.ClassLikeDeclaration | undefined {
  if (ts.isClassLike(declaration)) return declaration;
  const value = ts.isVariableDeclaration(declaration) ? declaration.initializer : undefined;
  const bare = value === undefined ? undefined : bareOf(value);
  return bare !== undefined && ts.isClassLike(bare) ? bare : undefined;
}

// The templates with a tag of the skill, by the tag.
function addTagged(
  templates: readonly ts.TaggedTemplateExpression[],
  functionOf: Symbols['functionOf'],
  tagged: Map<Functionish, ts.TaggedTemplateExpression[]>,
): void {
  for (const template of templates) {
    const tag = functionOf(template.tag);
    if (tag !== undefined) push(tagged, tag, template);
  }
}
