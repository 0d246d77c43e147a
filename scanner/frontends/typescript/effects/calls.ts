/**
 * The result and the callee of a call: resolves `bind`, `call`, `apply`, `Reflect` and wrappers.
 */
import { ts } from 'ts-morph';
import { StepsUsedUp } from '../../../fact/steps.ts';
import { own } from '../../../lookup-tables/api.ts';
import { elementOf } from '../flow/elements.ts';
import { apiNamed, instanceOf } from '../library.ts';
import { heldMember } from '../names/assignments.ts';
import { argumentsGiven, type Functionish } from '../syntax.ts';
import type { Evaluator } from '../values/evaluator.ts';
import { foldedFunctions, foldMethod } from '../values/fold.ts';
import { jsonOf, membersOf } from '../values/members.ts';
import {
  alternatives,
  type Frame,
  isWhole,
  type JsValue,
  listItemsMax,
  listOf,
  text,
  unionOf,
  unknown,
} from '../values/values.ts';
import { valuesOfTemplate } from '../values/variables.ts';
import { type Args, positionOf, waysOfArguments, waysOfList } from './arguments.ts';
import { boundCall, givesGlobal, globalMaker } from './harmless-code.ts';

/** Every function that a call may call, without wrappers. */
export function resolveCall(
  self: Evaluator,
  node: ts.CallExpression | ts.NewExpression,
  frame?: Frame,
): ResolvedCall[] {
  const callees = alternatives(self.valueOf(node.expression, frame));
  const resolved = waysOfArguments(self, argumentsGiven(node), frame).flatMap((args) =>
    callees.flatMap((callee) => unwrapped(self, callee, args, node, 0)),
  );
  self.steps.take(resolved.length);
  if (resolved.length > resolvedMax)
    throw new StepsUsedUp(`one call that may be over ${resolvedMax} different calls`);
  return resolved;
}

/** Each wrapper that may be one of several multiplies what one call may be. */
const resolvedMax = 1_024;

function unwrapped(
  self: Evaluator,
  callee: JsValue,
  args: Args,
  node: ts.Node,
  depth: number,
): ResolvedCall[] {
  const again = (value: JsValue | undefined, rest: Args): ResolvedCall[] =>
    value === undefined || depth > 4
      ? []
      : alternatives(value).flatMap((value) => unwrapped(self, value, rest, node, depth + 1));
  if (callee.kind === 'bound') {
    const given = callee.given.map((value, i) => ({ value, node: callee.nodes?.[i] }));
    return again(callee.callee, [...given, ...args]);
  }
  // A client that is itself a function.
  if (callee.kind === 'instance' && apiNamed(callee.of) !== undefined)
    return [{ callee: { kind: 'api', name: callee.of, built: false }, args }];
  if (callee.kind === 'api' && callee.name === 'Reflect.apply')
    return ofEach(args[2], (items) => again(args[0]?.value, items));
  if (callee.kind === 'api' && callee.name === 'Reflect.construct')
    return ofEach(args[1], (items) => again(args[0]?.value, items));
  const timed = callee.kind === 'api' ? timers.get(callee.name) : undefined;
  if (timed !== undefined) {
    // A function of the skill gets its arguments by its parameters.
    const outside = alternatives(args[0]?.value ?? unknown).filter(
      ({ kind }) => kind === 'api' || kind === 'bound',
    );
    return [{ callee, args }, ...outside.flatMap((value) => again(value, args.slice(timed)))];
  }
  const invoked = callee.kind === 'api' ? /^(.+)[.#](call|apply)$/.exec(callee.name) : null;
  if (invoked !== null && callee.kind === 'api') {
    const target: JsValue = { kind: 'api', name: invoked[1] ?? '', built: callee.built };
    // `Function.prototype.call.call(f, this, …)`
    if (target.name === 'Function.prototype.call') return again(args[0]?.value, args.slice(2));
    if (target.name === 'Function.prototype.apply')
      return ofEach(args[2], (items) => again(args[0]?.value, items));
    return invoked[2] === 'call'
      ? again(target, args.slice(1))
      : ofEach(args[1], (items) => again(target, items));
  }
  if (
    callee.kind === 'method' &&
    (callee.name === 'call' || callee.name === 'apply') &&
    isCallable(callee.of)
  ) {
    return callee.name === 'call'
      ? again(callee.of, args.slice(1))
      : ofEach(args[1], (items) => again(callee.of, items));
  }
  // `promise.then(send.bind(null, address))`: whoever gets a function with its arguments calls it.
  const handed = isOutside(callee) ? args.filter(({ value }) => value.kind === 'bound') : [];
  return [{ callee, args }, ...handed.flatMap(({ value }) => again(value, []))];
}

function isOutside(callee: JsValue): boolean {
  return callee.kind === 'method' ? callee.name !== 'bind' : callee.kind !== 'function';
}

/** These call their first argument later. The number is the place of that function's arguments. */
export const timers: ReadonlyMap<string, number> = new Map([
  ['setTimeout', 2],
  ['setInterval', 2],
  ['setImmediate', 1],
  ['process.nextTick', 1],
  ['queueMicrotask', 1],
]);

function isCallable(value: JsValue): boolean {
  return value.kind === 'function' || value.kind === 'bound' || value.kind === 'api';
}

// The list of `apply` may be one of several, each of which is a way to call.
function ofEach(
  list: Args[number] | undefined,
  callWith: (items: Args) => ResolvedCall[],
): ResolvedCall[] {
  return list === undefined ? callWith([]) : waysOfList(list.value, list.node).flatMap(callWith);
}

/** The value that a call gives. */
export function valueOfCall(
  self: Evaluator,
  node: ts.CallExpression | ts.NewExpression,
  frame: Frame,
): JsValue {
  if (node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const [name] = node.arguments ?? [];
    return name === undefined
      ? unknown
      : self.moduleOf(self.valueOf(name, frame), node.getSourceFile());
  }
  return unionOf(resolveCall(self, node, frame).map((call) => resultOf(self, call, node)));
}

/** The value that a template with a tag of the skill gives: the tag is called with its parts. */
export function valueOfTagged(
  self: Evaluator,
  { tag, template }: ts.TaggedTemplateExpression,
  frame: Frame,
): JsValue {
  return unionOf(
    alternatives(self.valueOf(tag, frame)).map((callee) =>
      callee.kind === 'function'
        ? returnedBy(self, callee.node, valuesOfTemplate(self, template, frame), callee.frame)
        : callee.kind === 'api' && callee.name === 'String.raw'
          ? (own(foldedFunctions, callee.name)?.(valuesOfTemplate(self, template, frame)) ??
            unknown)
          : unknown,
    ),
  );
}

function resultOf(
  self: Evaluator,
  { callee, args }: ResolvedCall,
  node: ts.CallExpression | ts.NewExpression,
): JsValue {
  const values = args.map((arg) => arg.value);
  switch (callee.kind) {
    case 'api':
      if (/[.#]bind$/.test(callee.name) && boundCall(callee.name, values) === undefined)
        return boundTo({ ...callee, name: callee.name.slice(0, -5), built: false }, args);
      return resultOfApi(self, callee, values, node);
    case 'method':
      if (callee.name === 'bind' && isCallable(callee.of)) return boundTo(callee.of, args);
      return resultOfMethod(self, callee, values);
    case 'function':
      return returnedBy(self, callee.node, values, callee.frame);
    case 'class':
      return ts.isNewExpression(node) ? { ...callee, made: true } : unknown;
    default:
      return unknown;
  }
}

// The first argument is `this`.
function boundTo(callee: JsValue, [, ...given]: Args): JsValue {
  return {
    kind: 'bound',
    callee,
    given: given.map(({ value }) => value),
    nodes: given.map(({ node }) => node),
  };
}

function resultOfApi(
  self: Evaluator,
  { name }: { name: string },
  args: readonly JsValue[],
  node: ts.CallExpression | ts.NewExpression,
): JsValue {
  const api = apiNamed(name);
  if (name === 'module.createRequire') return { kind: 'api', name: 'require', built: false };
  if (name === globalMaker) return { kind: 'api', name: 'globalThis', built: false };
  if ((name === 'Function' || name === 'eval') && args.length === 1 && givesGlobal(args[0]))
    return { kind: 'api', name: name === 'eval' ? 'globalThis' : globalMaker, built: false };
  if (name === 'Object.assign') return unionOf(args);
  if (name === 'Map' || name === 'WeakMap') return { kind: 'instance', of: 'Map', made: node };
  if (name === 'Reflect.get') return self.memberOf(args[0] ?? unknown, args[1] ?? unknown, node);
  if (
    self.writes !== undefined &&
    /^(Proxy|Object\.(create|getOwnPropertyDescriptor|assign))$/.test(name)
  )
    return unknown;
  if (name === 'Proxy' || name === 'Object.create' || name === 'structuredClone')
    return args[0] ?? unknown;
  if (/^Object\.(entries|values|keys)$/.test(name)) {
    const members = membersOf(self, args[0] ?? unknown, name.slice(7));
    if (members !== undefined) return members;
  }
  if (name === 'JSON.stringify' && args[0] !== undefined) return jsonOf(self, args[0]);
  if (name === 'String.raw' && args[0]?.kind === 'object')
    return resultOfApi(
      self,
      { name },
      [self.memberOf(args[0], text('raw'), node), ...args.slice(1)],
      node,
    );
  if (readsText.test(name)) return textOfFile(self, args[0] ?? unknown);
  if (name === 'Object.getPrototypeOf' || name === 'Reflect.getPrototypeOf')
    return args[0]?.kind === 'function' ? args[0] : unknown;
  if (name === 'Deno.env.get') return unknown;
  if (name === 'Object.getOwnPropertyDescriptor')
    return self.memberOf(args[0] ?? unknown, args[1] ?? unknown, node);
  const bound = boundCall(name, args);
  if (bound !== undefined) return bound;
  const gives = api?.gives;
  if (typeof gives === 'object' && 'compute' in gives)
    return args[positionOf(gives.of[0])] ?? unknown;
  const folded = own(foldedFunctions, name)?.(args);
  if (folded !== undefined) return folded;
  if (api?.effects.some((effect) => effect.does === 'load' && !effect.isApart) === true)
    return self.moduleOf(args[0] ?? unknown, node.getSourceFile());
  const of = instanceOf(api);
  return of === undefined ? unknown : { kind: 'instance', of, made: node };
}

const readsText = /^(fs\.readFileSync|fs\/promises\.readFile|Bun\.file|Deno\.readTextFile(Sync)?)$/;

// A file that the skill brings along is as known as the code. Another file with its name may be in
// the working directory.
function textOfFile(self: Evaluator, path: JsValue): JsValue {
  return unionOf(
    alternatives(path).flatMap((value) => {
      if (!isWhole(value)) return [unknown];
      const own = self.program.textOf(value.text);
      if (own === undefined) return [unknown];
      return value.text.startsWith('/') ? [text(own)] : [text(own), unknown];
    }),
  );
}

function resultOfMethod(
  self: Evaluator,
  { of, name }: { of: JsValue; name: string },
  args: readonly JsValue[],
): JsValue {
  const [first] = args;
  if (name === 'toString' && of.kind === 'function' && of.frame === undefined)
    return text(of.node.getText());
  if (name === 'then' && first !== undefined)
    return first.kind === 'function' ? returnedBy(self, first.node, [of], first.frame) : unknown;
  if (name === 'catch' && self.writes !== undefined) return unknown;
  if (name === 'catch' || name === 'finally') return of;
  if (name === 'pipe' && first !== undefined) return first;
  if (name === 'map' && of.kind === 'array' && first?.kind === 'function') {
    const items = of.items.slice(0, 1024);
    return {
      kind: 'array',
      items: items.map((item, i) =>
        returnedBy(self, first.node, [item, { kind: 'number', number: i }], first.frame),
      ),
    };
  }
  if (name === 'reduce' && of.kind === 'array' && first?.kind === 'function') {
    const start = args[1] ?? of.items[0] ?? unknown;
    return of.items
      .slice(args[1] === undefined ? 1 : 0, 1024)
      .reduce(
        (sum, item, i) =>
          returnedBy(
            self,
            first.node,
            [sum, item, { kind: 'number', number: args[1] === undefined ? i + 1 : i }],
            first.frame,
          ),
        start,
      );
  }
  if (name === 'get' && of.kind === 'instance' && of.of === 'Map')
    return heldIn(self, of.made, first);
  // A part of a list that is chosen at run time.
  if (
    name === 'filter' &&
    self.writes !== undefined &&
    !(first?.kind === 'api' && first.name === 'Boolean')
  )
    return unknown;
  if ((name === 'pop' || name === 'shift') && of.kind === 'growing') return elementOf(self, of);
  return foldMethod(of, name, args) ?? unknown;
}

/** The value of a map for a key: from its initial pairs and from later `set` calls. */
function heldIn(self: Evaluator, made: ts.Node, key: JsValue | undefined): JsValue {
  const [pairs] = ts.isNewExpression(made) ? (made.arguments ?? []) : [];
  const list = pairs === undefined ? unknown : self.valueOf(pairs);
  const wanted = key?.kind === 'text' ? key.text : undefined;
  const held = (list.kind === 'array' ? list.items : []).flatMap((pair) => {
    if (pair.kind !== 'array') return [];
    const [name, value = unknown] = pair.items;
    return wanted !== undefined && name?.kind === 'text' && name.text !== wanted ? [] : [value];
  });
  const variable = ts.isVariableDeclaration(made.parent)
    ? self.symbols.symbolOf(made.parent.name)
    : undefined;
  const later = variable === undefined ? [] : self.symbols.memberAssignments(variable, heldMember);
  const others = self.writes?.leaves(made) === true ? [unknown] : [];
  return unionOf([...held, ...later.map(({ value }) => self.valueOf(value)), ...others]);
}

/**
 * The result of a function for these arguments: its return expressions, with the arguments in place
 * of the parameters.
 */
function returnedBy(
  self: Evaluator,
  callee: Functionish,
  args: readonly JsValue[],
  outer: Frame,
): JsValue {
  const frame = self.frameOf(callee, args, outer);
  return given(
    callee,
    self.returnsOf(callee).map((expression) => self.valueOf(expression, frame)),
  );
}

// A generator passes its yielded values one by one to a loop or a spread.
function given(callee: Functionish, values: readonly JsValue[]): JsValue {
  return callee.asteriskToken === undefined
    ? unionOf(values)
    : listOf(atMost(listItemsMax + 1, values));
}

// A generator that calls itself in many places has the items of all of them.
function atMost(count: number, values: readonly JsValue[]): JsValue[] {
  const items: JsValue[] = [];
  for (const value of values) {
    if (items.length >= count) break;
    items.push(...(value.kind === 'array' ? value.items : [value]));
  }
  return items;
}

export interface ResolvedCall {
  /** The function that is finally called; never a `bound` or a union. */
  readonly callee: JsValue;
  readonly args: Args;
}
