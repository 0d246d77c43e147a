/** The value of a variable, parameter or import, from all its assignments. */
import { ts } from 'ts-morph';
import { waysOfArguments } from '../effects/arguments.ts';
import { fromOthers } from '../flow/changes.ts';
import { elementOf } from '../flow/elements.ts';
import { elementCallbacks } from '../flow/positions.ts';
import type { Assignment } from '../names/assignments.ts';
import {
  bareOf,
  type Functionish,
  isFunctionish,
  isStep,
  ownerOf,
  parametersOf,
} from '../syntax.ts';
import { nameOfProperty } from './classes.ts';
import type { Evaluator } from './evaluator.ts';
import { callsIn, givenBy, hasOpenListBefore } from './given.ts';
import { valueAssigned } from './member-assigned.ts';
import {
  alternatives,
  concatenated,
  type Frame,
  isAbsent,
  type JsValue,
  listOf,
  text,
  unionOf,
  unknown,
} from './values.ts';

/** The value of a symbol at one of its uses. Several assignments give several alternatives. */
export function valueOfSymbol(
  self: Evaluator,
  symbol: ts.Symbol,
  use: ts.Node,
  given: Frame,
): JsValue {
  const [declaration] = symbol.declarations ?? [];
  const frame = declaration === undefined ? undefined : given?.around(declaration);
  const assigned = self.symbols.assignments(symbol);
  if (assigned.length > 0 && assigned.length <= appendedMax) {
    const built = appended(self, symbol.declarations ?? [], assigned, use, frame);
    if (built !== undefined) return built;
  }
  return self.once(frame?.question(symbol) ?? symbol, '', () => allOf(self, symbol, frame));
}

/** A text joined in more steps than this is not followed: each use would walk all of them. */
const appendedMax = 100;

function allOf(self: Evaluator, symbol: ts.Symbol, frame: Frame): JsValue {
  const declarations = declarationsOf(symbol).filter(
    (declaration) => self.writes === undefined || !isEmptyVariable(declaration),
  );
  const declared = declarations.map((declaration) => valueOfDeclaration(self, declaration, frame));
  const assigned = self.symbols.assignments(symbol);
  if (assigned.length === 0) return unionOf(declared);
  const plain = assigned
    .filter((assignment) => !assignment.compound)
    .map((assignment) => valueAssigned(self, assignment, frame));
  if (isCounted(self, assigned, [...declared, ...plain], frame)) return { kind: 'count' };
  return unionOf([
    ...(self.writes === undefined
      ? declared.filter((value) => value.kind !== 'unknown')
      : declared),
    ...plain,
    ...(plain.length < assigned.length ? [unknown] : []),
  ]);
}

// `i++` and `i += 2` change a number, and other such assignments anything.
function isCounted(
  self: Evaluator,
  assigned: readonly Assignment[],
  given: readonly JsValue[],
  frame: Frame,
): boolean {
  const isNumber = (value: JsValue): boolean => value.kind === 'number';
  const changes = assigned.filter(({ compound }) => compound);
  return (
    changes.length > 0 &&
    given.every(isNumber) &&
    changes.every(({ node, value }) => isStep(node) || isNumber(self.valueOf(value, frame)))
  );
}

// `let command;` has no value of its own.
function isEmptyVariable(declaration: ts.Declaration): boolean {
  return (
    ts.isVariableDeclaration(declaration) &&
    declaration.initializer === undefined &&
    ts.isVariableStatement(declaration.parent.parent)
  );
}

// In JavaScript `options.host = …` is also a declaration of the variable; its value is the
// member's.
function declarationsOf(symbol: ts.Symbol): readonly ts.Declaration[] {
  const all = symbol.declarations ?? [];
  return all.length < 2
    ? all
    : all.filter(
        (declaration) =>
          !ts.isPropertyAccessExpression(declaration) || declaration.name.text === symbol.name,
      );
}

function valueOfDeclaration(self: Evaluator, declaration: ts.Declaration, frame: Frame): JsValue {
  if (ts.isVariableDeclaration(declaration)) return valueOfVariable(self, declaration, frame);
  if (ts.isParameter(declaration)) return valueOfParameter(self, declaration, frame);
  if (ts.isBindingElement(declaration)) return valueOfBinding(self, declaration, frame);
  if (ts.isFunctionDeclaration(declaration) || ts.isMethodDeclaration(declaration))
    return { kind: 'function', node: declaration, frame };
  if (ts.isClassDeclaration(declaration)) return { kind: 'class', node: declaration, made: false };
  if (self.writes !== undefined && isMemberDeclaration(declaration)) return unknown;
  if (ts.isPropertyDeclaration(declaration))
    return declaration.initializer === undefined ? unknown : self.valueOf(declaration.initializer);
  if (ts.isPropertyAssignment(declaration)) return self.valueOf(declaration.initializer, frame);
  if (ts.isShorthandPropertyAssignment(declaration)) return self.valueOf(declaration.name, frame);
  if (ts.isExportAssignment(declaration)) return self.valueOf(declaration.expression, frame);
  if (ts.isEnumMember(declaration))
    return declaration.initializer === undefined ? unknown : self.valueOf(declaration.initializer);
  // `exports.x = …`: the binder declares the export at the assigned member.
  if (ts.isPropertyAccessExpression(declaration) && ts.isBinaryExpression(declaration.parent))
    return self.valueOf(declaration.parent.right);
  if (ts.isSourceFile(declaration)) return { kind: 'module', file: declaration };
  return valueOfImport(self, declaration);
}

function isMemberDeclaration(declaration: ts.Declaration): boolean {
  return (
    ts.isPropertyDeclaration(declaration) ||
    ts.isPropertyAssignment(declaration) ||
    ts.isShorthandPropertyAssignment(declaration)
  );
}

// An import from outside the skill and the library is known by module and name only.
function valueOfImport(self: Evaluator, declaration: ts.Declaration): JsValue {
  const specifier = moduleOfImport(declaration);
  if (specifier === undefined) return unknown;
  const module = self.moduleOf(text(specifier), declaration.getSourceFile());
  if (ts.isImportSpecifier(declaration) || ts.isExportSpecifier(declaration)) {
    return self.memberOf(
      module,
      text((declaration.propertyName ?? declaration.name).text),
      declaration,
    );
  }
  if (ts.isImportClause(declaration))
    return module.kind === 'module' ? self.memberOf(module, text('default'), declaration) : module;
  return module;
}

function moduleOfImport(declaration: ts.Node): string | undefined {
  for (let node: ts.Node | undefined = declaration; node !== undefined; node = node.parent) {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
      return node.moduleSpecifier !== undefined && ts.isStringLiteral(node.moduleSpecifier)
        ? node.moduleSpecifier.text
        : undefined;
    }
    if (ts.isImportEqualsDeclaration(node)) {
      const reference = node.moduleReference;
      return ts.isExternalModuleReference(reference) && ts.isStringLiteral(reference.expression)
        ? reference.expression.text
        : undefined;
    }
  }
  return undefined;
}

function valueOfVariable(
  self: Evaluator,
  declaration: ts.VariableDeclaration,
  frame: Frame,
): JsValue {
  if (declaration.initializer !== undefined) return self.valueOf(declaration.initializer, frame);
  const loop = declaration.parent.parent;
  if (ts.isForOfStatement(loop)) return elementOf(self, self.valueOf(loop.expression, frame));
  return unknown;
}

/** The value that a pattern takes apart. */
export function wholeOfPattern(self: Evaluator, pattern: ts.BindingPattern, frame: Frame): JsValue {
  const holder = pattern.parent;
  if (ts.isVariableDeclaration(holder)) return valueOfVariable(self, holder, frame);
  return ts.isParameter(holder)
    ? valueOfParameter(self, holder, frame)
    : valueOfBinding(self, holder, frame);
}

/** The value of a destructured name. */
function valueOfBinding(self: Evaluator, element: ts.BindingElement, frame: Frame): JsValue {
  const pattern = element.parent;
  const whole = wholeOfPattern(self, pattern, frame);
  if (element.dotDotDotToken !== undefined)
    return ts.isObjectBindingPattern(pattern)
      ? whole
      : unionOf(
          alternatives(whole).map((value) =>
            value.kind === 'array'
              ? listOf(value.items.slice(pattern.elements.indexOf(element)))
              : unknown,
          ),
        );
  const fallback =
    element.initializer === undefined ? [] : [self.valueOf(element.initializer, frame)];
  if (ts.isArrayBindingPattern(pattern)) {
    return unionOf([
      self.memberOf(whole, { kind: 'number', number: pattern.elements.indexOf(element) }, element),
      ...fallback,
    ]);
  }
  const name = nameOfProperty(self, element.propertyName ?? element.name, frame);
  if (name === undefined) return unknown;
  const computed =
    element.propertyName !== undefined && ts.isComputedPropertyName(element.propertyName);
  const value = self.memberOf(
    whole,
    text(name, computed && !ts.isStringLiteralLike(element.propertyName.expression)),
    element,
  );
  const isLeftOut = self.writes === undefined ? value.kind === 'method' : isAbsent(value);
  return unionOf([...(isLeftOut && fallback.length > 0 ? [] : [value]), ...fallback]);
}

/** A parameter has the arguments of its function's calls. */
function valueOfParameter(
  self: Evaluator,
  parameter: ts.ParameterDeclaration,
  frame: Frame,
): JsValue {
  const callee = parameter.parent;
  if (!isFunctionish(callee)) return unknown;
  const inFrame = frame?.given(parameter);
  if (inFrame !== undefined) return inFrame;
  const index = parametersOf(callee).indexOf(parameter);
  const others = fromOthers(self, callee);
  const templates = self.symbols
    .tagged(callee)
    .map(({ template }) => valuesOfTemplate(self, template));
  if (parameter.dotDotDotToken !== undefined)
    return unionOf([
      restOf(self, callee, index, frame),
      ...templates.map((values): JsValue => ({ kind: 'array', items: values.slice(index) })),
      ...others,
    ]);
  const values = callsIn(self, callee, frame).map(
    (given) => givenBy(self, given, index)[index]?.value ?? unknown,
  );
  const fromCallback = callbackValue(self, callee, index, frame);
  const fallback =
    parameter.initializer === undefined ? [] : [self.valueOf(parameter.initializer, frame)];
  const ofTags = templates.map((given) => given[index] ?? unknown);
  return unionOf([...values, ...ofTags, ...fromCallback, ...fallback, ...others]);
}

function restOf(self: Evaluator, callee: Functionish, from: number, frame: Frame): JsValue {
  return unionOf(
    callsIn(self, callee, frame).flatMap((given): readonly JsValue[] => {
      if (hasOpenListBefore(self, given, from)) return [unknown];
      return waysOfArguments(self, given.given, given.frame).map((way) => ({
        kind: 'array',
        items: way.slice(from).map(({ value }) => value),
        nodes: way.slice(from).map(({ node }) => node),
      }));
    }),
  );
}

/** `arguments` of the function around a name: the arguments of its calls. */
export function valueOfArguments(self: Evaluator, name: ts.Identifier, frame: Frame): JsValue {
  for (let at: ts.Node = name.parent; !ts.isSourceFile(at); at = at.parent) {
    if (isFunctionish(at) && !ts.isArrowFunction(at))
      return unionOf([restOf(self, at, 0, frame?.around(at)), ...fromOthers(self, at)]);
  }
  return unknown;
}

// `list.map(x => …)` gives x each element; `promise.then(m => …)` gives m the promised value. The
// function may be passed by its name.
function callbackValue(
  self: Evaluator,
  callee: Functionish,
  index: number,
  frame: Frame,
): JsValue[] {
  if (index !== 0) return [];
  const { parent } = callee;
  const direct = ts.isCallExpression(parent) && parent.arguments[0] === callee ? [parent] : [];
  return [...direct, ...self.symbols.handedTo(callee)].flatMap(({ expression }) => {
    if (!ts.isPropertyAccessExpression(expression)) return [];
    const object = expression.expression;
    if (expression.name.text === 'then') return [self.valueOf(object, frame)];
    return elementCallbacks.has(expression.name.text)
      ? [elementOf(self, self.valueOf(object, frame))]
      : [];
  });
}

// `let s = ''; s += 'child_'; s += 'process'` in one run of statements is one text.
function appended(
  self: Evaluator,
  declarations: readonly ts.Declaration[],
  assigned: readonly Assignment[],
  use: ts.Node,
  frame: Frame,
): JsValue | undefined {
  const [declaration] = declarations;
  if (
    declaration === undefined ||
    !ts.isVariableDeclaration(declaration) ||
    declaration.initializer === undefined
  )
    return undefined;
  const block = declaration.parent.parent.parent;
  const inLine = assigned.every(
    ({ node, compound }) =>
      compound &&
      ts.isBinaryExpression(node) &&
      node.operatorToken.kind === ts.SyntaxKind.PlusEqualsToken &&
      ts.isExpressionStatement(node.parent) &&
      node.parent.parent === block,
  );
  if (!inLine || (self.writes !== undefined && !isInOneRun(declaration, block, use)))
    return undefined;
  const before = assigned.filter(
    ({ node }) => node.getSourceFile() !== use.getSourceFile() || node.pos < use.pos,
  );
  return concatenated([
    self.valueOf(bareOf(declaration.initializer), frame),
    ...before.map(({ value }) => self.valueOf(value, frame)),
  ]);
}

// The statements run in order before the use: no jump skips one, and the use is in no function that
// runs at another time.
function isInOneRun(declaration: ts.VariableDeclaration, block: ts.Node, use: ts.Node): boolean {
  const isBlockScoped = (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.BlockScoped) !== 0;
  const isWhole = isBlockScoped || ts.isSourceFile(block) || isFunctionish(block.parent);
  return (
    isWhole &&
    ownerOf(use) === ownerOf(declaration) &&
    use.getSourceFile() === declaration.getSourceFile()
  );
}

// What a template hands to its tag: the list of its texts, and the values between them.

/** The arguments of a tag, in their order. */
export function valuesOfTemplate(
  self: Evaluator,
  template: ts.TemplateLiteral,
  frame?: Frame,
): readonly JsValue[] {
  const texts = ts.isTemplateExpression(template)
    ? [template.head, ...template.templateSpans.map(({ literal }) => literal)]
    : [template];
  const values = valuesBetween(template).map((value) => self.valueOf(value, frame));
  // `.raw` of the list has the texts as they are written.
  const items = texts.map(({ text: plain, rawText = plain }) =>
    unionOf([text(plain), text(rawText)]),
  );
  return [{ kind: 'array', items }, ...values];
}

/** The expressions of a template, in their order. */
export function valuesBetween(template: ts.TemplateLiteral): readonly ts.Expression[] {
  return ts.isTemplateExpression(template)
    ? template.templateSpans.map(({ expression }) => expression)
    : [];
}
