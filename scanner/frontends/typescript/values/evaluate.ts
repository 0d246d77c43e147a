/**
 * Evaluates expressions without running them: the values of names, members and calls, as far as
 * constants and capabilities go.
 */
import { posix } from 'node:path';
import { ts } from 'ts-morph';
import type { Steps } from '../../../fact/steps.ts';
import { aliases, globalObjects } from '../../../knowledge/javascript.ts';
import { own } from '../../../lookup-tables/api.ts';
import { valueOfCall, valueOfTagged } from '../effects/calls.ts';
import { hasOtherThis, settled, withWritten } from '../flow/changes.ts';
import type { Writes } from '../flow/reaching-writes.ts';
import { apis, classMembers } from '../library.ts';
import { frameDepthMax, type Levels, Memory } from '../memory.ts';
import type { Program } from '../program.ts';
import { bareOf, type Functionish, isStep, ownerOf, returnsOf } from '../syntax.ts';
import { valueOfSuper, valueOfThis } from './classes.ts';
import type { Evaluator, Symbols } from './evaluator.ts';
import { foldNumbers } from './fold.ts';
import { textsOfMemberAssigned, valueOfMemberAssigned } from './member-assigned.ts';
import { memberOfValue, moduleNamed, ownPath } from './members.ts';
import { patternWritten } from './patterns.ts';
import {
  alternatives,
  CallFrame,
  concatenated,
  type Frame,
  isWhole,
  type JsValue,
  listOf,
  numberOf,
  text,
  unionOf,
  unknown,
} from './values.ts';
import { valueOfArguments, valueOfSymbol } from './variables.ts';

const depthMax = 150;
/**
 * Steps of one call that is followed with its arguments, and of all such calls together. Beyond, a
 * function's parameters have the arguments of all its calls.
 */
const framedStepsMax = 20_000;
const framedTotalMax = 400_000;

/** An evaluator that remembers its results; each question costs steps. */
export function createEvaluator(
  program: Program,
  symbols: Symbols,
  steps: Steps,
  writes?: Writes,
): Evaluator {
  const levels: Levels = { depth: 0, frames: 0, framed: 0, outermost: 0 };
  const memory = new Memory(levels);
  const calls = new Frames();
  const returns = new Map<Functionish, readonly ts.Expression[]>();
  let framedTotal = 0;
  const deeper = (find: () => JsValue): JsValue => {
    if (levels.depth >= depthMax) return memory.giveUp('deep');
    steps.take();
    levels.depth++;
    try {
      return find();
    } finally {
      levels.depth--;
    }
  };
  const open: CallFrame[] = [];
  const inFrame = (frame: CallFrame, find: () => JsValue): JsValue => {
    if (levels.frames === 0) levels.outermost++;
    levels.framed = levels.frames === 0 ? 0 : levels.framed + 1;
    framedTotal++;
    levels.frames++;
    open.push(frame);
    try {
      return deeper(find);
    } finally {
      open.pop();
      levels.frames--;
      if (levels.frames === 0) levels.framed = 0;
    }
  };
  const limitReached = (): 'spent' | 'nested' | undefined => {
    if (levels.framed > framedStepsMax) return 'spent';
    return levels.frames >= frameDepthMax ? 'nested' : undefined;
  };
  // With ever new arguments, a function that calls itself has no end of calls.
  const callsItself = (frame: CallFrame): boolean =>
    open.some((other) => other !== frame && other.callee === frame.callee);
  const findIn = (node: ts.Expression, frame: Frame): JsValue =>
    counted(steps, node, settled(self, node, evaluate(self, node, frame)));
  const self: Evaluator = {
    program,
    symbols,
    steps,
    writes,
    frameOf: (callee, args, outer) =>
      framedTotal > framedTotalMax ? undefined : calls.of(callee, args, outer),
    valueOf(expression, given) {
      const node = bareOf(expression);
      const frame = framedTotal > framedTotalMax ? undefined : given?.around(node);
      const ofAllCalls = (): JsValue =>
        memory.once(node, '', () => deeper(() => findIn(node, undefined)));
      if (frame === undefined) return ofAllCalls();
      const inOneCall = (): JsValue => {
        const limit = limitReached();
        if (limit === undefined) return inFrame(frame, () => findIn(node, frame));
        const unanswered = memory.giveUp(limit);
        return memory.isSettling || callsItself(frame) ? unanswered : ofAllCalls();
      };
      return memory.once(frame.question(node), '', inOneCall, true);
    },
    answerTo: (expression) => memory.answerTo(bareOf(expression)),
    stage: () => memory.stage(),
    memberOf: (object, key, node) =>
      deeper(() =>
        unionOf(
          alternatives(object).flatMap((value) =>
            alternatives(key).map((name) => memberOfValue(self, value, name, node)),
          ),
        ),
      ),
    once: (thing, name, find) => memory.once(thing, name, find),
    moduleOf: (name, from) =>
      unionOf(alternatives(name).map((value) => moduleNamed(program, value, from))),
    returnsOf(callee) {
      const list = returns.get(callee) ?? returnsOf(callee);
      returns.set(callee, list);
      return list;
    },
  };
  return self;
}

// A computed text is stored for each place; names share one text.
function counted(steps: Steps, node: ts.Expression, value: JsValue): JsValue {
  const isMade =
    ts.isBinaryExpression(node) || ts.isTemplateExpression(node) || ts.isCallExpression(node);
  if (isMade)
    for (const candidate of alternatives(value))
      if (candidate.kind === 'text') steps.takeText(candidate.text.length);
  return value;
}

function evaluate(self: Evaluator, node: ts.Expression, frame: Frame): JsValue {
  if (ts.isStringLiteralLike(node)) return text(node.text);
  if (ts.isNumericLiteral(node)) return { kind: 'number', number: Number(node.text) };
  if (ts.isRegularExpressionLiteral(node)) return patternWritten(node.text);
  if (ts.isIdentifier(node)) return valueOfName(self, node, frame);
  if (ts.isTemplateExpression(node)) {
    const parts = node.templateSpans.flatMap((span) => [
      self.valueOf(span.expression, frame),
      text(span.literal.text),
    ]);
    return concatenated([text(node.head.text), ...parts]);
  }
  if (ts.isBinaryExpression(node)) return valueOfBinary(self, node, frame);
  if (ts.isPropertyAccessExpression(node))
    return valueOfMember(self, node, text(node.name.text), frame);
  if (ts.isElementAccessExpression(node))
    return valueOfMember(self, node, self.valueOf(node.argumentExpression, frame), frame);
  if (ts.isCallExpression(node) || ts.isNewExpression(node)) return valueOfCall(self, node, frame);
  if (ts.isTaggedTemplateExpression(node)) return valueOfTagged(self, node, frame);
  if (ts.isConditionalExpression(node))
    return unionOf([self.valueOf(node.whenTrue, frame), self.valueOf(node.whenFalse, frame)]);
  if (ts.isArrowFunction(node) || ts.isFunctionExpression(node))
    return { kind: 'function', node, frame };
  if (ts.isClassExpression(node)) return { kind: 'class', node, made: false };
  if (ts.isObjectLiteralExpression(node)) return { kind: 'object', node, frame };
  if (ts.isArrayLiteralExpression(node)) return arrayOf(self, node, frame);
  if (isStep(node)) return self.valueOf(node.operand, frame);
  if (ts.isPrefixUnaryExpression(node)) return valueOfPrefix(self, node, frame);
  if (ts.isMetaProperty(node)) return { kind: 'api', name: 'import.meta', built: false };
  if (node.kind === ts.SyntaxKind.ThisKeyword)
    return hasOtherThis(self, ownerOf(node)) ? unknown : valueOfThis(node);
  if (node.kind === ts.SyntaxKind.SuperKeyword) return valueOfSuper(self, node);
  if (node.kind === ts.SyntaxKind.TrueKeyword || node.kind === ts.SyntaxKind.FalseKeyword)
    return text(node.kind === ts.SyntaxKind.TrueKeyword ? 'true' : 'false');
  return unknown;
}

function arrayOf(self: Evaluator, node: ts.ArrayLiteralExpression, frame: Frame): JsValue {
  if (!node.elements.some(ts.isSpreadElement)) {
    const items = node.elements.map((element) => self.valueOf(element, frame));
    return { kind: 'array', items, nodes: node.elements };
  }
  let lists: readonly (readonly JsValue[])[] = [[]];
  for (const element of node.elements) {
    const ways = waysOf(self, element, frame);
    // Of several lists that may be meant, each gives a list, as long as these are few.
    const grown = lists.flatMap((list) => ways.map((items) => [...list, ...items]));
    lists = grown.length <= spreadListsMax ? grown : lists.map((list) => [...list, unknown]);
  }
  return unionOf(lists.map(listOf));
}

const spreadListsMax = 8;

function waysOf(
  self: Evaluator,
  element: ts.Expression,
  frame: Frame,
): readonly (readonly JsValue[])[] {
  if (!ts.isSpreadElement(element)) return [[self.valueOf(element, frame)]];
  return alternatives(self.valueOf(element.expression, frame)).map(itemsOf);
}

function itemsOf(spread: JsValue): readonly JsValue[] {
  if (spread.kind === 'array') return spread.items;
  return isWhole(spread)
    ? [...spread.text].slice(0, 4096).map((character) => text(character, true))
    : [unknown];
}

function valueOfName(self: Evaluator, node: ts.Identifier, frame: Frame): JsValue {
  const symbol = self.symbols.symbolOf(node);
  // The only global that no declaration can replace.
  if (node.text === 'globalThis' && (symbol?.declarations?.length ?? 0) === 0)
    return { kind: 'api', name: 'globalThis', built: false };
  if (node.text === 'arguments' && symbol?.declarations === undefined)
    return valueOfArguments(self, node, frame);
  if (symbol === undefined) return valueInWith(self, node, frame);
  const api = self.symbols.apiOf(symbol);
  if (api !== undefined) return nameOfGlobal(self, node, api);
  return valueOfSymbol(self, symbol, node, frame);
}

// In `with (process) env` the checker resolves no name: it is a member of the object, or the outer
// name.
function valueInWith(self: Evaluator, node: ts.Identifier, frame: Frame): JsValue {
  const found: JsValue[] = [];
  for (
    let [at, from]: [ts.Node, ts.Node] = [node.parent, node];
    !ts.isSourceFile(at);
    [at, from] = [at.parent, at]
  ) {
    if (ts.isWithStatement(at) && at.statement === from)
      found.push(self.memberOf(self.valueOf(at.expression, frame), text(node.text), node));
  }
  const outside = found.length === 0 ? undefined : self.symbols.outsideOf(node);
  const api = outside === undefined ? undefined : self.symbols.apiOf(outside);
  if (outside !== undefined)
    found.push(
      api === undefined ? valueOfSymbol(self, outside, node, frame) : nameOfGlobal(self, node, api),
    );
  return unionOf(
    self.writes === undefined ? found.filter((value) => value.kind !== 'method') : found,
  );
}

function nameOfGlobal(self: Evaluator, node: ts.Identifier, name: string): JsValue {
  if (name === '__dirname') return text(posix.dirname(ownPath(self, node)));
  if (name === '__filename') return text(ownPath(self, node));
  return {
    kind: 'api',
    name: globalObjects.has(name) ? 'globalThis' : (own(aliases, name) ?? name),
    built: false,
  };
}

// The checker computes a type only where the code declares one: inferring types costs the square of
// a long function's length.
function isTyped(self: Evaluator, object: ts.Expression): boolean {
  const bare = bareOf(object);
  const [declaration] = ts.isIdentifier(bare)
    ? (self.symbols.symbolOf(bare)?.declarations ?? [])
    : [];
  return declaration !== undefined && 'type' in declaration && declaration.type !== undefined;
}

function valueOfMember(
  self: Evaluator,
  node: ts.PropertyAccessExpression | ts.ElementAccessExpression,
  key: JsValue,
  frame: Frame,
): JsValue {
  const object = self.valueOf(node.expression, frame);
  const value = self.memberOf(object, key, node);
  if (self.writes !== undefined) return withWritten(self, node, { object, key, value, frame });
  if (alternatives(value).some((value) => value.kind !== 'unknown' && value.kind !== 'method'))
    return unionOf([value, ...textsOfMemberAssigned(self, node, key, value, frame)]);
  const assigned = valueOfMemberAssigned(self, node, key, frame);
  if (assigned !== undefined) return assigned;
  // Only for an unknown value: the value by its type, for members of the library's classes.
  const name = ts.isPropertyAccessExpression(node) ? node.name : node.argumentExpression;
  if (
    !ts.isPropertyAccessExpression(node) ||
    !classMembers.has(node.name.text) ||
    !isTyped(self, node.expression)
  )
    return value;
  const symbol = self.symbols.symbolOf(name);
  if (symbol === undefined) return value;
  const api = self.symbols.apiOf(symbol);
  if (api !== undefined)
    return own(apis, api) === undefined ? value : { kind: 'api', name: api, built: false };
  return valueOfSymbol(self, symbol, node, frame);
}

// Calls that are followed with their arguments: the values of a function's parameters in one call.

/** Calls by function and arguments. */
class Frames {
  readonly #known = new Map<Functionish, Map<string, CallFrame>>();
  readonly #ids = new Map<object, number>();

  /**
   * The frame of a call; undefined when nothing is known about its arguments, so that it is like
   * any other call.
   */
  of(callee: Functionish, args: readonly JsValue[], outer: Frame): Frame {
    if (
      outer === undefined &&
      args.every((value) => value.kind === 'unknown' || value.kind === 'method')
    )
      return undefined;
    const key = `${outer === undefined ? '' : this.#id(outer)} ${args.map((value) => this.#key(value, 0)).join(' ')}`;
    const same = this.#known.get(callee) ?? new Map<string, CallFrame>();
    this.#known.set(callee, same);
    const known = same.get(key) ?? new CallFrame(callee, args, outer);
    same.set(key, known);
    return known;
  }

  #id(thing: object): number {
    const known = this.#ids.get(thing) ?? this.#ids.size;
    this.#ids.set(thing, known);
    return known;
  }

  #key(value: JsValue, depth: number): string {
    switch (value.kind) {
      case 'text':
        return `t${value.built ? 1 : 0}${JSON.stringify(value.text)}`;
      case 'number':
        return `n${value.number}`;
      case 'api':
        return `a${value.built ? 1 : 0}${value.name}`;
      case 'unknown':
      case 'constructor':
        return value.kind;
      case 'function':
      case 'object':
        return `${value.kind}${this.#id(value.node)},${value.frame === undefined ? '' : this.#id(value.frame)}`;
      case 'class':
        return `${value.made ? 'made' : 'class'}${this.#id(value.node)}`;
      case 'module':
        return `m${this.#id(value.file)}`;
      case 'array':
      case 'union': {
        const parts = value.kind === 'array' ? value.items : alternatives(value);
        if (depth > 2 || parts.length > 64) return `v${this.#id(value)}`;
        return `${value.kind}(${parts.map((value) => this.#key(value, depth + 1)).join(' ')})`;
      }
      default:
        return `v${this.#id(value)}`;
    }
  }
}

// The results of operators on known values.

/** A long chain of `+` is flattened, so that it needs no deep call stack. */
function valueOfBinary(self: Evaluator, node: ts.BinaryExpression, frame: Frame): JsValue {
  const operator = ts.tokenToString(node.operatorToken.kind) ?? '';
  if (operator === '||' || operator === '??')
    return unionOf(
      [self.valueOf(node.left, frame), self.valueOf(node.right, frame)].filter(
        (value) => self.writes !== undefined || value.kind !== 'unknown',
      ),
    );
  if (operator === '&&' || operator === '=') return self.valueOf(node.right, frame);
  const operands: ts.Expression[] = [];
  let left: ts.Expression = node;
  for (
    ;
    ts.isBinaryExpression(left) && left.operatorToken.kind === node.operatorToken.kind;
    left = bareOf(left.left)
  )
    operands.unshift(left.right);
  const values = [left, ...operands].map((operand) => self.valueOf(operand, frame));
  // `1 + 2 + 'a'` adds numbers before it joins texts.
  const leading = values.findIndex((value) => numberOf(value) === undefined);
  const count = leading < 0 ? values.length : leading;
  const sum = values
    .slice(0, count)
    .reduce<JsValue | undefined>((sum, value) => added(operator, sum, value), undefined);
  if (leading < 0) return sum ?? unknown;
  return operator === '+' &&
    values.some((value) => alternatives(value).some((each) => each.kind === 'text'))
    ? concatenated([...(sum === undefined ? [] : [sum]), ...values.slice(count)])
    : unknown;
}

/** `-x`, `~x`, `+x` of numbers. */
function valueOfPrefix(self: Evaluator, node: ts.PrefixUnaryExpression, frame: Frame): JsValue {
  const number = numberOf(self.valueOf(node.operand, frame));
  if (number === undefined) return unknown;
  if (node.operator === ts.SyntaxKind.MinusToken) return { kind: 'number', number: -number };
  if (node.operator === ts.SyntaxKind.TildeToken) return { kind: 'number', number: ~number };
  return node.operator === ts.SyntaxKind.PlusToken ? { kind: 'number', number } : unknown;
}

function added(operator: string, sum: JsValue | undefined, value: JsValue): JsValue {
  return sum === undefined
    ? value
    : foldNumbers(operator, numberOf(sum) ?? 0, numberOf(value) ?? 0);
}
