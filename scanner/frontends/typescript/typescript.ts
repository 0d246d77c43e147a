/** The front end for TypeScript and JavaScript. */
import { ts } from 'ts-morph';
import type { TaintSource } from '../../fact/source.ts';
import type { Steps } from '../../fact/steps.ts';
import { isLoopbackHost, targetOf } from '../../lookup-tables/egress-of.ts';
import type { FrontEndContext, FrontEndResult } from '../../programs/frontend.ts';
import { flowGraph } from './flow/flow.ts';
import { collectWrites } from './flow/writes.ts';
import { collectAssignments, eachOf, push } from './names/assignments.ts';
import { addIndirectCallers } from './names/callers.ts';
import { methodOf } from './names/methods.ts';
import type { Out, Use } from './out.ts';
import { createProgram, type Program } from './program.ts';
import {
  bareOf,
  baseOf,
  type Functionish,
  isAssignment,
  isPlainAssignment,
  isStep,
  requireFewClasses,
} from './syntax.ts';
import { findKeptUses, findUses, visitCall } from './uses.ts';
import { createEvaluator } from './values/evaluate.ts';
import type { Caller, CallNode, Evaluator, Symbols } from './values/evaluator.ts';

/** Analyses all sources as one program: one file may send the data that another reads. */
export function analyseTypescript(
  sources: readonly TaintSource[],
  context: FrontEndContext,
): FrontEndResult {
  const program = createProgram(sources, context.steps, context.texts);
  const symbols = collectSymbols(program, context.steps);
  const self = createEvaluator(program, symbols, context.steps);
  let settled: Evaluator | undefined;
  const settledEvaluator = (): Evaluator =>
    (settled ??= createEvaluator(program, symbols, context.steps, collectWrites(self)));
  const outs = new Map<ts.SourceFile, Out>();
  // An object may be used before the call that created it is examined, and in another file.
  const useOf = (made: ts.Node): Use | undefined => {
    const there = outs.get(made.getSourceFile());
    if (there === undefined) return undefined;
    if (ts.isCallExpression(made) || ts.isNewExpression(made)) visitCall(there, made);
    return there.uses.get(made);
  };
  const later: Out['later'] = [];
  const keptNames = new Set<string>();
  const openedByPackage: Out['openedByPackage'] = new Map();
  for (const { source, file, nodes } of program.files) {
    const out: Out = {
      self,
      settled: settledEvaluator,
      source,
      files: context.files,
      facts: [],
      embedded: [],
      written: [],
      moved: [],
      uses: new Map(),
      nodes,
      visited: new Set(),
      later,
      keptNames,
      openedByPackage,
      useOf,
    };
    outs.set(file, out);
  }
  for (const out of outs.values()) {
    findUses(out);
    noteRemoteShell(out);
  }
  for (const out of outs.values()) findKeptUses(out);
  for (const note of later) note();
  return {
    facts: [...outs.values()].flatMap((out) => out.facts),
    embedded: [...outs.values()].flatMap((out) => out.embedded),
    written: [...outs.values()].flatMap((out) => out.written),
    moved: [...outs.values()].flatMap((out) => out.moved),
    graph: flowGraph(outs, context.steps),
    unanalysed: program.failed.map(({ source: { path }, reason }) => ({
      span: { path, start: 0, end: 1 },
      reason,
    })),
  };
}

// Names of a program: the declaration of an identifier, its assignments, and the callers of a
// function.

/** Collects the names in one pass over all files. */
function collectSymbols(program: Program, steps: Steps): Symbols {
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

// Name lookup by the checker: the symbol of a name, the API that the capability library declares
// under it, the function behind it.

/** The symbol that a name means, imports followed. */
function lookUp(checker: ts.TypeChecker, name: ts.Node): ts.Symbol | undefined {
  const parent = name.parent;
  const variable =
    ts.isIdentifier(name) && isRootOfTarget(name) ? variableNamed(checker, name) : undefined;
  if (variable !== undefined) return followed(checker, variable);
  const symbol =
    parent !== undefined && ts.isShorthandPropertyAssignment(parent) && parent.name === name
      ? checker.getShorthandAssignmentValueSymbol(parent)
      : checker.getSymbolAtLocation(name);
  return symbol === undefined ? undefined : followed(checker, symbol);
}

function isRootOfTarget(name: ts.Identifier): boolean {
  const { parent } = name;
  if (!ts.isPropertyAccessExpression(parent) && !ts.isElementAccessExpression(parent)) return false;
  return (
    parent.expression === name &&
    ts.isBinaryExpression(parent.parent) &&
    parent.parent.left === parent
  );
}

/**
 * The variable of a name. In JavaScript the checker takes `a` of `a.b = …` for the declaration of
 * the member, and in a `with` statement it resolves nothing. Its `resolveName` is internal, but
 * finds the variable.
 */
function variableNamed(checker: ts.TypeChecker, name: ts.Identifier): ts.Symbol | undefined {
  const resolve: unknown = Reflect.get(checker, 'resolveName');
  return typeof resolve === 'function'
    ? resolve(name.text, name, ts.SymbolFlags.Value | ts.SymbolFlags.Alias, false)
    : undefined;
}

/** The symbol that an import stands for. */
function followed(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol | undefined {
  if ((symbol.flags & ts.SymbolFlags.Alias) === 0) return symbol;
  const target = checker.getAliasedSymbol(symbol);
  // An import from an unknown module stays as it is: its own declaration names the module.
  return target.declarations === undefined ? symbol : target;
}

/** The qualified name of a declaration in the capability library; undefined for all others. */
function apiName({ sourceOf }: Program, symbol: ts.Symbol): string | undefined {
  const declaration = symbol.declarations?.[0];
  if (declaration === undefined || sourceOf(declaration.getSourceFile()) !== undefined)
    return undefined;
  const names: string[] = [];
  let instance = false;
  for (
    let node: ts.Node = declaration;
    node !== undefined && !ts.isSourceFile(node);
    node = node.parent
  ) {
    if (ts.isModuleDeclaration(node)) names.unshift(node.name.text.replace(/^node:/, ''));
    else if (ts.isInterfaceDeclaration(node)) {
      instance = node !== declaration;
      names.unshift(node.name.text);
    } else if (ts.isVariableDeclaration(node) || ts.isPropertySignature(node))
      names.unshift(node.name.getText());
  }
  const last = names.pop() ?? '';
  // The CommonJS variable, not the built-in module of that name.
  if (names.length === 0)
    return last === 'module' && ts.isVariableDeclaration(declaration) ? 'module-object' : last;
  return `${names.join('.')}${instance ? '#' : '.'}${last}`;
}

/** The symbol that a file exports under a name, with imports followed. */
function exportNamed(
  checker: ts.TypeChecker,
  file: ts.SourceFile,
  name: string,
): ts.Symbol | undefined {
  const module = checker.getSymbolAtLocation(file);
  const found = module && checker.tryGetMemberInModuleExports(name, module);
  return found === undefined ? undefined : followed(checker, found);
}

/** The function or constructor that a symbol's declaration defines. */
function functionDeclared(symbol: ts.Symbol | undefined): Functionish | undefined {
  for (const declaration of symbol?.declarations ?? []) {
    if (ts.isFunctionDeclaration(declaration) || ts.isMethodDeclaration(declaration))
      return declaration;
    if (ts.isClassLike(declaration)) return constructorOf(declaration);
    const value = 'initializer' in declaration ? declaration.initializer : undefined;
    const bare = isExpression(value) ? bareOf(value) : undefined;
    if (bare !== undefined && ts.isClassLike(bare)) return constructorOf(bare);
    if (bare !== undefined && (ts.isFunctionExpression(bare) || ts.isArrowFunction(bare)))
      return bare;
  }
  return undefined;
}

/** The symbol of `send` for a variable with `send.bind(this)`, which takes the same arguments. */
function boundBy(
  symbol: ts.Symbol | undefined,
  symbolOf: (name: ts.Node) => ts.Symbol | undefined,
): ts.Symbol | undefined {
  const [declaration] = symbol?.declarations ?? [];
  const value =
    declaration !== undefined && ts.isVariableDeclaration(declaration)
      ? declaration.initializer
      : undefined;
  const bound = value === undefined ? undefined : bareOf(value);
  if (bound === undefined || !ts.isCallExpression(bound) || bound.arguments.length > 1)
    return undefined;
  const method = bareOf(bound.expression);
  return ts.isPropertyAccessExpression(method) && method.name.text === 'bind'
    ? symbolOf(method.expression)
    : undefined;
}

function constructorOf({ members }: ts.ClassLikeDeclaration): Functionish | undefined {
  return members.find((member) => ts.isConstructorDeclaration(member));
}

function isExpression(value: unknown): value is ts.Expression {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

// A bare connection whose data goes to a shell and back.

/** Notes a shell that a file joins to a connection of `net` or `tls`. */
function noteRemoteShell(out: Out): void {
  const here = out.facts.filter(({ span }) => span.path === out.source.path);
  const startsShell =
    here.some(
      (fact) =>
        fact.kind === 'capability' &&
        fact.capability.kind === 'exec' &&
        shells.test(fact.capability.program),
    ) ||
    out.embedded.some(
      ({ language, text }) =>
        language === 'shell' && shells.test(text.trim().split(/['"\s]+/)[0] ?? ''),
    );
  if (!startsShell || !joins.test(out.source.text)) return;
  const socket = here.find(
    (fact) =>
      (fact.kind === 'trait' && fact.trait === 'listen' && bare.test(fact.api)) ||
      (fact.kind === 'capability' &&
        fact.capability.kind === 'egress' &&
        fact.traits.includes('raw-socket') &&
        !isLoopbackHost(targetOf(fact.capability.url).host)),
  );
  if (socket === undefined) return;
  const { certainty, context, span } = socket;
  out.facts.push({
    kind: 'trait',
    trait: 'reverse-shell',
    detail: 'a shell whose input and output are a connection',
    api: 'net',
    span,
    context,
    certainty,
  });
}

const shells = /^(?:.*[\\/])?(?:(?:ba|da|z|k|c|a)?sh|cmd|powershell|pwsh)(?:\.exe)?$/i;
const bare = /^(?:node:)?(?:net|tls)\b/;
// `socket.pipe(shell.stdin)`, `shell.stdin.write(data)`, `stdio: [socket, socket]`
const joins =
  /\.pipe\s{0,4}\([^()\n]{0,80}\bstdin\b|\bstd(?:out|err)\s{0,4}\.\s{0,4}pipe\s{0,4}\(|\bstdio\s{0,4}:\s{0,4}\[\s{0,4}(?!["'\d])\w|\bstdin\s{0,4}\.\s{0,4}write\b/;
