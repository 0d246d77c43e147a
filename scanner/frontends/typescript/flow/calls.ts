/** How values move through calls. */
import { ts } from 'ts-morph';
import { anyRows } from '../../../knowledge/javascript.ts';
import type { Row } from '../../../knowledge/row.ts';
import { own } from '../../../lookup-tables/api.ts';
import { positionOf } from '../effects/arguments.ts';
import { type ResolvedCall, resolveCall, timers } from '../effects/calls.ts';
import { isEnvironment } from '../effects/environment.ts';
import { apis, carries, sendsClient } from '../library.ts';
import type { Out } from '../out.ts';
import type { Program } from '../program.ts';
import {
  bareOf,
  calledMember,
  type Functionish,
  isFunctionish,
  memberName,
  parametersOf,
} from '../syntax.ts';
import type { Evaluator } from '../values/evaluator.ts';
import { alternatives, isWhole } from '../values/values.ts';
import { valuesBetween } from '../values/variables.ts';
import { into } from './assignments.ts';
import { isKept } from './function-sets.ts';
import {
  addBuilt,
  addFilled,
  addGivenFunctions,
  addInterceptor,
  addPiped,
  noteThrown,
} from './handed/thrown.ts';
import { addKnownCall, addStored, passTo } from './known-calls.ts';
import { type Flow, nameOfFunction, toThreads } from './nodes.ts';
import {
  functionsCalled,
  linkItem,
  parameterHolder,
  symbolOfParameter,
  textOfOwn,
} from './objects.ts';

/** A call: into functions of the skill, through API functions, by callbacks. */
export function addCall(flow: Flow, node: ts.CallExpression | ts.NewExpression): void {
  const { out, nodes } = flow;
  const callee = bareOf(node.expression);
  const calls = resolveCall(out.self, node);
  const table = anyOfTable(flow, callee);
  const functions = new Set([...functionsCalled(flow, node), ...table]);
  for (const functionNode of functions)
    addKnownCall(
      flow,
      node,
      { callee: functionNode, isNamed: table.length === 0 },
      calls.find(({ callee: value }) => value.kind === 'function' && value.node === functionNode)
        ?.args,
    );
  const receiver = calledMember(node);
  const name = receiver === undefined ? '' : memberName(receiver);
  for (const argument of node.arguments ?? []) addCallback(flow, node, argument, receiver);
  addTimer(flow, node, calls);
  noteThrown(flow, node);
  const handed = ts.isIdentifier(callee) ? callbackOf(flow, callee) : undefined;
  if (handed !== undefined)
    for (const argument of node.arguments ?? []) nodes.value(nodes.at(argument), nodes.at(handed));
  const api = calls.find((resolved) => resolved.callee.kind === 'api')?.callee;
  if (functions.size === 0 && api === undefined && isKept(out, callee))
    nodes.kept.push({ flow, node });
  const row = api?.kind === 'api' ? own(apis, api.name) : undefined;
  const ofAny = own(anyRows, `Any#${name}`);
  if (api?.kind === 'api' && changesFirst.test(api.name)) addChange(flow, node.arguments ?? []);
  // A request is no default of its client: `axios.put(url, data)`.
  const fillsAny = ofAny?.effects.some(({ does }) => does === 'fill');
  if (receiver !== undefined && fillsAny && !sendsClient(row))
    for (const argument of node.arguments ?? [])
      into(flow, receiver.expression, nodes.at(argument));
  const isNew = !carries(row) && givesSomething(out, node);
  const fill = row?.effects.find((effect) => effect.does === 'fill');
  if (fill !== undefined) {
    const filled = node.arguments?.[positionOf(fill.into)];
    const from = [
      ...(receiver === undefined ? [] : [receiver.expression]),
      ...(node.arguments ?? []).filter((argument) => argument !== filled),
    ];
    if (filled !== undefined) for (const argument of from) into(flow, filled, nodes.at(argument));
  }
  const apiName = api?.kind === 'api' ? api.name : '';
  if (functions.size === 0) addGiven(flow, node, { api: apiName, row, receiver });
  addPipe(flow, node, name, receiver?.expression);
  addStored(flow, node, row);
  if (functions.size > 0 || row?.gives === 'nothing' || ofAny?.gives === 'nothing' || isNew) return;
  const through = apiName === '' ? '' : `through ${apiName}`;
  const at = nodes.at(node, through);
  const isLookup = name === 'get' && receiver !== undefined && isMap(out.self, receiver.expression);
  for (const argument of isLookup ? [] : (node.arguments ?? []))
    for (const from of [
      nodes.at(argument),
      ...(makesText(apiName) ? textOfOwn(flow, argument) : []),
    ])
      nodes.value(from, at, row?.gives === 'encoded' || isEncoding(node, name));
  if (receiver !== undefined && !isEnvironment(out.self.valueOf(receiver.expression)))
    nodes.value(nodes.at(receiver.expression), at, isEncoding(node, name));
}

const changesFirst =
  /^(Object\.(assign|definePropert(y|ies)|setPrototypeOf)|Reflect\.(set|defineProperty|setPrototypeOf))$/;

// The first argument gets what the others have, and what their functions give.
function addChange(flow: Flow, [changed, ...given]: readonly ts.Expression[]): void {
  if (changed === undefined) return;
  for (const value of given) {
    const bare = bareOf(value);
    into(flow, changed, flow.nodes.at(value));
    if (!ts.isObjectLiteralExpression(bare)) continue;
    for (const property of bare.properties) {
      const part = ts.isPropertyAssignment(property) ? bareOf(property.initializer) : property;
      if (isFunctionish(part)) into(flow, changed, flow.nodes.result(part));
    }
  }
}

// These ask an object for its text, its fields or its items.
function makesText(api: string): boolean {
  return textMakers.test(api);
}

const textMakers =
  /^(JSON\.stringify|String|structuredClone|URLSearchParams|Array\.from|Buffer\.from|Object\.(values|entries|assign)|util\.(inspect|format)|v8\.serialize|querystring\.stringify)$/;

// `handlers[type](data)`: a table of functions, any of which may be called.
function anyOfTable({ out }: Flow, callee: ts.Expression): Functionish[] {
  if (!ts.isElementAccessExpression(callee)) return [];
  if (isWhole(out.self.valueOf(callee.argumentExpression))) return [];
  return alternatives(out.self.valueOf(callee.expression)).flatMap((candidate): Functionish[] => {
    if (candidate.kind !== 'object') return [];
    return candidate.node.properties
      .slice(0, tableFunctionsMax)
      .flatMap((property): Functionish[] => {
        if (ts.isMethodDeclaration(property)) return [property];
        const value = ts.isPropertyAssignment(property) ? property.initializer : undefined;
        const found = value === undefined ? undefined : out.self.symbols.functionOf(value);
        return found === undefined ? [] : [found];
      });
  });
}

const tableFunctionsMax = 64;

// Data from outside, or what a program prints.
function givesSomething({ uses }: Out, node: ts.Node): boolean {
  const use = uses.get(node);
  return use !== undefined && (use.sources.length > 0 || use.starts.length > 0);
}

// `setTimeout(send, 10, value)`: the values behind the time go to the function.
function addTimer(
  flow: Flow,
  node: ts.CallExpression | ts.NewExpression,
  calls: readonly ResolvedCall[],
): void {
  const [timed] = calls.flatMap(({ callee }) =>
    callee.kind === 'api' ? (timers.get(callee.name) ?? []) : [],
  );
  const [first] = node.arguments ?? [];
  if (timed === undefined || first === undefined) return;
  const bare = bareOf(first);
  const callee = isFunctionish(bare) ? bare : flow.out.self.symbols.functionOf(first);
  const last = callee?.parameters.at(-1);
  const rest = last?.dotDotDotToken === undefined ? undefined : last;
  node.arguments?.slice(timed).forEach((argument, i) => {
    const parameter = callee?.parameters[i] ?? rest;
    if (parameter !== undefined)
      passTo(
        flow,
        parameter,
        bareOf(argument),
        flow.nodes.at(argument),
        `${flow.nodes.at(node)} timer`,
      );
  });
}

// Data piped into a stream comes out of it, and of the call that piped it.
function addPipe(
  flow: Flow,
  node: ts.CallExpression | ts.NewExpression,
  name: string,
  receiver: ts.Expression | undefined,
): void {
  const { nodes } = flow;
  const callee = bareOf(node.expression);
  const isPipeline = /^(pipeline|compose)$/.test(ts.isIdentifier(callee) ? callee.text : name);
  if (!isPipeline && !/^(pipe|pipeTo|pipeThrough)$/.test(name)) return;
  const along = [
    ...(isPipeline || receiver === undefined ? [] : [receiver]),
    ...(node.arguments ?? []),
  ];
  along.slice(1).forEach((to, i) => {
    const from = along[i];
    if (from === undefined) return;
    into(flow, to, nodes.at(from));
    nodes.value(nodes.at(from), nodes.at(to));
    addPiped(flow, to, nodes.at(from), nodes.at(node));
  });
}

function isEncoding(node: ts.CallExpression | ts.NewExpression, name: string): boolean {
  return (
    name === 'toString' &&
    /^['"](base64|base64url|hex)['"]$/.test(node.arguments?.[0]?.getText() ?? '')
  );
}

/** A template with a tag of the skill: the values between its texts are arguments of the tag. */
export function addTagged(flow: Flow, node: ts.TaggedTemplateExpression): void {
  const { nodes } = flow;
  const callee = flow.out.self.symbols.functionOf(node.tag);
  if (callee === undefined) return;
  const call = nodes.at(node, '');
  const parameters = parametersOf(callee);
  const rest = parameters.findLast((parameter) => parameter.dotDotDotToken !== undefined);
  for (const [i, value] of valuesBetween(node.template).entries()) {
    const parameter = parameters[i + 1] ?? rest;
    const bare = bareOf(value);
    if (parameter !== undefined)
      passTo(flow, parameter, bare, nodes.at(bare, `passed to ${nameOfFunction(callee)}`), call);
  }
  nodes.edges.push({ kind: 'result', from: nodes.result(callee), to: call, call });
}

// A function argument gets the call's data, and its result becomes part of the call's result.
function addCallback(
  { out, nodes }: Flow,
  node: ts.CallExpression | ts.NewExpression,
  argument: ts.Expression,
  receiver: ts.PropertyAccessExpression | ts.ElementAccessExpression | undefined,
): void {
  const bare = bareOf(argument);
  // `Bun.serve({ fetch(request) { … } })`
  if (ts.isObjectLiteralExpression(bare) && givesSomething(out, node))
    for (const property of bare.properties) {
      const value = ts.isPropertyAssignment(property) ? property.initializer : undefined;
      if (value !== undefined) addCallback({ out, nodes }, node, value, receiver);
      else if (ts.isMethodDeclaration(property)) handTo({ out, nodes }, node, property, receiver);
    }
  const callee = isFunctionish(bare)
    ? bare
    : ts.isIdentifier(bare)
      ? out.self.symbols.functionOf(bare)
      : undefined;
  if (callee !== undefined) handTo({ out, nodes }, node, callee, receiver);
}

// These give their function the other argument: `list.reduce(step, first)`.
const handsOn = /^(reduce(Right)?|parse|stringify|from(Async)?|groupBy)$/;

function handTo(
  { out, nodes }: Flow,
  node: ts.CallExpression | ts.NewExpression,
  callee: Functionish,
  receiver: ts.PropertyAccessExpression | ts.ElementAccessExpression | undefined,
): void {
  if (out.self.symbols.functionOf(node.expression) !== undefined) return;
  const call = nodes.at(node);
  const from = [
    ...(receiver === undefined ? [] : [nodes.at(receiver.expression)]),
    ...(givesSomething(out, node) ? [call] : []),
    ...(receiver !== undefined && handsOn.test(memberName(receiver))
      ? (node.arguments ?? [])
          .filter((given) => bareOf(given) !== callee)
          .map((given) => nodes.at(given))
      : []),
  ];
  for (const parameter of callee.parameters) {
    const symbol = symbolOfParameter(parameter);
    if (symbol !== undefined && receiver !== undefined)
      linkItem({ out, nodes }, symbol, receiver.expression, `${call} ${callee.pos}`);
    const { id, member } = parameterHolder(nodes, parameter);
    for (const source of from)
      for (const to of [id, member('*')])
        nodes.edges.push({ kind: 'argument', from: source, to, call: `${call} ${callee.pos}` });
  }
  nodes.edges.push({
    kind: 'result',
    from: nodes.result(callee),
    to: call,
    call: `${call} ${callee.pos}`,
  });
}

// Functions that settle a promise, or give an outer call its result.

/**
 * `new Promise((resolve) => resolve(x))`, `each((done) => done(x))`: a value passed to the
 * parameter is the result of the outer call. Also by a variable that keeps the parameter, and by a
 * name that `Promise.withResolvers()` gives.
 */
function callbackOf({ out }: Flow, callee: ts.Identifier): ts.Node | undefined {
  const { symbols } = out.self;
  const symbol = symbols.symbolOf(callee);
  const declaration = symbol?.declarations?.[0];
  if (symbol === undefined || declaration === undefined) return undefined;
  if (ts.isParameter(declaration)) return callGiven(declaration);
  if (ts.isBindingElement(declaration)) {
    const holder = declaration.parent.parent;
    const made = ts.isVariableDeclaration(holder) ? holder.initializer : undefined;
    return made?.getText() === 'Promise.withResolvers()' ? made : undefined;
  }
  for (const { value } of symbols.assignments(symbol)) {
    const kept = ts.isIdentifier(value) ? symbols.symbolOf(value)?.declarations?.[0] : undefined;
    const call = kept !== undefined && ts.isParameter(kept) ? callGiven(kept) : undefined;
    if (call !== undefined && ts.isNewExpression(call)) return call;
  }
  return undefined;
}

function callGiven({ parent: callee }: ts.ParameterDeclaration): ts.Node | undefined {
  const outer = callee.parent;
  return (ts.isCallExpression(outer) || ts.isNewExpression(outer)) && outer.expression !== callee
    ? outer
    : undefined;
}

// What calls put into objects and functions that are not the skill's own.

type Receiver = ts.PropertyAccessExpression | ts.ElementAccessExpression;

/** A call of what is not a function of the skill. */
function addGiven(
  flow: Flow,
  node: ts.CallExpression | ts.NewExpression,
  call: {
    /** The API's name; empty for what is not known. */
    readonly api: string;
    readonly row: Row | undefined;
    readonly receiver: Receiver | undefined;
  },
): void {
  const { api, row, receiver } = call;
  addGivenFunctions(flow, node);
  addThread(flow, node, api, receiver);
  if (row === undefined && api !== '') addFilled(flow, node, api);
  if (receiver === undefined) return;
  addBuilt(flow, node, receiver.expression);
  const called = row?.effects.find((effect) => effect.does === 'call');
  const handler = node.arguments?.[positionOf(called?.callee)];
  if (handler !== undefined) addInterceptor(flow, receiver.expression, handler);
  if (row === undefined) addFixed(flow, node, receiver);
}

// `send.bind(undefined, value)`: the function gets the value in each call.
// `bytes.copy(other)`, `encoder.encodeInto(text, bytes)`: the data is in the other one as well.
function addFixed(
  flow: Flow,
  node: ts.CallExpression | ts.NewExpression,
  receiver: Receiver,
): void {
  const name = memberName(receiver);
  const [first, second] = node.arguments ?? [];
  const callee =
    name === 'bind' ? flow.out.self.symbols.functionOf(receiver.expression) : undefined;
  if (callee !== undefined)
    for (const [at, argument] of (node.arguments ?? []).slice(1).entries()) {
      const parameter = parametersOf(callee)[at];
      if (parameter !== undefined)
        passTo(flow, parameter, argument, flow.nodes.at(argument), `${flow.nodes.at(node)} bound`);
    }
  if (name === 'copy' && first !== undefined) into(flow, first, flow.nodes.at(receiver.expression));
  if (name === 'encodeInto' && first !== undefined && second !== undefined)
    into(flow, second, flow.nodes.at(first));
}

// `new Worker(file, { workerData })`, `worker.postMessage(data)`: what a thread is given.
function addThread(
  flow: Flow,
  node: ts.CallExpression | ts.NewExpression,
  api: string,
  receiver: Receiver | undefined,
): void {
  const [first, second] = node.arguments ?? [];
  const isStart = /^(worker_threads\.)?Worker$/.test(api);
  const isSent = receiver !== undefined && memberName(receiver) === 'postMessage';
  const given = isStart ? second : isSent ? first : undefined;
  if (given !== undefined) flow.nodes.value(flow.nodes.at(given), toThreads);
}

// What comes out of a Map: values that were put into it, and never the key that is asked for.

/** Whether an expression is a Map whose methods are those of the language. */
function isMap(self: Evaluator, held: ts.Expression): boolean {
  return (
    alternatives(self.valueOf(held)).every(
      (value) => value.kind === 'instance' && value.of === 'Map',
    ) && !changesMethods(self.program)
  );
}

// A memo of a pure function.
const changes = new WeakMap<Program, boolean>();

// Code can replace the methods of all maps.
function changesMethods(program: Program): boolean {
  const known = changes.get(program);
  if (known !== undefined) return known;
  const made = program.files.some(({ file }) =>
    /\b(prototype|__proto__|constructor|[sg]etPrototypeOf|definePropert(y|ies)|Reflect)\b|\bassign\b(?!\s*\(\s*\{)|\bMap\b(?!\s*[(<])/.test(
      file.text,
    ),
  );
  changes.set(program, made);
  return made;
}
