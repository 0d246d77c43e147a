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
  choosesOperand,
  type Functionish,
  isAssignment,
  isFunctionish,
  isPlainAssignment,
  isStep,
  parametersOf,
  requireFewClasses,
  returnsOf,
} from '../syntax.ts';
import { collectAssignments, eachOf, push } from './assignments.ts';
import type { Symbols } from './evaluator.ts';
import { apiName, followed, functionDeclared, lookUp, variableNamed } from './lookup.ts';
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
  const outsideOf = (name: ts.Identifier): ts.Symbol | undefined => variableNamed(checker, name);
  const kept = collectAssignments(symbolOf, outsideOf);
  const callers = new Map<Functionish, (ts.CallExpression | ts.NewExpression)[]>();
  const handed = new Map<Functionish, ts.CallExpression[]>();
  const tagged = new Map<Functionish, ts.TaggedTemplateExpression[]>();
  const templates: ts.TaggedTemplateExpression[] = [];
  const methodNames = new Set<string>();
  const heirs = heirsIn(program);
  const calls: (ts.CallExpression | ts.NewExpression)[] = [];
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
  const exportOf = (file: ts.SourceFile, name: string): ts.Symbol | undefined => {
    const module = checker.getSymbolAtLocation(file);
    const found = module && checker.tryGetMemberInModuleExports(name, module);
    return found === undefined ? undefined : followed(checker, found);
  };
  const functionOf = (callee: ts.Expression, above: Above = []): Functionish | undefined => {
    const bare = bareOf(callee);
    if (ts.isFunctionExpression(bare) || ts.isArrowFunction(bare)) return bare;
    if (ts.isPropertyAccessExpression(bare))
      return methodNames.has(bare.name.text) ? methodOf({ symbolOf, exportOf }, bare) : undefined;
    const symbol = ts.isIdentifier(bare) ? symbolOf(bare) : undefined;
    const declared = symbol === undefined ? undefined : functionDeclared(symbol);
    if (declared !== undefined) return declared;
    const base = classAbove(bare, symbol, heirs);
    requireFewClasses(above.length);
    return base && !above.includes(base) ? functionOf(base, [...above, base]) : undefined;
  };
  for (const call of calls) {
    const callee = functionOf(call.expression);
    if (callee !== undefined) push(callers, callee, call);
    if (!ts.isCallExpression(call)) continue;
    kept.hold(call);
    for (const argument of call.arguments) {
      const given = ts.isIdentifier(argument) ? functionOf(argument) : undefined;
      if (given !== undefined) push(handed, given, call);
    }
  }
  addTagged(templates, functionOf, tagged);
  addIndirectCallers(calls, { symbolOf, functionOf }, steps, callers);
  return {
    symbolOf,
    outsideOf,
    apiOf: (symbol) => {
      if (!apiNames.has(symbol)) apiNames.set(symbol, apiName(program, symbol));
      return apiNames.get(symbol);
    },
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

interface Names extends Pick<Symbols, 'functionOf'> {
  symbolOf(name: ts.Node): ts.Symbol | undefined;
}

type Callers = Map<Functionish, (ts.CallExpression | ts.NewExpression)[]>;
type FunctionsOf = (expression: ts.Expression) => ReadonlySet<Functionish>;

function addIndirectCallers(
  calls: readonly (ts.CallExpression | ts.NewExpression)[],
  names: Names,
  steps: Steps,
  callers: Callers,
): void {
  const functionsOf = functionsGiven(names, steps);
  addReturnedCallers(calls, names, functionsOf, callers);
  addHandedCallers(calls, names, functionsOf, callers);
}

// `delayed(fetch)(address)`, or `const send = delayed(fetch)` and `send(address)`: calls of a
// function that a function of the skill returns.
function addReturnedCallers(
  calls: readonly (ts.CallExpression | ts.NewExpression)[],
  { functionOf }: Names,
  functionsOf: FunctionsOf,
  callers: Callers,
): void {
  for (const call of calls)
    if (functionOf(call.expression) === undefined)
      for (const callee of functionsOf(call.expression)) push(callers, callee, call);
}

// `remember(git)` and, in `remember`, `git('config', …)`: the second is a call of the function that
// was passed.
function addHandedCallers(
  calls: readonly (ts.CallExpression | ts.NewExpression)[],
  { symbolOf }: Names,
  functionsOf: FunctionsOf,
  callers: Callers,
): void {
  const found: [Functionish, ts.CallExpression | ts.NewExpression][] = [];
  for (const call of calls) {
    const name = call.expression;
    const declaration = ts.isIdentifier(name) ? symbolOf(name)?.declarations?.[0] : undefined;
    if (
      declaration === undefined ||
      !ts.isParameter(declaration) ||
      !isFunctionish(declaration.parent)
    )
      continue;
    const at = parametersOf(declaration.parent).indexOf(declaration);
    for (const outer of callers.get(declaration.parent) ?? []) {
      const given = outer.arguments?.[at];
      if (given === undefined || ts.isSpreadElement(given)) continue;
      for (const callee of functionsOf(given)) found.push([callee, call]);
    }
  }
  for (const [callee, call] of found) push(callers, callee, call);
}

// The functions of the skill that an expression may give, as far as its form shows.
function functionsGiven({ symbolOf, functionOf }: Names, steps: Steps): FunctionsOf {
  const returned = new Map<Functionish, ReadonlySet<Functionish>>();
  const returnedBy = (maker: Functionish): ReadonlySet<Functionish> => {
    const before = returned.get(maker);
    if (before !== undefined) return before;
    // A function that returns its own result gives nothing more.
    const found = new Set<Functionish>();
    returned.set(maker, found);
    steps.take(maker.end - maker.pos);
    for (const result of returnsOf(maker))
      for (const given of functionsOf(result)) if (found.size < returnedMax) found.add(given);
    return found;
  };
  const known = new Map<ts.Expression, ReadonlySet<Functionish>>();
  const functionsOf = (expression: ts.Expression): ReadonlySet<Functionish> => {
    const bare = bareOf(expression);
    const before = known.get(bare);
    if (before !== undefined) return before;
    const found = new Set<Functionish>();
    known.set(bare, found);
    steps.take();
    for (const given of givenBy(bare)) if (found.size < returnedMax) found.add(given);
    return found;
  };
  const givenBy = (bare: ts.Expression): readonly Functionish[] => {
    const direct = functionOf(bare);
    if (direct !== undefined) return [direct];
    const made = ts.isIdentifier(bare) ? initializerOf(symbolOf(bare)) : bare;
    if (made === undefined) return [];
    if (ts.isBinaryExpression(made) && choosesOperand(made.operatorToken.kind))
      return [...functionsOf(made.left), ...functionsOf(made.right)];
    if (ts.isConditionalExpression(made))
      return [...functionsOf(made.whenTrue), ...functionsOf(made.whenFalse)];
    if (!ts.isCallExpression(made)) return [];
    return [...functionsOf(made.expression)].flatMap((maker) => [...returnedBy(maker)]);
  };
  return functionsOf;
}

/** Functions that one expression gives, or one function returns. */
const returnedMax = 16;

function initializerOf(symbol: ts.Symbol | undefined): ts.Expression | undefined {
  const [declaration] = symbol?.declarations ?? [];
  return declaration !== undefined &&
    ts.isVariableDeclaration(declaration) &&
    declaration.initializer
    ? bareOf(declaration.initializer)
    : undefined;
}
